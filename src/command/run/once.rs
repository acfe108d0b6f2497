//! One run of one KPI on one graph, with what is printed of it: as text or as JSON.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::super::{counted, output};
use super::table::{cell, table};
use crate::diagnostic::Problem;
use crate::exposition::{Format, Segment};
use crate::graph::Graph;
use crate::http::family_as_json;
use crate::inspect::{Names, inspect};
use crate::kpi::{Kpi, SkipReason};
use crate::measure::{Measured, integer_divisions, last_buckets};
use crate::metric::{Constant, Family, Part};
use crate::schedule::{self, Run};
use cypher::{Row, Value};

/// The names in use, by graph and database: each is asked once.
pub(super) type NamesByDatabase = HashMap<(Arc<str>, Option<Arc<str>>), Names>;

/// A run that has ended.
pub(super) struct Once {
    kpi: Arc<Kpi>,
    graph: Arc<str>,
    title: String,
    constant: Constant,
    /// The first rows.
    rows: Vec<Row>,
    run: Run,
    /// What the graph shows to be wrong with the KPI.
    inspected: Vec<Problem>,
}

/// A KPI on one graph.
pub(super) struct Job<'g> {
    pub(super) kpi: Arc<Kpi>,
    pub(super) graph: &'g Graph,
    pub(super) graph_name: Arc<str>,
    /// Whether it is one graph of several.
    pub(super) of_several: bool,
    /// The constant labels of its series.
    pub(super) constant: Constant,
}

impl Job<'_> {
    /// Runs the KPI; keeps the first `limit` rows.
    pub(super) async fn run(self, limit: usize) -> Once {
        let mut rows: Vec<Row> = Vec::new();
        let mut permit = self.graph.acquire().await;
        let run = schedule::run(&self.kpi, &mut permit, &mut |row| {
            if rows.len() < limit {
                rows.push(row.clone());
            }
        })
        .await;
        let title = if self.of_several {
            format!("{} on {}", self.kpi.id, self.graph_name)
        } else {
            self.kpi.id.to_string()
        };
        Once {
            kpi: self.kpi,
            graph: self.graph_name,
            title,
            constant: self.constant,
            rows,
            run,
            inspected: Vec::new(),
        }
    }
}

impl Once {
    pub(super) fn title(&self) -> &str {
        &self.title
    }

    pub(super) fn succeeded(&self) -> bool {
        self.run.result().is_ok()
    }

