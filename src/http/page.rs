//! The status page: links, and every KPI in a table. The page is one document that loads nothing
//! from elsewhere.

use std::time::{Duration, SystemTime};

use askama::Template;
use askama::filters::HtmlSafe;
use hyper::StatusCode;
use hyper::header::{CONTENT_SECURITY_POLICY, HeaderValue};

use super::response::{Response, insert_header, response, text};
use super::time::rfc3339;
use super::{AppState, FileProblem, health};
use crate::board::{Slot, Status, Target};
use crate::metric::Samples;

/// A window KPI whose cursor is so many seconds behind is catching up, or fails to.
const SHOWN_LAG: f64 = 60.0;

/// The page.
pub(super) fn respond(state: &AppState) -> Response {
    let Ok(html) = Page::of(state).render() else {
        return text(StatusCode::INTERNAL_SERVER_ERROR, "cannot write the page\n");
    };
    let response = response(
        StatusCode::OK,
        HeaderValue::from_static("text/html; charset=utf-8"),
        bytes::Bytes::from(html),
    );
    insert_header(
        response,
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"),
    )
}

/// What the template shows. It escapes every text.
#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    style: &'static str,
    version: &'static str,
    status: &'static str,
    last_update: Option<Time>,
    has_dashboard: bool,
    unreachable: Vec<UnreachableGraph>,
    problems: Vec<FileProblem>,
    /// The column is shown if there are several graphs.
    has_graph_column: bool,
    rows: Vec<Row>,
}

struct UnreachableGraph {
    name: String,
    reason: String,
}

/// One KPI on one graph.
struct Row {
    id: String,
    help: String,
    graph: String,
    types: String,
    value: String,
    counted: Option<Counted>,
    last_run: Option<Time>,
    running: bool,
    next_run: Option<Time>,
    duration: String,
    error: String,
}

/// The cursor of a window KPI.
#[derive(Debug, PartialEq)]
struct Counted {
    until: Time,
    /// How far the cursor is behind, where that is worth showing.
    lag: Option<String>,
}

impl Page {
    fn of(state: &AppState) -> Self {
        let board = &state.board;
        board.drop_stale();
        let unreachable = board.graphs().iter().filter_map(|graph| {
            Some(UnreachableGraph {
                name: graph.name.to_string(),
                reason: graph.down_reason()?.to_string(),
            })
        });
        let rows = board.slots().iter().flat_map(|slot| {
            slot.targets()
                .iter()
                .map(move |target| Row::of(slot, target))
        });
        Self {
            style: include_str!("page.css"),
            version: env!("CARGO_PKG_VERSION"),
            status: health::status(state),
            last_update: board.last_update().map(Time::new),
            has_dashboard: state.settings.dashboard_url.is_some(),
            unreachable: unreachable.collect(),
            problems: state.all_problems(),
            has_graph_column: board.graphs().len() > 1,
            rows: rows.collect(),
        }
    }
}

impl Row {
    fn of(slot: &Slot, target: &Target) -> Self {
        let status = target.status();
        let metrics = &slot.kpi.metrics;
        let types: Vec<_> = metrics
            .iter()
            .map(|metric| metric.shape.metric_type().as_str())
            .collect();
        let help = metrics.first().map(|metric| metric.desc.help.clone());
        let duration = status.duration.map_or("–".to_owned(), |duration| {
            format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
        });
        Self {
            id: slot.kpi.id.to_string(),
            help: help.unwrap_or_default(),
            graph: target.graph.to_string(),
            types: types.join(", "),
            value: values(target),
            counted: counted(&status),
            last_run: status.last_run.map(Time::new),
            running: status.running,
            next_run: status.next_run.map(Time::new),
            duration,
            error: status.error().unwrap_or_default().to_owned(),
        }
    }
}

/// A number for each metric with one plain value, a count of series for any other.
fn values(target: &Target) -> String {
    let Some(points) = target.samples() else {
        return "–".to_owned();
    };
    let shown = points.iter().map(|points| match points.as_ref() {
        Samples::Gauge(series) | Samples::Counter(series) if series.len() == 1 => {
            short(series[0].value)
        }
        Samples::Gauge(_)
        | Samples::Counter(_)
        | Samples::Histogram { .. }
        | Samples::Summary { .. }
        | Samples::Info(_)
        | Samples::StateSet { .. } => format!("{} series", points.len()),
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn counted(status: &Status) -> Option<Counted> {
    let lag = status.window_lag.filter(|lag| *lag >= SHOWN_LAG);
    Some(Counted {
        until: Time::new(status.counted_until?),
        lag: lag.map(|lag| {
            humantime::format_duration(Duration::from_secs_f64(lag.floor())).to_string()
        }),
    })
}

/// At most four digits after the point: the page gives an overview, `/metrics` the exact value.
fn short(value: f64) -> String {
    let exact = value.to_string();
    let rounded = if value.abs() < 0.001 {
        format!("{value:.3e}")
    } else {
        format!("{value:.4}")
    };
    if exact.len() > rounded.len() {
        rounded
    } else {
        exact
    }
}

/// A point in time: the page shows the time of day in UTC, and the date in a tooltip.
#[derive(Clone, Debug, PartialEq, Template)]
#[template(
    source = r#"<time datetime="{{ full }}" title="{{ full }}">{{ of_day() }}</time>"#,
    ext = "html"
)]
struct Time {
    full: String,
}

/// The template above escapes its text.
impl HtmlSafe for Time {}

impl Time {
    fn new(time: SystemTime) -> Self {
        Self {
            full: rfc3339(time),
        }
    }

    fn of_day(&self) -> &str {
        self.full.get(11..19).unwrap_or(&self.full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_at_a_glance() {
        for (value, expected) in [
            (6.0, "6"),
            (0.707_083_333, "0.7071"),
            (0.5, "0.5"),
            (0.0, "0"),
            (1.23456e-9, "1.235e-9"),
            (-0.125, "-0.125"),
        ] {
            assert_eq!(short(value), expected);
        }
    }

    #[test]
    fn a_cursor_far_behind_shows_its_lag() {
        let until = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_252_087);
        let shown = |window_lag| {
            let counted = counted(&Status {
                counted_until: Some(until),
                window_lag,
                ..Status::default()
            });
            let counted = counted.unwrap();
            (counted.until.of_day().to_owned(), counted.lag)
        };
        let at = "09:08:07".to_owned();
        assert_eq!(shown(Some(0.5)), (at.clone(), None));
        assert_eq!(shown(Some(-5.0)), (at.clone(), None));
        assert_eq!(shown(None), (at.clone(), None));
        assert_eq!(shown(Some(7261.5)), (at, Some("2h 1m 1s".to_owned())));
        assert_eq!(counted(&Status::default()), None);
    }

    #[test]
    fn text_never_becomes_markup() {
        let page = Page {
            style: "",
            version: "1",
            status: "healthy",
            last_update: Some(Time::new(SystemTime::UNIX_EPOCH)),
            has_dashboard: false,
            unreachable: vec![UnreachableGraph {
                name: "g".into(),
                reason: "<b a='1' c=\"2\">&</b> é".into(),
            }],
            problems: Vec::new(),
            has_graph_column: false,
            rows: vec![],
        };
        let html = page.render().unwrap();
        assert!(
            html.contains("&#60;b a=&#39;1&#39; c=&#34;2&#34;&#62;&#38;&#60;/b&#62; é"),
            "{html}"
        );
        assert!(html.contains(">00:00:00</time>"), "{html}");
    }
}
