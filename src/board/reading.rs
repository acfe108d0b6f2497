//! What a scrape returns for one KPI.

use std::sync::Arc;

use super::Target;
use crate::exposition::{Format, PerFormat, Segment};
use crate::kpi::Kpi;
use crate::metric::{Constant, Family, Part, Samples};

/// The families of one KPI over all targets; immutable, and encoded once for each format.
#[derive(Debug)]
pub struct Reading {
    families: Vec<Family>,
    segments: PerFormat<Arc<Segment>>,
}

impl Reading {
    /// The samples of all targets; none if no target has any.
    pub(super) fn of(kpi: &Kpi, targets: &[Target]) -> Option<Self> {
        let shown: Vec<_> = targets
            .iter()
            .filter_map(|target| Some((&target.constant, target.samples()?)))
            .collect();
        let families = kpi.metrics.iter().enumerate().map(|(at, metric)| {
            let part = |(constant, samples): &(&Constant, Vec<Arc<Samples>>)| {
                Some(Part {
                    constant: (*constant).clone(),
                    points: samples.get(at)?.clone(),
                })
            };
            metric.family(shown.iter().filter_map(part).collect())
        });
        let families: Vec<_> = families.collect();
        (!shown.is_empty()).then(|| Self {
            families,
            segments: PerFormat::default(),
        })
    }

    /// The families, in the order of the KPI's metrics.
    pub fn families(&self) -> &[Family] {
        &self.families
    }

    /// The families as bytes.
    pub fn segment(&self, format: Format) -> &Arc<Segment> {
        self.segments
            .get_or_init(format, || Arc::new(Segment::encode(&self.families, format)))
    }
}
