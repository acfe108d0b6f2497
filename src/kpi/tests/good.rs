//! Files that load, and what they become.

use super::*;
use crate::metric::MetricType;
use promql::{Operator, Promql, Variables};

fn kpi(text: &str) -> Arc<Kpi> {
    one("queries/bmad/orphaned_agents.cypher", text)
}

fn headed(header: &str) -> Arc<Kpi> {
    kpi(&with_header(header))
}

fn labels(metric: &Metric) -> Vec<&str> {
    metric.desc.labels.iter().map(LabelName::as_str).collect()
}

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

#[test]
fn the_smallest_kpi_is_a_sentence_and_a_query() {
    let text = "// Agents that nobody\n// has called.\n//\n// Not of the help.\nMATCH (a:Agent)\nRETURN a.group AS group_id, count(a) AS value, 'x' AS kind";
    let kpi = kpi(text);
    assert_eq!((&*kpi.id, &*kpi.pack), ("bmad/orphaned_agents", "bmad"));
    assert_eq!(&*kpi.query, text);
    assert_eq!(
        kpi.columns
            .iter()
            .map(|column| &**column)
            .collect::<Vec<_>>(),
        ["group_id", "value", "kind"]
    );
    let [metric] = &kpi.metrics[..] else {
        panic!("one metric")
    };
    assert_eq!(metric.desc.name.as_str(), "bmad_orphaned_agents");
    assert_eq!(metric.desc.help, "Agents that nobody has called.");
    assert_eq!(metric.desc.unit, None);
    assert_eq!(
        (labels(metric), &metric.labels[..]),
        (vec!["group_id", "kind"], &[0, 2][..])
    );
    assert_eq!(metric.shape, ValueSpec::Gauge { value: 1 });
    assert_eq!(metric.expected, []);
    assert_eq!(
        kpi.schedule,
        Schedule::Every(seconds(60)),
        "the interval of the settings"
    );
    assert_eq!(kpi.timeout, seconds(30));
    assert_eq!(kpi.mode, Mode::Snapshot);
    assert_eq!(kpi.parameters, [Parameters::new()]);
    assert_eq!(
        (kpi.graph.as_deref(), kpi.database.as_deref()),
        (None, None)
    );
    assert_eq!(
        (kpi.on_error, kpi.on_duplicate),
        (OnError::Keep, OnDuplicate::Error)
    );
    assert_eq!(kpi.stale_after, seconds(15 * 60));
    assert_eq!(kpi.max_series, 10_000);
    assert_eq!((kpi.panels.as_ref(), &kpi.alerts[..]), (None, &[][..]));
}

#[test]
fn a_metric_says_its_name_help_and_unit() {
    let kpi =
        headed("name = \"x_seconds\"\nhelp = \"\"\"\n\nOther\nwords.\"\"\"\nunit = \"seconds\"");
    let desc = &kpi.metrics[0].desc;
    assert_eq!(
        (desc.name.as_str(), &*desc.help, desc.unit.as_deref()),
        ("x_seconds", "Other\nwords.", Some("seconds"))
    );
    let kpi = headed("name = \"x_seconds_total\"\nunit = \"seconds\"\ntype = \"counter\"");
    assert_eq!(kpi.metrics[0].desc.unit.as_deref(), Some("seconds"));
}

#[test]
fn each_type_takes_its_columns() {
    let over = |header: &str, columns: &str| {
        kpi(&format!(
            "// Help.\n/*kpi\n{header}\n*/\nMATCH (n) RETURN {columns}"
        ))
    };
    for (header, columns, shape, expected_labels) in [
        (
            "type = \"gauge\"\nvalue = \"n\"",
            "n.a AS a, count(n) AS n",
            ValueSpec::Gauge { value: 1 },
            vec!["a"],
        ),
        (
            "type = \"counter\"\nname = \"x_total\"",
            "n.v AS value",
            ValueSpec::Counter { value: 0 },
            vec![],
        ),
        (
            "type = \"histogram\"\nbuckets = [-0.0, 0.5, 1_000, 0x7D0, 1e4]",
            "n.v AS value, n.w AS weight, n.a AS a",
            ValueSpec::Histogram {
                value: 0,
                weight: Some(1),
                bounds: [0.0, 0.5, 1000.0, 2000.0, 10000.0].into(),
            },
            vec!["a"],
        ),
        (
            "type = \"summary\"\nquantiles = { \"0.99\" = \"p99\", \"0.5\" = \"p50\" }",
            "n.x AS p99, n.y AS p50, n.a AS a, n.s AS sum, n.c AS count",
            ValueSpec::Summary {
                quantiles: [0.5, 0.99].into(),
                columns: vec![1, 0],
                sum: Some(3),
                count: Some(4),
            },
            vec!["a"],
        ),
        (
            "type = \"info\"\nname = \"x_info\"",
            "n.a AS a, n.v AS value",
            ValueSpec::Info,
            vec!["a", "value"],
        ),
        (
            "type = \"stateset\"\nvalue = \"s\"",
            "n.a AS a, n.s AS s",
            ValueSpec::StateSet {
                value: 1,
                states: None,
            },
            vec!["a"],
        ),
        (
            "type = \"stateset\"\nvalue = \"s\"\nexpect = { s = [\"up\", \"down\"] }",
            "n.s AS s",
            ValueSpec::StateSet {
                value: 0,
                states: Some(["up".into(), "down".into()].into()),
            },
            vec![],
        ),
    ] {
        let kpi = over(header, columns);
        assert_eq!(kpi.metrics[0].shape, shape, "{header}");
        assert_eq!(labels(&kpi.metrics[0]), expected_labels, "{header}");
    }
}

