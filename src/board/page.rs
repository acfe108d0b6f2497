//! Readings that stand side by side: many small ones go out as one slice, and are compressed as one.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::Reading;
use crate::exposition::{Coding, Format, Forms, Segment};

/// The readings of some neighbouring slots at one moment: immutable, as they are.
#[derive(Debug)]
pub struct Page {
    readings: Box<[Option<Arc<Reading>>]>,
    segments: Forms<Box<[Arc<Segment>]>>,
}

impl Page {
    fn new(readings: Box<[Option<Arc<Reading>>]>) -> Self {
        Self {
            readings,
            segments: Forms::default(),
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

/// Where the newest page of some slots lies.
#[derive(Debug)]
pub(super) struct Shelf {
    page: ArcSwap<Page>,
    /// Held while a page is made, so that of two who publish at once neither misses the other's values.
    publishing: Mutex<()>,
}

impl Shelf {
    /// A new reading makes its neighbours be joined and compressed anew, and each page is one more slice of an answer: this
    /// many are a good middle for KPIs of some lines.
    pub(super) const PLACES: usize = 64;

    /// A page of empty places.
    pub(super) fn new(places: usize) -> Self {
        let page = Page::new(vec![None; places].into());
        Self {
            page: ArcSwap::from_pointee(page),
            publishing: Mutex::new(()),
        }
    }

    pub(super) fn page(&self) -> Arc<Page> {
        self.page.load_full()
    }

    /// Puts what `make` gives into a place.
    pub(super) fn replace(&self, place: usize, make: impl FnOnce() -> Option<Arc<Reading>>) {
        // Nothing is half done behind a poisoned lock: the swap below is the only effect.
        let _alone = self
            .publishing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut readings = self.page.load().readings.clone();
        readings[place] = make();
        self.page.store(Arc::new(Page::new(readings)));
    }
}
