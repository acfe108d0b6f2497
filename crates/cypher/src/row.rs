//! Values, rows, parameters and changes, the same for every graph.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::SystemTime;

use chrono::{DateTime, Utc};

/// One value of one column of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// NULL.
    Null,
    /// true or false.
    Boolean(bool),
    /// A 64-bit integer.
    Integer(i64),
    /// A float, including NaN and infinities.
    Float(f64),
    /// A string.
    String(String),
    /// A date, time, datetime or duration in ISO 8601: usable as a label, not as a value.
    Temporal(String),
    /// A type that a sample cannot hold, by name: `list`, `map`, `node`, `relationship`, `path`,
    /// `point`, `bytes`.
    Composite(&'static str),
}

impl Value {
    /// The type name of the Cypher manual.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Boolean(_) => "boolean",
            Value::Integer(_) => "integer",
            Value::Float(_) => "float",
            Value::String(_) => "string",
            Value::Temporal(_) => "temporal value",
            Value::Composite(kind) => kind,
        }
    }
}

/// A row: one value for each requested column, in that order.
pub type Row = Vec<Value>;

/// A query parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// true or false.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A string.
    String(String),
    /// A list.
    List(Vec<Literal>),
    /// A map.
    Map(BTreeMap<String, Literal>),
    /// A zoned datetime, in UTC.
    DateTime(UnixMillis),
    /// A local datetime, in UTC.
    LocalDateTime(UnixMillis),
}

/// A timestamp: milliseconds since 1970 in UTC, negative before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(pub i64);

impl From<SystemTime> for UnixMillis {
    /// A time before 1970 comes from a clock that has not been set: it becomes 0.
    fn from(time: SystemTime) -> Self {
        let since_1970 = time
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Self(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
    }
}

impl UnixMillis {
    /// The same time in the calendar, clamped to the range of the calendar, which is larger than
    /// that of a graph.
    pub fn utc(self) -> DateTime<Utc> {
        let bound = if self.0 < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        };
        DateTime::from_timestamp_millis(self.0).unwrap_or(bound)
    }
}

/// A place in a query as servers report it: line and column from 1, counted in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

/// The parameters of a query, by name without the `$`.
pub type Parameters = BTreeMap<String, Literal>;

/// A statement that writes to a graph. KPIs never do; the demo and the tests of KPIs do.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// One statement; its result is ignored.
    pub statement: Cow<'static, str>,
    /// The values of its parameters.
    pub parameters: Parameters,
}
