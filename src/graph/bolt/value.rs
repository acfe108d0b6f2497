//! Converts between the driver's values and ours. The driver's own conversions are not used where
//! they lose or reject a value.

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use neo4rs::{BoltDateTimeZoneId, BoltList, BoltMap, BoltType, DeError};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::graph::GraphError;
use cypher::temporal;
use cypher::{Literal, Parameters, Value};

/// Reads the value of one column of a row into `value` and reuses its memory.
pub(super) fn decode(row: &neo4rs::Row, column: &str, value: &mut Value) -> Result<(), GraphError> {
    *value = match row.get(column) {
        Ok(Plain::Null) => Value::Null,
        Ok(Plain::Boolean(boolean)) => Value::Boolean(boolean),
        Ok(Plain::Integer(integer)) => Value::Integer(integer),
        Ok(Plain::Float(float)) => Value::Float(float),
        Ok(Plain::String(text)) => {
            if let Value::String(held) = value {
                text.clone_into(held);
                return Ok(());
            }
            Value::String(text.to_owned())
        }
        Err(DeError::NoSuchProperty) => return Err(GraphError::MissingColumn(column.to_owned())),
        // The second conversion reports what is wrong.
        Ok(Plain::Other) | Err(_) => decode_any(row, column)?,
    };
    Ok(())
}

/// The values of most columns, borrowed from the driver's row: a copy would take as long as
/// receiving the row.
enum Plain<'r> {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    String(&'r str),
    Other,
}

impl<'r> Deserialize<'r> for Plain<'r> {
    fn deserialize<D: Deserializer<'r>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlainVisitor)
    }
}

struct PlainVisitor;

impl<'r> Visitor<'r> for PlainVisitor {
    type Value = Plain<'r>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Plain<'r>, E> {
        Ok(Plain::Null)
    }

    fn visit_bool<E>(self, boolean: bool) -> Result<Plain<'r>, E> {
        Ok(Plain::Boolean(boolean))
    }

    fn visit_i64<E>(self, integer: i64) -> Result<Plain<'r>, E> {
        Ok(Plain::Integer(integer))
    }

    fn visit_f64<E>(self, float: f64) -> Result<Plain<'r>, E> {
        Ok(Plain::Float(float))
    }

    fn visit_borrowed_str<E>(self, text: &'r str) -> Result<Plain<'r>, E> {
        Ok(Plain::String(text))
    }

    /// A temporal value, as the driver formats it.
    fn visit_str<E>(self, _: &str) -> Result<Plain<'r>, E> {
        Ok(Plain::Other)
    }

    fn visit_map<A: MapAccess<'r>>(self, _: A) -> Result<Plain<'r>, A::Error> {
        Ok(Plain::Other)
    }

    fn visit_seq<A: SeqAccess<'r>>(self, _: A) -> Result<Plain<'r>, A::Error> {
        Ok(Plain::Other)
    }

    fn visit_newtype_struct<D: Deserializer<'r>>(self, _: D) -> Result<Plain<'r>, D::Error> {
        Ok(Plain::Other)
    }
}

/// The value of one column, of any type.
fn decode_any(row: &neo4rs::Row, column: &str) -> Result<Value, GraphError> {
    let undecodable = |error: DeError| GraphError::Decode(format!("column `{column}`: {error}"));
    let out_of_range =
        |_| GraphError::Decode(format!("column `{column}`: the year is out of range"));
    Ok(match row.get(column).map_err(undecodable)? {
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
        BoltType::Bytes(_) => Value::Composite("byte array"),
        BoltType::Duration(_) => {
            // The only access to the four parts: the driver's type exposes none of them.
            let (months, days, seconds, nanoseconds) = row.get(column).map_err(undecodable)?;
            Value::Temporal(temporal::duration(months, days, seconds, nanoseconds))
        }
        BoltType::Date(date) => Value::Temporal(temporal::date(
            NaiveDate::try_from(&date).map_err(out_of_range)?,
        )),
        BoltType::LocalTime(time) => Value::Temporal(temporal::local_time(NaiveTime::from(&time))),
        BoltType::Time(time) => {
            let (time, offset) = (&time).into();
            Value::Temporal(temporal::time(time, offset))
        }
        BoltType::LocalDateTime(time) => Value::Temporal(temporal::local_datetime(
            NaiveDateTime::try_from(&time).map_err(out_of_range)?,
        )),
        BoltType::DateTime(time) => Value::Temporal(temporal::datetime(
            DateTime::try_from(&time).map_err(out_of_range)?,
        )),
        BoltType::DateTimeZoneId(time) => Value::Temporal(named_zone(&time).map_err(out_of_range)?),
    })
}

fn named_zone(time: &BoltDateTimeZoneId) -> Result<String, neo4rs::Error> {
    // In the hour that is repeated when daylight saving time ends, the driver finds no offset.
    let found = match DateTime::<FixedOffset>::try_from(time) {
        Ok(time) => Ok(time),
        Err(_) => Err(NaiveDateTime::try_from(time)?),
    };
    Ok(temporal::datetime_in_zone(found, time.tz_id()))
}

/// The parameters of a query.
pub(super) fn encode(parameters: &Parameters) -> BoltMap {
    parameters
        .iter()
        .map(|(name, value)| (name.as_str().into(), literal(value)))
        .collect()
}

/// A map of strings, as SHOW TRANSACTIONS shows it.
pub(super) fn metadata<const N: usize>(entries: [(&str, &str); N]) -> BoltType {
    BoltType::Map(
        entries
            .into_iter()
            .map(|(key, value)| (key.into(), value.into()))
            .collect(),
    )
}

fn literal(literal: &Literal) -> BoltType {
    match literal {
        Literal::Boolean(boolean) => (*boolean).into(),
        Literal::Integer(integer) => (*integer).into(),
        Literal::Float(float) => (*float).into(),
        Literal::String(string) => string.as_str().into(),
        Literal::List(items) => BoltType::List(BoltList::from(
            items.iter().map(self::literal).collect::<Vec<BoltType>>(),
        )),
        Literal::Map(entries) => BoltType::Map(encode(entries)),
        Literal::DateTime(at) => BoltType::DateTime(at.utc().fixed_offset().into()),
        Literal::LocalDateTime(at) => BoltType::LocalDateTime(at.utc().naive_utc().into()),
    }
}
