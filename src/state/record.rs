//! The format of a state file: a line with version and checksum, then readable JSON.
//!
//! Floats are strings: a JSON parser may lose their last digit, and JSON has no infinity.

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Saved;
use crate::kpi::{Definition, Kpi, Metric, ValueSpec, iso};
use crate::measure::Totals;
use crate::metric::{Histogram, LabelValues, Samples, Series};
use cypher::UnixMillis;

/// The start of the first line; version and checksum follow.
const MAGIC: &str = "cypher-exporter state";
pub(super) const VERSION: u32 = 1;

/// Why a state cannot be restored.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fault {
    /// These parts of the KPI's definition have changed.
    Changed(Vec<String>),
    /// The file has this other version.
    Version(u32),
    /// The file is damaged.
    Damaged(String),
}

impl Fault {
    fn damaged(cause: impl Into<String>) -> Self {
        Fault::Damaged(cause.into())
    }
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Body {
    kpi: String,
    graph: String,
    /// The cursor, in milliseconds since 1970.
    cursor: i64,
    /// The cursor as readable time.
    counted_until: String,
    /// The id of the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    counted_in: Option<String>,
    definition: Definition,
    metrics: Vec<Record>,
}

/// The series of a metric.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Record {
    Counter(Vec<(Vec<String>, Float)>),
    /// Labels, the count of each bucket alone, the sum.
    Histogram(Vec<(Vec<String>, Vec<u64>, Option<Float>)>),
}

#[derive(Clone, Copy, Debug)]
struct Float(f64);

impl Serialize for Float {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The shortest text that parses to the same number.
        serializer.collect_str(&format_args!("{:?}", self.0))
    }
}

impl<'de> Deserialize<'de> for Float {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        text.parse()
            .map(Float)
            .map_err(|_| de::Error::custom(format!("invalid number `{text}`")))
    }
}

/// The bytes of a state file.
pub(super) fn encode(saved: &Saved, kpi: &Kpi, definition: &Definition, graph: &str) -> Vec<u8> {
    let body = Body {
        kpi: kpi.id.to_string(),
        graph: graph.to_owned(),
        cursor: saved.cursor.0,
        counted_until: iso(saved.cursor),
        counted_in: saved.database.as_deref().map(str::to_owned),
        definition: definition.clone(),
        metrics: saved
            .totals
            .samples()
            .iter()
            .map(|samples| record(samples))
            .collect(),
    };
    let mut json =
        serde_json::to_string(&body).expect("strings, numbers and lists of them are always JSON");
    json.push('\n');
    let mut bytes = format!(
        "{MAGIC} {VERSION} crc32 {:08x}\n",
        crc32fast::hash(json.as_bytes())
    )
    .into_bytes();
    bytes.extend_from_slice(json.as_bytes());
    bytes
}

/// The KPI, graph and definition of a state.
pub(super) struct Origin {
    pub(super) kpi: String,
    pub(super) graph: String,
    pub(super) definition: Definition,
}

/// The origin of a state; none if the bytes are not a valid state.
pub(super) fn origin(bytes: &[u8]) -> Option<Origin> {
    let Body {
        kpi,
        graph,
        definition,
        ..
    } = body(bytes).ok()?;
    Some(Origin {
        kpi,
        graph,
        definition,
    })
}

fn body(bytes: &[u8]) -> Result<Body, Fault> {
    serde_json::from_slice(checked(bytes)?).map_err(|cause| Fault::damaged(cause.to_string()))
}

/// Decodes a state of this KPI. The names of KPI and graph are not compared: a renamed KPI keeps its totals if its file is
/// renamed too.
pub(super) fn decode(bytes: &[u8], kpi: &Kpi, definition: &Definition) -> Result<Saved, Fault> {
    let body = body(bytes)?;
    if body.definition != *definition {
        let changed = definition
            .iter()
            .filter(|(part, text)| body.definition.get(*part) != Some(text));
        return Err(Fault::Changed(
            changed.map(|(part, _)| part.clone()).collect(),
        ));
    }
    let mut texts = Texts::default();
    let samples = kpi
        .metrics
        .iter()
        .zip(body.metrics)
        .map(|(metric, record)| texts.samples(metric, record))
        .collect();
    let totals = Totals::restored(kpi, samples).map_err(Fault::damaged)?;
    Ok(Saved {
        cursor: UnixMillis(body.cursor),
        totals,
        database: body.counted_in.map(Arc::from),
    })
}

/// The body after the first line, if version and checksum match.
fn checked(bytes: &[u8]) -> Result<&[u8], Fault> {
    let end = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .ok_or_else(|| Fault::damaged("no first line"))?;
    let (line, body) = (&bytes[..end], &bytes[end + 1..]);
    let words = std::str::from_utf8(line)
        .ok()
        .and_then(|line| line.strip_prefix(MAGIC))
        .unwrap_or_default();
    let [version, "crc32", sum] = words.split_whitespace().collect::<Vec<_>>()[..] else {
        return Err(Fault::damaged("invalid first line"));
    };
    if version != VERSION.to_string() {
        let other = version.parse().ok().filter(|other| *other != VERSION);
        return Err(other.map_or_else(|| Fault::damaged("invalid version"), Fault::Version));
    }
    if sum != format!("{:08x}", crc32fast::hash(body)) {
        return Err(Fault::damaged("checksum mismatch"));
    }
    Ok(body)
}

fn record(samples: &Samples) -> Record {
    let texts = |labels: &[Arc<str>]| labels.iter().map(ToString::to_string).collect();
    match samples {
        Samples::Counter(series) => Record::Counter(
            series
                .iter()
                .map(|one| (texts(&one.labels), Float(one.value)))
                .collect(),
        ),
        Samples::Histogram { series, .. } => {
            let one = |one: &Series<Histogram>| {
                (
                    texts(&one.labels),
                    one.value.counts.to_vec(),
                    one.value.sum.map(Float),
                )
            };
            Record::Histogram(series.iter().map(one).collect())
        }
        // Window KPIs have only counters and histograms.
        Samples::Gauge(_)
        | Samples::Summary { .. }
        | Samples::Info(_)
        | Samples::StateSet { .. } => Record::Counter(Vec::new()),
    }
}

/// Label values, each allocated once.
#[derive(Default)]
struct Texts(HashSet<Arc<str>>);

impl Texts {
    fn samples(&mut self, metric: &Metric, record: Record) -> Samples {
        match record {
            Record::Counter(series) => {
                let one = |(labels, total): (Vec<String>, Float)| Series {
                    labels: self.labels(labels),
                    value: total.0,
                };
                Samples::Counter(series.into_iter().map(one).collect())
            }
            Record::Histogram(series) => {
                let bounds = if let ValueSpec::Histogram { bounds, .. } = &metric.shape {
                    bounds.clone()
                } else {
                    [].into()
                };
                let one = |(labels, counts, sum): (Vec<String>, Vec<u64>, Option<Float>)| {
                    let value = Histogram {
                        counts: counts.into(),
                        sum: sum.map(|sum| sum.0),
                    };
                    Series {
                        labels: self.labels(labels),
                        value,
                    }
                };
                Samples::Histogram {
                    series: series.into_iter().map(one).collect(),
                    bounds,
                }
            }
        }
    }

    fn labels(&mut self, labels: Vec<String>) -> LabelValues {
        labels.into_iter().map(|label| self.shared(label)).collect()
    }

    fn shared(&mut self, text: String) -> Arc<str> {
        if let Some(known) = self.0.get(text.as_str()) {
            return known.clone();
        }
        let text: Arc<str> = text.into();
        self.0.insert(text.clone());
        text
    }
}
