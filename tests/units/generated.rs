//! The generated files: those of the repository are up to date, Prometheus and Grafana accept them,
//! and they name only metrics that the exporter emits. `scripts/fetch-judges` fetches the programs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use cypher_exporter::generate::{File, Input, generate};
use cypher_exporter::kpi::vocabulary::{Part, Vocabulary};
use cypher_exporter::kpi::{Catalog, Defaults, load};
use cypher_exporter::queries;
use promql::{Promql, Variables};
use serde_json::Value;
use tempfile::TempDir;
use test_support::programs::{GENERATIONS, fetched, program, run, skipped};

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn catalog(folder: &Path) -> Catalog {
    let files = queries::read(folder, None).unwrap();
    let catalog = load(
        &files.kpis,
        &files.packs,
        &Defaults {
            every: Duration::from_secs(300),
            const_labels: &[],
        },
    );
    assert_eq!(catalog.problems, []);
    catalog
}

fn shipped() -> Catalog {
    catalog(&repository("queries"))
}

fn files(catalog: &Catalog) -> Vec<File> {
    let input = Input {
        kpis: &catalog.kpis,
        packs: &catalog.packs,
        const_labels: &[],
        folder: "queries",
        base_url: None,
    };
    generate(&input).unwrap()
}

fn dashboards(files: &[File]) -> Vec<(&str, Value)> {
    let dashboards = files.iter().filter(|file| file.path.ends_with(".json"));
    dashboards
        .map(|file| {
            (
                file.path.as_str(),
                serde_json::from_str(&file.text).unwrap(),
            )
        })
        .collect()
}

/// All panels but rows.
fn panels(dashboard: &Value) -> Vec<&Value> {
    dashboard["panels"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|panel| panel["type"] != "row")
        .collect()
}

/// The program itself, in a folder.
fn generate_in(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_cypher-exporter"))
        .arg("generate")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        format!("{}{}", text(&output.stdout), text(&output.stderr)),
    )
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_repository_is_up_to_date() {
    let (code, said) = generate_in(&repository(""), &["--check"]);
    assert_eq!(code, 0, "{said}");
    // The same, without the program's own way of reading.
    for file in files(&shipped()) {
        let there = fs::read_to_string(repository(&file.path)).unwrap_or_default();
        assert!(
            there == file.text,
            "{} differs: run `cypher-exporter generate`",
            file.path
        );
    }
}

#[test]
fn what_drifts_is_shown_and_ends_with_1() {
    let folder = TempDir::new().unwrap();
    let kpi = folder.path().join("queries/p/things.cypher");
    fs::create_dir_all(kpi.parent().unwrap()).unwrap();
    fs::write(
        &kpi,
        "// Things.\n/*kpi\n[[alert]]\nname = \"Few\"\nwhen = \"< 3\"\n*/\nMATCH (n) RETURN count(n) AS value",
    )
    .unwrap();
    let (code, said) = generate_in(folder.path(), &["--check"]);
    assert!(
        code == 1 && said.contains("+      - alert: Few") && said.contains("8 files differ"),
        "{code} {said}"
    );
    let (code, said) = generate_in(folder.path(), &[]);
    assert_eq!(
        (code, said.as_str()),
        (0, "8 files in ., 8 of them new or changed\n")
    );
    assert_eq!(
        generate_in(folder.path(), &[]).1,
        "8 files in ., 0 of them new or changed\n"
    );
    assert_eq!(
        generate_in(folder.path(), &["--check"]),
        (0, "8 files up to date\n".to_owned())
    );

    let rules = folder.path().join("prometheus/rules/p.yml");
    let edited = fs::read_to_string(&rules)
        .unwrap()
        .replace("p_things < 3", "p_things < 4");
    fs::write(&rules, edited).unwrap();
    let (code, said) = generate_in(folder.path(), &["--check"]);
    assert!(
        code == 1 && said.contains("-        expr: p_things < 4\n+        expr: p_things < 3"),
        "{code} {said}"
    );

    // Prometheus would still load the files of a pack that no longer exists. A file of someone else stays, also one that
    // only mentions the notice.
    generate_in(folder.path(), &[]);
    let own = folder.path().join("prometheus/rules/own.yml");
    let text = "groups: []\n# Made by `cypher-exporter generate`\n";
    fs::write(&own, text).unwrap();
    fs::rename(
        folder.path().join("queries/p"),
        folder.path().join("queries/q"),
    )
    .unwrap();
    let (code, said) = generate_in(folder.path(), &["--check"]);
    let orphan = "prometheus/rules/p.yml is left over from a pack that no longer exists\n";
    assert!(code == 1 && said.contains(orphan), "{code} {said}");
    let (code, said) = generate_in(folder.path(), &[]);
    let removed = "prometheus/rules/p.yml: its pack no longer exists\n";
    assert!(code == 0 && said.contains(removed), "{code} {said}");
    assert_eq!(
        generate_in(folder.path(), &["--check"]),
        (0, "8 files up to date\n".to_owned())
    );
    assert_eq!(fs::read_to_string(own).unwrap(), text);
}

