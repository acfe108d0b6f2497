//! Common parts of the systems with the shared graph model: LazyBird, AgentOS, Session-Buddy and
//! AgentCore.
//!
//! The timestamp of an event is its end. A running one has only `started_at`; it gets its final
//! status and its timestamp in one edit, so that a query over events counts each exactly once.
//!
//! The operations of these agents take fractions of a second, too short to be seen by a query.
//! Their clocks are therefore slowed down by [`PACE`]: one measured second is ten minutes of work.
//! At that speed a duration in the graph equals the difference of its timestamps.

mod graph;
mod records;
mod trouble;

use std::time::Duration;

use cypher::Literal;

use super::time::{DAY, WorkTime};

pub(super) use graph::*;
pub(super) use records::Records;
pub(super) use trouble::{CALM, Trouble, Troubles};

/// Seconds of work per measured second: the default speed of `demo`.
const PACE: u64 = 600;

/// The group of nodes that belong to the whole system.
pub(super) const COMMON: &str = "global-coding-skills";
/// The groups that the systems work for.
pub(super) const GROUPS: [(&str, f64); 3] = [
    ("faith-meats", 45.0),
    ("diff-driven-saas", 35.0),
    (COMMON, 20.0),
];

/// These systems have a short past: they delete older nodes anyway.
pub(super) fn beginning() -> WorkTime {
    WorkTime::START - DAY * 5
}

/// Converts measured milliseconds to work time.
pub(super) fn work(measured_ms: f64) -> Duration {
    // The conversion saturates; a negative value becomes 0.
    Duration::from_millis((measured_ms * PACE as f64) as u64)
}

/// Converts work time to measured milliseconds.
pub(super) fn measured_ms(work: Duration) -> f64 {
    work.as_secs_f64() * 1000.0 / PACE as f64
}

/// Milliseconds as a property.
pub(super) fn millis(ms: f64) -> Literal {
    Literal::Float((ms * 100.0).round() / 100.0)
}

/// An amount of USD as a property.
pub(super) fn usd(amount: f64) -> Literal {
    Literal::Float((amount * 10_000.0).round() / 10_000.0)
}

/// A percentage from 0 to 100 as a property.
pub(super) fn percent(value: f64) -> Literal {
    Literal::Float((value.clamp(0.0, 100.0) * 10.0).round() / 10.0)
}

/// A whole number as a property.
pub(super) fn count(number: f64) -> Literal {
    Literal::Integer(number.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measured_second_is_ten_minutes_of_work() {
        assert_eq!(work(1000.0), Duration::from_secs(600));
        assert_eq!(measured_ms(Duration::from_secs(600)), 1000.0);
        for (ms, expected) in [
            (0.0, 0),
            (-1.0, 0),
            (f64::NAN, 0),
            (0.25, 150),
            (f64::INFINITY, u64::MAX),
        ] {
            assert_eq!(work(ms), Duration::from_millis(expected), "{ms}");
        }
    }

    #[test]
    fn properties_are_rounded() {
        for (property, expected) in [
            (millis(12.345_678), Literal::Float(12.35)),
            (usd(0.123_456), Literal::Float(0.1235)),
            (percent(101.0), Literal::Float(100.0)),
            (percent(-3.0), Literal::Float(0.0)),
            (percent(66.666), Literal::Float(66.7)),
            (count(2.5), Literal::Integer(3)),
        ] {
            assert_eq!(property, expected);
        }
    }
}
