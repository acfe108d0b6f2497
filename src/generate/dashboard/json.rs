//! The JSON of a panel with its queries.

use std::time::Duration;

use serde_json::{Value, json};

use super::spec::{PanelSpec, Query};
use super::{data_source, visual};
use crate::kpi::PanelKind;

/// The scrape interval that Grafana assumes unless a query sets a longer one.
const USUAL_SCRAPE: Duration = Duration::from_secs(15);

impl PanelSpec {
    /// The JSON of the panel.
    pub(super) fn json(&self, id: usize, place: &Value) -> Value {
        let targets: Vec<_> = self
            .queries
            .iter()
            .zip('A'..='Z')
            .map(|(query, id)| self.target(query, id))
            .collect();
        let mut panel = json!({
            "datasource": data_source(),
            "description": self.description,
            "fieldConfig": { "defaults": visual::field(self), "overrides": [] },
            "gridPos": place,
            "id": id,
            "options": visual::options(self),
            "targets": targets,
            "title": self.title,
            "type": self.kind.as_str(),
        });
        let links: Vec<_> = self
            .link
            .iter()
            .map(|(title, url)| link(title, url))
            .collect();
        if !links.is_empty() {
            panel["links"] = links.into();
        }
        let transformations = visual::transformations(self);
        if !transformations.is_empty() {
            panel["transformations"] = transformations.into();
        }
        panel
    }

    fn target(&self, query: &Query, id: char) -> Value {
        let instant = match self.kind {
            PanelKind::BarChart
            | PanelKind::BarGauge
            | PanelKind::Gauge
            | PanelKind::PieChart
            | PanelKind::Table => true,
            PanelKind::Heatmap
            | PanelKind::Histogram
            | PanelKind::Stat
            | PanelKind::StateTimeline
            | PanelKind::TimeSeries => false,
        };
        let format = match self.kind {
            PanelKind::Heatmap => "heatmap",
            PanelKind::Table => "table",
            PanelKind::BarChart
            | PanelKind::BarGauge
            | PanelKind::Gauge
            | PanelKind::Histogram
            | PanelKind::PieChart
            | PanelKind::Stat
            | PanelKind::StateTimeline
            | PanelKind::TimeSeries => "time_series",
        };
        let mut target = json!({
            "datasource": data_source(), "editorMode": "code", "expr": query.expr, "format": format, "instant": instant,
            "legendFormat": query.legend, "range": !instant, "refId": id.to_string(),
        });
        // Grafana's rate interval is four times this, so that a rate covers several runs of the KPI.
        if let Some(interval) = query.interval.filter(|interval| *interval > USUAL_SCRAPE) {
            target["interval"] = promql::written(interval).into();
        }
        target
    }
}

fn link(title: &str, url: &str) -> Value {
    json!({
        "title": title, "url": url, "type": "link", "asDropdown": false, "icon": "external link", "includeVars": false,
        "keepTime": false, "tags": [], "targetBlank": true, "tooltip": "",
    })
}
