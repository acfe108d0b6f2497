//! Several files, which must not define the same name twice; and `pack.toml`.

use super::*;

const GOOD: &str = "// Help.\nRETURN 1 AS value";

fn named(name: &str, metric_type: &str) -> String {
    let rest = match metric_type {
        "histogram" => "buckets = [1]\n",
        "summary" => "quantiles = { \"0.5\" = \"value\" }\n",
        _ => "",
    };
    format!(
        "// Help.\n/*kpi\nname = \"{name}\"\ntype = \"{metric_type}\"\n{rest}*/\nRETURN 1 AS value"
    )
}

fn messages(catalog: &Catalog) -> Vec<String> {
    catalog
        .problems
        .iter()
        .map(|problem| format!("{}: {}", problem.place, problem.message))
        .collect()
}

fn ids(catalog: &Catalog) -> Vec<&str> {
    catalog.kpis.iter().map(|kpi| &*kpi.id).collect()
}

#[test]
fn one_family_has_one_definition() {
    for (first, second, message) in [
        (
            ("x", "gauge"),
            ("x", "gauge"),
            "`x` is already defined by p/a.cypher",
        ),
        (
            ("x", "histogram"),
            ("x_count", "gauge"),
            "`x_count` is already defined by p/a.cypher",
        ),
        (
            ("x_sum", "gauge"),
            ("x", "summary"),
            "`x` needs the name `x_sum`, which is already used by p/a.cypher",
        ),
        (
            ("x_bucket", "gauge"),
            ("x", "histogram"),
            "`x` needs the name `x_bucket`, which is already used by p/a.cypher",
        ),
        (
            ("x", "gauge"),
            ("x_total", "counter"),
            "`x_total` needs the name `x`, which is already used by p/a.cypher",
        ),
        (
            ("x_total", "counter"),
            ("x", "gauge"),
            "`x` is already defined by p/a.cypher",
        ),
        (
            ("x_total", "gauge"),
            ("x_total", "counter"),
            "`x_total` is already defined by p/a.cypher",
        ),
        (
            ("x", "gauge"),
            ("x_info", "info"),
            "`x_info` needs the name `x`, which is already used by p/a.cypher",
        ),
        (
            ("x_total", "counter"),
            ("x_info", "info"),
            "`x_info` needs the name `x`, which is already used by p/a.cypher",
        ),
        (
            ("x_total", "counter"),
            ("x_created", "gauge"),
            "`x_created` is already defined by p/a.cypher",
        ),
    ] {
        let (a, b) = (named(first.0, first.1), named(second.0, second.1));
        let catalog = load_all(&[("p/a.cypher", &a), ("p/b.cypher", &b)], &[]);
        assert_eq!(ids(&catalog), ["p/a"], "{first:?} {second:?}");
        assert_eq!(messages(&catalog), [format!("p/b.cypher: {message}")]);
    }
    for (first, second) in [
        (("x", "gauge"), ("x_count", "gauge")),
        (("x_total", "gauge"), ("x", "gauge")),
        (("x_total", "counter"), ("x_seconds_total", "counter")),
        (("x", "stateset"), ("x_info", "gauge")),
    ] {
        let (a, b) = (named(first.0, first.1), named(second.0, second.1));
        let catalog = load_all(&[("p/a.cypher", &a), ("p/b.cypher", &b)], &[]);
        assert_eq!(messages(&catalog), [""; 0], "{first:?} {second:?}");
    }
}

#[test]
fn two_metrics_of_one_file_have_two_names() {
    let two = |second: &str| {
        format!(
            "// Help.\n/*kpi\n[[metric]]\nname = \"x_total\"\ntype = \"counter\"\n[[metric]]\nname = \"{second}\"\n*/\nRETURN 1 AS value"
        )
    };
    for (second, message) in [
        (
            "x_total",
            "p/a.cypher: `x_total` is already defined by this file",
        ),
        (
            "x",
            "p/a.cypher: `x` is already defined by `x_total` of this file",
        ),
    ] {
        assert_eq!(
            messages(&load_all(&[("p/a.cypher", &two(second))], &[])),
            [message]
        );
    }
}

#[test]
fn names_of_the_exporter_and_of_prometheus_are_reserved() {
    for name in [
        "cypher_exporter_kpi_up",
        "process_start_time_seconds",
        "up",
        "scrape_samples_scraped",
        "ALERTS",
    ] {
        let catalog = load_all(&[("p/a.cypher", &named(name, "gauge"))], &[]);
        assert_eq!(
            messages(&catalog),
            [format!(
                "p/a.cypher: `{name}` is reserved for the exporter or Prometheus"
            )]
        );
    }
}

