//! How much time the next window covers: small enough for one query, and no smaller than need be.

use std::time::Duration;

use crate::kpi::BEGINNING;
use crate::measure::MAX_ROWS_OF_WINDOW;
use crate::row::UnixMillis;

/// No window is made shorter.
const SHORTEST: i64 = 1000;
/// What a long gap is taken up in at first.
const HOUR: i64 = 3_600_000;
/// What comes before is one window: halving it would only cut empty centuries.
const FIRST_EVENTS: UnixMillis = UnixMillis(0);
/// A window twice as long is tried when this one took less than such a part of what it may take.
const EASY: u32 = 4;

/// The most time that the next window may cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    /// In milliseconds.
    most: i64,
}

impl Pace {
    /// The first window since the beginning is everything; a count that goes on after a gap begins with an hour of it.
    pub(super) fn from(cursor: UnixMillis) -> Self {
        Self { most: if cursor == BEGINNING { i64::MAX } else { HOUR } }
    }

    /// The end of the next window, when all could be counted up to `end`.
    pub(super) fn until(self, since: UnixMillis, end: UnixMillis) -> UnixMillis {
        end.min(UnixMillis(from(since).0.saturating_add(self.most)))
    }

    /// A window was too much for one query: the next one covers half of it. False when it cannot be shorter.
    pub(super) fn halve(&mut self, since: UnixMillis, until: UnixMillis) -> bool {
        let length = until.0.saturating_sub(from(since).0);
        if length <= SHORTEST {
            return false;
        }
        // Whole seconds, which every form of time can tell.
        self.most = (length / 2 / SHORTEST * SHORTEST).max(SHORTEST);
        true
    }

    /// A window went well; `easy` says that one twice as long would probably do so too.
    pub(super) fn went_well(&mut self, since: UnixMillis, until: UnixMillis, end: UnixMillis, easy: bool) {
        if easy && until.0.saturating_sub(from(since).0) >= self.most {
            self.most = self.most.saturating_mul(2);
        }
        if until == end {
            // The next gap may be of busier times.
            self.most = self.most.min(HOUR);
        }
    }
}

/// Whether a window twice as long would probably go well too.
pub(super) fn is_easy(rows: u64, took: Duration, timeout: Duration) -> bool {
    took < timeout / EASY && rows < MAX_ROWS_OF_WINDOW / u64::from(EASY)
}

fn from(since: UnixMillis) -> UnixMillis {
    if since == BEGINNING { FIRST_EVENTS } else { since }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * HOUR;
    /// 2026-11-21, and a whole second.
    const END: UnixMillis = UnixMillis(1_795_252_087_000);

    /// A graph that can answer for so many events at once: the windows that were tried, and how many events each had.
    fn count(
        cursor: UnixMillis,
        events: &[i64],
        bearable: usize,
    ) -> Vec<(UnixMillis, UnixMillis, Result<usize, usize>)> {
        let mut pace = Pace::from(cursor);
        let (mut since, mut tried) = (cursor, Vec::new());
        while since < END {
            let until = pace.until(since, END);
            assert!(since < until && until <= END, "{since:?} to {until:?}");
            let found = events.iter().filter(|at| since.0 < **at && **at <= until.0).count();
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
        let hours: Vec<_> = count(cursor, &[], 1).iter().map(|(since, until, _)| (until.0 - since.0) / HOUR).collect();
        assert_eq!(hours, [1, 2, 4, 8, 16, 32, 9]);
    }

    #[test]
    fn what_is_too_much_at_once_is_halved_until_it_can_be_borne() {
        // An event each minute of the last month; a thousand of them can be counted at once.
        let events: Vec<_> = (0..30 * 24 * 60).map(|minute| END.0 - minute * 60_000).collect();
        let tried = count(BEGINNING, &events, 1000);
        let counted: usize = tried.iter().filter_map(|(.., found)| found.ok()).sum();
        assert_eq!(counted, events.len());
        let failures = tried.iter().filter(|(.., found)| found.is_err()).count();
        // From half a century to half a day in 17 steps, and no window that is known to be too long is tried again.
        assert!(failures <= 17 && tried.len() < 150, "{failures} of {}", tried.len());
    }

    #[test]
    fn a_second_that_has_too_much_ends_it_there() {
        let busy = END.0 - DAY - 500;
        let events: Vec<_> = std::iter::repeat_n(busy, 11).chain([busy - 5000, busy + 5000]).collect();
        let tried = count(UnixMillis(END.0 - 2 * DAY), &events, 10);
        let (since, until, found) = tried[tried.len() - 1];
        assert_eq!((until.0 - since.0, found), (SHORTEST, Err(11)));
        assert!(since.0 < busy && busy <= until.0);
    }

    #[test]
    fn a_pace_that_was_halved_grows_back_when_windows_are_easy_again() {
        let (mut pace, mut since) = (Pace { most: SHORTEST }, UnixMillis(END.0 - HOUR));
        let mut lengths = Vec::new();
        while since < END {
            let until = pace.until(since, END);
            lengths.push((until.0 - since.0) / 1000);
            pace.went_well(since, until, END, true);
            since = until;
        }
        assert_eq!(lengths, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1553]);
        // In step with the clock its windows are short, and it does not grow for that.
        let before = pace;
        pace.went_well(END, UnixMillis(END.0 + 15_000), UnixMillis(END.0 + 15_000), true);
        assert_eq!(pace, before);
        assert_eq!(pace.most, 2_048_000);
    }

    #[test]
    fn a_hard_window_is_followed_by_none_that_is_longer() {
        let mut pace = Pace { most: 8000 };
        pace.went_well(UnixMillis(0), UnixMillis(8000), END, false);
        assert_eq!(pace.most, 8000);
        assert!(!is_easy(0, Duration::from_secs(10), Duration::from_secs(30)));
        assert!(!is_easy(MAX_ROWS_OF_WINDOW / 2, Duration::ZERO, Duration::from_secs(30)));
        assert!(is_easy(1000, Duration::from_secs(1), Duration::from_secs(30)));
    }
}
