//! What goes wrong for a while, one thing at a time, and comes right again.

use std::time::Duration;

use crate::world::page::Page;
use crate::world::random::Random;
use crate::world::time::HOUR;

/// How long trouble lasts, and how long all is well after it: by the clocks of these systems 15 and 25 minutes, since alerts
/// look at rates over 15 minutes.
const LASTS: Duration = HOUR.saturating_mul(150);
pub(in crate::world) const CALM: Duration = HOUR.saturating_mul(250);

/// What can go wrong in a system.
pub(in crate::world) trait Trouble: Copy + 'static {
    /// Everything that does.
    const ALL: &'static [Self];

    /// The metric that shows it.
    fn metric(self) -> &'static str;

    /// What people say when it begins, and when it is over.
    fn told(self, begins: bool) -> String;
}

/// Trouble begins, or is over. When the next turn is due.
pub(in crate::world) fn turn<T: Trouble>(
    trouble: &mut Option<T>,
    random: &mut Random,
    page: &mut Page<'_>,
) -> Duration {
    if let Some(over) = trouble.take() {
        page.tell(over.metric(), over.told(false));
        CALM
    } else {
        *trouble = random.pick(T::ALL.to_vec());
        trouble.iter().for_each(|new| page.tell(new.metric(), new.told(true)));
        LASTS
    }
}
