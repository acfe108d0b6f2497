//! What goes wrong for a while, one thing at a time, and comes right again.

use std::time::Duration;

use crate::page::Page;
use crate::random::Random;
use crate::time::HOUR;

/// How long trouble lasts, and how long all is well after it: by the clocks of these systems 15 and 25 minutes, since alerts
/// look at rates over 15 minutes.
const LASTS: Duration = HOUR.saturating_mul(150);
pub(crate) const CALM: Duration = HOUR.saturating_mul(250);

/// What can go wrong in a system.
pub(crate) trait Trouble: Copy + PartialEq + 'static {
    /// Everything that does.
    const ALL: &'static [Self];

    /// The metric that shows it.
    fn metric(self) -> &'static str;

    /// What people say when it begins, and when it is over.
    fn told(self, begins: bool) -> String;
}

/// The trouble that a system is in, and that it still will be in.
#[derive(Debug)]
pub(crate) struct Troubles<T> {
    now: Option<T>,
    /// Each comes once before any comes again.
    left: Vec<T>,
}

impl<T: Trouble> Troubles<T> {
    pub(crate) fn none() -> Self {
        Self {
            now: None,
            left: Vec::new(),
        }
    }

    /// What is wrong now.
    pub(crate) fn now(&self) -> Option<T> {
        self.now
    }

    /// Whether it is this.
    pub(crate) fn is(&self, trouble: T) -> bool {
        self.now == Some(trouble)
    }

    /// Trouble begins, or is over. When the next turn is due.
    pub(crate) fn turn(&mut self, random: &mut Random, page: &mut Page<'_>) -> Duration {
        if let Some(over) = self.now.take() {
            page.tell(over.metric(), over.told(false));
            return CALM;
        }
        if self.left.is_empty() {
            self.left = T::ALL.to_vec();
        }
        self.now = random.pick(self.left.clone());
        self.left.retain(|left| Some(*left) != self.now);
        self.now
            .iter()
            .for_each(|new| page.tell(new.metric(), new.told(true)));
        LASTS
    }
}
