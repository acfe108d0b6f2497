//! Which properties of a label are worth a KPI: states, durations, times; and never what identifies somebody.

use super::schema::{Kind, Label, Property};
use crate::kpi::TimeForm;

/// More values than this are not states.
const MOST_STATES: u64 = 20;
/// A longer text is prose.
const LONGEST_STATE: u64 = 40;
/// Words in a key that identifies a node or a person, or holds prose.
const IDENTIFYING: [&str; 22] = [
    "id",
    "uuid",
    "guid",
    "key",
    "name",
    "title",
    "mail",
    "email",
    "user",
    "phone",
    "address",
    "url",
    "uri",
    "path",
    "hash",
    "token",
    "text",
    "content",
    "description",
    "summary",
    "body",
    "comment",
];

/// Units that a key may end in, with their length in seconds.
const UNITS: [(&str, f64); 9] = [
    ("_ms", 1e-3),
    ("_millis", 1e-3),
    ("_milliseconds", 1e-3),
    ("_us", 1e-6),
    ("_ns", 1e-9),
    ("_secs", 1.0),
    ("_seconds", 1.0),
    ("_minutes", 60.0),
    ("_hours", 3600.0),
];

/// Words in a key that says when a node came to be, the best ones first.
const CREATED: [&str; 12] = [
    "created",
    "timestamp",
    "occurred",
    "opened",
    "started",
    "placed",
    "received",
    "added",
    "published",
    "ts",
    "time",
    "date",
];
/// Words in a key that changes later: counting its windows would count a node twice.
const CHANGING: [&str; 8] = [
    "updated", "modified", "changed", "seen", "accessed", "used", "ended", "expires",
];

/// The words of a key: `createdAt` and `created_at` are `created`, `at`.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in key.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether the key may hold something personal, unique or long.
pub(super) fn identifies(property: &Property) -> bool {
    property.unique
        || words(&property.key)
            .iter()
            .any(|word| IDENTIFYING.contains(&word.as_str()))
}

/// The properties with few values that many nodes share, such as a status.
pub(super) fn states(label: &Label) -> impl Iterator<Item = &Property> {
    label.properties.iter().filter(|property| {
        let is_state = match property.kind {
            Kind::Boolean => true,
            Kind::String => {
                property.longest <= LONGEST_STATE
                    && property.distinct <= MOST_STATES
                    && property.distinct * 3 <= property.present
                    && !property.values.is_empty()
            }
            Kind::Integer
            | Kind::Float
            | Kind::IsoUtc
            | Kind::ZonedDateTime
            | Kind::LocalDateTime
            | Kind::Duration
            | Kind::Other => false,
        };
        is_state && label.has(property, 0.2) && !identifies(property)
    })
}

/// A time of a node, and in which form its windows ask for it.
pub(super) struct Time<'s> {
    /// The property.
    pub(super) property: &'s Property,
    /// What `$since` and `$until` are compared with.
    pub(super) form: TimeForm,
}

/// The property that says when a node came to be.
pub(super) fn time(label: &Label) -> Option<Time<'_>> {
    let times = label
        .properties
        .iter()
        .filter(|property| label.has(property, 0.5));
    let times = times.filter_map(|property| {
        Some((
            rank(property)?,
            Time {
                property,
                form: form(property)?,
            },
        ))
    });
    times.min_by_key(|(rank, _)| *rank).map(|(_, time)| time)
}

/// Where a key stands among those that say when; an index makes it better than any without one.
fn rank(property: &Property) -> Option<(bool, usize)> {
    let words = words(&property.key);
    let is = |known: &str| words.iter().any(|word| word == known);
    if CHANGING.iter().any(|word| is(word)) {
        return None;
    }
    let place = CREATED.iter().position(|word| is(word));
    let is_temporal = matches!(
        property.kind,
        Kind::ZonedDateTime | Kind::LocalDateTime | Kind::IsoUtc
    );
    let place = place.or_else(|| (is_temporal && is("at")).then_some(CREATED.len()))?;
    Some((!property.indexed, place))
}

