//! `panel = false`, `[panel]` and `[[panel]]`.

use toml::de::DeTable;

use super::fields::{At, Fields};
use super::{Panel, PanelKind, Threshold};
use crate::diagnostic::Problems;
use promql::{Promql, Variables};

const KINDS: [(&str, PanelKind); 10] = [
    ("barchart", PanelKind::BarChart),
    ("bargauge", PanelKind::BarGauge),
    ("gauge", PanelKind::Gauge),
    ("heatmap", PanelKind::Heatmap),
    ("histogram", PanelKind::Histogram),
    ("piechart", PanelKind::PieChart),
    ("stat", PanelKind::Stat),
    ("state-timeline", PanelKind::StateTimeline),
    ("table", PanelKind::Table),
    ("timeseries", PanelKind::TimeSeries),
];

/// `None` when the file says nothing, empty when it wants no panel.
pub(super) fn read(fields: &mut Fields<'_, '_, '_, '_>) -> Option<Vec<Panel>> {
    let At { value, span } = fields.any("panel")?;
    if let Some(wanted) = value.as_bool() {
        if wanted {
            fields.problems.error(
                span,
                "`panel = true` says nothing",
                "leave it out: a panel is made by default",
            );
        }
        return Some(Vec::new());
    }
    let base = fields.base();
    let tables = fields.tables("panel");
    Some(
        tables
            .into_iter()
            .map(|table| panel(&table, base, fields.problems))
            .collect(),
    )
}

pub(super) fn panel(table: &At<&DeTable<'_>>, base: usize, problems: &mut Problems<'_>) -> Panel {
    let mut fields = Fields::of(table.value, base, "a panel", problems);
    let legends = fields.one_or_more("legend", "a string, or a list with one for each `expr`");
    let panel = Panel {
        title: fields.string("title").map(|at| at.value),
        description: fields.string("description").map(|at| at.value),
        kind: fields.choice("kind", &KINDS).map(|at| at.value),
        unit: fields.string("unit").map(|at| at.value),
        exprs: exprs(&mut fields),
        legends: legends.iter().map(|legend| legend.value.clone()).collect(),
        thresholds: Vec::new(),
    };
    let thresholds = fields.tables("thresholds");
    fields.finish();
    let thresholds: Vec<_> = thresholds
        .iter()
        .filter_map(|table| threshold(table, base, problems))
        .collect();
    if thresholds
        .windows(2)
        .any(|pair| pair[0].from >= pair[1].from)
    {
        problems.error(
            table.span.clone(),
            "the thresholds do not rise",
            "write them from the lowest `from` to the highest",
        );
    }
    if let Some(legend) = legends
        .first()
        .filter(|_| legends.len() != panel.exprs.len().max(1))
    {
        let message = format!(
            "`legend` names {} of {} lines",
            legends.len(),
            panel.exprs.len().max(1)
        );
        problems.error(
            legend.span.clone(),
            message,
            "write one for each `expr`, in the same order",
        );
    }
    Panel {
        thresholds,
        ..panel
    }
}

fn exprs(fields: &mut Fields<'_, '_, '_, '_>) -> Vec<Promql> {
    let texts = fields.one_or_more("expr", "PromQL in quotes, or a list of such");
    texts
        .into_iter()
        .filter_map(|text| fields.read_promql("expr", text, Variables::Allowed))
        .map(|at| at.value)
        .collect()
}

fn threshold(
    table: &At<&DeTable<'_>>,
    base: usize,
    problems: &mut Problems<'_>,
) -> Option<Threshold> {
    let mut fields = Fields::of(table.value, base, "a threshold", problems);
    let from = fields.number("from");
    let color = fields.string("color");
    let name = fields.string("name").map(|at| at.value);
    fields.finish();
    if from.is_none() || color.is_none() {
        problems.error(
            table.span.clone(),
            "a threshold needs `from` and `color`",
            "e.g. { from = 0.6, color = \"yellow\" }",
        );
    }
    Some(Threshold {
        from: from?.value,
        color: color?.value,
        name,
    })
}
