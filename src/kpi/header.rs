//! The header as the file writes it: every key read by its type, nothing compared with the query yet.

use std::collections::HashSet;
use std::ops::Range;
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use super::fields::{At, Fields, integer, number, shown, strings};
use super::{Alert, OnDuplicate, OnError, Panel, Start, TimeForm, alert, panel};
use crate::diagnostic::{Problems, shift};
use crate::metric::MetricType;
use cypher::{Literal, Parameters};

/// The header of one file.
#[derive(Default)]
pub(super) struct Header {
    /// The keys of a metric, at the top of the header.
    pub(super) own: MetricKeys,
    /// `[[metric]]`.
    pub(super) metrics: Vec<MetricKeys>,
    pub(super) labels: Option<At<Vec<At<String>>>>,
    pub(super) every: Option<At<Duration>>,
    pub(super) cron: Option<At<String>>,
    pub(super) timeout: Option<At<Duration>>,
    pub(super) window: Option<At<bool>>,
    pub(super) lag: Option<At<Duration>>,
    pub(super) start: Option<At<Start>>,
    pub(super) time: Option<At<TimeForm>>,
    pub(super) params: Vec<At<Parameters>>,
    pub(super) graph: Option<At<String>>,
    pub(super) database: Option<At<String>>,
    pub(super) on_error: Option<At<OnError>>,
    pub(super) stale_after: Option<At<Duration>>,
    pub(super) expect: Vec<Expect>,
    pub(super) on_duplicate: Option<At<OnDuplicate>>,
    pub(super) max_series: Option<At<usize>>,
    pub(super) panels: Option<Vec<Panel>>,
    pub(super) alerts: Vec<Alert>,
}

/// A quantile and the column that holds it.
type Quantile = (f64, At<String>);

/// The keys that belong to one metric.
#[derive(Clone, Default)]
pub(super) struct MetricKeys {
    /// The table; for the top of the header an empty range.
    pub(super) span: Range<usize>,
    pub(super) name: Option<At<String>>,
    pub(super) metric_type: Option<At<MetricType>>,
    /// Keys with an invalid value, which is already reported: what depends on them is not checked.
    pub(super) unread: Vec<&'static str>,
    pub(super) help: Option<At<String>>,
    pub(super) unit: Option<At<String>>,
    pub(super) value: Option<At<String>>,
    pub(super) buckets: Option<At<Vec<f64>>>,
    pub(super) quantiles: Option<At<Vec<Quantile>>>,
}

impl MetricKeys {
    /// Whether a key is there but could not be read.
    pub(super) fn is_unread(&self, key: &str) -> bool {
        self.unread.contains(&key)
    }

    /// Gauge by default.
    pub(super) fn metric_type(&self) -> MetricType {
        self.metric_type
            .as_ref()
            .map_or(MetricType::Gauge, |at| at.value)
    }
}

/// `expect`: a column and the values known in advance.
pub(super) struct Expect {
    pub(super) column: At<String>,
    pub(super) values: Vec<At<String>>,
}

const TYPES: [(&str, MetricType); 6] = [
    ("gauge", MetricType::Gauge),
    ("counter", MetricType::Counter),
    ("histogram", MetricType::Histogram),
    ("summary", MetricType::Summary),
    ("info", MetricType::Info),
    ("stateset", MetricType::StateSet),
];
const MODES: [(&str, bool); 2] = [("snapshot", false), ("window", true)];
const STARTS: [(&str, Start); 2] = [("beginning", Start::Beginning), ("now", Start::Now)];
const TIMES: [(&str, TimeForm); 5] = [
    TimeForm::DateTime.named(),
    TimeForm::LocalDateTime.named(),
    TimeForm::EpochMillis.named(),
    TimeForm::EpochSeconds.named(),
    TimeForm::Iso.named(),
];
const DUPLICATES: [(&str, OnDuplicate); 2] =
    [("error", OnDuplicate::Error), ("sum", OnDuplicate::Sum)];