#[test]
fn a_file_of_someone_else_is_not_overwritten() {
    let folder = TempDir::new().unwrap();
    let kpi = folder.path().join("queries/p/things.cypher");
    fs::create_dir_all(kpi.parent().unwrap()).unwrap();
    fs::write(&kpi, "// Things.\nMATCH (n) RETURN count(n) AS value").unwrap();
    let dashboard = folder.path().join("grafana/dashboards/p.json");
    fs::create_dir_all(dashboard.parent().unwrap()).unwrap();
    // Also what is not text.
    for own in [&b"{ \"title\": \"Mine\" }"[..], b"\xff"] {
        fs::write(&dashboard, own).unwrap();
        for arguments in [&[][..], &["--check"]] {
            let (code, said) = generate_in(folder.path(), arguments);
            let refused = "grafana/dashboards/p.json was not generated: move or delete it, then run `cypher-exporter generate`\n";
            assert!(code == 1 && said.contains(refused), "{code} {said}");
        }
        assert_eq!(fs::read(&dashboard).unwrap(), own);
        assert!(!folder.path().join("docs").exists(), "nothing is written");
    }
    fs::remove_file(&dashboard).unwrap();
    assert_eq!(generate_in(folder.path(), &[]).0, 0);
}

#[test]
fn a_new_file_with_an_alert_brings_its_panel_its_rule_and_its_test() {
    let folder = TempDir::new().unwrap();
    copy(&repository("queries"), &folder.path().join("queries"));
    assert_eq!(generate_in(folder.path(), &[]).0, 0);
    let before = fs::read_to_string(folder.path().join("grafana/dashboards/bmad.json")).unwrap();
    let kpi = r#"// Tasks that wait, by queue.
/*kpi
every = "1m"

[[alert]]
name = "BmadQueueLong"
when = "> 100"
for  = "10m"

[[alert]]
name   = "BmadQueueGrows"
expr   = 'predict_linear(bmad_waiting_tasks[1h], 3600) > 100'
fires  = { 'bmad_waiting_tasks{queue="a"}' = '0+1x90' }
silent = { 'bmad_waiting_tasks{queue="a"}' = '50x90' }
*/
MATCH (t:Task) RETURN coalesce(t.queue, 'unknown') AS queue, count(t) AS value
"#;
    fs::write(folder.path().join("queries/bmad/waiting_tasks.cypher"), kpi).unwrap();
    assert_eq!(generate_in(folder.path(), &[]).0, 0);

    let dashboard = fs::read_to_string(folder.path().join("grafana/dashboards/bmad.json")).unwrap();
    assert!(!before.contains("bmad_waiting_tasks"));
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    let panel = panels(&dashboard)
        .into_iter()
        .find(|panel| panel["title"] == "Tasks that wait")
        .unwrap();
    assert_eq!(
        panel["targets"][0]["expr"],
        "bmad_waiting_tasks{job=~\"$job\",instance=~\"$instance\"}"
    );
    assert_eq!(panel["targets"][0]["legendFormat"], "{{queue}}");
    assert_eq!(
        panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1]["value"],
        100.0
    );
    let rules = fs::read_to_string(folder.path().join("prometheus/rules/bmad.yml")).unwrap();
    assert!(
        rules.contains(
            "- alert: BmadQueueLong\n        expr: bmad_waiting_tasks > 100\n        for: 10m"
        ),
        "{rules}"
    );
    let page = fs::read_to_string(folder.path().join("docs/runbook/bmad.md")).unwrap();
    assert!(
        page.contains("### BmadQueueLong\n") && page.contains("\n### bmad/waiting_tasks\n"),
        "{page}"
    );
    let tests = fs::read_to_string(folder.path().join("prometheus/tests/bmad.yml")).unwrap();
    for side in [
        "fires when its condition holds",
        "does not fire when its condition does not hold",
        "does not fire without data",
    ] {
        assert!(
            tests.contains(&format!("name: BmadQueueLong {side}")),
            "{side}"
        );
        assert!(
            tests.contains(&format!("name: BmadQueueGrows {side}")),
            "{side}"
        );
    }
    judged("the new alert", |generation| {
        run_in(
            &folder.path().join("prometheus/tests"),
            &program(generation, "promtool"),
            &["test", "rules", "bmad.yml"],
        )
    });
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to)
        } else {
            _ = fs::copy(entry.path(), to).unwrap()
        }
    }
}

