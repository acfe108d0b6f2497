//! What is planned, in order of time; what is planned for the same moment in the order in which it was planned.

use std::collections::BTreeMap;

use super::time::WorkTime;

/// The plans of one system.
#[derive(Debug)]
pub(super) struct Agenda<P> {
    plans: BTreeMap<(WorkTime, u64), P>,
    planned: u64,
}

impl<P> Agenda<P> {
    /// Begins with one plan, and so is never empty for those who plan again whatever they do.
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

    /// When the next plan is due.
    pub(super) fn due(&self) -> Option<WorkTime> {
        self.plans.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the next plan.
    pub(super) fn take(&mut self) -> Option<P> {
        self.plans.pop_first().map(|(_, plan)| plan)
    }
}