#[test]
fn labels_are_those_that_are_listed_in_that_order() {
    let text = "// Help.\n/*kpi labels = [\"c\", \"a\"] */ MATCH (n) RETURN n.a AS a, n.b AS b, n.c AS c, 1 AS value";
    let kpi = kpi(text);
    assert_eq!(
        (labels(&kpi.metrics[0]), &kpi.metrics[0].labels[..]),
        (vec!["c", "a"], &[2, 0][..])
    );
}

#[test]
fn one_query_feeds_several_metrics() {
    let kpi = kpi(
        "// Calls.\n/*kpi\nunit = \"seconds\"\nbuckets = [1, 2]\nexpect = { state = [\"on\", \"off\"], a = [\"x\"] }
[[metric]]\nname = \"p_age_seconds\"\nvalue = \"age\"
[[metric]]\nname = \"p_took_seconds\"\ntype = \"histogram\"\nvalue = \"took\"\nhelp = \"Its own.\"
[[metric]]\nname = \"p_state\"\ntype = \"stateset\"\nvalue = \"state\"
[[metric]]\nname = \"p_info\"\ntype = \"info\"
*/\nMATCH (n) RETURN n.a AS a, n.b AS age, n.c AS took, n.s AS state",
    );
    let [age, took, state, info] = &kpi.metrics[..] else {
        panic!("four metrics")
    };
    assert_eq!(age.shape, ValueSpec::Gauge { value: 1 });
    assert_eq!(
        took.shape,
        ValueSpec::Histogram {
            value: 2,
            weight: None,
            bounds: [1.0, 2.0].into()
        }
    );
    assert_eq!(
        state.shape,
        ValueSpec::StateSet {
            value: 3,
            states: Some(["on".into(), "off".into()].into())
        }
    );
    assert_eq!(info.shape, ValueSpec::Info);
    assert_eq!((&*age.desc.help, &*took.desc.help), ("Calls.", "Its own."));
    assert_eq!(
        (age.desc.unit.as_deref(), state.desc.unit.as_deref()),
        (Some("seconds"), None)
    );
    for metric in &kpi.metrics {
        assert_eq!(
            labels(metric),
            ["a"],
            "a value of one metric is no label of another"
        );
    }
    assert_eq!(
        age.expected,
        [Expected {
            label: 0,
            values: vec!["x".into()]
        }]
    );
    assert_eq!(info.expected, []);
}

#[test]
fn a_schedule_is_an_interval_or_a_cron_expression() {
    assert_eq!(
        headed("every = \"1h 30m\"").schedule,
        Schedule::Every(seconds(5400))
    );
    for (cron, expression, longest) in [
        ("0-59/5 * * * *", "0 0-59/5 * * * *", seconds(300)),
        ("0 2 * * *", "0 0 2 * * *", seconds(86_400)),
        (
            "30 0 9 * * MON-FRI",
            "30 0 9 * * MON-FRI",
            seconds(3 * 86_400),
        ),
    ] {
        let kpi = headed(&format!("cron = \"{cron}\""));
        let Schedule::Cron(found) = &kpi.schedule else {
            panic!("{cron}")
        };
        assert_eq!((found.expression(), found.longest()), (expression, longest));
        assert_eq!(kpi.stale_after, (longest * 3).max(seconds(900)));
    }
}

