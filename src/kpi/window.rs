//! Window KPIs: the latest time they may count, and the bounds their query receives.

use std::time::Duration;

use chrono::SecondsFormat;

use super::{Kpi, Mode};
use cypher::{Literal, Parameters, Property, UnixMillis};

/// What comes before every event: the first moment of the year 1, which graphs and drivers take in every form.
pub const BEGINNING: UnixMillis = UnixMillis(-62_135_596_800_000);

/// The parameters that a window query is given besides its own: the end of the last window, which is exclusive, and the end
/// of this one, which is inclusive.
pub(super) const SINCE_AND_UNTIL: [&str; 2] = [SINCE, UNTIL];
/// The exclusive start of a window.
pub(super) const SINCE: &str = "since";
/// The inclusive end of a window.
pub(super) const UNTIL: &str = "until";

/// How a window KPI counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Distance behind the graph's clock.
    pub lag: Duration,
    /// Where a KPI without state begins.
    pub start: Start,
    /// What `$since` and `$until` are.
    pub time: TimeForm,
}

/// Where a window KPI without state begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the oldest event.
    Beginning,
    /// With the first run.
    Now,
}

/// The form of `$since` and `$until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeForm {
    /// A zoned datetime.
    DateTime,
    /// A local datetime, UTC.
    LocalDateTime,
    /// Milliseconds since 1970.
    EpochMillis,
    /// Seconds since 1970.
    EpochSeconds,
    /// An ISO 8601 string, UTC.
    Iso,
}

impl TimeForm {
    /// With the word of the header.
    pub(super) const fn named(self) -> (&'static str, Self) {
        (self.as_str(), self)
    }

    /// The word of the header.
    pub const fn as_str(self) -> &'static str {
        match self {
            TimeForm::DateTime => "datetime",
            TimeForm::LocalDateTime => "localdatetime",
            TimeForm::EpochMillis => "epoch_ms",
            TimeForm::EpochSeconds => "epoch_s",
            TimeForm::Iso => "iso",
        }
    }

    /// The moment as a parameter.
    pub fn literal(self, at: UnixMillis) -> Literal {
        match self {
            TimeForm::DateTime => Literal::DateTime(at),
            TimeForm::LocalDateTime => Literal::LocalDateTime(at),
            TimeForm::EpochMillis => Literal::Integer(at.0),
            TimeForm::EpochSeconds => Literal::Integer(at.0.div_euclid(1000)),
            TimeForm::Iso => Literal::String(iso(at)),
        }
    }

    /// The resolution of the form, in milliseconds.
    fn tick(self) -> i64 {
        match self {
            TimeForm::EpochSeconds => 1000,
            TimeForm::DateTime
            | TimeForm::LocalDateTime
            | TimeForm::EpochMillis
            | TimeForm::Iso => 1,
        }
    }

    /// The latest moment up to `at` that the form can name.
    pub fn floor(self, at: UnixMillis) -> UnixMillis {
        UnixMillis(at.0.div_euclid(self.tick()).saturating_mul(self.tick()))
    }
}

