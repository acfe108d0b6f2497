//! Readings that stand side by side: many small ones go out as one slice, and are compressed as one.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::Reading;
use crate::exposition::{Coding, Format, PerFormat, Segment};

/// The readings of some neighbouring slots at one moment: immutable, as they are.
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

    /// The reading at a place.
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

    /// Whether the bytes of this form are there already, so that taking them costs nothing.
    pub fn is_ready(&self, format: Format, coding: Coding) -> bool {
        self.segments
            .get(format)
            .is_some_and(|segments| segments.iter().all(|segment| segment.is_ready(coding)))
    }
}

/// Where the newest chunk of some slots lies.
#[derive(Debug)]
pub(super) struct ChunkCell {
    chunk: ArcSwap<Chunk>,
    /// Held while a chunk is made, so that of two who publish at once neither misses the other's values.
    publishing: Mutex<()>,
}

impl ChunkCell {
    /// A new reading makes its neighbours be joined and compressed anew, and each chunk is one more slice of an answer: this
    /// many are a good middle for KPIs of some lines.
    pub(super) const PLACES: usize = 64;

    /// A chunk of empty places.
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

    /// Puts what `make` gives into a place.
    pub(super) fn replace(&self, place: usize, make: impl FnOnce() -> Option<Arc<Reading>>) {
        // Nothing is half done behind a poisoned lock: the swap below is the only effect.
        let _alone = self
            .publishing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut readings = self.chunk.load().readings.clone();
        readings[place] = make();
        self.chunk.store(Arc::new(Chunk::new(readings)));
    }
}
