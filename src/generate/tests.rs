//! The generated files of small packs.

use std::time::Duration;

use serde_json::Value;

use super::{File, Input, generate};
use crate::diagnostic::Problem;
use crate::kpi::vocabulary::Vocabulary;
use crate::kpi::{Catalog, Defaults, Source, load};
use crate::metric::LabelName;

/// Loads files; `pack.toml` files are read as packs.
pub(super) fn catalog(files: &[(&str, &str)]) -> Catalog {
    let source = |(path, text): &(&str, &str)| Source {
        path: (*path).to_owned(),
        pack: path.rsplit('/').nth(1).unwrap_or_default().to_owned(),
        text: (*text).to_owned(),
    };
    let (packs, kpis) = files
        .iter()
        .map(source)
        .partition::<Vec<_>, _>(|file| file.path.ends_with(".toml"));
    let catalog = load(
        &kpis,
        &packs,
        &Defaults {
            every: Duration::from_secs(300),
            const_labels: &[],
        },
    );
    assert!(catalog.problems.is_empty(), "{:?}", catalog.problems);
    catalog
}

/// One metric of each kind.
pub(super) const KINDS: &[(&str, &str)] = &[
    (
        "queries/p/gauge.cypher",
        "// Things by a.\nRETURN 'x' AS a, 1 AS value",
    ),
    ("queries/p/plain.cypher", "// Things.\nRETURN 1 AS value"),
    (
        "queries/p/calls_total.cypher",
        "// Calls by status.\n/*kpi\ntype = \"counter\"\nexpect = { status = [\"success\", \"error\"] }\n*/\nRETURN 'x' AS agent, 'success' AS status, 1 AS value",
    ),
    (
        "queries/p/took_seconds.cypher",
        "// How long calls take.\n/*kpi\ntype = \"histogram\"\nmode = \"window\"\nbuckets = [0.1, 0.5, 1, 5]\n*/\nMATCH (c:Call) WHERE c.timestamp > $since AND c.timestamp <= $until RETURN c.agent AS agent, c.took AS value",
    ),
    (
        "queries/p/begun_timestamp_seconds.cypher",
        "// When jobs began.\nRETURN 'x' AS job_id, 1 AS value",
    ),
    (
        "queries/p/pack.toml",
        "[[record]]\nrecord = \"p:quality\"\nexpr = 'avg(p_gauge)'\n",
    ),
];

pub(super) fn vocabulary() -> Vocabulary {
    let catalog = catalog(KINDS);
    Vocabulary::of(&catalog.kpis, &catalog.packs, &[])
}

#[test]
fn titles_are_the_beginnings_of_sentences() {
    for (help, expected) in [
        (
            "Agents without a brain: they remember nothing.",
            "Agents without a brain",
        ),
        ("Share (0 to 1) of the events.", "Share"),
        (
            "Events, by type and project group; archived ones included.",
            "Events",
        ),
        (
            "Total tokens consumed, read and written.",
            "Total tokens consumed, read and written",
        ),
        (
            "Percentage of the tasks finished in the last 24 hours that succeeded, by agent.",
            "Percentage of the tasks finished in the last 24 hours",
        ),
        (
            "Insights that an agent came to share from another one in the last 30 days.",
            "Insights that an agent came to share from another one",
        ),
        ("Things.", "Things"),
        ("É", "É"),
    ] {
        assert_eq!(super::short(help), expected);
    }
}

fn made(
    catalog: &Catalog,
    const_labels: &[&str],
    base_url: Option<&str>,
) -> Result<Vec<File>, Vec<Problem>> {
    let const_labels: Vec<_> = const_labels
        .iter()
        .map(|label| LabelName::new(label).unwrap())
        .collect();
    generate(&Input {
        kpis: &catalog.kpis,
        packs: &catalog.packs,
        const_labels: &const_labels,
        folder: "queries",
        base_url,
    })
}

fn text(files: &[File], path: &str) -> String {
    files
        .iter()
        .find(|file| file.path == path)
        .unwrap_or_else(|| panic!("no {path}"))
        .text
        .clone()
}

fn dashboard(files: &[File]) -> Value {
    serde_json::from_str(&text(files, "grafana/dashboards/p.json")).unwrap()
}

