//! Converts values to and from the engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDateTime, NaiveTime};
use kglite::api::Value as Engine;
use kglite::api::time_zone::{LocalFit, ZoneId};
use kglite::api::zoned_datetime::wall_clock;

use super::Values;
use super::keys::{engine_key, user_key};
use crate::Error;
use cypher::temporal;
use cypher::{Literal, Parameters, Row, Value};

/// Decodes the columns at `places` of a row of the engine; `names` are for errors.
pub(super) fn row(row: &[Engine], places: &[usize], names: &[Arc<str>]) -> Result<Row, Error> {
    let column = |(place, name): (&usize, &Arc<str>)| {
        let value = row
            .get(*place)
            .ok_or_else(|| Error::MissingColumn(name.to_string()))?;
        decode(value).ok_or_else(|| Error::Decode(format!("column `{name}`: time out of range")))
    };
    places.iter().zip(names).map(column).collect()
}

/// Maps the property keys in a row back to their own names.
pub(super) fn restore_keys(row: &mut Row) {
    for value in row {
        if let Value::String(key) = value {
            *key = user_key(key).to_owned();
        }
    }
}

fn decode(value: &Engine) -> Option<Value> {
    Some(match value {
        Engine::Null => Value::Null,
        Engine::Boolean(boolean) => Value::Boolean(*boolean),
        Engine::Int64(integer) => Value::Integer(*integer),
        Engine::UniqueId(integer) => Value::Integer((*integer).into()),
        Engine::Float64(float) => Value::Float(*float),
        Engine::String(string) => Value::String(string.clone()),
        Engine::List(_) => Value::Composite("list"),
        Engine::Map(_) => Value::Composite("map"),
        Engine::Node(_) | Engine::NodeRef(_) => Value::Composite("node"),
        Engine::Relationship(_) => Value::Composite("relationship"),
        Engine::Path(_) => Value::Composite("path"),
        Engine::Point { .. } => Value::Composite("point"),
        Engine::Duration {
            months,
            days,
            seconds,
            nanos,
        } => Value::Temporal(temporal::duration(
            (*months).into(),
            (*days).into(),
            *seconds,
            (*nanos).into(),
        )),
        Engine::DateTime(date) => Value::Temporal(temporal::date(*date)),
        Engine::LocalTime(nanos) => Value::Temporal(temporal::local_time(of_day(*nanos)?)),
        Engine::Time { nanos, offset_secs } => Value::Temporal(temporal::time(
            of_day(*nanos)?,
            FixedOffset::east_opt(*offset_secs)?,
        )),
        Engine::Timestamp(time) => Value::Temporal(temporal::local_datetime(*time)),
        Engine::ZonedDateTime {
            utc,
            offset_secs,
            zone,
        } => {
            let time =
                DateTime::from_naive_utc_and_offset(*utc, FixedOffset::east_opt(*offset_secs)?);
            Value::Temporal(match zone {
                None => temporal::datetime(time),
                Some(zone) => temporal::datetime_in_zone(unless_repeated(time, *zone), zone.name()),
            })
        }
    })
}

fn of_day(nanos: u64) -> Option<NaiveTime> {
    let seconds = u32::try_from(nanos / 1_000_000_000).ok()?;
    NaiveTime::from_num_seconds_from_midnight_opt(
        seconds,
        u32::try_from(nanos % 1_000_000_000).ok()?,
    )
}

/// The local time instead, in the hour that the zone repeats.
fn unless_repeated(
    time: DateTime<FixedOffset>,
    zone: ZoneId,
) -> Result<DateTime<FixedOffset>, NaiveDateTime> {
    let shown = wall_clock(time.naive_utc(), time.offset().local_minus_utc());
    match zone.resolve_local(shown, None).map(|instant| instant.fit) {
        Some(LocalFit::Overlap) => Err(shown),
        Some(LocalFit::Exact | LocalFit::Gap) | None => Ok(time),
    }
}

/// The parameters of a statement.
pub(super) fn encode(parameters: &Parameters) -> Values {
    parameters
        .iter()
        .map(|(name, value)| (name.clone(), literal(value)))
        .collect()
}

fn literal(literal: &Literal) -> Engine {
    match literal {
        Literal::Boolean(boolean) => Engine::Boolean(*boolean),
        Literal::Integer(integer) => Engine::Int64(*integer),
        Literal::Float(float) => Engine::Float64(*float),
        Literal::String(string) => Engine::String(string.clone()),
        Literal::List(items) => Engine::List(items.iter().map(self::literal).collect()),
        Literal::Map(entries) => {
            let entry = |(key, value): (&String, &Literal)| {
                (engine_key(key).into_owned(), self::literal(value))
            };
            Engine::Map(entries.iter().map(entry).collect::<BTreeMap<_, _>>().into())
        }
        Literal::DateTime(at) => Engine::zoned(at.utc().naive_utc(), 0),
        Literal::LocalDateTime(at) => Engine::Timestamp(at.utc().naive_utc()),
    }
}
