//! Publishes the warnings about a target: in the log, on the board and in the metric of warnings.

use crate::board::{Slot, Target, WarningSource};
use crate::diagnostic::{Problem, WarningReason};
use crate::instruments::TargetInstruments;

/// Logs what is new; what is no longer so vanishes. The sources have no reason in common, so that each counts its own.
pub(super) fn publish(
    slot: &Slot,
    target: &Target,
    instruments: &TargetInstruments,
    source: WarningSource,
    found: Vec<Problem>,
) {
    let before = target.warnings_of(source);
    for warning in found.iter().filter(|warning| is_new(warning, &before)) {
        let (kpi, graph) = (&slot.kpi.id, &target.graph);
        let reason = warning.level.reason().map(WarningReason::as_str);
        let (help, message) = (&warning.fix, &warning.message);
        if warning.level.is_hint() {
            tracing::info!(%kpi, %graph, reason, help, "{message}");
        } else {
            tracing::warn!(%kpi, %graph, reason, help, "{message}");
        }
    }
    for reason in WarningReason::ALL {
        let count = |warnings: &[Problem]| {
            warnings
                .iter()
                .filter(|warning| warning.level.reason() == Some(reason))
                .count()
        };
        let (was, is) = (count(&before), count(&found));
        // A resolved warning is 0; one that never was is no series.
        if was != is {
            instruments.warnings(reason, is);
        }
    }
    target.set_warnings(source, found);
}

/// The numbers in a message change with each run.
fn is_new(warning: &Problem, before: &[Problem]) -> bool {
    !before
        .iter()
        .any(|old| old.level == warning.level && old.place == warning.place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;

    #[test]
    fn a_warning_is_logged_again_only_for_another_reason_or_place() {
        let warning = |reason, path: &str, message: &str| {
            Problem::warning(reason, Place::File(path.to_owned()), message, "fix it")
        };
        let before = [warning(WarningReason::LastBucket, "a", "2 of 21")];
        for (now, expected) in [
            (warning(WarningReason::LastBucket, "a", "3 of 22"), false),
            (warning(WarningReason::LastBucket, "b", "2 of 21"), true),
            (warning(WarningReason::UnknownName, "a", "2 of 21"), true),
        ] {
            assert_eq!(is_new(&now, &before), expected, "{now:?}");
        }
    }
}