/// `2026-11-21T09:08:07.006Z`: always with three digits, so that moments are in order as strings too.
pub fn iso(at: UnixMillis) -> String {
    at.utc().to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl Window {
    /// The end of the latest window that is over when the graph's clock shows `clock`: `lag` behind it, and not in the
    /// second (or millisecond) that is under way there, since events with that time may still come.
    pub fn end(&self, clock: UnixMillis) -> UnixMillis {
        let lag = i64::try_from(self.lag.as_millis()).unwrap_or(i64::MAX);
        self.time.floor(UnixMillis(
            clock.0.saturating_sub(lag).saturating_sub(self.time.tick()),
        ))
    }
}

impl Kpi {
    /// How it counts, when it does.
    pub fn window(&self) -> Option<&Window> {
        match &self.mode {
            Mode::Snapshot => None,
            Mode::Window(window) => Some(window),
        }
    }

    /// The properties that its query compares with `$since` and `$until`, each once.
    pub fn window_properties(&self) -> Vec<&Property> {
        let mut properties = Vec::new();
        let bounds = self.statement.comparisons.iter().filter(|comparison| {
            self.window().is_some() && SINCE_AND_UNTIL.contains(&comparison.parameter.as_str())
        });
        for property in bounds.filter_map(|bound| bound.property.as_ref()) {
            if !properties.contains(&property) {
                properties.push(property);
            }
        }
        properties
    }

    /// Its sets of parameters for one window; the query runs once for each.
    pub fn parameters_between(&self, since: UnixMillis, until: UnixMillis) -> Vec<Parameters> {
        let Some(window) = self.window() else {
            return self.parameters.clone();
        };
        let ends = || SINCE_AND_UNTIL.into_iter().zip([since, until]);
        let given = ends().map(|(name, at)| (name.to_owned(), window.time.literal(at)));
        self.parameters
            .iter()
            .map(|own| own.clone().into_iter().chain(given.clone()).collect())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-21T09:08:07.006Z.
    const AT: UnixMillis = UnixMillis(1_795_252_087_006);

    const FORMS: [TimeForm; 5] = [
        TimeForm::DateTime,
        TimeForm::LocalDateTime,
        TimeForm::EpochMillis,
        TimeForm::EpochSeconds,
        TimeForm::Iso,
    ];

    #[test]
    fn a_moment_in_each_form() {
        let text = |text: &str| Literal::String(text.to_owned());
        for (form, now, beginning) in [
            (
                TimeForm::DateTime,
                Literal::DateTime(AT),
                Literal::DateTime(BEGINNING),
            ),
            (
                TimeForm::LocalDateTime,
                Literal::LocalDateTime(AT),
                Literal::LocalDateTime(BEGINNING),
            ),
            (
                TimeForm::EpochMillis,
                Literal::Integer(1_795_252_087_006),
                Literal::Integer(-62_135_596_800_000),
            ),
            (
                TimeForm::EpochSeconds,
                Literal::Integer(1_795_252_087),
                Literal::Integer(-62_135_596_800),
            ),
            (
                TimeForm::Iso,
                text("2026-11-21T09:08:07.006Z"),
                text("0001-01-01T00:00:00.000Z"),
            ),
        ] {
            assert_eq!(
                (form.literal(AT), form.literal(BEGINNING)),
                (now, beginning),
                "{form:?}"
            );
        }
    }

    #[test]
    fn a_window_ends_behind_the_clock_and_never_in_a_tick_that_is_under_way() {
        for (time, lag, end) in [
            (TimeForm::DateTime, 0, "2026-11-21T09:08:07.005Z"),
            (TimeForm::EpochMillis, 10_000, "2026-11-21T09:07:57.005Z"),
            // An event of second 7 may come until that second is over.
            (TimeForm::EpochSeconds, 0, "2026-11-21T09:08:06.000Z"),
            (TimeForm::EpochSeconds, 10_000, "2026-11-21T09:07:56.000Z"),
            (TimeForm::EpochSeconds, 7, "2026-11-21T09:08:05.000Z"),
        ] {
            let window = Window {
                lag: Duration::from_millis(lag),
                start: Start::Beginning,
                time,
            };
            assert_eq!(iso(window.end(AT)), end, "{time:?} with a lag of {lag} ms");
        }
    }

    #[test]
    fn bounds_are_exact_in_every_form() {
        for time in FORMS {
            let window = Window {
                lag: Duration::from_millis(1),
                start: Start::Beginning,
                time,
            };
            for clock in [-1, 0, 1, 999, 1000, 1001, AT.0] {
                let end = window.end(UnixMillis(clock));
                assert_eq!(time.floor(end), end, "{time:?} at {clock}");
                assert!(end.0 < clock);
            }
            assert_eq!(time.floor(BEGINNING), BEGINNING);
            // No clock is so far off that this overflows.
            window.end(UnixMillis(i64::MIN));
            window.end(UnixMillis(i64::MAX));
        }
    }

    #[test]
    fn both_ends_join_each_set_of_parameters() {
        let kpi = crate::kpi::one(
            "queries/p/a.cypher",
            "// A.\n/*kpi\nname = \"a_total\"\ntype = \"counter\"\nmode = \"window\"\ntime = \"epoch_s\"\nparams = [{ k = 1 }, { k = 2 }]\n*/\n\
             MATCH (e) WHERE e.t > $since AND e.t <= $until AND e.k = $k RETURN 1 AS value",
        );
        let sets = kpi.parameters_between(UnixMillis(4000), UnixMillis(9000));
        let set = |k| {
            Parameters::from(
                [("k", k), ("since", 4), ("until", 9)]
                    .map(|(n, v)| (n.to_owned(), Literal::Integer(v))),
            )
        };
        assert_eq!(sets, [set(1), set(2)]);
    }
}
