//! What the names of metrics and labels are made of besides the header.

use crate::metric::LabelName;

/// What a file's metrics are called when they do not say.
pub(super) struct Names<'a> {
    /// `pack_stem`.
    pub(super) from_path: &'a str,
    /// The HELP paragraph.
    pub(super) help: Option<&'a str>,
    /// Labels that the configuration adds to every series.
    pub(super) reserved: &'a [LabelName],
}
