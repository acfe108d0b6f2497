//! How much time the next window covers: small enough for one query and no smaller than necessary.

use std::time::Duration;

use crate::kpi::BEGINNING;
use crate::measure::MAX_ROWS_OF_WINDOW;
use cypher::UnixMillis;

/// The shortest window.
const SHORTEST: i64 = 1000;
/// The first window over a long gap.
const HOUR: i64 = 3_600_000;
/// The first window is halved from here on: earlier centuries are empty.
const FIRST_EVENTS: UnixMillis = UnixMillis(0);
/// A window is easy if it needed less than one part in this of its limits.
const EASY: u32 = 4;
/// This many windows succeed before a length that failed is tried again: the server may have been busy. The number doubles
/// with each further failure, so that a length that always fails costs at most one query in [`RARELY`].
const SOON: u32 = 8;
const RARELY: u32 = 64;

/// The longest time that the next window may cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WindowSizer {
    /// In milliseconds.
    longest: i64,
    /// The shortest length that is known to fail.
    failing: Option<i64>,
    /// How many windows have succeeded since that failure, and how many have to before it is tried again.
    successes: u32,
    patience: u32,
}

impl WindowSizer {
    /// The first window since the beginning is everything; after a gap, counting resumes with an hour.
    pub(super) fn from(cursor: UnixMillis) -> Self {
        let longest = if cursor == BEGINNING { i64::MAX } else { HOUR };
        Self {
            longest,
            failing: None,
            successes: 0,
            patience: SOON,
        }
    }

    /// The end of the next window, at most `end`.
    pub(super) fn until(self, since: UnixMillis, end: UnixMillis) -> UnixMillis {
        end.min(UnixMillis(from(since).0.saturating_add(self.longest)))
    }

    /// A window was too large for one query: the next one covers half of it. False if it cannot be shorter.
    pub(super) fn halve(&mut self, since: UnixMillis, until: UnixMillis) -> bool {
        let length = length(since, until);
        if length <= SHORTEST {
            return false;
        }
        if self.fails(length) {
            self.patience = (self.patience * 2).min(RARELY);
        }
        // Whole seconds, which every form of `time` can express.
        self.longest = (length / 2 / SHORTEST * SHORTEST).max(SHORTEST);
        self.failing = Some(self.longest * 2);
        self.successes = 0;
        true
    }

    /// A window succeeded; `easy` means that one twice as long would probably succeed too. While catching up, windows grow even
    /// if they are not easy: a query that costs the same for any length never is, and would fall behind permanently.
    pub(super) fn succeeded(
        &mut self,
        since: UnixMillis,
        until: UnixMillis,
        end: UnixMillis,
        easy: bool,
    ) {
        let length = length(since, until);
        self.successes = self.successes.saturating_add(1);
        if self.fails(length) {
            self.failing = None;
            self.patience = (self.patience / 2).max(SOON);
        }
        let may_be_longer =
            !self.fails(self.longest.saturating_mul(2)) || self.successes >= self.patience;
        if length >= self.longest && (easy || until < end) && may_be_longer {
            self.longest = self.longest.saturating_mul(2);
        }
        if until == end {
            // The next gap may be busier.
            self.longest = self.longest.min(HOUR);
        }
    }

    /// Whether this length is known to fail.
    fn fails(self, length: i64) -> bool {
        self.failing.is_some_and(|failing| length >= failing)
    }
}