/// A number counts as a time only where all of them are times of the last decades.
fn form(property: &Property) -> Option<TimeForm> {
    const FROM: f64 = 946_684_800.0; // 2000
    const TO: f64 = 4_102_444_800.0; // 2100
    let within = |scale: f64| {
        let numbers = property.numbers.as_ref();
        numbers.is_some_and(|numbers| numbers.least >= FROM * scale && numbers.most < TO * scale)
    };
    match property.kind {
        Kind::ZonedDateTime => Some(TimeForm::DateTime),
        Kind::LocalDateTime => Some(TimeForm::LocalDateTime),
        Kind::IsoUtc => Some(TimeForm::Iso),
        Kind::Integer if within(1.0) => Some(TimeForm::EpochSeconds),
        Kind::Integer if within(1000.0) => Some(TimeForm::EpochMillis),
        Kind::Integer
        | Kind::Float
        | Kind::Boolean
        | Kind::String
        | Kind::Duration
        | Kind::Other => None,
    }
}

/// A duration of a node: its property, its name without the unit, and how a value becomes seconds.
pub(super) struct Length<'s> {
    pub(super) property: &'s Property,
    pub(super) stem: String,
    pub(super) unit: Unit,
}

/// What one of a property's values is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Unit {
    /// So many seconds.
    Seconds(f64),
    /// A DURATION.
    Duration,
}

/// The properties that say how long something took.
pub(super) fn lengths(label: &Label) -> impl Iterator<Item = Length<'_>> {
    label
        .properties
        .iter()
        .filter(|property| label.has(property, 0.1))
        .filter_map(|property| {
            let unit = |(end, seconds): (&str, f64)| {
                let stem = property.key.strip_suffix(end)?;
                Some((stem.to_owned(), Unit::Seconds(seconds)))
            };
            let (stem, unit) = match property.kind {
                Kind::Integer | Kind::Float => UNITS.into_iter().find_map(unit)?,
                Kind::Duration => (property.key.clone(), Unit::Duration),
                Kind::Boolean
                | Kind::String
                | Kind::IsoUtc
                | Kind::ZonedDateTime
                | Kind::LocalDateTime
                | Kind::Other => return None,
            };
            let is_time = form(property).is_some();
            (!is_time).then_some(Length {
                property,
                stem,
                unit,
            })
        })
}

/// The properties that most nodes have and some lack.
pub(super) fn incomplete(label: &Label) -> impl Iterator<Item = &Property> {
    label.properties.iter().filter(|property| {
        label.sampled >= 20 && label.has(property, 0.5) && property.present < label.sampled
    })
}

/// Bounds of a histogram of seconds from the median and the 99th percentile: 1, 2.5 and 5 in each decade.
pub(super) fn bounds(median: f64, p99: f64) -> Vec<f64> {
    let (low, high) = ((median / 10.0).max(1e-6), (p99 * 2.0).max(1e-5));
    let steps = (-6..=9).flat_map(|decade| [1.0, 2.5, 5.0].map(|step| round(step, decade)));
    let mut bounds: Vec<_> = steps
        .filter(|bound| *bound >= low && *bound <= high * 2.5)
        .collect();
    if bounds.is_empty() {
        bounds = vec![0.1, 1.0, 10.0];
    }
    bounds.truncate(16);
    bounds
}

fn round(step: f64, decade: i32) -> f64 {
    // By its text: 2.5 * 10^-3 is not 0.0025 in floats.
    format!("{step}e{decade}").parse().unwrap_or(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_fit_the_sample() {
        assert_eq!(
            bounds(0.012, 0.3),
            [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0]
        );
        assert_eq!(bounds(30.0, 600.0).first(), Some(&5.0));
    }

    #[test]
    fn keys_are_split_into_words() {
        for (key, expected) in [
            ("createdAt", &["created", "at"][..]),
            ("created_at", &["created", "at"]),
            ("order-id", &["order", "id"]),
            ("paid", &["paid"]),
        ] {
            assert_eq!(words(key), expected, "{key}");
        }
    }
}
