//! Families become bytes: the text format 0.0.4 and OpenMetrics 1.0, plain or compressed. Pure.

mod gzip;

pub use gzip::{Deflated, HEADER as GZIP_HEADER, trailer as gzip_trailer};

use std::sync::OnceLock;

use bytes::Bytes;

use crate::metric::Family;

/// The format of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `text/plain; version=0.0.4`.
    Text,
    /// `application/openmetrics-text; version=1.0.0`.
    OpenMetrics,
}

/// A stretch of an answer in one format. It is compressed at the first use in that form, and never again.
#[derive(Debug)]
pub struct Segment {
    body: Bytes,
    deflated: OnceLock<Deflated>,
}

impl Segment {
    /// Writes the families.
    pub fn encode(families: &[Family], format: Format) -> Self {
        let _ = (families, format);
        Self { body: Bytes::new(), deflated: OnceLock::new() }
    }

    /// The bytes as they are.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The bytes as a stretch of a gzip member.
    pub fn deflated(&self) -> &Deflated {
        self.deflated.get_or_init(|| Deflated::new(&self.body))
    }
}