/// Reads the header that begins at byte `base` of the file.
pub(super) fn read(table: &DeTable<'_>, base: usize, problems: &mut Problems<'_>) -> Header {
    let mut fields = Fields::of(table, base, "the header", problems);
    let mut header = Header {
        own: metric_keys(&mut fields, base..base),
        labels: fields.strings("labels"),
        every: fields.duration("every"),
        cron: fields.string("cron"),
        timeout: fields.duration("timeout"),
        window: fields.choice("mode", &MODES),
        lag: fields.hold("lag"),
        start: fields.choice("start", &STARTS),
        time: fields.choice("time", &TIMES),
        params: params(&mut fields),
        graph: fields.word("graph"),
        database: fields.word("database"),
        on_error: on_error(&mut fields),
        stale_after: fields.duration("stale_after"),
        expect: expect(&mut fields),
        on_duplicate: fields.choice("on_duplicate", &DUPLICATES),
        max_series: fields.count("max_series"),
        panels: panel::read(&mut fields),
        ..Header::default()
    };
    let alerts = fields.tables("alert");
    let metrics = fields.tables("metric");
    fields.finish();
    header.alerts = alerts
        .into_iter()
        .filter_map(|table| alert::read(table, base, problems))
        .collect();
    header.metrics = metrics
        .into_iter()
        .map(|table| metric_table(&table, base, problems))
        .collect();
    header
}

fn metric_table(table: &At<&DeTable<'_>>, base: usize, problems: &mut Problems<'_>) -> MetricKeys {
    let mut fields = Fields::of(table.value, base, "a metric", problems);
    let keys = metric_keys(&mut fields, table.span.clone());
    fields.finish();
    keys
}

fn metric_keys(fields: &mut Fields<'_, '_, '_, '_>, span: Range<usize>) -> MetricKeys {
    let mut keys = MetricKeys {
        span,
        name: fields.string("name"),
        metric_type: fields.choice("type", &TYPES),
        help: fields.string("help"),
        unit: fields.word("unit"),
        value: fields.string("value"),
        buckets: buckets(fields),
        quantiles: quantiles(fields),
        unread: Vec::new(),
    };
    let read = [
        ("type", keys.metric_type.is_some()),
        ("buckets", keys.buckets.is_some()),
        ("quantiles", keys.quantiles.is_some()),
    ];
    let unread = read
        .into_iter()
        .filter(|(key, is_read)| !is_read && fields.any(key).is_some());
    keys.unread.extend(unread.map(|(key, _)| key));
    keys
}

/// Bounds of a histogram, strictly rising.
pub(super) fn buckets(fields: &mut Fields<'_, '_, '_, '_>) -> Option<At<Vec<f64>>> {
    let bounds = fields.numbers("buckets")?;
    if bounds.value.is_empty() || bounds.value.windows(2).any(|pair| pair[0] >= pair[1]) {
        let fix =
            "write at least one bound, each above the previous one; +Inf is added automatically";
        fields
            .problems
            .error(bounds.span, "`buckets` are not in ascending order", fix);
        return None;
    }
    // Zero is written without its sign.
    let value = bounds.value.into_iter().map(|bound| bound + 0.0).collect();
    Some(At {
        value,
        span: bounds.span,
    })
}

fn quantiles(fields: &mut Fields<'_, '_, '_, '_>) -> Option<At<Vec<Quantile>>> {
    let base = fields.base();
    let At { value: table, span } = fields.table("quantiles")?;
    let pair = |key: &str, value: &toml::Spanned<DeValue<'_>>| {
        let quantile = key
            .parse::<f64>()
            .ok()
            .filter(|q| (0.0..=1.0).contains(q))?;
        let column = value.get_ref().as_str()?.to_owned();
        // `-0` and `0` are the same quantile.
        Some((
            quantile + 0.0,
            At {
                value: column,
                span: shift(value.span(), base),
            },
        ))
    };
    let pairs: Option<Vec<_>> = table
        .iter()
        .map(|(key, value)| pair(key.get_ref(), value))
        .collect();
    let Some(mut pairs) = pairs.filter(|pairs| !pairs.is_empty()) else {
        let fix = "name a column for each quantile from 0 to 1: { \"0.5\" = \"p50\", \"0.99\" = \"p99\" }";
        fields.problems.error(
            span,
            "`quantiles` must be a table of quantiles and columns",
            fix,
        );
        return None;
    };
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    if let Some(twice) = pairs.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        let message = format!("the quantile {} is listed twice", twice[1].0);
        fields
            .problems
            .error(twice[1].1.span.clone(), message, "remove one of them");
        return None;
    }
    Some(At { value: pairs, span })
}