#[test]
fn an_alert_that_cannot_fire_is_refused_at_its_place() {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("queries/p")).unwrap();
    let kpi = "// How long calls take.\n/*kpi\nname = \"p_call_seconds\"\ntype = \"histogram\"\nmode = \"window\"\nbuckets = [1, 120]\n\n\
               [[alert]]\nname = \"SlowCalls\"\nexpr = 'histogram_quantile(0.95, sum by (le) (rate(p_call_seconds_bucket[15m]))) > 300'\n*/\n\
               MATCH (c:Call) WHERE c.at > $since AND c.at <= $until RETURN c.seconds AS value\n";
    fs::write(folder.path().join("queries/p/calls.cypher"), kpi).unwrap();
    let (code, said) = generate_in(folder.path(), &[]);
    assert_eq!(code, 64);
    assert!(
        said.contains("found no series with which `SlowCalls` fires: it may never fire"),
        "{said}"
    );
    assert!(said.contains("queries/p/calls.cypher:8:1"), "{said}");
    assert!(
        !folder.path().join("prometheus").exists(),
        "nothing is written"
    );
}

/// Asks both generations of a program; each must end well.
fn judged(what: &str, ask: impl Fn(&str) -> Option<(i32, String)>) {
    for generation in GENERATIONS {
        match ask(generation) {
            Some((code, said)) => assert_eq!(code, 0, "{what}, {generation}: {said}"),
            None => skipped(&format!("{what} ({generation})")),
        }
    }
}

fn run_in(folder: &Path, program: &str, arguments: &[&str]) -> Option<(i32, String)> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .ok()?;
    Some((
        output.status.code().unwrap_or(-1),
        format!("{}{}", text(&output.stdout), text(&output.stderr)),
    ))
}