/// Whether a window twice as long would probably succeed too.
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

    fn of(longest: i64) -> WindowSizer {
        WindowSizer {
            longest,
            ..WindowSizer::from(UnixMillis(0))
        }
    }

    /// The windows tried on a graph that can return so many events at once, and how many events each had.
    fn count(
        cursor: UnixMillis,
        events: &[i64],
        limit: usize,
    ) -> Vec<(UnixMillis, UnixMillis, Result<usize, usize>)> {
        let mut sizer = WindowSizer::from(cursor);
        let (mut since, mut tried) = (cursor, Vec::new());
        while since < END {
            let until = sizer.until(since, END);
            assert!(since < until && until <= END, "{since:?} to {until:?}");
            let found = events
                .iter()
                .filter(|at| since.0 < **at && **at <= until.0)
                .count();
            if found <= limit {
                tried.push((since, until, Ok(found)));
                sizer.succeeded(since, until, END, found <= limit / 4);
                since = until;
            } else {
                tried.push((since, until, Err(found)));
                if !sizer.halve(since, until) {
                    break;
                }
            }
            assert!(tried.len() < 10_000, "it does not end");
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
    fn a_window_that_is_too_large_is_halved_until_it_succeeds() {
        // An event each minute of the last month; a thousand of them can be counted at once.
        let events: Vec<_> = (0..30 * 24 * 60)
            .map(|minute| END.0 - minute * 60_000)
            .collect();
        let tried = count(BEGINNING, &events, 1000);
        let counted: usize = tried.iter().filter_map(|(.., found)| found.ok()).sum();
        assert_eq!(counted, events.len());
        let failures = tried.iter().filter(|(.., found)| found.is_err()).count();
        // From half a century to half a day in 17 steps; and a length that is known to fail is tried again now and then.
        assert!(
            failures <= 20 && tried.len() < 150,
            "{failures} of {}",
            tried.len()
        );
    }

    #[test]
    fn counting_stops_at_a_second_that_is_too_large() {
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
    fn a_halved_length_grows_back_when_windows_are_easy_again() {
        let (mut sizer, mut since) = (of(SHORTEST), UnixMillis(END.0 - HOUR));
        let mut lengths = Vec::new();
        while since < END {
            let until = sizer.until(since, END);
            lengths.push((until.0 - since.0) / 1000);
            sizer.succeeded(since, until, END, true);
            since = until;
        }
        assert_eq!(lengths, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1553]);
        // Up to date, its windows are short, and the length does not grow for that.
        sizer.succeeded(
            END,
            UnixMillis(END.0 + 15_000),
            UnixMillis(END.0 + 15_000),
            true,
        );
        assert_eq!(sizer.longest, 2_048_000);
    }

    #[test]
    fn a_window_that_is_not_easy_grows_while_catching_up() {
        let mut sizer = of(8000);
        sizer.succeeded(UnixMillis(0), UnixMillis(8000), UnixMillis(8000), false);
        assert_eq!(sizer.longest, 8000);
        sizer.succeeded(UnixMillis(0), UnixMillis(8000), END, false);
        assert_eq!(sizer.longest, 16_000);
    }

    #[test]
    fn a_failed_length_is_tried_again_after_more_and_more_windows() {
        let (mut sizer, mut waits) = (of(16_000), Vec::new());
        for _ in 0..5 {
            sizer.halve(UnixMillis(0), UnixMillis(16_000));
            let mut waited = 0;
            while sizer.longest == 8000 {
                sizer.succeeded(UnixMillis(0), UnixMillis(8000), END, true);
                waited += 1;
            }
            waits.push(waited);
        }
        assert_eq!(waits, [8, 16, 32, 64, 64]);
        // Once it has succeeded, no length is known to fail.
        sizer.succeeded(UnixMillis(0), UnixMillis(16_000), END, true);
        assert_eq!((sizer.longest, sizer.failing), (32_000, None));
    }

    #[test]
    fn a_window_is_easy_if_it_needs_little_time_and_few_rows() {
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

    /// A server and its load over time.
    #[derive(Clone, Debug)]
    struct Server {
        /// The cost of each query, in milliseconds.
        each: i64,
        /// The cost of the events of a second.
        per_second: i64,
        /// From when to when it has other work, and how many times longer a query then takes.
        load: (i64, i64, i64),
    }

    /// The result of a KPI on a [`Server`].
    #[derive(Debug, Default)]
    struct Day {
        windows: u32,
        failures: u32,
        /// When the other work was over and everything was counted.
        caught_up: Option<i64>,
    }

    const TIMEOUT: i64 = 30_000;
    /// The time between two runs.
    const EVERY: i64 = 60_000;

    impl Server {
        /// How long a query over this much time takes at a moment, without a timeout.
        fn takes(&self, length: i64, now: i64) -> i64 {
            let (from, to, times) = self.load;
            let alone = self.each + self.per_second * (length / 1000);
            if (from..to).contains(&now) {
                alone * times
            } else {
                alone
            }
        }

        /// A day on this server, with a cursor that is `behind` at first.
        fn day(&self, mut sizer: WindowSizer, behind: i64) -> Day {
            let (mut now, mut since) = (END.0, UnixMillis(END.0 - behind));
            let mut day = Day::default();
            while now < END.0 + DAY {
                let end = UnixMillis(now / 1000 * 1000);
                let until = sizer.until(since, end);
                let takes = self.takes(until.0 - since.0, now - END.0);
                now += takes.min(TIMEOUT);
                if takes < TIMEOUT {
                    day.windows += 1;
                    sizer.succeeded(
                        since,
                        until,
                        end,
                        is_easy(0, millis(takes), millis(TIMEOUT)),
                    );
                    since = until;
                } else {
                    day.failures += 1;
                    if !sizer.halve(since, until) {
                        now += EVERY;
                    }
                }
                if since == end {
                    if now - END.0 >= self.load.1 {
                        day.caught_up.get_or_insert(now - END.0);
                    }
                    now = now.max(end.0 + EVERY);
                }
            }
            day
        }
    }

    fn millis(millis: i64) -> Duration {
        Duration::from_millis(millis.unsigned_abs())
    }

    #[test]
    fn a_query_of_fixed_cost_catches_up_after_it_was_halved() {
        // Ten seconds each, whatever the length: never easy, and failing during some minutes of other work.
        let server = Server {
            each: 10_000,
            per_second: 0,
            load: (0, 400_000, 4),
        };
        let day = server.day(WindowSizer::from(UnixMillis(0)), HOUR);
        assert!(day.caught_up.is_some_and(|at| at < HOUR / 2), "{day:?}");
        assert!(day.failures <= 14, "{day:?}");
    }

    #[test]
    fn a_length_that_always_fails_is_tried_ever_more_rarely() {
        // An hour takes 40 s, half of it 20 s; it is behind all day.
        let server = Server {
            each: 4_000,
            per_second: 10,
            load: (0, 0, 1),
        };
        let day = server.day(WindowSizer::from(UnixMillis(0)), 1000 * DAY);
        assert!(day.windows > 3000, "{day:?}");
        assert!(day.failures <= day.windows / 50, "{day:?}");
    }

    #[test]
    fn it_catches_up_whenever_the_server_can() {
        let servers = (
            0..20_000_i64,
            0..=100_i64,
            0..DAY / 4,
            0..DAY / 4,
            1..100_i64,
        );
        let cases = (servers, 0..3 * DAY, 0..12_u32);
        proptest!(|(((each, share, from, lasts, times), behind, halvings) in cases)| {
            // At best it counts at least eight times as fast as time passes.
            let per_second = (TIMEOUT - each) * 1000 / (8 * TIMEOUT) * share / 100;
            let server = Server { each, per_second, load: (from, from + lasts, times) };
            let faster = (TIMEOUT - each) * 1000 / per_second.max(1) / TIMEOUT;
            let mut sizer = WindowSizer::from(UnixMillis(0));
            for _ in 0..halvings {
                sizer.halve(UnixMillis(END.0 - sizer.longest), END);
            }
            let day = server.day(sizer, behind);
            let fair = from + lasts + (behind + from + lasts) / (faster / 4 - 1) + HOUR;
            prop_assert!(fair > DAY || day.caught_up.is_some_and(|at| at <= fair), "{:?} by {}", day, fair);
            // Down to a second once per load period, and once per run while the load fails every window.
            let in_vain = lasts / (TIMEOUT + EVERY);
            prop_assert!(i64::from(day.failures) <= 40 + in_vain + i64::from(day.windows / 8), "{:?}", day);
        });
    }
}
