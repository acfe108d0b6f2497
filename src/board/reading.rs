//! What a scrape shows of one KPI.

use std::sync::Arc;

use super::Lane;
use crate::exposition::{Format, Forms, Segment};
use crate::kpi::Kpi;
use crate::metric::{Constant, Family, Part, Points};

/// The values of all lanes: immutable, and encoded once for each form in which it is asked for.
#[derive(Debug)]
pub struct Reading {
    families: Vec<Family>,
    segments: Forms<Arc<Segment>>,
}

impl Reading {
    /// The values of all lanes side by side; nothing when no lane has any.
    pub(super) fn of(kpi: &Kpi, lanes: &[Lane]) -> Option<Self> {
        let shown: Vec<_> = lanes
            .iter()
            .filter_map(|lane| Some((&lane.constant, lane.points.load_full()?)))
            .collect();
        let families = kpi.metrics.iter().enumerate().map(|(at, metric)| {
            let part = |(constant, points): &(&Constant, Arc<Vec<Arc<Points>>>)| {
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
            segments: Forms::default(),
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
