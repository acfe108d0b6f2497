//! What a scrape shows of one KPI.

use std::sync::Arc;

use super::Target;
use crate::exposition::{Format, PerFormat, Segment};
use crate::kpi::Kpi;
use crate::metric::{Constant, Family, Part, Samples};

/// The values of all targets: immutable, and encoded once for each form in which it is asked for.
#[derive(Debug)]
pub struct Reading {
    families: Vec<Family>,
    segments: PerFormat<Arc<Segment>>,
}

impl Reading {
    /// The values of all targets side by side; nothing when no target has any.
    pub(super) fn of(kpi: &Kpi, targets: &[Target]) -> Option<Self> {
        let shown: Vec<_> = targets
            .iter()
            .filter_map(|target| Some((&target.constant, target.points.load_full()?)))
            .collect();
        let families = kpi.metrics.iter().enumerate().map(|(at, metric)| {
            let part = |(constant, points): &(&Constant, Arc<Vec<Arc<Samples>>>)| {
                Some(Part {
                    constant: (*constant).clone(),
                    points: points.get(at)?.clone(),
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
