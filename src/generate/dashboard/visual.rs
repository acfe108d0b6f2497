//! The options of each kind of panel: all those that Grafana's schema requires.

use serde_json::{Map, Value, json};

use super::spec::PanelSpec;
use super::thresholds::Step;
use crate::generate::unit;
use crate::kpi::PanelKind;

/// The field settings: unit, colours and line style.
pub(super) fn field(panel: &PanelSpec) -> Value {
    let mut defaults = json!({
        "color": { "mode": color_mode(panel) },
        "custom": custom(panel),
        "mappings": mappings(panel),
        "thresholds": { "mode": "absolute", "steps": steps(&panel.steps) },
        "unit": panel.unit,
    });
    let (min, max) = limits(panel);
    if let Some(min) = min {
        defaults["min"] = min.into();
    }
    if let Some(max) = max {
        defaults["max"] = max.into();
    }
    defaults
}

/// A gauge needs both ends; the axis of a ratio starts at 0.
fn limits(panel: &PanelSpec) -> (Option<f64>, Option<f64>) {
    let whole = match panel.unit.as_str() {
        unit::RATIO => Some(1.0),
        unit::PERCENT => Some(100.0),
        _ => None,
    };
    match panel.kind {
        PanelKind::Gauge | PanelKind::BarGauge => (Some(0.0), whole),
        PanelKind::TimeSeries if whole.is_some() => (Some(0.0), None),
        PanelKind::BarChart
        | PanelKind::Heatmap
        | PanelKind::Histogram
        | PanelKind::PieChart
        | PanelKind::Stat
        | PanelKind::StateTimeline
        | PanelKind::Table
        | PanelKind::TimeSeries => (None, None),
    }
}

fn color_mode(panel: &PanelSpec) -> &'static str {
    match panel.kind {
        PanelKind::Stat
        | PanelKind::Gauge
        | PanelKind::BarGauge
        | PanelKind::StateTimeline
        | PanelKind::Table => "thresholds",
        PanelKind::BarChart
        | PanelKind::Heatmap
        | PanelKind::Histogram
        | PanelKind::PieChart
        | PanelKind::TimeSeries => "palette-classic",
    }
}

/// A base colour without a value, then the steps.
fn steps(steps: &[Step]) -> Value {
    if steps.is_empty() {
        return json!([{ "color": "green", "value": null }]);
    }
    steps
        .iter()
        .map(|step| json!({ "color": step.color, "value": step.from }))
        .collect()
}

fn mappings(panel: &PanelSpec) -> Value {
    let named = panel
        .mappings
        .iter()
        .enumerate()
        .map(|(at, (value, text, color))| {
            (
                value.to_string(),
                json!({ "color": color, "index": at, "text": text }),
            )
        });
    let options: Map<_, _> = named.collect();
    if options.is_empty() {
        json!([])
    } else {
        json!([{ "type": "value", "options": options }])
    }
}

fn custom(panel: &PanelSpec) -> Value {
    let hide = json!({ "legend": false, "tooltip": false, "viz": false });
    match panel.kind {
        PanelKind::TimeSeries => {
            let line = if panel.steps.is_empty() {
                "off"
            } else {
                "dashed"
            };
            // The filled areas of many lines would hide each other.
            let opacity = if panel.has_lines_by_label() { 0 } else { 10 };
            let mut custom = json!({
                "axisBorderShow": false, "axisCenteredZero": false, "axisColorMode": "text", "axisLabel": "",
                "axisPlacement": "auto", "drawStyle": "line", "fillOpacity": opacity, "gradientMode": "none", "hideFrom": hide,
                "lineInterpolation": "linear", "lineWidth": 1, "pointSize": 5, "scaleDistribution": { "type": "linear" },
                "showPoints": "auto", "spanNulls": false, "stacking": { "group": "A", "mode": "none" },
                "thresholdsStyle": { "mode": line },
            });
            if panel.queries.iter().any(|query| query.from_zero) {
                custom["axisSoftMin"] = 0.into();
            }
            custom
        }
        PanelKind::BarChart => json!({
            "axisPlacement": "auto", "fillOpacity": 80, "gradientMode": "none", "hideFrom": hide, "lineWidth": 1,
            "thresholdsStyle": { "mode": "off" },
        }),
        PanelKind::Histogram => {
            json!({ "fillOpacity": 80, "gradientMode": "none", "hideFrom": hide, "lineWidth": 1 })
        }
        PanelKind::StateTimeline => json!({ "fillOpacity": 70, "hideFrom": hide, "lineWidth": 0 }),
        PanelKind::Heatmap => {
            json!({ "hideFrom": hide, "scaleDistribution": { "type": "linear" } })
        }
        PanelKind::PieChart => json!({ "hideFrom": hide }),
        PanelKind::Table => {
            json!({ "align": "auto", "cellOptions": { "type": "auto" }, "inspect": false })
        }
        PanelKind::Stat | PanelKind::Gauge | PanelKind::BarGauge => json!({}),
    }
}

