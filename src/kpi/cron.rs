//! Cron expressions: five or six fields, in UTC, that will come true again.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use croner::parser::{CronParser, Seconds};

/// Why a text is not a schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CronFault {
    #[error("expected 5 or 6 fields, found {0}")]
    Fields(usize),
    #[error("{0}")]
    Syntax(String),
    #[error("no date ever matches it")]
    Never,
}

/// A cron expression, in UTC, that comes true again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Cron {
    expression: String,
    longest: Duration,
    // Boxed, since it is large and most KPIs have an interval instead.
    pattern: Box<croner::Cron>,
}

impl Cron {
    pub(super) fn parse(text: &str) -> Result<Self, CronFault> {
        let fields = text.split_whitespace().count();
        let expression = match fields {
            5 => format!("0 {}", text.trim()),
            6 => text.trim().to_owned(),
            _ => return Err(CronFault::Fields(fields)),
        };
        // The same settings as the scheduler's own parser: day of month AND day of week.
        let parser = CronParser::builder()
            .seconds(Seconds::Required)
            .dom_and_dow(true)
            .build();
        let pattern = parser
            .parse(&expression)
            .map_err(|fault| CronFault::Syntax(fault.to_string()))?;
        let longest = longest_gap(&pattern).ok_or(CronFault::Never)?;
        Ok(Self {
            expression,
            longest,
            pattern: Box::new(pattern),
        })
    }

    /// Six fields, seconds first, whatever the file wrote.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// The longest time between two runs.
    pub fn longest(&self) -> Duration {
        self.longest
    }

    /// The first run after `time`.
    pub fn next_after(&self, time: SystemTime) -> Option<SystemTime> {
        self.pattern
            .find_next_occurrence(&DateTime::<Utc>::from(time), false)
            .ok()
            .map(SystemTime::from)
    }
}

/// How many runs are looked at for the longest gap: a year of days with room.
const RUNS: usize = 400;

/// The longest gap between runs from a fixed date on: leap days are seen, the clock is not.
fn longest_gap(cron: &croner::Cron) -> Option<Duration> {
    let origin = DateTime::<Utc>::from_timestamp(1_704_067_200, 0)?;
    let first = cron.find_next_occurrence(&origin, true).ok()?;
    let mut longest = Duration::ZERO;
    let mut last = first;
    for _ in 0..RUNS {
        let Ok(next) = cron.find_next_occurrence(&last, false) else {
            break;
        };
        longest = longest.max((next - last).to_std().unwrap_or_default());
        last = next;
    }
    Some(longest.max(Duration::from_secs(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_run() {
        let day = |days: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(days * 86_400);
        let cron = Cron::parse("0 0 * * *").expect("a good expression");
        assert_eq!(cron.next_after(day(20_000)), Some(day(20_001)));
    }

    #[test]
    fn expressions() {
        let hours = |n: u64| Duration::from_secs(n * 3600);
        for (text, expected) in [
            (
                "*/5 * * * *",
                Ok(("0 */5 * * * *", Duration::from_secs(300))),
            ),
            ("30 0 2 * * *", Ok(("30 0 2 * * *", hours(24)))),
            ("0 9 * * MON", Ok(("0 0 9 * * MON", hours(24 * 7)))),
            ("0 0 30 2 *", Err(CronFault::Never)),
            ("@daily", Err(CronFault::Fields(1))),
            ("* * *", Err(CronFault::Fields(3))),
        ] {
            let found =
                Cron::parse(text).map(|cron| (cron.expression().to_owned(), cron.longest()));
            assert_eq!(
                found,
                expected.map(|(expression, gap)| (expression.to_owned(), gap)),
                "{text}"
            );
        }
        assert!(matches!(
            Cron::parse("61 * * * *"),
            Err(CronFault::Syntax(_))
        ));
    }
}
