//! Cron expressions: five or six fields, in UTC, that will come true again.

use std::time::Duration;

use chrono::{DateTime, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds};

/// Why a text is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CronFault {
    #[error("it has {0} fields")]
    Fields(usize),
    #[error("{0}")]
    Syntax(String),
    #[error("no date ever matches it")]
    Never,
}

/// A checked expression of six fields, and the longest time between two runs.
pub(super) fn parse(text: &str) -> Result<(String, Duration), CronFault> {
    let fields = text.split_whitespace().count();
    let expression = match fields {
        5 => format!("0 {}", text.trim()),
        6 => text.trim().to_owned(),
        _ => return Err(CronFault::Fields(fields)),
    };
    // The same settings as the scheduler's own parser: day of month AND day of week.
    let parser = CronParser::builder().seconds(Seconds::Required).dom_and_dow(true).build();
    let cron = parser.parse(&expression).map_err(|fault| CronFault::Syntax(fault.to_string()))?;
    let longest = longest_gap(&cron).ok_or(CronFault::Never)?;
    Ok((expression, longest))
}

/// How many runs are looked at for the longest gap: a year of days with room.
const RUNS: usize = 400;

/// The longest gap between runs from a fixed date on: leap days are seen, the clock is not.
fn longest_gap(cron: &Cron) -> Option<Duration> {
    let origin = DateTime::<Utc>::from_timestamp(1_704_067_200, 0)?;
    let first = cron.find_next_occurrence(&origin, true).ok()?;
    let mut longest = Duration::ZERO;
    let mut last = first;
    for _ in 0..RUNS {
        let Ok(next) = cron.find_next_occurrence(&last, false) else { break };
        longest = longest.max((next - last).to_std().unwrap_or_default());
        last = next;
    }
    Some(longest.max(Duration::from_secs(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        let hours = |n: u64| Duration::from_secs(n * 3600);
        for (text, expected) in [
            ("*/5 * * * *", Ok(("0 */5 * * * *", Duration::from_secs(300)))),
            ("30 0 2 * * *", Ok(("30 0 2 * * *", hours(24)))),
            ("0 9 * * MON", Ok(("0 0 9 * * MON", hours(24 * 7)))),
            ("0 0 30 2 *", Err(CronFault::Never)),
            ("@daily", Err(CronFault::Fields(1))),
            ("* * *", Err(CronFault::Fields(3))),
        ] {
            let expected = expected.map(|(expression, gap)| (expression.to_owned(), gap));
            assert_eq!(parse(text), expected, "{text}");
        }
        assert!(matches!(parse("61 * * * *"), Err(CronFault::Syntax(_))));
    }
}