    /// Asks the graph what only it knows to be wrong with the KPI. A question that fails is no failure of the run.
    pub(super) async fn inspect(&mut self, graph: &Graph, names: &mut NamesByDatabase) {
        let of_database = match names.entry((self.graph.clone(), self.kpi.database.clone())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let Ok(names) = Names::of(graph, self.kpi.database.as_deref()).await else {
                    return;
                };
                new.insert(names)
            }
        };
        if let Ok(found) = inspect(&self.kpi, of_database, graph).await {
            self.inspected = found.warnings;
        }
    }

    /// The lines of the exposition that are samples, by their series; none after a failure.
    pub(super) fn series(&self) -> Option<BTreeMap<String, String>> {
        let text = self.exposition(self.run.result().ok()?);
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        let series = samples.filter_map(|line| line.rsplit_once(' '));
        Some(
            series
                .map(|(series, value)| (series.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    /// Prints rows, series and duration, or the error.
    pub(super) fn print(&self) -> anyhow::Result<()> {
        let measured = match self.run.result() {
            Ok(measured) => measured,
            Err(_) => return self.print_error(),
        };
        let mut out = anstream::stdout();
        writeln!(out, "{}", self.headline(measured))?;
        write!(out, "{}", table(&self.kpi, &self.rows))?;
        if measured.rows > self.rows.len() as u64 {
            writeln!(out, "  … {} more", measured.rows - self.rows.len() as u64)?;
        }
        for skipped in skipped(measured) {
            writeln!(out, "  {skipped}")?;
        }
        output::problems(&self.problems(measured), |_| &self.kpi.query)?;
        writeln!(out, "{}", self.exposition(measured))?;
        Ok(())
    }

    /// `bmad/x: 3 rows, 3 series, 1.2 ms`.
    pub(super) fn headline(&self, measured: &Measured) -> String {
        let rows = counted(measured.rows, "row", "rows");
        let series = counted(measured.series(), "series", "series");
        format!("{}: {rows}, {series}, {}", self.title, self.time())
    }

    /// As [`Self::headline`], of a run that succeeded.
    pub(super) fn summary(&self) -> Option<String> {
        self.run
            .result()
            .ok()
            .map(|measured| self.headline(measured))
    }

    /// Prints why the run failed.
    pub(super) fn print_error(&self) -> anyhow::Result<()> {
        let Some(error) = self.run.error() else {
            return Ok(());
        };
        let error_text = error.in_file(&self.kpi);
        output::plain_error(format_args!(
            "{}: failed after {}: {error_text}",
            self.title,
            self.time()
        ))?;
        if self.kpi.window().is_some() && error.is_limit() {
            output::plain_error(
                "  this run covered the whole time; `serve` retries with smaller windows",
            )?;
        }
        Ok(())
    }

    /// Prints the run as a JSON document on one line.
    pub(super) fn print_json(&self) -> anyhow::Result<()> {
        let mut document = json!({
            "kpi": *self.kpi.id,
            "graph": *self.graph,
            "duration_seconds": self.run.duration().unwrap_or_default().as_secs_f64(),
        });
        match self.run.result() {
            Ok(measured) => {
                document["row_count"] = json!(measured.rows);
                document["rows"] = self.rows.iter().map(|row| self.row_as_json(row)).collect();
                document["skipped"] = measured
                    .skipped
                    .reasons()
                    .map(|(reason, rows)| (reason.as_str().to_owned(), json!(rows)))
                    .collect::<Map<_, _>>()
                    .into();
                document["warnings"] = self.warnings(measured).into();
                document["metrics"] = self.families(measured).iter().map(family_as_json).collect();
            }
            Err(error) => {
                document["error"] = json!({
                    "reason": error.reason(),
                    "message": error.in_file(&self.kpi),
                });
            }
        }
        writeln!(anstream::stdout(), "{document}")?;
        Ok(())
    }

    fn row_as_json(&self, row: &Row) -> Json {
        let cells = self.kpi.columns.iter().zip(row);
        let cells = cells.map(|(column, value)| (column.to_string(), value_as_json(value)));
        Json::Object(cells.collect())
    }

    /// What a reader of the values should know.
    fn warnings(&self, measured: &Measured) -> Vec<String> {
        let problems = self.problems(measured).into_iter();
        let problems = problems.map(|problem| format!("{}; {}", problem.message, problem.fix));
        skipped(measured).chain(problems).collect()
    }

    /// What the graph and the rows show to be wrong with the KPI.
    fn problems(&self, measured: &Measured) -> Vec<Problem> {
        let mut problems = self.inspected.clone();
        problems.extend(integer_divisions(&self.kpi, measured).unwrap_or_default());
        problems.extend(last_buckets(&self.kpi, &measured.samples));
        problems
    }

    fn families(&self, measured: &Measured) -> Vec<Family> {
        let metrics = self.kpi.metrics.iter().zip(&measured.samples);
        let families = metrics.map(|(metric, samples)| {
            metric.family(vec![Part {
                constant: self.constant.clone(),
                points: samples.clone(),
            }])
        });
        families.collect()
    }

    fn exposition(&self, measured: &Measured) -> String {
        let segment = Segment::encode(&self.families(measured), Format::Text);
        String::from_utf8_lossy(segment.body()).into_owned()
    }

    fn time(&self) -> String {
        let seconds = self.run.duration().unwrap_or_default().as_secs_f64();
        format!("{:.1} ms", seconds * 1000.0)
    }
}

/// JSON has no NaN and no infinities: they are strings, as in the API of Prometheus.
fn value_as_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(boolean) => json!(boolean),
        Value::Integer(integer) => json!(integer),
        Value::Float(float) if float.is_finite() => json!(float),
        Value::String(text) => json!(text),
        Value::Float(_) | Value::Temporal(_) | Value::Composite(_) => json!(cell(value)),
    }
}

/// The rows with a skipped value, by reason.
fn skipped(measured: &Measured) -> impl Iterator<Item = String> {
    measured.skipped.reasons().map(|(reason, rows)| {
        format!(
            "{} skipped: {}",
            counted(rows, "row", "rows"),
            why_skipped(reason)
        )
    })
}

fn why_skipped(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::NullValue => "the value was NULL",
        SkipReason::NaNValue => "the value was NaN",
        SkipReason::NegativeValue => {
            "the value was below 0; add a bucket bound below 0 for such values"
        }
        SkipReason::InfiniteValue => "the value was infinite",
    }
}
