//! Whether the property that a window compares has the type that `time` says.
//!
//! Cypher compares values of different types with NULL: such a window counts 0 forever. Strings are
//! compared by their characters: offsets and dates without a time put them into the wrong order.

use std::collections::BTreeMap;
use std::fmt;

use super::question::rows;
use crate::diagnostic::{Place, Problem, WarningReason};
use crate::graph::{Graph, GraphError};
use crate::kpi::{Kpi, TimeForm};
use cypher::{Comparison, Owner, Property, Value};

/// The nodes or relationships that are looked at.
const SAMPLE: usize = 1000;
/// 1973 in milliseconds, and the year 5138 in seconds: no time of an event in either unit is near.
const SECONDS_END_HERE: f64 = 1e11;

/// What is known of the time of a window.
#[derive(Debug, Default)]
pub(super) struct Time {
    pub(super) warning: Option<Problem>,
    /// Whether there were values to look at, or nothing to look for.
    pub(super) is_known: bool,
}

/// Looks at the first property that `$since` or `$until` is compared with.
pub(super) async fn check(kpi: &Kpi, graph: &Graph) -> Result<Time, GraphError> {
    let nothing = Time {
        warning: None,
        is_known: true,
    };
    let Some(window) = kpi.window() else {
        return Ok(nothing);
    };
    let bounds = kpi.statement().comparisons.iter();
    let mut bounds = bounds.filter(|bound| ["since", "until"].contains(&bound.parameter.as_str()));
    let Some((bound, property)) = bounds.find_map(|bound| Some((bound, bound.property.as_ref()?)))
    else {
        return Ok(nothing);
    };
    let sampled = rows(
        graph,
        kpi.database.as_deref(),
        &query(property),
        &["type", "text", "number"],
    )
    .await;
    let values: Vec<_> = match sampled {
        Ok(rows) => rows
            .iter()
            .filter_map(|row| Some(Form::of(row.first()?, row.get(1)?, row.get(2)?)))
            .collect(),
        // A server without `valueType`.
        Err(error) if error.refuses_statement() => return Ok(nothing),
        Err(error) => return Err(error),
    };
    let mut forms = BTreeMap::new();
    for form in &values {
        *forms.entry(*form).or_insert(0_usize) += 1;
    }
    Ok(Time {
        warning: mismatch(window.time, &forms)
            .map(|found| problem(kpi, bound, window.time, &found)),
        is_known: !values.is_empty(),
    })
}

/// At most [`SAMPLE`] nodes are read, whether or not they have the property.
fn query(property: &Property) -> String {
    let quoted = |name: &str| format!("`{}`", name.replace('`', "``"));
    let pattern = match &property.owner {
        Some(Owner::Label(label)) => format!("(n:{})", quoted(label)),
        Some(Owner::RelationshipType(name)) => format!("()-[n:{}]->()", quoted(name)),
        None => "(n)".to_owned(),
    };
    format!(
        "MATCH {pattern} WITH n LIMIT {SAMPLE} WITH n.{key} AS value WHERE value IS NOT NULL \
         RETURN valueType(value) AS type, toStringOrNull(value) AS text, toFloatOrNull(value) AS number",
        key = quoted(&property.key)
    )
}

/// The form of one value, as far as a comparison with a time tells forms apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    ZonedDateTime,
    LocalDateTime,
    Date,
    Seconds,
    Millis,
    /// A string in UTC, with so many digits of a fraction.
    UtcString(usize),
    OffsetString,
    LocalString,
    DateString,
    OtherString,
    Other,
}

impl Form {
    fn of(value_type: &Value, text: &Value, number: &Value) -> Self {
        let Value::String(value_type) = value_type else {
            return Self::Other;
        };
        match (value_type.trim_end_matches(" NOT NULL"), text, number) {
            ("ZONED DATETIME", ..) => Self::ZonedDateTime,
            ("LOCAL DATETIME", ..) => Self::LocalDateTime,
            ("DATE", ..) => Self::Date,
            ("INTEGER" | "FLOAT", _, Value::Float(number)) if number.abs() < SECONDS_END_HERE => {
                Self::Seconds
            }
            ("INTEGER" | "FLOAT", _, Value::Float(_)) => Self::Millis,
            ("STRING", Value::String(text), _) => Self::of_text(text),
            _ => Self::Other,
        }
    }

    fn of_text(text: &str) -> Self {
        let is_like = |text: &str, pattern: &str| {
            text.len() == pattern.len()
                && text
                    .bytes()
                    .zip(pattern.bytes())
                    .all(|(byte, wanted)| match wanted {
                        b'0' => byte.is_ascii_digit(),
                        wanted => byte == wanted,
                    })
        };
        if is_like(text, "0000-00-00") {
            return Self::DateString;
        }
        let Some((seconds, rest)) = text.split_at_checked("0000-00-00T00:00:00".len()) else {
            return Self::OtherString;
        };
        if !is_like(seconds, "0000-00-00T00:00:00") {
            return Self::OtherString;
        }
        let fraction = rest.strip_prefix('.').unwrap_or_default();
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        let zone = if digits > 0 {
            &fraction[digits..]
        } else {
            rest
        };
        match zone.as_bytes() {
            [] => Self::LocalString,
            [b'Z'] => Self::UtcString(digits),
            [b'+' | b'-', digit, ..] if digit.is_ascii_digit() => Self::OffsetString,
            _ => Self::OtherString,
        }
    }

    /// The value of `time` that compares with this form.
    fn time(self) -> Option<TimeForm> {
        match self {
            Self::ZonedDateTime => Some(TimeForm::DateTime),
            Self::LocalDateTime => Some(TimeForm::LocalDateTime),
            Self::Seconds => Some(TimeForm::EpochSeconds),
            Self::Millis => Some(TimeForm::EpochMillis),
            Self::UtcString(_) => Some(TimeForm::Iso),
            Self::Date
            | Self::OffsetString
            | Self::LocalString
            | Self::DateString
            | Self::OtherString
            | Self::Other => None,
        }
    }

