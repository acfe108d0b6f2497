//! How much time the next window covers: small enough for one query, and no smaller than need be.

use std::time::Duration;

use crate::kpi::BEGINNING;
use crate::measure::MAX_ROWS_OF_WINDOW;
use cypher::UnixMillis;

/// No window is made shorter.
const SHORTEST: i64 = 1000;
/// What a long gap is taken up in at first.
const HOUR: i64 = 3_600_000;
/// What comes before is one window: halving it would only cut empty centuries.
const FIRST_EVENTS: UnixMillis = UnixMillis(0);
/// A window is easy when it took less than such a part of what it may take.
const EASY: u32 = 4;
/// So many windows go well before a length that was too much is tried again: other work of the server passes. Each time in
/// vain it is twice as many, so that what is always too much costs no more than one query in [`RARELY`].
const SOON: u32 = 8;
const RARELY: u32 = 64;

/// The most time that the next window may cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WindowSizer {
    /// In milliseconds.
    most: i64,
    /// The shortest length that is known to be too much.
    too_much: Option<i64>,
    /// How many windows have gone well since that was seen, and how many are to.
    well: u32,
    patience: u32,
}

impl WindowSizer {
    /// The first window since the beginning is everything; a count that goes on after a gap begins with an hour of it.
    pub(super) fn from(cursor: UnixMillis) -> Self {
        let most = if cursor == BEGINNING { i64::MAX } else { HOUR };
        Self {
            most,
            too_much: None,
            well: 0,
            patience: SOON,
        }
    }

    /// The end of the next window, when all could be counted up to `end`.
    pub(super) fn until(self, since: UnixMillis, end: UnixMillis) -> UnixMillis {
        end.min(UnixMillis(from(since).0.saturating_add(self.most)))
    }

    /// A window was too much for one query: the next one covers half of it. False when it cannot be shorter.
    pub(super) fn halve(&mut self, since: UnixMillis, until: UnixMillis) -> bool {
        let length = length(since, until);
        if length <= SHORTEST {
            return false;
        }
        if self.is_too_much(length) {
            self.patience = (self.patience * 2).min(RARELY);
        }
        // Whole seconds, which every form of time can tell.
        self.most = (length / 2 / SHORTEST * SHORTEST).max(SHORTEST);
        self.too_much = Some(self.most * 2);
        self.well = 0;
        true
    }

    /// A window went well; `easy` says that one twice as long would probably do so too. One that is behind grows also when it
    /// is not easy: a query that costs the same for any length never is, and would fall behind for ever.
    pub(super) fn went_well(
        &mut self,
        since: UnixMillis,
        until: UnixMillis,
        end: UnixMillis,
        easy: bool,
    ) {
        let length = length(since, until);
        self.well = self.well.saturating_add(1);
        if self.is_too_much(length) {
            self.too_much = None;
            self.patience = (self.patience / 2).max(SOON);
        }
        let may_be_longer =
            !self.is_too_much(self.most.saturating_mul(2)) || self.well >= self.patience;
        if length >= self.most && (easy || until < end) && may_be_longer {
            self.most = self.most.saturating_mul(2);
        }
        if until == end {
            // The next gap may be of busier times.
            self.most = self.most.min(HOUR);
        }
    }

    /// As far as is known.
    fn is_too_much(self, length: i64) -> bool {
        self.too_much.is_some_and(|too_much| length >= too_much)
    }
}

/// Whether a window twice as long would probably go well too.
pub(super) fn is_easy(rows: u64, took: Duration, timeout: Duration) -> bool {
    took < timeout / EASY && rows < MAX_ROWS_OF_WINDOW / u64::from(EASY)
}

fn length(since: UnixMillis, until: UnixMillis) -> i64 {
    until.0.saturating_sub(from(since).0)
}

