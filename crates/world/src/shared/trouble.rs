//! Temporary faults of a system, one at a time.

use std::time::Duration;

use crate::random::Random;
use crate::recorder::Recorder;
use crate::time::HOUR;

/// Duration of a fault and of the calm after it: 15 and 25 minutes of measured time, because alerts
/// use rates over 15 minutes.
const LASTS: Duration = HOUR.saturating_mul(150);
pub(crate) const CALM: Duration = HOUR.saturating_mul(250);

/// The faults that a system can have.
pub(crate) trait Trouble: Copy + PartialEq + 'static {
    /// All faults.
    const ALL: &'static [Self];

    /// The metric that shows it.
    fn metric(self) -> &'static str;

    /// The news when it begins and when it ends.
    fn news(self, begins: bool) -> String;
}

/// The current fault of a system and those to come.
#[derive(Debug)]
pub(crate) struct Troubles<T> {
    now: Option<T>,
    /// Faults that have not occurred in this round.
    left: Vec<T>,
}

impl<T: Trouble> Troubles<T> {
    pub(crate) fn none() -> Self {
        Self {
            now: None,
            left: Vec::new(),
        }
    }

    /// The current fault.
    pub(crate) fn now(&self) -> Option<T> {
        self.now
    }

    /// Whether `trouble` is the current fault.
    pub(crate) fn is(&self, trouble: T) -> bool {
        self.now == Some(trouble)
    }

    /// Begins or ends a fault; returns the time until the next change.
    pub(crate) fn change(&mut self, random: &mut Random, recorder: &mut Recorder<'_>) -> Duration {
        if let Some(over) = self.now.take() {
            recorder.report(over.metric(), over.news(false));
            return CALM;
        }
        if self.left.is_empty() {
            self.left = T::ALL.to_vec();
        }
        self.now = random.pick(self.left.clone());
        self.left.retain(|left| Some(*left) != self.now);
        self.now
            .iter()
            .for_each(|new| recorder.report(new.metric(), new.news(true)));
        LASTS
    }
}