    fn is_string(self) -> bool {
        match self {
            Self::UtcString(_)
            | Self::OffsetString
            | Self::LocalString
            | Self::DateString
            | Self::OtherString => true,
            Self::ZonedDateTime
            | Self::LocalDateTime
            | Self::Date
            | Self::Seconds
            | Self::Millis
            | Self::Other => false,
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ZonedDateTime => "a ZONED DATETIME",
            Self::LocalDateTime => "a LOCAL DATETIME",
            Self::Date => "a DATE",
            Self::Seconds => "a number of seconds",
            Self::Millis => "a number of milliseconds",
            Self::UtcString(0) => "a UTC string without a fraction of a second",
            Self::UtcString(_) => "a UTC string",
            Self::OffsetString => "a string with an offset other than Z",
            Self::LocalString => "a string without an offset",
            Self::DateString => "a string with a date only",
            Self::OtherString => "a string that is not an ISO time",
            Self::Other => "of a type that is not a time",
        })
    }
}

/// The most frequent form that does not compare with `time`, and whether all values have it.
#[derive(Debug, PartialEq)]
struct Mismatch {
    form: Form,
    count: usize,
    sampled: usize,
    /// Every value could be compared with another `time`.
    better: Option<TimeForm>,
    strings: bool,
}

fn mismatch(time: TimeForm, forms: &BTreeMap<Form, usize>) -> Option<Mismatch> {
    let sampled: usize = forms.values().sum();
    let utc = forms
        .keys()
        .filter(|form| matches!(form, Form::UtcString(_)))
        .count();
    let wrong = forms
        .iter()
        .filter(|(form, _)| form.time() != Some(time) || utc > 1);
    let (form, count) = wrong.max_by_key(|(_, count)| **count)?;
    let mut times = forms.keys().map(|form| form.time());
    let first = times.next().flatten();
    Some(Mismatch {
        form: *form,
        count: *count,
        sampled,
        better: first.filter(|first| utc <= 1 && times.all(|time| time == Some(*first))),
        strings: forms.keys().all(|form| form.is_string()),
    })
}

fn problem(kpi: &Kpi, bound: &Comparison, time: TimeForm, found: &Mismatch) -> Problem {
    let operand = bound.operand.as_ref().unwrap_or(&bound.operator);
    let share = if found.count == found.sampled {
        format!("all {} sampled values", found.sampled)
    } else {
        format!("{} of {} sampled values", found.count, found.sampled)
    };
    let message = format!(
        "`{}` is {} in {share}, but `time` is \"{}\": the window misses them",
        operand.name,
        found.form,
        time.as_str()
    );
    let fix = match found.better {
        Some(better) => format!("write time = \"{}\"", better.as_str()),
        None if found.strings => format!(
            "write datetime({}) > $since and <= $until, and leave `time` out",
            operand.name
        ),
        None => "compare a property that has the time of the event in one type".to_owned(),
    };
    let place = Place::Span(kpi.path.clone(), operand.span.clone());
    Problem::warning(WarningReason::WindowType, place, message, fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_have_the_form_that_their_order_depends_on() {
        for (text, expected) in [
            ("2026-12-01T09:08:07Z", Form::UtcString(0)),
            ("2026-12-01T09:08:07.006Z", Form::UtcString(3)),
            ("2026-12-01T09:08:07.006000Z", Form::UtcString(6)),
            ("2026-12-01T09:08:07-05:00", Form::OffsetString),
            ("2026-12-01T09:08:07.5+00:00", Form::OffsetString),
            ("2026-12-01T09:08:07", Form::LocalString),
            ("2026-12-01", Form::DateString),
            ("yesterday", Form::OtherString),
            ("2026-12-01 09:08:07Z", Form::OtherString),
            ("ééééééééééééééééééé", Form::OtherString),
        ] {
            assert_eq!(Form::of_text(text), expected, "{text}");
        }
    }

    #[test]
    fn a_form_that_time_does_not_compare_with_is_a_mismatch() {
        use Form::*;
        for (time, forms, expected) in [
            (TimeForm::DateTime, &[(ZonedDateTime, 5)][..], None),
            (TimeForm::DateTime, &[], None),
            (
                TimeForm::DateTime,
                &[(Millis, 5)],
                Some((Millis, Some(TimeForm::EpochMillis))),
            ),
            (
                TimeForm::DateTime,
                &[(LocalDateTime, 5)],
                Some((LocalDateTime, Some(TimeForm::LocalDateTime))),
            ),
            (
                TimeForm::EpochMillis,
                &[(Seconds, 5)],
                Some((Seconds, Some(TimeForm::EpochSeconds))),
            ),
            (TimeForm::Iso, &[(UtcString(3), 5)], None),
            (
                TimeForm::Iso,
                &[(UtcString(3), 5), (UtcString(0), 2)],
                Some((UtcString(3), None)),
            ),
            (
                TimeForm::Iso,
                &[(UtcString(3), 5), (OffsetString, 2)],
                Some((OffsetString, None)),
            ),
            (TimeForm::Iso, &[(DateString, 5)], Some((DateString, None))),
            (
                TimeForm::DateTime,
                &[(ZonedDateTime, 9), (OtherString, 1)],
                Some((OtherString, None)),
            ),
        ] {
            let forms = forms.iter().copied().collect();
            let found = mismatch(time, &forms).map(|found| (found.form, found.better));
            assert_eq!(found, expected, "{time:?} {forms:?}");
        }
    }
}