#[test]
fn a_broken_file_harms_no_other() {
    let files = [
        ("p/a.cypher", GOOD),
        ("p/b.cypher", "// Help.\nCREATE (n)"),
        ("p/c.cypher", ""),
        ("q/d.cypher", GOOD),
    ];
    let catalog = load_all(&files, &[]);
    assert_eq!(ids(&catalog), ["p/a", "q/d"]);
    assert_eq!(
        catalog
            .packs
            .iter()
            .map(|pack| &*pack.name)
            .collect::<Vec<_>>(),
        ["p", "q"]
    );
    assert!(
        catalog
            .problems
            .iter()
            .all(|problem| ["p/b.cypher", "p/c.cypher"]
                .contains(&problem.path().unwrap_or_default()))
    );
}

#[test]
fn problems_are_in_order_of_file_and_place() {
    let bad = with_header("every = 5\nnmae = \"x\"\ncron = \"x\"");
    let files = [
        ("p/z.cypher", &*bad),
        ("p/a.cypher", &*bad),
        ("p/pack.toml", "tilte = 5"),
        ("p/b.cypher", "RETURN 1"),
    ];
    let catalog = load_all(&files, &[]);
    let places: Vec<_> = catalog
        .problems
        .iter()
        .map(|problem| (problem.path().map(str::to_owned), problem.start()))
        .collect();
    let mut sorted = places.clone();
    sorted.sort();
    assert_eq!(places, sorted);
    assert_eq!(
        places
            .iter()
            .filter_map(|(path, _)| path.as_deref())
            .filter(|path| *path == "p/z.cypher")
            .count(),
        3
    );
}

#[test]
fn an_alert_has_one_definition() {
    let alert = |file: &str, names: &[&str]| {
        let alerts = names
            .iter()
            .map(|name| format!("[[alert]]\nname = \"{name}\"\nwhen = \"> 1\"\n"))
            .collect::<String>();
        (file.to_owned(), with_header(&alerts))
    };
    let files = [
        alert("p/a.cypher", &["Low"]),
        alert("p/b.cypher", &["High", "High"]),
        alert("q/c.cypher", &["Low"]),
    ];
    let pack =
        "[[alert]]\nname = \"All\"\nexpr = 'x > 1'\n[[alert]]\nname = \"All\"\nexpr = 'x > 1'\n";
    let mut files: Vec<_> = files
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    files.push(("p/pack.toml", pack));
    assert_eq!(
        messages(&load_all(&files, &[])),
        [
            "p/b.cypher: an alert `High` is already defined in p/b.cypher",
            "p/pack.toml: an alert `All` is already defined in p/pack.toml",
            "q/c.cypher: an alert `Low` is already defined in p/a.cypher",
        ]
    );
}

#[test]
fn a_pack_says_title_rows_rules_and_timings() {
    let text = "title = \"P\"\ndescription = \"D\"\n[[row]]\ntitle = \"R\"\nkpis = [\"b\", \"a\"]
[[row.panel]]\ntitle = \"Both\"\nexpr = 'up'
[[alert]]\nname = \"All\"\nexpr = 'up > 1'\n[[record]]\nrecord = \"g:x:sum\"\nexpr = 'sum(up)'
[query_latency]\nname = \"p_latency_seconds\"\nlabel = \"query_type\"\nhelp = \"H.\"\nbuckets = [0.1, 1]
[export_latency]\nname = \"p_export_ms\"\nhelp = \"H.\"\nbuckets = [1]";
    let catalog = load_all(
        &[
            ("p/a.cypher", GOOD),
            ("p/b.cypher", GOOD),
            ("p/pack.toml", text),
        ],
        &[],
    );
    assert_eq!(messages(&catalog), [""; 0]);
    let [pack] = &catalog.packs[..] else {
        panic!("one pack")
    };
    assert_eq!(
        (&*pack.name, &*pack.title, pack.description.as_deref()),
        ("p", "P", Some("D"))
    );
    let panel = Panel {
        title: Some("Both".into()),
        exprs: vec![Promql::read("up", promql::Variables::Allowed).unwrap()],
        ..Panel::default()
    };
    assert_eq!(
        pack.rows,
        [PanelRow {
            title: "R".into(),
            kpis: vec!["b".into(), "a".into()],
            panels: vec![panel],
        }]
    );
    assert_eq!(
        (&*pack.records[0].record, &*pack.records[0].expr.text),
        ("g:x:sum", "sum(up)")
    );
    assert_eq!(pack.alerts[0].name, "All");
    let (query, export) = (
        pack.query_latency.clone().unwrap(),
        pack.export_latency.clone().unwrap(),
    );
    assert_eq!(
        (query.name.as_str(), query.per_second(), &query.bounds[..]),
        ("p_latency_seconds", 1.0, &[0.1, 1.0][..])
    );
    assert_eq!(
        query.label.map(|label| label.to_string()).as_deref(),
        Some("query_type")
    );
    assert_eq!((export.per_second(), export.label), (1000.0, None));
}

