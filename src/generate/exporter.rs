//! The exporter's own dashboard and alerts: a pack without KPIs, whose file is part of the program.

use std::time::Duration;

use super::alerts::AlertRule;
use super::dashboard::{self, DashboardSpec, Variables};
use super::{File, Shared};
use crate::diagnostic::Problem;
use crate::kpi::{Defaults, Pack, Source, load};

/// The name of its files, which no pack may have.
pub(super) const NAME: &str = "cypher-exporter";

const FILE: &str = "exporter.toml";
const TEXT: &str = include_str!("exporter.toml");

/// Its panels and alerts.
///
/// # Errors
/// What is wrong in its file.
pub(super) fn pack() -> Result<Pack, Vec<Problem>> {
    let source = Source {
        path: FILE.to_owned(),
        pack: NAME.to_owned(),
        text: TEXT.to_owned(),
    };
    let defaults = Defaults {
        every: Duration::from_secs(300),
        const_labels: &[],
    };
    let mut catalog = load(&[], &[source], &defaults);
    match catalog.packs.pop() {
        Some(pack) if catalog.problems.is_empty() => Ok(pack),
        Some(_) | None => Err(catalog.problems),
    }
}

/// The dashboard of the exporter.
pub(super) fn dashboard(
    shared: &Shared<'_>,
    pack: &Pack,
    alerts: &[AlertRule<'_>],
) -> Result<File, Vec<Problem>> {
    let spec = DashboardSpec {
        pack,
        notice: shared.notice(pack),
        variables: Variables::of_own(),
        kpis: ".+".to_owned(),
        interval: Duration::from_secs(60),
    };
    dashboard::render(shared, &spec, alerts)
}
