//! The JSON responses.

use std::iter;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use hyper::StatusCode;
use hyper::header::HeaderValue;
use serde_json::{Map, Value, json};
use tokio::task::spawn_blocking;

use super::response::{Response, response, text};
use super::time::rfc3339;
use super::{AppState, FileProblem, health};
use crate::board::{Board, GraphState, Slot, Target, TargetOutcome};
use crate::diagnostic::Level;
use crate::metric::{Family, Part, Samples, Series};

/// Every KPI with its values and the state of its runs.
pub(super) async fn summary(state: &AppState) -> Response {
    let (status, problems) = (health::status(state), problems(state));
    let board = state.board.clone();
    // As large as the response to a scrape, and never cached.
    match spawn_blocking(move || summary_of(&board, status, &problems)).await {
        Ok(summary) => json_response(StatusCode::OK, &summary),
        Err(_) => text(
            StatusCode::INTERNAL_SERVER_ERROR,
            "cannot write the summary\n",
        ),
    }
}

/// The health of the exporter.
pub(super) fn health(state: &AppState) -> Response {
    let board = &state.board;
    let health = json!({
        "status": health::status(state),
        "exporter_ready": health::not_ready(board).is_none(),
        "scheduler_running": health::scheduler_running(board),
        "last_update": timestamp(board.last_update()),
        "graphs": graphs(board),
        "problems": problems(state),
    });
    json_response(StatusCode::OK, &health)
}

/// Runs all KPIs, or the one that the query string names.
pub(super) async fn refresh(state: &AppState, query: &str) -> Response {
    if !state.settings.lifecycle {
        let message = "refresh is disabled: set `lifecycle = true` under `[web]`";
        return json_response(
            StatusCode::FORBIDDEN,
            &json!({ "status": "error", "error": message }),
        );
    }
    let kpi = form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == "kpi")
        .map(|(_, id)| id.into_owned());
    let begin = Instant::now();
    match (state.refresh)(kpi).await {
        Err(unknown) => json_response(
            StatusCode::NOT_FOUND,
            &json!({ "status": "error", "error": unknown.to_string() }),
        ),
        Ok(results) => {
            let success = results
                .iter()
                .all(|result| result.outcome.error().is_none());
            let report = json!({
                "status": if success { "success" } else { "error" },
                "update_time_ms": milliseconds(begin.elapsed()),
                "timestamp": timestamp(Some(SystemTime::now())),
                "kpis": results.iter().map(refreshed).collect::<Vec<_>>(),
            });
            json_response(
                if success {
                    StatusCode::OK
                } else {
                    StatusCode::BAD_GATEWAY
                },
                &report,
            )
        }
    }
}

fn refreshed(result: &TargetOutcome) -> Value {
    let outcome = &result.outcome;
    let (counts, failure) = (outcome.result().ok(), outcome.error());
    json!({
        "id": *result.kpi,
        "graph": *result.graph,
        "status": if failure.is_none() { "success" } else { "error" },
        "error": failure.map(|failure| &failure.message),
        "duration_ms": milliseconds(outcome.duration().unwrap_or_default()),
        "rows": counts.map(|counts| counts.rows),
        "series": counts.map(|counts| counts.series),
    })
}

fn graphs(board: &Board) -> Vec<Value> {
    let graph = |graph: &GraphState| {
        let connection = graph.connection();
        json!({
            "name": *graph.name,
            "up": graph.is_up(),
            "error": graph.down_reason().as_deref(),
            "uri": connection.as_ref().map(|connection| &connection.uri),
            "server": connection.as_ref().and_then(|connection| connection.version.as_ref()),
        })
    };
    board.graphs().iter().map(graph).collect()
}

/// Rejected files and warnings.
fn problems(state: &AppState) -> Vec<Value> {
    let problem = |problem: &FileProblem| {
        let (level, reason) = match problem.level {
            Level::Error => ("error", None),
            Level::Warning(reason) => ("warning", Some(reason.as_str())),
        };
        let kpi = state
            .board
            .slots()
            .iter()
            .find(|slot| problem.path.as_ref() == Some(&slot.kpi.path));
        json!({
            "level": level,
            "reason": reason,
            "kpi": kpi.map(|slot| &*slot.kpi.id),
            "file": problem.path,
            "message": problem.message,
            "report": problem.report,
        })
    };
    state.all_problems().iter().map(problem).collect()
}