#[test]
fn mistakes_in_a_pack_are_reported_and_its_kpis_run() {
    let timing = |key: &str, name: &str, label: &str| {
        format!("[{key}]\nname = \"{name}\"\n{label}\nhelp = \"H.\"\nbuckets = [1]\n")
    };
    for (text, message) in [
        ("titel = \"x\"".to_owned(), "unknown key `titel`"),
        ("title = 5".to_owned(), "invalid `title`: 5"),
        (
            "title = \"x".to_owned(),
            "unterminated string at the end of the file",
        ),
        (
            "title".to_owned(),
            "invalid TOML: key with no value, expected `=`",
        ),
        ("[[row]]\ntitle = \"R\"".to_owned(), "missing key `kpis`"),
        (
            "[[row]]\ntitle = \"R\"\n[[row.panel]]\nexpr = 'up'".to_owned(),
            "missing key `title`",
        ),
        (
            "[[row]]\ntitle = \"R\"\n[[row.panel]]\ntitle = \"T\"".to_owned(),
            "missing key `expr`",
        ),
        (
            "[[row]]\ntitle = \"R\"\nkpis = [\"aa\"]".to_owned(),
            "the pack has no KPI `aa`",
        ),
        (
            "[[record]]\nrecord = \"a b\"\nexpr = 'x'".to_owned(),
            "invalid recording rule name `a b`: invalid character ` `: use ASCII letters, digits and `_`",
        ),
        (
            "[[record]]\nrecord = \"a:b\"\nexpr = 'x'\n[[record]]\nrecord = \"a:b\"\nexpr = 'y'"
                .to_owned(),
            "a recording rule `a:b` is already defined in p/pack.toml",
        ),
        (
            "[[record]]\nrecord = \"a:b\"\nexpr = ''".to_owned(),
            "invalid PromQL in `expr`: empty expression",
        ),
        (
            "[[alert]]\nname = \"A\"\nwhen = \"> 1\"".to_owned(),
            "`when` is not allowed in pack.toml: there is no metric to compare",
        ),
        (
            timing("query_latency", "p_latency", ""),
            "invalid name of a timing `p_latency`: expected a metric name with a unit",
        ),
        (
            timing("query_latency", "p_seconds", "label = \"le\""),
            "invalid label `le` of a timing: a histogram adds it itself",
        ),
        (
            timing("query_latency", "p_seconds", "label = \"a-b\""),
            "invalid label `a-b` of a timing: invalid character `-`: use ASCII letters, digits and `_`",
        ),
        (
            timing("export_latency", "p_seconds", "label = \"x\""),
            "unknown key `label`",
        ),
        (
            timing("export_latency", "process_x_ms", ""),
            "`process_x_ms` is reserved for the exporter or Prometheus",
        ),
        (
            timing("query_latency", "p_ms", "") + &timing("export_latency", "p_ms", ""),
            "`p_ms` is already defined by this file",
        ),
    ] {
        let catalog = load_all(&[("p/a.cypher", GOOD), ("p/pack.toml", &text)], &[]);
        assert_eq!(
            messages(&catalog),
            [format!("p/pack.toml: {message}")],
            "{text}"
        );
        assert_eq!(ids(&catalog), ["p/a"]);
        assert_eq!(catalog.packs.len(), 1, "a default pack replaces it");
        assert!(catalog.packs[0].query_latency.is_none());
    }
}

#[test]
fn timings_of_two_packs_and_kpis_have_names_of_their_own() {
    let pack = "[query_latency]\nname = \"x_seconds\"\nhelp = \"H.\"\nbuckets = [1]\n";
    let count = named("x_seconds_count", "gauge");
    let catalog = load_all(
        &[
            ("p/pack.toml", pack),
            ("q/pack.toml", pack),
            ("p/a.cypher", &count),
        ],
        &[],
    );
    assert_eq!(
        messages(&catalog),
        [
            "p/a.cypher: `x_seconds_count` is already defined by p/pack.toml",
            "q/pack.toml: `x_seconds` is already defined by p/pack.toml",
        ]
    );
}

#[test]
fn labels_of_every_series_are_not_columns() {
    let text = "// Help.\nMATCH (n) RETURN n.g AS graph, n.e AS env, count(n) AS value";
    assert_eq!(
        messages(&load_all(&[("p/a.cypher", text)], &[])),
        [""; 0],
        "one graph has no label"
    );
    let catalog = load_all(&[("p/a.cypher", text)], &["env", "graph"]);
    let found: Vec<_> = catalog
        .problems
        .iter()
        .map(|problem| (&*problem.message, &*problem.fix))
        .collect();
    assert_eq!(
        found,
        [
            (
                "the label `graph` is already added to every series by the settings",
                "rename the column: with several graphs, the label `graph` names the graph of a series"
            ),
            (
                "the label `env` is already added to every series by the settings",
                "rename the column, or remove the label from [labels] in the settings"
            ),
        ]
    );
    let catalog = load_all(&[("p/a.cypher", &named("x", "histogram"))], &["le"]);
    assert_eq!(
        messages(&catalog),
        ["p/a.cypher: the label `le` of every histogram is also in the settings"]
    );
}