#[test]
fn the_other_keys_become_what_they_say() {
    assert_eq!(headed("timeout = \"2m\"").timeout, seconds(120));
    assert_eq!(headed("stale_after = \"1h\"").stale_after, seconds(3600));
    assert_eq!(
        headed("every = \"1h\"").stale_after,
        seconds(3 * 3600),
        "three intervals"
    );
    assert_eq!(
        headed("every = \"1s\"").stale_after,
        seconds(15 * 60),
        "but at least a quarter of an hour"
    );
    let kpi = headed("graph = \"east\"\ndatabase = \"memory\"");
    assert_eq!(
        (kpi.graph.as_deref(), kpi.database.as_deref()),
        (Some("east"), Some("memory"))
    );
    assert_eq!(headed("on_error = \"keep\"").on_error, OnError::Keep);
    assert_eq!(headed("on_error = \"drop\"").on_error, OnError::Drop);
    assert_eq!(headed("on_error = -1").on_error, OnError::Publish(-1.0));
    assert_eq!(
        headed("on_duplicate = \"sum\"").on_duplicate,
        OnDuplicate::Sum
    );
    assert_eq!(headed("max_series = 5").max_series, 5);
    let expected = [Expected {
        label: 0,
        values: vec!["x".into(), "".into()],
    }];
    assert_eq!(
        headed("expect = { a = [\"x\", \"\"] }").metrics[0].expected,
        expected
    );
}

#[test]
fn a_window_counts_events() {
    let text = |header: &str| {
        format!(
            "// Calls.\n/*kpi\nname = \"p_total\"\ntype = \"counter\"\nmode = \"window\"\n{header}\n*/
MATCH (c:Call) WHERE c.t > $since AND c.t <= $until RETURN count(c) AS value"
        )
    };
    let plain = Mode::Window(Window {
        lag: seconds(10),
        start: Start::Beginning,
        time: TimeForm::DateTime,
    });
    assert_eq!(kpi(&text("")).mode, plain);
    for (word, time) in [
        ("datetime", TimeForm::DateTime),
        ("localdatetime", TimeForm::LocalDateTime),
        ("epoch_ms", TimeForm::EpochMillis),
        ("epoch_s", TimeForm::EpochSeconds),
        ("iso", TimeForm::Iso),
    ] {
        let mode = Mode::Window(Window {
            lag: Duration::ZERO,
            start: Start::Now,
            time,
        });
        assert_eq!(
            kpi(&text(&format!(
                "lag = \"0s\"\nstart = \"now\"\ntime = \"{word}\""
            )))
            .mode,
            mode
        );
    }
}

#[test]
fn parameters_are_a_table_or_several() {
    let with = |params: &str| {
        kpi(&format!(
            "// Help.\n/*kpi\n{params}\n*/\nMATCH (n) WHERE n.a = $a RETURN $a AS a, count(n) AS value"
        ))
    };
    let set = |literal| Parameters::from([("a".to_owned(), literal)]);
    let text = |text: &str| Literal::String(text.to_owned());
    assert_eq!(with("params = { a = \"x\" }").parameters, [set(text("x"))]);
    assert_eq!(
        with("params = [{ a = 1 }, { a = true }]").parameters,
        [set(Literal::Integer(1)), set(Literal::Boolean(true))]
    );
    assert_eq!(
        with("[[params]]\na = 0.5\n[[params]]\na = inf").parameters[1],
        set(Literal::Float(f64::INFINITY))
    );
    let nested = Literal::List(vec![
        text("x"),
        Literal::Map([("k".to_owned(), Literal::Integer(2))].into()),
    ]);
    assert_eq!(
        with("params.a = [\"x\", { k = 2 }]").parameters,
        [set(nested)]
    );
}

fn promql(text: &str) -> Promql {
    Promql::read(text, Variables::Allowed).unwrap()
}

