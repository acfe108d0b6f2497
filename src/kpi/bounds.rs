//! The bounds of a window query: each event is counted exactly once only with `> $since` and `<= $until`.

use crate::diagnostic::{Problems, WarningReason};
use cypher::{Comparator, Comparison, Statement};

use super::window::{SINCE, UNTIL};

/// Warns about each bound with the wrong operator.
pub(super) fn check(statement: &Statement, problems: &mut Problems<'_>) {
    let (since, until) = (of(statement, SINCE), of(statement, UNTIL));
    let wrong_since = wrong(&since, Comparator::GreaterOrEqual);
    let wrong_until = wrong(&until, Comparator::Less);
    let both = !wrong_since.is_empty() && !wrong_until.is_empty();
    for bound in wrong_since {
        let message = if both {
            "the bounds are shifted: an event at the end of a window is counted one window late"
        } else {
            "an event exactly at `$since` is counted twice: the window before includes it"
        };
        warn(bound, message, problems);
    }
    for bound in wrong_until.into_iter().filter(|_| !both) {
        let message = "an event exactly at `$until` is never counted: the next window excludes it";
        warn(bound, message, problems);
    }
}

fn of<'s>(statement: &'s Statement, parameter: &str) -> Vec<&'s Comparison> {
    let comparisons = statement.comparisons.iter();
    comparisons
        .filter(|comparison| comparison.parameter == parameter)
        .collect()
}

fn wrong<'s>(bounds: &[&'s Comparison], comparator: Comparator) -> Vec<&'s Comparison> {
    let bounds = bounds.iter().copied();
    bounds
        .filter(|bound| bound.comparator == comparator)
        .collect()
}

fn warn(bound: &Comparison, message: &str, problems: &mut Problems<'_>) {
    let time = bound
        .operand
        .as_ref()
        .map_or("e.timestamp", |operand| operand.name.as_str());
    problems.warning(
        WarningReason::WindowBounds,
        bound.operator.span.clone(),
        message,
        format!("write `{time} > $since AND {time} <= $until`"),
    );
}
