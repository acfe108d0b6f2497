//! `docs/runbook/<pack>.md`: the target of an alert's link. It explains the alert, what to do, and the KPI behind it.

use super::alerts::{AlertRule, severity};
use super::{File, Shared, example, exporter, runbook_path};
use crate::kpi::{Kpi, Mode, Pack, Schedule};

/// The page of a pack.
pub(super) fn file(shared: &Shared<'_>, pack: &Pack, alerts: &[AlertRule<'_>]) -> File {
    let mut text = format!("# {}\n\n<!-- {} -->\n", pack.title, shared.notice(pack));
    if let Some(description) = &pack.description {
        text.push_str(&format!("\n{description}\n"));
    }
    if !alerts.is_empty() {
        text.push_str("\n## Alerts\n");
        text.push_str(&summary(alerts));
        alerts
            .iter()
            .for_each(|rule| text.push_str(&alert(shared, rule)));
    }
    let mut kpis = shared.kpis_of(pack).peekable();
    if kpis.peek().is_some() {
        text.push_str("\n## KPIs\n");
        kpis.for_each(|kpi_of_pack| text.push_str(&kpi(shared, kpi_of_pack)));
    }
    File {
        path: runbook_path(&pack.name),
        text,
    }
}

/// The table of all alerts.
fn summary(alerts: &[AlertRule<'_>]) -> String {
    let row = |rule: &AlertRule<'_>| {
        let alert = rule.alert;
        let link = format!("[{}](#{})", alert.name, super::runbook_anchor(rule));
        format!(
            "| {link} | {} | {} |\n",
            severity(alert.severity),
            promql::written(alert.hold)
        )
    };
    format!(
        "\n| alert | severity | for |\n|---|---|---|\n{}",
        alerts.iter().map(row).collect::<String>()
    )
}

fn alert(shared: &Shared<'_>, rule: &AlertRule<'_>) -> String {
    let alert = rule.alert;
    let mut text = format!("\n### {}\n", alert.name);
    if let Some(description) = &alert.description {
        text.push_str(&format!("\n{}\n", description.text.trim()));
    }
    let hold = promql::written(alert.hold);
    let when = format!(
        "\nFires with severity {} when this condition holds for {hold}:\n\n```promql\n{}\n```\n",
        severity(alert.severity),
        rule.condition.text.trim()
    );
    text.push_str(&when);
    match rule.kpi {
        Some(kpi) => text.push_str(&of_kpi(shared, rule, kpi)),
        None => text.push_str(&of_selected(shared, rule)),
    }
    if let Some(runbook) = &alert.runbook {
        text.push_str(&format!("\nSee also <{}>.\n", runbook.text));
    }
    text
}

/// What happens to an alert when its KPI fails.
fn of_kpi(shared: &Shared<'_>, rule: &AlertRule<'_>, kpi: &Kpi) -> String {
    let path = shared.file_of(kpi);
    let stale = promql::written(kpi.stale_after);
    let effect = match (&kpi.mode, example::fires_without_data(&rule.condition)) {
        (Mode::Window(_), _) => {
            "its totals stop growing, rates over them drop to 0, and the totals catch up when the KPI recovers"
                .to_owned()
        }
        (Mode::Snapshot, Some(true)) => {
            format!(
                "the alert uses its last values until they are {stale} old; then the series disappear and the alert fires"
            )
        }
        (Mode::Snapshot, Some(false) | None) => {
            format!(
                "the alert uses its last values until they are {stale} old; then the series disappear and the alert no longer fires"
            )
        }
    };
    format!(
        "\nThis alert watches [`{}`](#{}) (`{path}`). When that KPI fails, {effect}. \
         [CypherExporterKpiDown]({own}#cypherexporterkpidown) and \
         [CypherExporterKpiStale]({own}#cypherexporterkpistale) report the failure.\n",
        kpi.id,
        anchor(&kpi.id),
        own = own_page(),
    )
}

/// The metrics that an alert of a whole pack watches.
fn of_selected(shared: &Shared<'_>, rule: &AlertRule<'_>) -> String {
    let mut ids: Vec<&str> = Vec::new();
    for selector in rule.condition.selectors() {
        let Some(name) = selector.metric() else {
            continue;
        };
        let of = shared.input.kpis.iter().find(|kpi| {
            kpi.metrics
                .iter()
                .any(|metric| name.starts_with(metric.desc.name.as_str()))
        });
        if let Some(kpi) = of.filter(|kpi| !ids.contains(&&*kpi.id)) {
            ids.push(&kpi.id);
        }
    }
    if ids.is_empty() {
        return String::new();
    }
    let links: Vec<_> = ids
        .iter()
        .map(|id| format!("[`{id}`](#{})", anchor(id)))
        .collect();
    format!(
        "\nThis alert watches {}. When such a KPI fails, see [CypherExporterKpiDown]({}#cypherexporterkpidown).\n",
        links.join(", "),
        own_page(),
    )
}

fn kpi(shared: &Shared<'_>, kpi: &Kpi) -> String {
    let mut text = format!("\n### {}\n", kpi.id);
    for metric in &kpi.metrics {
        let labels: Vec<_> = metric
            .desc
            .labels
            .iter()
            .map(|label| format!("`{label}`"))
            .collect();
        let labels = if labels.is_empty() {
            "no labels".to_owned()
        } else {
            format!("labels {}", labels.join(", "))
        };
        let kind = metric.shape.metric_type().as_str();
        text.push_str(&format!(
            "\n`{}`, {kind}, {labels}: {}\n",
            metric.desc.name, metric.desc.help
        ));
    }
    let when = match &kpi.schedule {
        Schedule::Every(interval) => format!("every {}", promql::written(*interval)),
        Schedule::Cron(cron) => format!("on the cron schedule `{}` (UTC)", cron.expression()),
    };
    let path = shared.file_of(kpi);
    text.push_str(&format!(
        "\nRuns {when}. Source: [`{path}`]({}).\n",
        link(shared, &path)
    ));
    text.push_str(&format!(
        "\n```cypher\n{}\n```\n",
        kpi.statement_text().trim()
    ));
    text
}

/// A link to a file of the repository, from a page two folders below its root.
fn link(shared: &Shared<'_>, path: &str) -> String {
    if shared.input.base_url.is_some() {
        shared.link(path)
    } else {
        format!("../../{path}")
    }
}

fn own_page() -> String {
    format!("{}.md", exporter::NAME)
}

/// The anchor that Markdown renderers derive from a heading.
fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        .collect()
}