/// The newest value.
fn newest() -> Value {
    json!({ "calcs": ["lastNotNull"], "fields": "", "values": false })
}

fn legend(mode: &str, calcs: &[&str]) -> Value {
    json!({ "calcs": calcs, "displayMode": mode, "placement": "bottom", "showLegend": true })
}

/// Few legends fit below the graph; many go into a table beside it.
fn lines_legend(panel: &PanelSpec) -> Value {
    let calcs = ["lastNotNull", "max"];
    if !panel.has_lines_by_label() {
        return legend("list", &calcs);
    }
    let mut beside = legend("table", &calcs);
    beside["placement"] = "right".into();
    beside
}

/// The options of the panel's kind.
pub(super) fn options(panel: &PanelSpec) -> Value {
    let tooltip = json!({ "mode": "multi", "sort": "desc" });
    match panel.kind {
        PanelKind::Stat => json!({
            "colorMode": "value", "graphMode": "area", "justifyMode": "auto", "orientation": "auto",
            "percentChangeColorMode": "standard", "reduceOptions": newest(), "showPercentChange": false, "textMode": "auto",
            "wideLayout": true,
        }),
        PanelKind::TimeSeries => json!({ "legend": lines_legend(panel), "tooltip": tooltip }),
        PanelKind::Heatmap => json!({
            "calculate": false, "cellGap": 1,
            "color": {
                "exponent": 0.5, "fill": "dark-orange", "mode": "scheme", "reverse": false, "scale": "exponential",
                "scheme": "Oranges", "steps": 64,
            },
            "exemplars": { "color": "rgba(255,0,255,0.7)" }, "filterValues": { "le": 1e-9 }, "legend": { "show": true },
            "rowsFrame": { "layout": "auto" }, "showValue": "never",
            "tooltip": { "mode": "single", "showColorScale": false, "yHistogram": false },
            "yAxis": { "axisPlacement": "left", "reverse": false, "unit": panel.unit },
        }),
        PanelKind::Gauge => json!({
            "barShape": "flat", "barWidthFactor": 0.5, "effects": {}, "minVizHeight": 75, "minVizWidth": 75,
            "orientation": "auto", "reduceOptions": newest(), "segmentCount": 1, "segmentSpacing": 0.3, "shape": "gauge",
            "showThresholdLabels": false, "showThresholdMarkers": true, "sizing": "auto",
        }),
        PanelKind::BarGauge => json!({
            "displayMode": "gradient", "legend": { "calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": false },
            "maxVizHeight": 300, "minVizHeight": 16, "minVizWidth": 8, "namePlacement": "auto", "orientation": "horizontal",
            "reduceOptions": newest(), "showUnfilled": true, "sizing": "auto", "valueMode": "color",
        }),
        PanelKind::PieChart => json!({
            "displayLabels": ["percent"],
            "legend": { "calcs": [], "displayMode": "table", "placement": "right", "showLegend": true, "values": ["value"] },
            "orientation": "auto", "pieType": "pie",
            "reduceOptions": newest(), "sort": "desc", "tooltip": tooltip,
        }),
        PanelKind::BarChart => json!({
            "barWidth": 0.97, "fullHighlight": false, "groupWidth": 0.7, "legend": legend("list", &[]), "orientation": "auto",
            "showValue": "auto", "stacking": "none", "tooltip": tooltip, "xTickLabelMaxLength": 0, "xTickLabelRotation": 0,
        }),
        PanelKind::Histogram => json!({ "legend": legend("list", &[]), "tooltip": tooltip }),
        PanelKind::StateTimeline => json!({
            "alignValue": "left", "legend": legend("list", &[]), "mergeValues": true, "rowHeight": 0.9, "showValue": "auto",
            "tooltip": tooltip,
        }),
        PanelKind::Table => json!({ "cellHeight": "sm", "frameIndex": 0, "showHeader": true }),
    }
}

/// A table shows labels and value without the labels of the target; an info metric has no value to show.
pub(super) fn transformations(panel: &PanelSpec) -> Vec<Value> {
    if panel.kind != PanelKind::Table {
        return Vec::new();
    }
    let is_info = panel.queries.iter().all(|query| {
        query
            .expr
            .split('{')
            .next()
            .is_some_and(|name| name.ends_with("_info"))
    });
    let hidden: Map<_, _> = ["Time", "__name__", "instance", "job"]
        .into_iter()
        .chain(is_info.then_some("Value"))
        .map(|name| (name.to_owned(), true.into()))
        .collect();
    let renamed = json!({ "Value": panel.title });
    vec![
        json!({ "id": "organize", "options": { "excludeByName": hidden, "indexByName": {}, "renameByName": renamed } }),
    ]
}
