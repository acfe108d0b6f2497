//! A queue of plans by time; plans for the same time are in the order in which they were added.

use std::collections::BTreeMap;

use super::time::WorkTime;

/// The plans of one system.
#[derive(Debug)]
pub(super) struct Agenda<P> {
    plans: BTreeMap<(WorkTime, u64), P>,
    planned: u64,
}

impl<P> Agenda<P> {
    /// Begins with one plan, so it is never empty if every plan adds its successor.
    pub(super) fn new(at: WorkTime, plan: P) -> Self {
        Self {
            plans: BTreeMap::from([((at, 0), plan)]),
            planned: 1,
        }
    }

    pub(super) fn add(&mut self, at: WorkTime, plan: P) {
        self.plans.insert((at, self.planned), plan);
        self.planned += 1;
    }

    /// The time of the next plan.
    pub(super) fn due(&self) -> Option<WorkTime> {
        self.plans.first_key_value().map(|((at, _), _)| *at)
    }

    /// Removes the next plan.
    pub(super) fn pop(&mut self) -> Option<P> {
        self.plans.pop_first().map(|(_, plan)| plan)
    }
}
