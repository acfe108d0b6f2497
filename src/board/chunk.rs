//! Chunks of neighbouring readings: small ones are sent as one slice and compressed together.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::Reading;
use crate::exposition::{Coding, Format, PerFormat, Segment};

/// The readings of some neighbouring slots at one moment; immutable.
#[derive(Debug)]
pub struct Chunk {
    readings: Box<[Option<Arc<Reading>>]>,
    segments: PerFormat<Box<[Arc<Segment>]>>,
}

impl Chunk {
    fn new(readings: Box<[Option<Arc<Reading>>]>) -> Self {
        Self {
            readings,
            segments: PerFormat::default(),
        }
    }

    /// The reading at an index.
    pub(super) fn reading(&self, place: usize) -> Option<&Arc<Reading>> {
        self.readings.get(place)?.as_ref()
    }

    /// The readings as bytes; small ones share a segment.
    pub fn segments(&self, format: Format) -> &[Arc<Segment>] {
        let join = || {
            Segment::join(
                self.readings
                    .iter()
                    .flatten()
                    .map(|reading| reading.segment(format)),
            )
        };
        self.segments.get_or_init(format, join)
    }

    /// Whether the bytes in this format exist already, so that a scrape costs nothing.
    pub fn is_ready(&self, format: Format, coding: Coding) -> bool {
        self.segments
            .get(format)
            .is_some_and(|segments| segments.iter().all(|segment| segment.is_ready(coding)))
    }
}

/// Holds the latest chunk of some slots.
#[derive(Debug)]
pub(super) struct ChunkCell {
    chunk: ArcSwap<Chunk>,
    /// Held while a chunk is replaced, so that concurrent publishers do not lose each other's readings.
    publishing: Mutex<()>,
}

impl ChunkCell {
    /// The readings in a chunk. A new reading costs compressing its neighbours again, and each chunk is another slice of a
    /// response; this number balances the two for KPIs with a few lines.
    pub(super) const PLACES: usize = 64;

    /// A chunk without readings.
    pub(super) fn new(places: usize) -> Self {
        let chunk = Chunk::new(vec![None; places].into());
        Self {
            chunk: ArcSwap::from_pointee(chunk),
            publishing: Mutex::new(()),
        }
    }

    pub(super) fn chunk(&self) -> Arc<Chunk> {
        self.chunk.load_full()
    }

    /// Replaces the reading at an index.
    pub(super) fn replace(&self, place: usize, make: impl FnOnce() -> Option<Arc<Reading>>) {
        // A poisoned lock is safe: the swap below is the only effect.
        let _alone = self
            .publishing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut readings = self.chunk.load().readings.clone();
        readings[place] = make();
        self.chunk.store(Arc::new(Chunk::new(readings)));
    }
}
