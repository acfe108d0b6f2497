//! Between the driver's values and ours. The driver's own conversions are not used where they lose or refuse a value.

use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat};
use neo4rs::{BoltDateTimeZoneId, BoltList, BoltMap, BoltType, DeError};

use crate::graph::GraphError;
use crate::row::{Literal, Parameters, Value};

/// The value of one column of a row.
pub(super) fn decode(row: &neo4rs::Row, column: &str) -> Result<Value, GraphError> {
    let undecodable = |error: DeError| GraphError::Decode(format!("column `{column}`: {error}"));
    let out_of_range = |_| GraphError::Decode(format!("column `{column}`: the year is out of range"));
    let value = match row.get(column) {
        Ok(value) => value,
        Err(DeError::NoSuchProperty) => return Err(GraphError::MissingColumn(column.to_owned())),
        Err(error) => return Err(undecodable(error)),
    };
    Ok(match value {
        BoltType::Null(_) => Value::Null,
        BoltType::Boolean(boolean) => Value::Boolean(boolean.value),
        BoltType::Integer(integer) => Value::Integer(integer.value),
        BoltType::Float(float) => Value::Float(float.value),
        BoltType::String(string) => Value::String(string.value),
        BoltType::List(_) => Value::Composite("list"),
        BoltType::Map(_) => Value::Composite("map"),
        BoltType::Node(_) => Value::Composite("node"),
        BoltType::Relation(_) | BoltType::UnboundedRelation(_) => Value::Composite("relationship"),
        BoltType::Path(_) => Value::Composite("path"),
        BoltType::Point2D(_) | BoltType::Point3D(_) => Value::Composite("point"),
        BoltType::Bytes(_) => Value::Composite("bytes"),
        // The only way to the four parts, of which the driver's own type shows none.
        BoltType::Duration(_) => Value::Temporal(duration(row.get(column).map_err(undecodable)?)),
        BoltType::Date(date) => Value::Temporal(NaiveDate::try_from(&date).map_err(out_of_range)?.to_string()),
        BoltType::LocalTime(time) => Value::Temporal(NaiveTime::from(&time).to_string()),
        BoltType::Time(time) => Value::Temporal(zoned_time((&time).into())),
        BoltType::LocalDateTime(time) => Value::Temporal(local(NaiveDateTime::try_from(&time).map_err(out_of_range)?)),
        BoltType::DateTime(time) => Value::Temporal(zoned(DateTime::try_from(&time).map_err(out_of_range)?)),
        BoltType::DateTimeZoneId(time) => Value::Temporal(named_zone(&time).map_err(out_of_range)?),
    })
}

// Points in time are written as `toString` of Cypher writes them, but for seconds, which are always there.

fn zoned_time((time, offset): (NaiveTime, FixedOffset)) -> String {
    if offset.local_minus_utc() == 0 { format!("{time}Z") } else { format!("{time}{offset}") }
}

fn local(time: NaiveDateTime) -> String {
    format!("{time:?}")
}

fn zoned(time: DateTime<FixedOffset>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn named_zone(time: &BoltDateTimeZoneId) -> Result<String, neo4rs::Error> {
    // In the hour that a clock repeats in autumn the driver finds no offset: it is left out then.
    let text = match DateTime::<FixedOffset>::try_from(time) {
        Ok(time) => zoned(time),
        Err(_) => local(NaiveDateTime::try_from(time)?),
    };
    Ok(format!("{text}[{}]", time.tz_id()))
}

/// `P1Y2M3DT4H5M6.7S`; a negative part carries its own sign.
fn duration((months, days, seconds, nanoseconds): (i64, i64, i64, i64)) -> String {
    let nanoseconds = i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds);
    let (sign, rest) = (if nanoseconds < 0 { "-" } else { "" }, nanoseconds.unsigned_abs());
    let (hours, minutes) = (rest / 3_600_000_000_000, rest / 60_000_000_000 % 60);
    let (seconds, fraction) = (rest / 1_000_000_000 % 60, rest % 1_000_000_000);
    let mut text = "P".to_owned();
    let mut part = |number: String, zero: bool, unit: &str| {
        if !zero {
            // Writing to a string cannot fail.
            let _ = write!(text, "{number}{unit}");
        }
    };
    part((months / 12).to_string(), months / 12 == 0, "Y");
    part((months % 12).to_string(), months % 12 == 0, "M");
    part(days.to_string(), days == 0, "D");
    part("T".to_owned(), rest == 0, "");
    part(format!("{sign}{hours}"), hours == 0, "H");
    part(format!("{sign}{minutes}"), minutes == 0, "M");
    let digits = format!("{fraction:09}");
    let point = if fraction == 0 { "" } else { "." };
    part(format!("{sign}{seconds}{point}{}", digits.trim_end_matches('0')), seconds == 0 && fraction == 0, "S");
    if text == "P" { "PT0S".to_owned() } else { text }
}

/// The parameters of a query.
pub(super) fn encode(parameters: &Parameters) -> BoltMap {
    parameters.iter().map(|(name, value)| (name.as_str().into(), literal(value))).collect()
}

/// A map of strings, as SHOW TRANSACTIONS shows it.
pub(super) fn metadata<const N: usize>(entries: [(&str, &str); N]) -> BoltType {
    BoltType::Map(entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
}

fn literal(literal: &Literal) -> BoltType {
    match literal {
        Literal::Boolean(boolean) => (*boolean).into(),
        Literal::Integer(integer) => (*integer).into(),
        Literal::Float(float) => (*float).into(),
        Literal::String(string) => string.as_str().into(),
        Literal::List(items) => {
            BoltType::List(BoltList::from(items.iter().map(self::literal).collect::<Vec<BoltType>>()))
        }
        Literal::Map(entries) => BoltType::Map(encode(entries)),
        Literal::DateTime(at) => BoltType::DateTime(at.utc().fixed_offset().into()),
        Literal::LocalDateTime(at) => BoltType::LocalDateTime(at.utc().naive_utc().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_iso_8601() {
        for (parts, expected) in [
            ((0, 0, 0, 0), "PT0S"),
            ((14, 3, 14_706, 700_000_000), "P1Y2M3DT4H5M6.7S"),
            ((0, 7, 0, 0), "P7D"),
            ((0, 0, 3600, 0), "PT1H"),
            ((0, 0, -1, 500_000_000), "PT-0.5S"),
            ((-14, -3, -60, 0), "P-1Y-2M-3DT-1M"),
            ((0, 0, 0, 7), "PT0.000000007S"),
            (
                (i64::MAX, i64::MIN, i64::MAX, 999_999_999),
                "P768614336404564650Y7M-9223372036854775808DT2562047788015215H30M7.999999999S",
            ),
        ] {
            assert_eq!(duration(parts), expected);
        }
    }
}
