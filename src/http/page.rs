//! The status page: links, and every KPI in a table. One file, nothing loaded from elsewhere.

use std::fmt::Write;
use std::time::{Duration, SystemTime};

use hyper::StatusCode;
use hyper::header::{CONTENT_SECURITY_POLICY, HeaderValue};

use super::response::{Response, insert_header, response};
use super::{AppState, health};
use crate::board::{Slot, Status, Target};
use crate::metric::Samples;

/// A count this many seconds behind is catching up, or cannot.
const TOLD_LAG: f64 = 60.0;

const STYLE: &str = include_str!("page.css");

/// The page.
pub(super) fn answer(state: &AppState) -> Response {
    let answer = response(
        StatusCode::OK,
        HeaderValue::from_static("text/html; charset=utf-8"),
        bytes::Bytes::from(html(state)),
    );
    insert_header(
        answer,
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"),
    )
}

fn html(state: &AppState) -> String {
    let status = health::status(&state.board);
    let last_update = time(state.board.last_update());
    let several = state.board.graphs().len() > 1;
    let rows: String = state
        .board
        .slots()
        .iter()
        .flat_map(|slot| {
            slot.targets()
                .iter()
                .map(move |target| row(slot, target, several))
        })
        .collect();
    let graph = if several { "<th>Graph" } else { "" };
    let dashboard = state
        .settings
        .dashboard_url
        .as_ref()
        .map_or("", |_| " · <a href=\"/dashboard\">dashboard</a>");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>cypher-exporter</title>\n<style>\n{STYLE}</style>\n\
         <h1>cypher-exporter</h1>\n\
         <p><strong class=\"{status}\">{status}</strong>, last update {last_update}, version {version}</p>\n\
         <p><a href=\"/metrics\">metrics</a> · <a href=\"/api/metrics/summary\">summary</a> · \
         <a href=\"/api/metrics/health\">health</a> · <a href=\"/-/ready\">readiness</a>{dashboard}</p>\n\
         {graphs}\
         <table>\n<thead><tr><th>KPI{graph}<th>Type<th>Value<th>Last run (UTC)<th>Next run<th>Took<th>Error</thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n</html>\n",
        version = env!("CARGO_PKG_VERSION"),
        graphs = graphs(state),
    )
}

/// The graphs that are away; nothing when all answer.
fn graphs(state: &AppState) -> String {
    state
        .board
        .graphs()
        .iter()
        .fold(String::new(), |mut out, graph| {
            if let Some(reason) = graph.away() {
                let _ = writeln!(
                    out,
                    "<p class=\"error\">graph {} is away: {}</p>",
                    escape(&graph.name),
                    escape(&reason)
                );
            }
            out
        })
}

fn row(slot: &Slot, target: &Target, several_graphs: bool) -> String {
    let status = target.status();
    let types: Vec<_> = slot
        .kpi
        .metrics
        .iter()
        .map(|metric| metric.shape.metric_type().as_str())
        .collect();
    let help = slot
        .kpi
        .metrics
        .first()
        .map_or("", |metric| metric.desc.help.as_str());
    let error = status.error.as_deref().unwrap_or_default();
    let took = status.duration.map_or("–".to_owned(), |took| {
        format!("{:.1} ms", took.as_secs_f64() * 1000.0)
    });
    let next = if status.running {
        "now".to_owned()
    } else {
        time(status.next_run)
    };
    let graph = if several_graphs {
        format!("<td>{}", escape(&target.graph))
    } else {
        String::new()
    };
    let value = format!("{}{}", escape(&values(target)), counted(&status));
    let cells = [types.join(", "), value, time(status.last_run), next, took];
    let cells: String = cells.iter().map(|cell| format!("<td>{cell}")).collect();
    let id = escape(&slot.kpi.id);
    format!(
        "<tr><td title=\"{}\">{id}{graph}{cells}<td class=\"error\">{}\n",
        escape(help),
        escape(error)
    )
}

/// A number for each metric with one plain value, a count of series for any other.
fn values(target: &Target) -> String {
    let Some(points) = target.points() else {
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

/// Up to when a window KPI has counted, and how far that is behind where that is worth a word.
fn counted(status: &Status) -> String {
    let Some(until) = status.counted_until else {
        return String::new();
    };
    let lag = status
        .window_lag
        .filter(|lag| *lag >= TOLD_LAG)
        .map_or(String::new(), |lag| {
            let lag = Duration::from_secs_f64(lag.floor());
            format!(", {} behind", humantime::format_duration(lag))
        });
    format!(" <small>counted to {}{lag}</small>", time(Some(until)))
}

/// Four digits after the point are enough: the page is for a glance, `/metrics` for the exact value.
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

/// The time of day in UTC; the date shows when pointed at.
fn time(time: Option<SystemTime>) -> String {
    let Some(time) = time else {
        return "–".to_owned();
    };
    let full = humantime::format_rfc3339_seconds(time).to_string();
    let of_day = full.get(11..19).unwrap_or(&full);
    format!("<time datetime=\"{full}\" title=\"{full}\">{of_day}</time>")
}

/// Text that stays text inside an element or a quoted attribute.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            plain => out.push(plain),
        }
    }
    out
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
    fn a_count_says_how_far_it_is() {
        let until = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_252_087);
        let shown = |lag| {
            counted(&Status {
                counted_until: Some(until),
                window_lag: lag,
                ..Status::default()
            })
        };
        assert!(
            shown(Some(0.5)).ends_with(">09:08:07</time></small>"),
            "{}",
            shown(Some(0.5))
        );
        assert_eq!(shown(Some(-5.0)), shown(None));
        assert!(
            shown(Some(7261.5)).ends_with(">09:08:07</time>, 2h 1m 1s behind</small>"),
            "{}",
            shown(Some(7261.5))
        );
        assert_eq!(counted(&Status::default()), "");
    }

    #[test]
    fn no_text_becomes_markup() {
        assert_eq!(
            escape("<b a='1' c=\"2\">&</b> é"),
            "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;&lt;/b&gt; é"
        );
    }
}