#[test]
fn a_panel_may_be_refused_or_described() {
    assert_eq!(headed("panel = false").panels, Some(vec![]));
    let plain = Panel {
        title: Some("Agents".into()),
        kind: Some(PanelKind::Stat),
        ..Panel::default()
    };
    assert_eq!(
        headed("panel = { title = \"Agents\", kind = \"stat\" }").panels,
        Some(vec![plain.clone()])
    );
    let full = Panel {
        title: None,
        description: Some("Of all.".into()),
        kind: None,
        unit: Some("percentunit".into()),
        thresholds: vec![
            Threshold {
                from: 0.0,
                color: "red".into(),
                name: Some("none".into()),
            },
            Threshold {
                from: 0.6,
                color: "green".into(),
                name: None,
            },
        ],
        exprs: vec![promql("sum(up)"), promql("rate(up[$__rate_interval])")],
        legends: vec!["all".into(), "{{a}}".into()],
    };
    let text = "[[panel]]\ntitle = \"Agents\"\nkind = \"stat\"\n[[panel]]\nunit = \"percentunit\"\ndescription = \"Of all.\"
expr = [\"sum(up)\", 'rate(up[$__rate_interval])']\nlegend = [\"all\", \"{{a}}\"]
thresholds = [{ from = 0, color = \"red\", name = \"none\" }, { from = 0.6, color = \"green\" }]";
    assert_eq!(headed(text).panels, Some(vec![plain, full]));
}

#[test]
fn an_alert_is_short_or_long() {
    let kpi = headed(
        "[[alert]]\nname = \"Low\"\nwhen = \"< 0.6\"\n[[alert]]\nname = \"High\"\nexpr = 'up > 1'\nfor = \"0s\"
severity = \"critical\"\nsummary = \"S {{ $value }}\"\ndescription = \"D\"\nrunbook = \"https://example.org\"",
    );
    let [low, high] = &kpi.alerts[..] else {
        panic!("two alerts")
    };
    assert_eq!(
        low.condition,
        Condition::When {
            operator: Operator::Less,
            threshold: 0.6
        }
    );
    assert_eq!(
        (low.hold, low.severity, low.summary.as_ref()),
        (seconds(300), Severity::Warning, None)
    );
    assert_eq!(high.condition, Condition::Expr(promql("up > 1")));
    assert_eq!(
        (high.hold, high.severity),
        (Duration::ZERO, Severity::Critical)
    );
    let texts = [&high.summary, &high.description, &high.runbook]
        .map(|template| template.as_ref().map_or("", |template| &template.text));
    assert_eq!(texts, ["S {{ $value }}", "D", "https://example.org"]);
}

#[test]
fn how_a_file_is_saved_does_not_matter() {
    let text = "// Help.\n/*kpi\nname = \"x_y\"\n*/\n\n// Not help.\nMATCH (n)\nRETURN count(n) AS value;\n";
    for saved in [
        text.replace('\n', "\r\n"),
        format!("\u{feff}{text}"),
        text.trim_end().to_owned(),
    ] {
        let kpi = kpi(&saved);
        let desc = &kpi.metrics[0].desc;
        assert_eq!((desc.name.as_str(), &*desc.help), ("x_y", "Help."));
    }
}

#[test]
fn a_name_from_the_path_keeps_its_letters() {
    for (path, id, name) in [
        (
            "queries/bmad/CamelCase.cypher",
            "bmad/CamelCase",
            "bmad_CamelCase",
        ),
        ("/etc/x/queries/bmad/a.cypher", "bmad/a", "bmad_a"),
        ("bmad/a_total.cypher", "bmad/a_total", "bmad_a_total"),
    ] {
        let kpi = one(path, "// Help.\nRETURN 1 AS value");
        assert_eq!((&*kpi.id, kpi.metrics[0].desc.name.as_str()), (id, name));
        assert_eq!(
            kpi.metrics[0].shape.metric_type(),
            MetricType::Gauge,
            "no type is guessed from a name"
        );
    }
}

#[test]
fn escapes_in_the_header_are_undone_by_toml_and_by_the_server_alike() {
    let kpi = headed("help = \"caf\\u00e9\"");
    assert_eq!(kpi.metrics[0].desc.help, "café");
}

#[test]
fn an_alert_has_labels_and_a_time_to_keep_firing() {
    let kpi = one(
        "queries/p/m.cypher",
        &with_header(
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"\nkeep_firing_for = \"10m\"\nlabels = { team = \"data\" }",
        ),
    );
    let alert = &kpi.alerts[0];
    assert_eq!(alert.keep_firing_for, Some(Duration::from_secs(600)));
    assert_eq!(alert.labels.get("team").map(String::as_str), Some("data"));
}

#[test]
fn a_window_names_the_property_of_its_time() {
    let text = "// H.\n/*kpi\nmode = \"window\"\ntype = \"counter\"\nname = \"x_total\"\n*/\n\
                MATCH (c:Call) WITH c.at AS t WHERE t > $since AND t <= $until RETURN 1 AS value";
    let kpi = one("queries/p/m.cypher", text);
    let [property] = kpi.window_properties()[..] else {
        panic!("one property");
    };
    assert_eq!(
        (&property.owner, &*property.key),
        (&Some(cypher::Owner::Label("Call".to_owned())), "at")
    );
}