/// Each panel in a line or two: kind, place, title, unit, colours, queries with their legends.
fn shown(dashboard: &Value) -> String {
    let panel = |panel: &Value| {
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let place = &panel["gridPos"];
        let mut line = format!(
            "{} {}x{} {:?}",
            word(&panel["type"]),
            place["w"],
            place["h"],
            word(&panel["title"])
        );
        if panel["type"] == "row" {
            return format!("{line}\n");
        }
        let defaults = &panel["fieldConfig"]["defaults"];
        let steps = defaults["thresholds"]["steps"].as_array().unwrap().iter();
        let steps: Vec<_> = steps
            .map(|step| format!("{}{}", step["value"], word(&step["color"])))
            .collect();
        line += &format!(
            " {} {}\n",
            word(&defaults["unit"]),
            steps.join(" ").replace("null", "")
        );
        for target in panel["targets"].as_array().unwrap() {
            let [expr, legend, step] =
                ["expr", "legendFormat", "interval"].map(|key| word(&target[key]));
            let expr = expr.replace("job=~\"$job\",instance=~\"$instance\"", "TARGET");
            line += &format!("  {expr} | {legend} | {step}\n");
        }
        line
    };
    dashboard["panels"]
        .as_array()
        .unwrap()
        .iter()
        .map(panel)
        .collect()
}