/// The files of a folder of the repository with this ending.
fn all(folder: &str, ending: &str) -> Vec<String> {
    let names = fs::read_dir(repository(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.ends_with(ending)).collect();
    names.sort();
    assert!(!names.is_empty(), "{folder} holds no {ending}");
    names
}

#[test]
fn prometheus_takes_its_settings_and_all_rules() {
    judged("prometheus.yml", |generation| {
        let arguments = [
            "check",
            "config",
            "--lint=all",
            "--lint-fatal",
            "prometheus.yml",
        ];
        run_in(
            &repository("prometheus"),
            &program(generation, "promtool"),
            &arguments,
        )
    });
    judged("the rules", |generation| {
        let rules = all("prometheus/rules", ".yml");
        let arguments = ["check", "rules", "--lint=all", "--lint-fatal"]
            .into_iter()
            .chain(rules.iter().map(String::as_str));
        run_in(
            &repository("prometheus/rules"),
            &program(generation, "promtool"),
            &arguments.collect::<Vec<_>>(),
        )
    });
}

/// HELP becomes part of a template, in which braces mean something else.
#[test]
fn braces_in_a_help_text_are_shown_literally() {
    let folder = TempDir::new().unwrap();
    let kpi = folder.path().join("queries/p/pages.cypher");
    fs::create_dir_all(kpi.parent().unwrap()).unwrap();
    let text = "// Pages that still hold a {{ placeholder }}.\n/*kpi\n[[alert]]\nname = \"Placeholders\"\nwhen = \"> 0\"\n*/\nRETURN 1 AS value\n";
    fs::write(&kpi, text).unwrap();
    assert_eq!(generate_in(folder.path(), &[]).0, 0);
    let rules = folder.path().join("prometheus/rules");
    let test = r#"
rule_files: [p.yml]
tests:
  - interval: 1m
    input_series: [{ series: p_pages, values: 1x30 }]
    alert_rule_test:
      - eval_time: 20m
        alertname: Placeholders
        exp_alerts:
          - exp_labels: { severity: warning, pack: p, kpi: p/pages }
            exp_annotations:
              summary: "Pages that still hold a {{ placeholder }}: 1"
              description: "Pages that still hold a {{ placeholder }}.\nValue: 1. Fires when the value is above 0 for 5m."
              runbook_url: docs/runbook/p.md#placeholders
"#;
    fs::write(rules.join("test.yml"), test).unwrap();
    judged("escaped braces", |generation| {
        let promtool = program(generation, "promtool");
        run_in(&rules, &promtool, &["test", "rules", "test.yml"])
    });
}

/// Whatever our reader of templates accepts Prometheus accepts.
#[test]
fn promtool_reads_every_template_that_we_read() {
    use proptest::strategy::{Strategy, ValueTree};
    let words = proptest::sample::select(vec![
        "{{ ",
        " }}",
        "{{- ",
        " -}}",
        " ",
        "\n",
        "if ",
        "{{ else }}",
        "{{ end }}",
        "{{ if $value }}",
        "range ",
        "{{ range query \"up\" }}",
        "{{ with .Labels }}",
        "{{ define \"x\" }}",
        "{{ template \"x\" }}",
        "$labels",
        "$value",
        "$x",
        "$",
        " := ",
        " = ",
        " | ",
        ", ",
        "(",
        ")",
        ".",
        ".a",
        ".Labels",
        "\"x\"",
        "`y`",
        "1",
        "0.5",
        "-1e3",
        "humanize ",
        "printf ",
        "query ",
        "toTime",
        "{{/* c */}}",
        "é",
        "{",
        "}",
        "'",
        "\\",
        "len ",
        "true",
    ]);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let texts = proptest::collection::vec(words, 1..9).prop_map(|words| words.concat());
    let mut rules = Vec::new();
    for _ in 0..60_000 {
        let text = texts.new_tree(&mut runner).unwrap().current();
        if text.contains("{{") && template::Template::read(&text).is_ok() {
            rules.push(serde_json::json!({
                "alert": format!("A{}", rules.len()), "expr": "up", "annotations": { "summary": text },
            }));
        }
    }
    assert!(rules.len() > 200, "{}", rules.len());
    let folder = TempDir::new().unwrap();
    // JSON is YAML.
    let file = serde_json::json!({ "groups": [{ "name": "g", "rules": rules }] });
    fs::write(folder.path().join("rules.yml"), file.to_string()).unwrap();
    judged("accepted templates", |generation| {
        let promtool = program(generation, "promtool");
        run_in(folder.path(), &promtool, &["check", "rules", "rules.yml"])
    });
}

#[test]
fn every_alert_fires_and_is_silent_when_it_should() {
    let tests = all("prometheus/tests", ".yml");
    for file in &tests {
        judged(file, |generation| {
            run_in(
                &repository("prometheus/tests"),
                &program(generation, "promtool"),
                &["test", "rules", file],
            )
        });
    }
    // Each alert has both sides and a word on missing data.
    let catalog = shipped();
    let of_kpis = catalog.kpis.iter().flat_map(|kpi| &kpi.alerts);
    let text: String = tests
        .iter()
        .map(|file| fs::read_to_string(repository("prometheus/tests").join(file)).unwrap())
        .collect();
    for alert in of_kpis.chain(catalog.packs.iter().flat_map(|pack| &pack.alerts)) {
        for side in [
            "fires when its condition holds",
            "does not fire when its condition does not hold",
        ] {
            assert!(
                text.contains(&format!("- name: {} {side}\n", alert.name)),
                "{} {side}",
                alert.name
            );
        }
    }
}

#[test]
fn alertmanager_takes_its_settings() {
    let amtool = fetched("newer/amtool").display().to_string();
    let folder = repository("prometheus");
    let Some((code, said)) = run_in(&folder, &amtool, &["check-config", "alertmanager.yml"]) else {
        skipped("amtool reads alertmanager.yml");
        return;
    };
    assert_eq!(code, 0, "{said}");
    let routed = run_in(
        &folder,
        &amtool,
        &[
            "config",
            "routes",
            "test",
            "--config.file=alertmanager.yml",
            "severity=critical",
        ],
    );
    assert!(routed.unwrap().1.contains("chat"));

    let data = TempDir::new().unwrap();
    let path = data.path().join("data.json");
    let alert = |status: &str| {
        serde_json::json!({
            "status": status, "labels": { "alertname": "BmadOrphanedAgents", "severity": "critical", "pack": "bmad" },
            "annotations": { "summary": "3 agents have no brain", "description": "Link them.\nValue: 3", "runbook_url": "docs/x.md#y" },
            "startsAt": "2026-11-21T05:00:00Z", "endsAt": "2026-11-21T06:00:00Z", "generatorURL": "", "fingerprint": "0",
        })
    };
    let told = serde_json::json!({
        "receiver": "chat", "status": "firing", "alerts": [alert("firing"), alert("resolved")],
        "groupLabels": {}, "commonLabels": { "severity": "critical", "pack": "bmad" }, "commonAnnotations": {}, "externalURL": "",
    });
    fs::write(&path, told.to_string()).unwrap();
    let rendered = |part: &str| {
        let text = format!("--template.text={{{{ template \"cypher_exporter.{part}\" . }}}}");
        let data = format!("--template.data={}", path.display());
        run_in(
            &folder,
            &amtool,
            &[
                "template",
                "render",
                "--template.glob=templates/*.tmpl",
                &text,
                &data,
            ],
        )
        .unwrap()
        .1
    };
    assert_eq!(
        rendered("title").trim(),
        "1 firing, 1 resolved in bmad (critical)"
    );
    assert_eq!(rendered("color").trim(), "danger");
    insta::assert_snapshot!(rendered("text"), @"
    *BmadOrphanedAgents*: 3 agents have no brain
    Link them.
    Value: 3
    What to do: docs/x.md#y
    Since 2026-11-21 05:00:00 UTC

    Resolved *BmadOrphanedAgents*: 3 agents have no brain
    From 2026-11-21 05:00:00 UTC to 2026-11-21 06:00:00 UTC
    ");
}

/// What an export for others adds to a dashboard, and what Prometheus adds to an annotation, are
/// not in Grafana's types of a dashboard.
fn as_typed(mut dashboard: Value) -> Value {
    for key in ["__inputs", "__requires"] {
        dashboard.as_object_mut().unwrap().remove(key).unwrap();
    }
    for annotation in dashboard["annotations"]["list"].as_array_mut().unwrap() {
        for key in ["target", "titleFormat", "textFormat", "tagKeys"] {
            annotation.as_object_mut().unwrap().remove(key);
        }
    }
    dashboard
}

/// What the schema finds wrong with each of these values, one line each.
fn schema_says(values: &[(String, &str, Value)]) -> Option<String> {
    const SCRIPT: &str = "import json, sys
from jsonschema import Draft7Validator
for where, schema, value in json.load(sys.stdin):
    with open(f'{sys.argv[1]}/{schema}.json') as file:
        for error in Draft7Validator(json.load(file)).iter_errors(value):
            print(where, schema, list(error.absolute_path), error.message[:300])";
    let schemas = fetched("grafana");
    if !schemas.join("dashboard.json").exists() {
        return None;
    }
    let input = serde_json::to_vec(values).unwrap();
    let python = fetched("python/bin/python").display().to_string();
    let (code, out, error) = run(
        &python,
        &["-c", SCRIPT, &schemas.display().to_string()],
        &input,
    )?;
    assert_eq!(code, 0, "{error}");
    Some(text(&out))
}

/// The dashboard, and of each panel the options and the looks of its kind.
fn typed(path: &str, dashboard: Value) -> Vec<(String, &'static str, Value)> {
    let mut values = Vec::new();
    for panel in panels(&dashboard) {
        let (options, custom) = match panel["type"].as_str().unwrap() {
            "barchart" => ("barchart.options", Some("barchart.custom")),
            "bargauge" => ("bargauge.options", None),
            "gauge" => ("gauge.options", None),
            "heatmap" => ("heatmap.options", Some("heatmap.custom")),
            "histogram" => ("histogram.options", Some("histogram.custom")),
            "piechart" => ("piechart.options", Some("piechart.custom")),
            "stat" => ("stat.options", None),
            "state-timeline" => ("statetimeline.options", Some("statetimeline.custom")),
            "table" => ("table.options", Some("table.custom")),
            "timeseries" => ("timeseries.options", Some("timeseries.custom")),
            other => panic!("Grafana has no panel `{other}`"),
        };
        let at = format!("{path} {}", panel["title"]);
        values.push((at.clone(), options, panel["options"].clone()));
        let looks = &panel["fieldConfig"]["defaults"]["custom"];
        match custom {
            Some(custom) => values.push((at, custom, looks.clone())),
            None => assert_eq!(*looks, serde_json::json!({}), "{at}"),
        }
    }
    values.push((path.to_owned(), "dashboard", as_typed(dashboard)));
    values
}

/// KPIs of all types with panels of all kinds, which the shipped packs do not have.
fn of_all_kinds() -> Catalog {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("p")).unwrap();
    let write =
        |name: &str, text: &str| fs::write(folder.path().join("p").join(name), text).unwrap();
    for kind in [
        "barchart",
        "bargauge",
        "gauge",
        "heatmap",
        "histogram",
        "piechart",
        "stat",
        "state-timeline",
        "table",
        "timeseries",
    ] {
        let name = kind.replace('-', "_");
        write(
            &format!("{name}_of.cypher"),
            &format!(
                "// Things.\n/*kpi\n[panel]\nkind = \"{kind}\"\n*/\nRETURN 'x' AS a, 1 AS value"
            ),
        );
        let window = "MATCH (c:Call) WHERE c.at > $since AND c.at <= $until";
        write(
            &format!("{name}_total.cypher"),
            &format!(
                "// Calls.\n/*kpi\ntype = \"counter\"\nmode = \"window\"\n[panel]\nkind = \"{kind}\"\n*/\n{window} RETURN c.a AS a, 1 AS value"
            ),
        );
        write(
            &format!("{name}_seconds.cypher"),
            &format!(
                "// Calls take.\n/*kpi\ntype = \"histogram\"\nmode = \"window\"\nbuckets = [1, 5]\n[panel]\nkind = \"{kind}\"\n*/\n{window} RETURN c.a AS a, 1 AS value"
            ),
        );
    }
    write("plain.cypher", "// Number of things.\nRETURN 1 AS value");
    write(
        "snapshot_bytes.cypher",
        "// Sizes.\n/*kpi\ntype = \"histogram\"\nbuckets = [1, 5]\n*/\nRETURN 'x' AS a, 2 AS value",
    );
    write(
        "summary.cypher",
        "// Sizes.\n/*kpi\ntype = \"summary\"\nquantiles = { \"0.5\" = \"m\" }\n*/\nRETURN 'x' AS a, 2 AS m",
    );
    write(
        "model_info.cypher",
        "// Models.\n/*kpi\ntype = \"info\"\n*/\nRETURN 'x' AS version",
    );
    write(
        "breaker.cypher",
        "// Breakers.\n/*kpi\ntype = \"stateset\"\nexpect = { value = [\"open\", \"closed\"] }\n*/\nRETURN 'x' AS id, 'open' AS value",
    );
    write(
        "mood.cypher",
        "// Moods.\n/*kpi\ntype = \"stateset\"\n*/\nRETURN 'x' AS id, 'glad' AS value",
    );
    write(
        "begun_timestamp_seconds.cypher",
        "// Begin of jobs.\nRETURN 'x' AS id, 1 AS value",
    );
    write(
        "pack.toml",
        "title = \"Kinds\"\n[query_latency]\nname = \"p_query_ms\"\nhelp = \"Queries take.\"\nlabel = \"query\"\nbuckets = [1, 5]",
    );
    catalog(folder.path())
}

#[test]
fn dashboards_are_what_grafanas_types_say() {
    for catalog in [shipped(), of_all_kinds()] {
        for (path, dashboard) in dashboards(&files(&catalog)) {
            match schema_says(&typed(path, dashboard)) {
                Some(said) => assert_eq!(said, ""),
                None => skipped(&format!("the schema of Grafana's types judges {path}")),
            }
        }
    }
}

/// The judge itself: what is broken must not pass, or its yes means nothing.
#[test]
fn the_schema_refuses_broken_dashboards() {
    type Break = fn(&mut Value);
    let faults: [(&str, Break); 6] = [
        ("an unknown key", |dashboard| {
            dashboard["colour"] = "red".into()
        }),
        ("a title that is a number", |dashboard| {
            dashboard["title"] = 5.into()
        }),
        ("a panel without a type", |dashboard| {
            _ = dashboard["panels"][1]
                .as_object_mut()
                .unwrap()
                .remove("type")
        }),
        ("a color mode that is none", |dashboard| {
            dashboard["panels"][1]["fieldConfig"]["defaults"]["color"]["mode"] = "rainbow".into()
        }),
        ("an option of another kind", |dashboard| {
            dashboard["panels"][1]["options"]["pieType"] = "donut".into()
        }),
        ("an option that is missing", |dashboard| {
            _ = dashboard["panels"][1]["options"]
                .as_object_mut()
                .unwrap()
                .remove("graphMode")
        }),
    ];
    let files = files(&shipped());
    let (path, good) = dashboards(&files)
        .into_iter()
        .find(|(path, _)| path.ends_with("bmad.json"))
        .unwrap();
    assert_eq!(good["panels"][1]["type"], "stat");
    for (fault, break_it) in faults {
        let mut broken = good.clone();
        break_it(&mut broken);
        let values = if broken["panels"][1]["type"].is_null() {
            vec![(path.to_owned(), "dashboard", as_typed(broken))]
        } else {
            typed(path, broken)
        };
        match schema_says(&values) {
            Some(said) => assert_ne!(said, "", "{fault} passed"),
            None => skipped(&format!("the schema refuses {fault}")),
        }
    }
}

#[test]
fn panels_have_places_and_identifiers_of_their_own() {
    for catalog in [shipped(), of_all_kinds()] {
        let files = files(&catalog);
        let mut uids = BTreeSet::new();
        for (path, dashboard) in dashboards(&files) {
            assert!(
                uids.insert(dashboard["uid"].as_str().unwrap().to_owned()),
                "{path}"
            );
            let all = dashboard["panels"].as_array().unwrap();
            let ids: BTreeSet<_> = all
                .iter()
                .map(|panel| panel["id"].as_u64().unwrap())
                .collect();
            assert_eq!(ids.len(), all.len(), "{path}: an identifier stands twice");
            let mut taken = BTreeMap::new();
            for panel in all {
                let at = |key: &str| panel["gridPos"][key].as_u64().unwrap();
                assert!(
                    at("w") > 0 && at("h") > 0 && at("x") + at("w") <= 24,
                    "{path}: {}",
                    panel["gridPos"]
                );
                for cell in (at("x")..at("x") + at("w"))
                    .flat_map(|x| (at("y")..at("y") + at("h")).map(move |y| (x, y)))
                {
                    let before = taken.insert(cell, panel["title"].clone());
                    assert!(
                        before.is_none(),
                        "{path}: {} stands on {before:?}",
                        panel["title"]
                    );
                }
            }
        }
    }
}

/// The variables of Grafana itself.
const BUILT_IN: [&str; 3] = ["__rate_interval", "__range", "__interval"];

#[test]
fn every_variable_is_defined_and_narrows_what_it_can() {
    for catalog in [shipped(), of_all_kinds()] {
        for (path, dashboard) in dashboards(&files(&catalog)) {
            let defined: Vec<_> = dashboard["templating"]["list"]
                .as_array()
                .unwrap()
                .iter()
                .map(|variable| variable["name"].as_str().unwrap())
                .collect();
            assert_eq!(defined[..3], ["datasource", "job", "instance"], "{path}");
            let text = dashboard.to_string();
            let mut used = BTreeSet::new();
            for (at, _) in text.match_indices('$') {
                let name: String = text[at + 1..]
                    .trim_start_matches('{')
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                used.insert(name);
            }
            // `${DS_PROMETHEUS}` is filled in by an import, `$__all` means all.
            let unknown: Vec<_> = used
                .iter()
                .map(String::as_str)
                .filter(|name| {
                    !defined.contains(name)
                        && !BUILT_IN.contains(name)
                        && !["DS_PROMETHEUS", "__all"].contains(name)
                })
                .collect();
            assert_eq!(unknown, Vec::<&str>::new(), "{path}");
            for name in &defined {
                assert!(used.contains(*name), "{path}: `{name}` is not used");
            }
        }
    }
}

/// Every expression of the dashboards, with where it stands and the shortest step of its panel.
fn queries_of(files: &[File]) -> Vec<(String, String, Option<String>)> {
    let mut queries = Vec::new();
    for (path, dashboard) in dashboards(files) {
        for panel in panels(&dashboard) {
            let targets = panel["targets"].as_array().unwrap();
            assert!(
                !targets.is_empty(),
                "{path}: {} asks nothing",
                panel["title"]
            );
            for target in targets {
                let at = format!("{path} {}", panel["title"]);
                let step = target["interval"].as_str().map(str::to_owned);
                queries.push((at, target["expr"].as_str().unwrap().to_owned(), step));
            }
        }
        for annotation in dashboard["annotations"]["list"].as_array().unwrap() {
            if let Some(expr) = annotation["target"]["expr"].as_str() {
                queries.push((path.to_owned(), expr.to_owned(), None));
            }
        }
    }
    queries
}

#[test]
fn the_newer_promtool_reads_every_query_as_we_do() {
    let promtool = program("newer", "promtool");
    let files = files(&of_all_kinds())
        .into_iter()
        .chain(files(&shipped()))
        .collect::<Vec<_>>();
    for (at, query, _) in queries_of(&files) {
        let plain = query
            .replace("$__rate_interval", "15m")
            .replace("$__range", "1d");
        assert!(
            Promql::read(&query, Variables::Allowed).is_ok(),
            "{at}: {query}"
        );
        match run(
            &promtool,
            &["--experimental", "promql", "format", &plain],
            b"",
        ) {
            Some((code, _, said)) => assert_eq!(code, 0, "{at}: {query}: {said}"),
            None => skipped(&format!("promtool reads {query}")),
        }
    }
}

/// What the files may hold is what both an older and a newer Prometheus take, no more and no less.
#[test]
fn promql_is_what_prometheus_says_it_is() {
    let folder = TempDir::new().unwrap();
    for text in [
        "a + b * c ^ d ^ e - -f % 2",
        "SUM BY (a,) (rate(x[1h30m] offset -5m)) unless on (a) y{b!~\"c|d\"}",
        "a / on (x) group_left (y) b > bool 1",
        "max_over_time(rate(x[5m])[1h:]) @ end()",
        "quantile without (a) (0.5, x) or topk(3, y) or count_values(\"v\", z)",
        "label_replace(x, 'a', \"$1\", `b`, \"(.*)\\\\d\") + 0x1F + .5e-3 + Inf # end",
        "sum{by=\"a\"} and ignoring (b) offset",
        "x > bool bool",
        "x > ignoring (b) bool",
        "{__name__=\"a:b\"}",
        "x y",
        "sum(x",
        "rate(x)",
        "rate(x[5])",
        "abs(x[5m])",
        "histogram_quantile(x)",
        "x{a=b}",
        "x{a=\"\\q\"}",
        "{a=~\".*\"}",
        "1 > 2",
        "x and 1",
        "x + bool y",
        "x > on (a) 1",
        "a and on (x) group_left b",
        "a group_left b",
        "sum by (a) by (b) (x)",
        "nothing_like_it(x)",
        "(x) offset 5m",
        "rate(x[1m1h])",
        "x !",
        "",
    ] {
        let is_ours = Promql::read(text, Variables::Refused).is_ok();
        let rules = serde_json::json!({ "groups": [{ "name": "g", "rules": [{ "record": "r", "expr": text }] }] });
        // It lets a range or a string stand alone, which no rule can evaluate.
        fs::write(folder.path().join("rules.yml"), rules.to_string()).unwrap();
        let ask = |generation| {
            run_in(
                folder.path(),
                &program(generation, "promtool"),
                &["check", "rules", "rules.yml"],
            )
        };
        let answers: Option<Vec<_>> = GENERATIONS.into_iter().map(ask).collect();
        match answers {
            Some(answers) => assert_eq!(
                is_ours,
                answers.iter().all(|(code, ..)| *code == 0),
                "{text}: {answers:?}"
            ),
            None => skipped(&format!("promtool judges {text}")),
        }
    }
}

#[test]
fn a_rate_sees_three_answers_at_least() {
    let catalog = shipped();
    let vocabulary = Vocabulary::of(&catalog.kpis, &catalog.packs, &[]);
    let minute = |step: &str| humantime::parse_duration(step).unwrap();
    for (at, query, step) in queries_of(&files(&catalog)) {
        // Grafana makes it four times the shortest step, of which the usual one is 15 s.
        let rate_interval = step.as_deref().map_or(Duration::from_secs(15), minute) * 4;
        let query = Promql::read(
            &query
                .replace("$__rate_interval", &format!("{}s", rate_interval.as_secs()))
                .replace("$__range", "1d"),
            Variables::Refused,
        )
        .unwrap();
        query.expr.walk(&mut |expr| {
            let promql::Kind::Range(selector, promql::Window::Fixed(range)) = &expr.kind else {
                return;
            };
            if let Some(interval) = vocabulary
                .selected(selector)
                .and_then(|known| known.interval)
            {
                assert!(
                    *range >= interval * 3,
                    "{at}: {range:?} of {}, asked every {interval:?}",
                    selector.metric().unwrap()
                );
            }
        });
    }
}

/// Names that look like ours in texts and are not: examples of files that a reader may write, and a
/// test program.
const EXAMPLES: [&str; 3] = ["bmad_projects", "bmad_orphaned_agent", "bmad_pack"];

#[test]
fn nothing_is_named_that_the_exporter_does_not_emit() {
    let catalog = shipped();
    let files = files(&catalog);
    let vocabulary = Vocabulary::of(&catalog.kpis, &catalog.packs, &[]);
    let rules = catalog
        .packs
        .iter()
        .flat_map(|pack| &pack.records)
        .map(|rule| rule.expr.text.clone());
    let queries = queries_of(&files)
        .into_iter()
        .map(|(_, query, _)| query)
        .chain(rules);
    for query in queries.chain(rule_exprs(&files)) {
        let read = Promql::read(&query, Variables::Allowed).unwrap();
        for selector in read.selectors() {
            let name = selector.metric().unwrap();
            let known = vocabulary
                .get(name)
                .unwrap_or_else(|| panic!("no KPI emits {name}: {query}"));
            for matcher in selector
                .matchers
                .iter()
                .filter(|matcher| matcher.label != "__name__")
            {
                let has = known
                    .labels
                    .as_ref()
                    .is_none_or(|labels| labels.contains(&matcher.label));
                assert!(has, "{name} has no label {}: {query}", matcher.label);
            }
        }
    }

    // In texts a name is a word that begins as ours do.
    let families: BTreeSet<_> = vocabulary
        .names()
        .flat_map(|name| [name, family(name)])
        .collect();
    let starts: Vec<_> = catalog
        .packs
        .iter()
        .map(|pack| format!("{}_", pack.name))
        .chain(["cypher_exporter_".to_owned()])
        .collect();
    let pages = [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "queries/README.md",
        "docs/alerts.md",
        "docs/configuration.md",
        "docs/kpi-files.md",
        "docs/operations.md",
        "docs/systems.md",
        "docs/why.md",
        "docs/windows.md",
    ]
    .map(|path| {
        (
            path.to_owned(),
            fs::read_to_string(repository(path)).unwrap(),
        )
    });
    let generated = files
        .iter()
        .filter(|file| !file.path.ends_with(".json"))
        .map(|file| (file.path.clone(), file.text.clone()));
    for (path, page) in pages.into_iter().chain(generated) {
        for word in page.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            let is_ours = starts
                .iter()
                .any(|start| word.starts_with(start.as_str()) && word.len() > start.len());
            let is_known = families.contains(word)
                || EXAMPLES.contains(&word)
                || is_part_of_a_record(word, &vocabulary);
            assert!(
                !is_ours || is_known || word.ends_with('_'),
                "{path} names {word}, which no KPI emits"
            );
        }
    }
}