fn summary_of(board: &Board, status: &str, problems: &[Value]) -> Value {
    board.drop_stale();
    let intervals = board
        .slots()
        .iter()
        .map(|slot| slot.kpi.schedule.interval());
    json!({
        "last_update": timestamp(board.last_update()),
        // Each KPI has its own interval: this is the shortest.
        "update_interval_seconds": intervals.min().map(|interval| interval.as_secs_f64()),
        "health_status": status,
        "problems": problems,
        "graphs": graphs(board),
        "kpis": board.slots().iter().map(kpi).collect::<Vec<_>>(),
    })
}

fn kpi(slot: &Slot) -> Value {
    let reading = slot.reading();
    let families = reading.iter().flat_map(|reading| reading.families());
    json!({
        "id": *slot.kpi.id,
        "file": slot.kpi.path,
        "interval_seconds": slot.kpi.schedule.interval().as_secs_f64(),
        "graphs": slot.targets().iter().map(target).collect::<Vec<_>>(),
        "metrics": families.map(metric).collect::<Vec<_>>(),
    })
}

fn target(target: &Target) -> Value {
    let status = target.status();
    json!({
        "name": *target.graph,
        "running": status.running,
        "last_run": timestamp(status.last_run),
        "last_success": timestamp(status.last_success),
        "next_run": timestamp(status.next_run),
        "duration_seconds": status.duration.map(|duration| duration.as_secs_f64()),
        "rows": status.rows,
        "series": status.series,
        "error": status.error(),
        "counted_until": timestamp(status.counted_until),
        "window_lag_seconds": status.window_lag,
    })
}

/// A family with its series.
pub fn metric(family: &Family) -> Value {
    json!({
        "name": family.desc.name.as_str(),
        "type": family.metric_type.as_str(),
        "help": family.desc.help,
        "unit": family.desc.unit,
        "series": family.parts.iter().flat_map(|part| part_series(family, part)).collect::<Vec<_>>(),
    })
}

fn part_series(family: &Family, part: &Part) -> Vec<Value> {
    let labels = |values: &[Arc<str>]| -> Map<String, Value> {
        let constant = part.constant.iter().map(|(name, value)| (name, value));
        let own = family.desc.labels.iter().zip(values);
        constant
            .chain(own)
            .map(|(name, value)| (name.to_string(), json!(**value)))
            .collect()
    };
    fn list<T>(
        series: &[Series<T>],
        labels: impl Fn(&[Arc<str>]) -> Map<String, Value>,
        value: impl Fn(&T) -> Value,
    ) -> Vec<Value> {
        series
            .iter()
            .map(|one| json!({ "labels": labels(&one.labels), "value": value(&one.value) }))
            .collect()
    }
    match part.points.as_ref() {
        Samples::Gauge(series) | Samples::Counter(series) => {
            list(series, labels, |value| number(*value))
        }
        Samples::Histogram { bounds, series } => list(series, labels, |value| {
            // Saturating, like the exposition.
            let cumulative = value.counts.iter().scan(0_u64, |total, count| {
                *total = total.saturating_add(*count);
                Some(*total)
            });
            let bounds = bounds.iter().copied().chain(iter::once(f64::INFINITY));
            let count = cumulative.clone().last();
            let buckets: Vec<_> = bounds
                .zip(cumulative)
                .map(|(le, count)| json!({ "le": number(le), "count": count }))
                .collect();
            json!({ "count": count, "sum": value.sum.map(number), "buckets": buckets })
        }),
        Samples::Summary { quantiles, series } => list(series, labels, |value| {
            let values = quantiles.iter().zip(&value.values);
            let values: Vec<_> = values
                .map(|(q, value)| json!({ "quantile": q, "value": number(*value) }))
                .collect();
            json!({ "count": value.count, "sum": value.sum.map(number), "quantiles": values })
        }),
        Samples::Info(series) => list(series, labels, |()| json!(1)),
        Samples::StateSet { states, series } => list(series, labels, |state| {
            json!(states.get(*state).map(|state| &**state))
        }),
    }
}

/// JSON has no infinities: they are strings, as in the API of Prometheus.
fn number(value: f64) -> Value {
    if value.is_finite() {
        // 3 instead of 3.0.
        return if value.fract() == 0.0 && value.abs() < 1e15 {
            json!(value as i64)
        } else {
            json!(value)
        };
    }
    json!(if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "+Inf"
    } else {
        "-Inf"
    })
}

fn timestamp(time: Option<SystemTime>) -> Value {
    json!(time.map(rfc3339))
}

fn milliseconds(duration: Duration) -> Value {
    json!((duration.as_secs_f64() * 1e6).round() / 1e3)
}

fn json_response(status: StatusCode, value: &Value) -> Response {
    let body = format!("{value:#}\n");
    response(
        status,
        HeaderValue::from_static("application/json"),
        bytes::Bytes::from(body),
    )
}