fn on_error(fields: &mut Fields<'_, '_, '_, '_>) -> Option<At<OnError>> {
    let At { value, span } = fields.any("on_error")?;
    let policy = match value.as_str() {
        Some("keep") => Some(OnError::Keep),
        Some("drop") => Some(OnError::Drop),
        Some(_) => None,
        None => number(value).map(OnError::Publish),
    };
    if policy.is_none() {
        fields.problems.error(
            span.clone(),
            format!("invalid `on_error`: {}", shown(value)),
            "write \"keep\", \"drop\" or a number to publish",
        );
    }
    policy.map(|value| At { value, span })
}

fn expect(fields: &mut Fields<'_, '_, '_, '_>) -> Vec<Expect> {
    let base = fields.base();
    let Some(At { value: table, .. }) = fields.table("expect") else {
        return Vec::new();
    };
    let mut expected = Vec::new();
    for (column, values) in table.iter() {
        let span = shift(column.span(), base);
        match strings(values.get_ref(), base).filter(|values| !values.is_empty()) {
            Some(values) => {
                refuse_twice(&values, fields.problems);
                expected.push(Expect {
                    column: At {
                        value: column.get_ref().to_string(),
                        span,
                    },
                    values,
                });
            }
            None => fields.problems.error(
                shift(values.span(), base),
                format!("`expect.{}` must be a list of strings", column.get_ref()),
                "write at least one value in quotes, e.g. [\"success\", \"failed\"]",
            ),
        }
    }
    expected
}

/// A value listed twice would be two series with the same labels.
fn refuse_twice(values: &[At<String>], problems: &mut Problems<'_>) {
    let mut seen = HashSet::new();
    for value in values.iter().filter(|value| !seen.insert(&value.value)) {
        problems.error(
            value.span.clone(),
            format!("`{}` is listed twice", value.value),
            "remove one of them",
        );
    }
}

fn params(fields: &mut Fields<'_, '_, '_, '_>) -> Vec<At<Parameters>> {
    let mut sets = Vec::new();
    for At { value: table, span } in fields.tables("params") {
        let literal = |(name, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
            let name: &std::borrow::Cow<'_, str> = name.get_ref();
            Some((name.to_string(), literal(value.get_ref())?))
        };
        match table.iter().map(literal).collect::<Option<Parameters>>() {
            Some(value) => sets.push(At { value, span }),
            None => fields.problems.error(
                span,
                "a parameter must not be a TOML date or an integer beyond 64 bits",
                "write a date as a string and convert it in the query: `datetime($from)`",
            ),
        }
    }
    sets
}

fn literal(value: &DeValue<'_>) -> Option<Literal> {
    Some(match value {
        DeValue::String(text) => Literal::String(text.to_string()),
        DeValue::Integer(_) => Literal::Integer(integer(value)?),
        DeValue::Float(float) => Literal::Float(float.as_str().parse().ok()?),
        DeValue::Boolean(boolean) => Literal::Boolean(*boolean),
        DeValue::Datetime(_) => return None,
        DeValue::Array(items) => Literal::List(
            items
                .iter()
                .map(|item| literal(item.get_ref()))
                .collect::<Option<_>>()?,
        ),
        DeValue::Table(table) => Literal::Map(
            table
                .iter()
                .map(|(name, value)| Some((name.get_ref().to_string(), literal(value.get_ref())?)))
                .collect::<Option<_>>()?,
        ),
    })
}
