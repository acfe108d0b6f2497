//! Between the driver's values and ours. The driver's own conversions are not used where they lose or refuse a value.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use neo4rs::{BoltDateTimeZoneId, BoltList, BoltMap, BoltType, DeError};

use crate::graph::{GraphError, temporal};
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
        BoltType::Duration(_) => {
            // The only way to the four parts, of which the driver's own type shows none.
            let (months, days, seconds, nanoseconds) = row.get(column).map_err(undecodable)?;
            Value::Temporal(temporal::duration(months, days, seconds, nanoseconds))
        }
        BoltType::Date(date) => Value::Temporal(temporal::date(NaiveDate::try_from(&date).map_err(out_of_range)?)),
        BoltType::LocalTime(time) => Value::Temporal(temporal::local_time(NaiveTime::from(&time))),
        BoltType::Time(time) => {
            let (time, offset) = (&time).into();
            Value::Temporal(temporal::time(time, offset))
        }
        BoltType::LocalDateTime(time) => {
            Value::Temporal(temporal::local_datetime(NaiveDateTime::try_from(&time).map_err(out_of_range)?))
        }
        BoltType::DateTime(time) => {
            Value::Temporal(temporal::datetime(DateTime::try_from(&time).map_err(out_of_range)?))
        }
        BoltType::DateTimeZoneId(time) => Value::Temporal(named_zone(&time).map_err(out_of_range)?),
    })
}

fn named_zone(time: &BoltDateTimeZoneId) -> Result<String, neo4rs::Error> {
    // In the hour that a clock repeats in autumn the driver finds no offset.
    let found = match DateTime::<FixedOffset>::try_from(time) {
        Ok(time) => Ok(time),
        Err(_) => Err(NaiveDateTime::try_from(time)?),
    };
    Ok(temporal::datetime_in_zone(found, time.tz_id()))
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
        Literal::DateTime(at) => BoltType::DateTime(temporal::utc(*at).fixed_offset().into()),
        Literal::LocalDateTime(at) => BoltType::LocalDateTime(temporal::utc(*at).naive_utc().into()),
    }
}