fn family(name: &str) -> &str {
    ["_bucket", "_sum", "_count"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name)
}

fn is_part_of_a_record(word: &str, vocabulary: &Vocabulary) -> bool {
    vocabulary
        .names()
        .any(|name| name.contains(':') && name.split(':').any(|part| part == word))
}

/// The conditions in the rule files, as Prometheus reads them.
fn rule_exprs(files: &[File]) -> Vec<String> {
    let rules = files
        .iter()
        .filter(|file| file.path.starts_with("prometheus/rules/"));
    let mut exprs = Vec::new();
    for file in rules {
        for line in file.text.lines() {
            let Some(expr) = line
                .trim_start()
                .strip_prefix("expr: ")
                .filter(|expr| *expr != "|-")
            else {
                continue;
            };
            // A quoted YAML text of one line is a JSON string.
            let unquoted = if expr.starts_with('"') {
                serde_json::from_str(expr).unwrap()
            } else {
                expr.to_owned()
            };
            exprs.push(unquoted);
        }
    }
    assert!(exprs.len() > 5);
    exprs
}

/// A histogram's buckets are found by their bounds, whatever the exporter's text makes of them.
#[test]
fn buckets_are_known_with_their_bounds() {
    let catalog = of_all_kinds();
    let vocabulary = Vocabulary::of(&catalog.kpis, &catalog.packs, &[]);
    let grows = |name: &str| match &vocabulary.get(name).unwrap().part {
        Part::Bucket { grows, bounds } => Some((*grows, bounds.to_vec())),
        Part::Gauge | Part::Counter => None,
    };
    assert_eq!(grows("p_stat_seconds_bucket"), Some((true, vec![1.0, 5.0])));
    assert_eq!(
        grows("p_snapshot_bytes_bucket"),
        Some((false, vec![1.0, 5.0])),
        "made again each run"
    );
}