#[test]
fn panels_follow_from_type_unit_labels_and_interval() {
    let more = [
        (
            "queries/p/summary_bytes.cypher",
            "// Sizes.\n/*kpi\ntype = \"summary\"\nquantiles = { \"0.5\" = \"m\" }\n*/\nRETURN 'x' AS a, 2 AS m",
        ),
        (
            "queries/p/model_info.cypher",
            "// Models.\n/*kpi\ntype = \"info\"\n*/\nRETURN 'x' AS version",
        ),
        (
            "queries/p/breaker.cypher",
            "// Breakers.\n/*kpi\ntype = \"stateset\"\nexpect = { value = [\"open\", \"closed\"] }\n*/\nRETURN 'x' AS id, 'open' AS value",
        ),
        (
            "queries/p/mood.cypher",
            "// Moods.\n/*kpi\ntype = \"stateset\"\n*/\nRETURN 'x' AS id, 'glad' AS value",
        ),
        (
            "queries/p/share_ratio.cypher",
            "// Shares.\n/*kpi\nevery = \"15s\"\nunit = \"ratio\"\n[[alert]]\nname = \"Low\"\nwhen = \"< 0.7\"\n[[alert]]\nname = \"VeryLow\"\nwhen = \"< 0.5\"\nseverity = \"critical\"\n*/\nRETURN 1.0 AS value",
        ),
        (
            "queries/p/sizes_bytes.cypher",
            "// Sizes now.\n/*kpi\ntype = \"histogram\"\nbuckets = [1, 5]\n*/\nRETURN 2 AS value",
        ),
        (
            "queries/p/hidden.cypher",
            "// Hidden.\n/*kpi\npanel = false\n*/\nRETURN 2 AS value",
        ),
    ];
    let files = made(&catalog(&[KINDS, &more].concat()), &[], None).unwrap();
    insta::assert_snapshot!(shown(&dashboard(&files)), @r#"
    timeseries 24x8 "When jobs began" s green
      time() - p_begun_timestamp_seconds{TARGET} | {{job_id}} | 
    state-timeline 24x14 "Breakers" short green
      max by (id) (0 * (p_breaker{TARGET,id=~"$id",p_breaker="open"} == 1))
    or max by (id) (1 * (p_breaker{TARGET,id=~"$id",p_breaker="closed"} == 1)) | {{id}} | 
    timeseries 12x8 "Calls by status" cps green
      sum by (agent, status) (rate(p_calls_total{TARGET,agent=~"$agent"}[$__rate_interval])) | {{agent}} / {{status}} | 5m
    timeseries 12x8 "Things by a" short green
      p_gauge{TARGET,a=~"$a"} | {{a}} | 
    table 24x8 "Models" short green
      p_model_info{TARGET} | {{version}} | 
    state-timeline 24x14 "Moods" short green
      p_mood{TARGET,id=~"$id"} | {{id}} / {{p_mood}} | 
    stat 4x8 "Things" short green
      p_plain{TARGET} | Things | 
    stat 4x8 "Shares" percentunit red 0.5yellow 0.7green
      p_share_ratio{TARGET} | Shares | 
    heatmap 16x8 "Sizes now" bytes green
      sum by (le) (p_sizes_bytes_bucket{TARGET}) | {{le}} | 
    timeseries 12x8 "Sizes now: p50, p95, p99" bytes green
      histogram_quantile(0.5, sum by (le) (p_sizes_bytes_bucket{TARGET})) | p50 | 
      histogram_quantile(0.95, sum by (le) (p_sizes_bytes_bucket{TARGET})) | p95 | 
      histogram_quantile(0.99, sum by (le) (p_sizes_bytes_bucket{TARGET})) | p99 | 
    timeseries 12x8 "Sizes" bytes green
      p_summary_bytes{TARGET,a=~"$a"} | {{a}} / {{quantile}} | 
    heatmap 12x8 "How long calls take" s green
      sum by (le) (increase(p_took_seconds_bucket{TARGET,agent=~"$agent"}[$__rate_interval])) | {{le}} | 5m
    timeseries 12x8 "How long calls take: p50, p95, p99" s green
      histogram_quantile(0.5, sum by (le, agent) (rate(p_took_seconds_bucket{TARGET,agent=~"$agent"}[$__rate_interval]))) | p50 {{agent}} | 5m
      histogram_quantile(0.95, sum by (le, agent) (rate(p_took_seconds_bucket{TARGET,agent=~"$agent"}[$__rate_interval]))) | p95 {{agent}} | 5m
      histogram_quantile(0.99, sum by (le, agent) (rate(p_took_seconds_bucket{TARGET,agent=~"$agent"}[$__rate_interval]))) | p99 {{agent}} | 5m
    "#);
}

#[test]
fn the_panels_of_a_file_override_the_defaults() {
    let header = r#"
unit = "seconds"
[[panel]]
kind = "gauge"
thresholds = [{ from = 0, color = "blue" }, { from = 7, color = "red" }]
[[panel]]
title  = "Both"
expr   = ['sum by (a) (p_wait_seconds)', 'p_wait_seconds > 5']
legend = ["all of {{a}}", "long"]
[[panel]]
title = "Longest"
expr  = 'max(p_wait_seconds{b="x"})'
[[panel]]
expr = 'sum(p_wait_seconds{b="x"}) / sum(p_wait_seconds)'
[[alert]]
name = "Long"
expr = 'max( p_wait_seconds{b="x"} ) >= 9'
"#;
    let text = format!("// Waiting.\n/*kpi{header}*/\nRETURN 'x' AS a, 'x' AS b, 1 AS value");
    let pack = "title = \"P\"\n[[row]]\ntitle = \"Last first\"\nkpis = [\"wait_seconds\", \"query_latency\"]\n\
                [[row.panel]]\ntitle = \"Share\"\ndescription = \"Of all.\"\nexpr = 'p_a / sum(p_wait_seconds)'\n\
                [query_latency]\nname = \"p_query_ms\"\nlabel = \"query\"\nhelp = \"Queries take.\"\nbuckets = [1, 5]";
    let files = [
        ("queries/p/a.cypher", "// A.\nRETURN 1 AS value"),
        ("queries/p/wait_seconds.cypher", &text),
        ("queries/p/pack.toml", pack),
    ];
    let files = made(&catalog(&files), &[], None).unwrap();
    insta::assert_snapshot!(shown(&dashboard(&files)), @r#"
    row 24x1 "Last first"
    gauge 4x8 "Waiting" s blue 7.0red
      p_wait_seconds{TARGET} | {{a}} / {{b}} | 
    timeseries 12x8 "Both" s green
      sum by (a) (p_wait_seconds{TARGET}) | all of {{a}} | 
      p_wait_seconds{TARGET} > 5 | long | 
    stat 4x8 "Longest" s green 9.0yellow
      max(p_wait_seconds{TARGET,b="x"}) | Longest | 
    stat 4x8 "Waiting" percentunit green
      sum(p_wait_seconds{TARGET,b="x"}) / sum(p_wait_seconds{TARGET}) | Waiting | 
    timeseries 12x8 "Queries take" ms green
      histogram_quantile(0.5, sum by (le) (rate(p_query_ms_bucket{TARGET}[$__rate_interval]))) | p50 | 
      histogram_quantile(0.95, sum by (le) (rate(p_query_ms_bucket{TARGET}[$__rate_interval]))) | p95 | 
      histogram_quantile(0.99, sum by (le) (rate(p_query_ms_bucket{TARGET}[$__rate_interval]))) | p99 | 
    timeseries 12x8 "Queries take: p95 by query" ms green
      histogram_quantile(0.95, sum by (le, query) (rate(p_query_ms_bucket{TARGET}[$__rate_interval]))) | p95 {{query}} | 
    stat 8x4 "Share" short green
      p_a{TARGET} / sum(p_wait_seconds{TARGET}) | Share | 
    row 24x1 "More"
    stat 8x4 "A" short green
      p_a{TARGET} | A |
    "#);
}

#[test]
fn several_graphs_are_distinguished_by_a_label() {
    let files = made(&catalog(KINDS), &["env", "graph"], None).unwrap();
    let dashboard = dashboard(&files);
    let variables: Vec<_> = dashboard["templating"]["list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variable| variable["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        variables,
        ["datasource", "job", "instance", "agent", "env", "graph"]
    );
    assert!(shown(&dashboard).contains("p_plain{TARGET,env=~\"$env\",graph=~\"$graph\"}"));
    // The exporter's own series have the label `graph`, but not those of the settings.
    let tests = text(&files, "prometheus/tests/cypher-exporter.yml");
    assert!(
        tests.contains("cypher_exporter_kpi_up{graph=\"example\",instance="),
        "{tests}"
    );
    assert!(!tests.contains("env="));
}

const ONE_ALERT: &[(&str, &str)] = &[(
    "queries/p/wait_seconds.cypher",
    "// How long tasks wait: the longest.\n/*kpi\nunit = \"seconds\"\n[[alert]]\nname = \"LongWait\"\nwhen = \"> 60\"\n*/\nRETURN 'x' AS queue, 1 AS value",
)];

#[test]
fn an_alert_without_texts_gets_default_texts() {
    let files = made(&catalog(ONE_ALERT), &[], None).unwrap();
    insta::assert_snapshot!(text(&files, "prometheus/rules/p.yml"), @r#"
    # Made by `cypher-exporter generate` from queries/p; edit the files there instead.
    groups:
      - name: p
        rules:
          - alert: LongWait
            expr: p_wait_seconds > 60
            for: 5m
            labels:
              severity: warning
              pack: p
              kpi: p/wait_seconds
            annotations:
              summary: "How long tasks wait ({{ $labels.queue }}): {{ $value | humanizeDuration }}"
              description: |-
                How long tasks wait: the longest.
                Value: {{ $value | humanizeDuration }}. Fires when the value is above 60 s for 5m.
              runbook_url: docs/runbook/p.md#longwait
    "#);
    insta::assert_snapshot!(text(&files, "docs/runbook/p.md"), @"
    # p

    <!-- Made by `cypher-exporter generate` from queries/p; edit the files there instead. -->

    ## Alerts

    | alert | severity | for |
    |---|---|---|
    | [LongWait](#longwait) | warning | 5m |

    ### LongWait

    Fires with severity warning when this condition holds for 5m:

    ```promql
    p_wait_seconds > 60
    ```

    This alert watches [`p/wait_seconds`](#pwait_seconds) (`queries/p/wait_seconds.cypher`). When that KPI fails, the alert uses its last values until they are 15m old; then the series disappear and the alert no longer fires. [CypherExporterKpiDown](cypher-exporter.md#cypherexporterkpidown) and [CypherExporterKpiStale](cypher-exporter.md#cypherexporterkpistale) report the failure.

    ## KPIs

    ### p/wait_seconds

    `p_wait_seconds`, gauge, labels `queue`: How long tasks wait: the longest.

    Runs every 5m. Source: [`queries/p/wait_seconds.cypher`](../../queries/p/wait_seconds.cypher).

    ```cypher
    RETURN 'x' AS queue, 1 AS value
    ```
    ");
}

#[test]
fn links_begin_with_the_base_url() {
    let files = made(
        &catalog(ONE_ALERT),
        &[],
        Some("https://git.example.org/kpis/"),
    )
    .unwrap();
    let rules = text(&files, "prometheus/rules/p.yml");
    assert!(
        rules.contains("runbook_url: https://git.example.org/kpis/docs/runbook/p.md#longwait\n"),
        "{rules}"
    );
    let panel = &dashboard(&files)["panels"][0];
    assert_eq!(
        panel["links"][0]["url"],
        "https://git.example.org/kpis/queries/p/wait_seconds.cypher"
    );
    assert!(
        panel["description"]
            .as_str()
            .unwrap()
            .contains("[LongWait](https://git.example.org/kpis/docs/runbook/p.md#longwait)")
    );
    assert!(
        dashboard(&made(&catalog(ONE_ALERT), &[], None).unwrap())["panels"][0]["links"].is_null()
    );
}

#[test]
fn the_exporters_own_alerts_have_tests_and_its_panels_queries() {
    let pack = super::exporter::pack().unwrap();
    let names: Vec<_> = pack
        .alerts
        .iter()
        .map(|alert| alert.name.as_str())
        .collect();
    insta::assert_snapshot!(names.join("\n"), @"
    CypherExporterAbsent
    CypherExporterDown
    CypherExporterGraphUnreachable
    CypherExporterKpiDown
    CypherExporterKpiStale
    CypherExporterKpiSlow
    CypherExporterSeriesLimitNear
    CypherExporterRowsSkipped
    CypherExporterFilesRejected
    CypherExporterWindowLag
    CypherExporterClockBehind
    ");
    // `generate` makes a test for each alert.
    let files = made(&catalog(ONE_ALERT), &[], None).unwrap();
    let own: Value =
        serde_json::from_str(&text(&files, "grafana/dashboards/cypher-exporter.json")).unwrap();
    for panel in own["panels"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|panel| panel["type"] != "row")
    {
        assert!(
            !panel["targets"].as_array().unwrap().is_empty(),
            "{}",
            panel["title"]
        );
    }
}

#[test]
fn an_alert_that_cannot_be_tested_is_reported_with_its_place() {
    let generated = |alert: &str| {
        let text =
            format!("// Waiting.\n/*kpi\n[[alert]]\nname = \"A\"\n{alert}\n*/\nRETURN 1 AS value");
        match made(&catalog(&[("queries/p/x.cypher", &text)]), &[], None) {
            Ok(files) => self::text(&files, "prometheus/tests/p.yml"),
            Err(problems) => problems
                .iter()
                .map(|problem| format!("{}: {}", problem.place, problem.message))
                .collect(),
        }
    };
    assert_eq!(
        generated("expr = 'p_x > 1 and p_x < 0'"),
        "queries/p/x.cypher: found no series with which `A` fires: it may never fire"
    );
    assert_eq!(
        generated("expr = 'p_x >= 0 or p_x < 0'"),
        "queries/p/x.cypher: found no series with which `A` does not fire: it may always fire"
    );
    let unknown = "expr = 'predict_linear(p_x[1h], 3600) > 5'\nfor = \"1m\"";
    assert_eq!(
        generated(unknown),
        "queries/p/x.cypher: cannot generate a test for `A`: its condition uses functions that are not evaluated here"
    );
    let tests = generated(&format!(
        "{unknown}\nfires = {{ p_x = \"0+1x90\" }}\nsilent = {{ p_x = \"1x90\" }}"
    ));
    insta::assert_snapshot!(tests, @r#"
    # Made by `cypher-exporter generate` from queries/p; edit the files there instead.
    rule_files:
      - ../rules/p.yml
    evaluation_interval: 1m
    tests:
      - name: A fires when its condition holds
        interval: 1m
        input_series:
          - series: p_x
            values: 0+1x90
        promql_expr_test:
          - expr: count(ALERTS{alertname="A",alertstate="firing"}) > bool 0
            eval_time: 1h30m
            exp_samples:
              - labels: "{}"
                value: 1
      - name: A does not fire when its condition does not hold
        interval: 1m
        input_series:
          - series: p_x
            values: 1x90
        promql_expr_test:
          - expr: ALERTS{alertname="A",alertstate="firing"}
            eval_time: 1h30m
      - name: A does not fire without data
        interval: 1m
        input_series: []
        promql_expr_test:
          - expr: ALERTS{alertname="A",alertstate="firing"}
            eval_time: 10m
    "#);
}

#[test]
fn a_pack_cannot_have_the_name_of_the_exporters_own() {
    let file = [(
        "queries/cypher-exporter/a.cypher",
        "// A.\n/*kpi\nname = \"a\"\n*/\nRETURN 1 AS value",
    )];
    let problems = made(&catalog(&file), &[], None).unwrap_err();
    assert_eq!(
        problems[0].message,
        "the pack name `cypher-exporter` is reserved for the files of the exporter itself"
    );
}

/// PromQL reserves some words that are legal names, and a state set may have many states.
#[test]
fn each_legal_name_has_a_panel_with_its_query() {
    let words = [
        "sum", "avg", "by", "on", "offset", "inf", "nan", "bool", "and", "start", "rate", "time",
    ];
    let mut files = Vec::new();
    for word in words {
        for (kind, more) in [
            ("gauge", ""),
            ("counter", ""),
            ("summary", "quantiles = { \"0.5\" = \"value\" }"),
            ("histogram", "buckets = [1]"),
            ("stateset", "expect = { value = [\"open\", \"closed\"] }"),
        ] {
            let end = if kind == "counter" { "_total" } else { "" };
            let name = if kind == "gauge" {
                word.to_owned()
            } else {
                format!("{word}_{kind}{end}")
            };
            let text = format!(
                "// A.\n/*kpi\nname = \"{name}\"\ntype = \"{kind}\"\n{more}\n*/\nRETURN 'x' AS `{word}`, 1 AS value"
            );
            files.push((format!("queries/p/{name}.cypher"), text));
        }
    }
    let states: Vec<_> = (0..200).map(|at| format!("\"s{at}\"")).collect();
    let many = format!(
        "// A.\n/*kpi\ntype = \"stateset\"\nexpect = {{ value = [{}] }}\n*/\nRETURN 's1' AS value",
        states.join(", ")
    );
    files.push(("queries/p/many.cypher".to_owned(), many));
    let reserved = "// A.\n/*kpi\nname = \"ignoring\"\ntype = \"stateset\"\nexpect = { value = [\"open\", \"closed\"] }\n*/\nRETURN 'open' AS value";
    files.push(("queries/p/ignoring.cypher".to_owned(), reserved.to_owned()));
    let files: Vec<_> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let files = made(&catalog(&files), &[], None).unwrap();
    for panel in dashboard(&files)["panels"].as_array().unwrap() {
        assert!(
            !panel["targets"].as_array().unwrap().is_empty(),
            "{}",
            panel["title"]
        );
    }
}

const BRACES: &[(&str, &str)] = &[(
    "queries/p/pages.cypher",
    "// Pages that still hold a {{ placeholder }} for $job.\n/*kpi\n[[alert]]\nname = \"Placeholders\"\nwhen = \"> 0\"\n*/\nRETURN 1 AS value",
)];

#[test]
fn a_help_text_with_braces_is_literal_in_rules_and_dashboards() {
    let files = made(&catalog(BRACES), &[], None).unwrap();
    let rules = text(&files, "prometheus/rules/p.yml");
    let literal =
        r#"Pages that still hold a {{ \"{{\" }} placeholder }} for $job: {{ $value | humanize }}"#;
    assert!(
        rules.contains(&format!("summary: \"{literal}\"")),
        "{rules}"
    );
    let literal = r#"Pages that still hold a {{ "{{" }} placeholder }} for $job."#;
    assert!(rules.contains(literal), "{rules}");
    let panel = &dashboard(&files)["panels"][0];
    assert_eq!(
        (
            panel["title"].as_str(),
            panel["targets"][0]["legendFormat"].as_str()
        ),
        (
            Some("Pages that still hold a {{ placeholder }} for $\u{2060}job"),
            Some("Pages that still hold a {\u{2060}{ placeholder }} for $\u{2060}job")
        )
    );
}