fn from(since: UnixMillis) -> UnixMillis {
    if since == BEGINNING {
        FIRST_EVENTS
    } else {
        since
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 24 * HOUR;
    /// 2026-11-21, and a whole second.
    const END: UnixMillis = UnixMillis(1_795_252_087_000);

    fn of(most: i64) -> WindowSizer {
        WindowSizer {
            most,
            ..WindowSizer::from(UnixMillis(0))
        }
    }

    /// A graph that can answer for so many events at once: the windows that were tried, and how many events each had.
    fn count(
        cursor: UnixMillis,
        events: &[i64],
        bearable: usize,
    ) -> Vec<(UnixMillis, UnixMillis, Result<usize, usize>)> {
        let mut pace = WindowSizer::from(cursor);
        let (mut since, mut tried) = (cursor, Vec::new());
        while since < END {
            let until = pace.until(since, END);
            assert!(since < until && until <= END, "{since:?} to {until:?}");
            let found = events
                .iter()
                .filter(|at| since.0 < **at && **at <= until.0)
                .count();
            if found <= bearable {
                tried.push((since, until, Ok(found)));
                pace.went_well(since, until, END, found <= bearable / 4);
                since = until;
            } else {
                tried.push((since, until, Err(found)));
                if !pace.halve(since, until) {
                    break;
                }
            }
            assert!(tried.len() < 10_000, "it does not come to an end");
        }
        tried
    }

    #[test]
    fn the_first_window_is_everything() {
        assert_eq!(count(BEGINNING, &[END.0], 1), [(BEGINNING, END, Ok(1))]);
    }

    #[test]
    fn a_gap_of_days_is_counted_in_a_few_growing_steps() {
        let cursor = UnixMillis(END.0 - 3 * DAY);
        let hours: Vec<_> = count(cursor, &[], 1)
            .iter()
            .map(|(since, until, _)| (until.0 - since.0) / HOUR)
            .collect();
        assert_eq!(hours, [1, 2, 4, 8, 16, 32, 9]);
    }

    #[test]
    fn what_is_too_much_at_once_is_halved_until_it_can_be_borne() {
        // An event each minute of the last month; a thousand of them can be counted at once.
        let events: Vec<_> = (0..30 * 24 * 60)
            .map(|minute| END.0 - minute * 60_000)
            .collect();
        let tried = count(BEGINNING, &events, 1000);
        let counted: usize = tried.iter().filter_map(|(.., found)| found.ok()).sum();
        assert_eq!(counted, events.len());
        let failures = tried.iter().filter(|(.., found)| found.is_err()).count();
        // From half a century to half a day in 17 steps; and a window that is known to be too long is tried again now and then.
        assert!(
            failures <= 20 && tried.len() < 150,
            "{failures} of {}",
            tried.len()
        );
    }

    #[test]
    fn a_second_that_has_too_much_ends_it_there() {
        let busy = END.0 - DAY - 500;
        let events: Vec<_> = std::iter::repeat_n(busy, 11)
            .chain([busy - 5000, busy + 5000])
            .collect();
        let tried = count(UnixMillis(END.0 - 2 * DAY), &events, 10);
        let (since, until, found) = tried[tried.len() - 1];
        assert_eq!((until.0 - since.0, found), (SHORTEST, Err(11)));
        assert!(since.0 < busy && busy <= until.0);
    }

    #[test]
    fn a_pace_that_was_halved_grows_back_when_windows_are_easy_again() {
        let (mut pace, mut since) = (of(SHORTEST), UnixMillis(END.0 - HOUR));
        let mut lengths = Vec::new();
        while since < END {
            let until = pace.until(since, END);
            lengths.push((until.0 - since.0) / 1000);
            pace.went_well(since, until, END, true);
            since = until;
        }
        assert_eq!(lengths, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1553]);
        // In step with the clock its windows are short, and it does not grow for that.
        pace.went_well(
            END,
            UnixMillis(END.0 + 15_000),
            UnixMillis(END.0 + 15_000),
            true,
        );
        assert_eq!(pace.most, 2_048_000);
    }

    #[test]
    fn a_hard_window_is_followed_by_one_that_is_longer_where_there_is_more_to_count() {
        let mut pace = of(8000);
        pace.went_well(UnixMillis(0), UnixMillis(8000), UnixMillis(8000), false);
        assert_eq!(pace.most, 8000);
        pace.went_well(UnixMillis(0), UnixMillis(8000), END, false);
        assert_eq!(pace.most, 16_000);
    }

    #[test]
    fn what_was_too_much_is_tried_again_after_some_windows_and_later_after_more() {
        let (mut pace, mut waits) = (of(16_000), Vec::new());
        for _ in 0..5 {
            pace.halve(UnixMillis(0), UnixMillis(16_000));
            let mut waited = 0;
            while pace.most == 8000 {
                pace.went_well(UnixMillis(0), UnixMillis(8000), END, true);
                waited += 1;
            }
            waits.push(waited);
        }
        assert_eq!(waits, [8, 16, 32, 64, 64]);
        // Once it has been borne, nothing is known to be too much.
        pace.went_well(UnixMillis(0), UnixMillis(16_000), END, true);
        assert_eq!((pace.most, pace.too_much), (32_000, None));
    }

    #[test]
    fn easy_is_what_takes_little_of_its_time_and_of_its_rows() {
        assert!(!is_easy(
            0,
            Duration::from_secs(10),
            Duration::from_secs(30)
        ));
        assert!(!is_easy(
            MAX_ROWS_OF_WINDOW / 2,
            Duration::ZERO,
            Duration::from_secs(30)
        ));
        assert!(is_easy(
            1000,
            Duration::from_secs(1),
            Duration::from_secs(30)
        ));
    }

    /// A server, and how much it has to do at which time.
    #[derive(Clone, Debug)]
    struct Server {
        /// What each query costs, in milliseconds.
        each: i64,
        /// What the events of a second cost.
        per_second: i64,
        /// From when to when it has other work, and how many times longer it then takes.
        load: (i64, i64, i64),
    }

    /// What came of a KPI on a [`Server`].
    #[derive(Debug, Default)]
    struct Outcome {
        windows: u32,
        failures: u32,
        /// When the other work was over and all was counted.
        caught_up: Option<i64>,
    }

    const TIMEOUT: i64 = 30_000;
    /// The time between two runs.
    const EVERY: i64 = 60_000;

    impl Server {
        /// How long a query for so much time takes at a moment, however long it may take.
        fn takes(&self, length: i64, now: i64) -> i64 {
            let (from, to, times) = self.load;
            let alone = self.each + self.per_second * (length / 1000);
            if (from..to).contains(&now) {
                alone * times
            } else {
                alone
            }
        }

        /// A day of its life, with a cursor that is `behind` at first.
        fn day(&self, mut pace: WindowSizer, behind: i64) -> Outcome {
            let (mut now, mut since) = (END.0, UnixMillis(END.0 - behind));
            let mut outcome = Outcome::default();
            while now < END.0 + DAY {
                let end = UnixMillis(now / 1000 * 1000);
                let until = pace.until(since, end);
                let takes = self.takes(until.0 - since.0, now - END.0);
                now += takes.min(TIMEOUT);
                if takes < TIMEOUT {
                    outcome.windows += 1;
                    pace.went_well(
                        since,
                        until,
                        end,
                        is_easy(0, millis(takes), millis(TIMEOUT)),
                    );
                    since = until;
                } else {
                    outcome.failures += 1;
                    if !pace.halve(since, until) {
                        now += EVERY;
                    }
                }
                if since == end {
                    if now - END.0 >= self.load.1 {
                        outcome.caught_up.get_or_insert(now - END.0);
                    }
                    now = now.max(end.0 + EVERY);
                }
            }
            outcome
        }
    }

    fn millis(millis: i64) -> Duration {
        Duration::from_millis(millis.unsigned_abs())
    }

    #[test]
    fn a_query_of_fixed_cost_that_was_halved_once_is_in_step_again() {
        // Ten seconds each, whatever it asks for: never easy, and for some minutes of other work too much.
        let server = Server {
            each: 10_000,
            per_second: 0,
            load: (0, 400_000, 4),
        };
        let outcome = server.day(WindowSizer::from(UnixMillis(0)), HOUR);
        assert!(
            outcome.caught_up.is_some_and(|at| at < HOUR / 2),
            "{outcome:?}"
        );
        assert!(outcome.failures <= 14, "{outcome:?}");
    }

    #[test]
    fn what_is_always_too_much_is_tried_ever_more_rarely() {
        // An hour takes 40 s, half of it 20 s; it is behind all day.
        let server = Server {
            each: 4_000,
            per_second: 10,
            load: (0, 0, 1),
        };
        let outcome = server.day(WindowSizer::from(UnixMillis(0)), 1000 * DAY);
        assert!(outcome.windows > 3000, "{outcome:?}");
        assert!(outcome.failures <= outcome.windows / 50, "{outcome:?}");
    }

    #[test]
    fn it_catches_up_wherever_the_server_could() {
        let servers = (
            0..20_000_i64,
            0..=100_i64,
            0..DAY / 4,
            0..DAY / 4,
            1..100_i64,
        );
        let cases = (servers, 0..3 * DAY, 0..12_u32);
        proptest!(|(((each, share, from, lasts, times), behind, halvings) in cases)| {
            // At best it counts eight times as fast as time passes, or faster.
            let per_second = (TIMEOUT - each) * 1000 / (8 * TIMEOUT) * share / 100;
            let server = Server { each, per_second, load: (from, from + lasts, times) };
            let faster = (TIMEOUT - each) * 1000 / per_second.max(1) / TIMEOUT;
            let mut pace = WindowSizer::from(UnixMillis(0));
            for _ in 0..halvings {
                pace.halve(UnixMillis(END.0 - pace.most), END);
            }
            let outcome = server.day(pace, behind);
            let fair = from + lasts + (behind + from + lasts) / (faster / 4 - 1) + HOUR;
            prop_assert!(fair > DAY || outcome.caught_up.is_some_and(|at| at <= fair), "{:?} by {}", outcome, fair);
            // Down to a second once for each time that its work comes, and in an hour of it that is too much for all windows.
            let in_vain = lasts / (TIMEOUT + EVERY);
            prop_assert!(i64::from(outcome.failures) <= 40 + in_vain + i64::from(outcome.windows / 8), "{:?}", outcome);
        });
    }
}
