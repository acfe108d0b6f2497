//! `$since` and `$until` in each of their forms: windows that lie side by side leave no event out
//! and take none twice.

use std::sync::Arc;
use std::time::Duration;

use cypher::UnixMillis;
use cypher_exporter::graph::{Bolt, Graph};
use cypher_exporter::kpi::{self, BEGINNING, Defaults, Kpi, Source};
use cypher_exporter::measure::Totals;
use cypher_exporter::metric::Samples;
use cypher_exporter::schedule;

use crate::window::events::{WINDOW, until_lines};
use test_support::exporter::Setup;
use test_support::neo4j::{Neo4j, newest, shared};
use test_support::random::Random;

/// Each form, and how a property of that form is made of milliseconds since 1970 and of now.
const FORMS: [(&str, &str, &str); 5] = [
    ("datetime", "datetime({epochMillis: ms})", "datetime()"),
    (
        "localdatetime",
        "localdatetime(datetime({epochMillis: ms}))",
        "localdatetime()",
    ),
    ("epoch_ms", "ms", "datetime().epochMillis"),
    ("epoch_s", "ms / 1000", "datetime().epochSeconds"),
    (
        "iso",
        "toString(datetime({epochMillis: ms}))",
        "toString(datetime())",
    ),
];

fn query(label: &str, form: &str) -> String {
    format!(
        "MATCH (e:{label} {{form: '{form}'}})\nWHERE e.t > $since AND e.t <= $until\nRETURN e.form AS form, count(*) AS value"
    )
}

fn kpi(label: &str, form: &str) -> Arc<Kpi> {
    let header = format!(
        "name = \"w_{form}_total\"\ntype = \"counter\"\nmode = \"window\"\ntime = \"{form}\""
    );
    let text = format!("// W.\n/*kpi\n{header}\n*/\n{}", query(label, form));
    let source = Source {
        path: format!("queries/w/{form}.cypher"),
        pack: "w".into(),
        text,
    };
    let catalog = kpi::load(
        &[source],
        &[],
        &Defaults {
            every: Duration::from_secs(60),
            const_labels: &[],
        },
    );
    assert!(catalog.problems.is_empty(), "{:?}", catalog.problems);
    catalog.kpis[0].clone()
}

fn total(totals: &Totals) -> f64 {
    let [points] = totals.samples() else {
        panic!("one metric")
    };
    let Samples::Counter(series) = &**points else {
        panic!("a counter")
    };
    series.iter().map(|series| series.value).sum()
}

async fn cut_anywhere(neo4j: &Neo4j, label: &'static str) {
    // Twenty seconds of events at each tenth of a millisecond around some moments, and some from
    // long ago or still to come.
    neo4j
        .write(&format!(
            "CREATE INDEX cut IF NOT EXISTS FOR (e:{label}) ON (e.form, e.t)"
        ))
        .await;
    let at = 1_795_252_087_000_i64;
    for (form, of_ms, _) in FORMS {
        let moments = "UNWIND range(0, 20000, 7) AS i WITH 1795252087000 + i AS ms";
        neo4j
            .write(&format!(
                "{moments} CREATE (:{label} {{form: '{form}', t: {of_ms}}})"
            ))
            .await;
        for ms in [
            -62_135_596_799_000_i64,
            -1000,
            0,
            1000,
            at + 21_000,
            at + 86_400_000,
        ] {
            neo4j
                .write(&format!(
                    "WITH {ms} AS ms CREATE (:{label} {{form: '{form}', t: {of_ms}}})"
                ))
                .await;
        }
    }
    // Finer than any window can name.
    let fine = "UNWIND range(0, 999) AS i WITH datetime({epochMillis: 1795252088000}) + duration({microseconds: i * 10}) AS t";
    neo4j
        .write(&format!(
            "{fine} CREATE (:{label} {{form: 'datetime', t: t}})"
        ))
        .await;

    let graph = Graph::Bolt(Bolt::new(neo4j.settings()));
    let mut random = Random::new(7);
    for (form, ..) in FORMS {
        let kpi = kpi(label, form);
        let window = kpi.window().unwrap();
        let expected = 2858.0 + 4.0 + if form == "datetime" { 1000.0 } else { 0.0 };
        for _ in 0..3 {
            let last = UnixMillis(at + 20_000);
            let mut ends: Vec<_> = (0..12)
                .map(|_| UnixMillis(at + random.below(20_000) as i64))
                .collect();
            ends.extend([UnixMillis(0), UnixMillis(at), last]);
            ends = ends.into_iter().map(|end| window.time.floor(end)).collect();
            ends.sort_unstable();
            ends.dedup();
            let (mut totals, mut since) = (Totals::default(), BEGINNING);
            for until in ends {
                let run = schedule::window(
                    &kpi,
                    &mut graph.acquire().await,
                    &mut totals,
                    since,
                    until,
                    &mut |_| {},
                )
                .await;
                run.into_result().unwrap();
                since = until;
            }
            assert_eq!(total(&totals), expected, "{form}");
        }
    }
    neo4j.write(&format!("MATCH (e:{label}) DELETE e")).await;
}

#[tokio::test]
async fn windows_side_by_side_on_the_lts_release() {
    let Some(neo4j) = &shared() else { return };
    cut_anywhere(neo4j, "Cut").await;
}

#[tokio::test]
async fn and_on_the_newest() {
    let Some(neo4j) = &newest() else { return };
    cut_anywhere(neo4j, "Cut").await;
}

#[tokio::test]
async fn events_of_each_form_are_counted_as_they_come() {
    let Some(neo4j) = &shared() else { return };
    let setup = FORMS
        .iter()
        .fold(Setup::on("forms", neo4j), |setup, (form, ..)| {
            let header = format!(
                "name = \"forms_{form}_total\"\ntype = \"counter\"\ntime = \"{form}\"\n{WINDOW}"
            );
            setup.kpi(form, &header, &query("Form", form))
        });
    let exporter = setup.start();
    for round in 1..=3 {
        for (form, _, now) in FORMS {
            neo4j
                .write(&format!(
                    "UNWIND range(1, 20) AS i CREATE (:Form {{form: '{form}', t: {now}}})"
                ))
                .await;
        }
        for (form, ..) in FORMS {
            let line = format!("forms_{form}_total{{form=\"{form}\"}} {}", 20 * round);
            until_lines(
                &exporter,
                &format!("forms/{form}"),
                &format!("forms_{form}"),
                &[line],
            );
        }
    }
}

#[tokio::test]
async fn a_window_is_one_transaction_of_all_sets_of_parameters() {
    let Some(neo4j) = &shared() else { return };
    neo4j
        .write("UNWIND ['a', 'b', 'b'] AS kind CREATE (:Sets {kind: kind, t: datetime() - duration('PT1M'), n: 1})")
        .await;
    let header = |name: &str| {
        format!(
            "name = \"{name}\"\ntype = \"counter\"\n{WINDOW}\nparams = [{{ kind = \"a\" }}, {{ kind = \"b\" }}]"
        )
    };
    let query = "MATCH (e:Sets {kind: $kind})\nWHERE e.t > $since AND e.t <= $until\nRETURN e.kind AS kind, 10 / e.n AS value";
    let exporter = Setup::on("sets", neo4j)
        .kpi("all", &header("sets_all_total"), query)
        .start();
    let lines = |a, b| {
        [
            format!("sets_all_total{{kind=\"a\"}} {a}"),
            format!("sets_all_total{{kind=\"b\"}} {b}"),
        ]
    };
    until_lines(&exporter, "sets/all", "sets_all", &lines(10, 20));

    // The second set fails: nothing of the first one counts either.
    neo4j.write("UNWIND [['a', 1], ['b', 0]] AS row CREATE (:Sets {kind: row[0], t: datetime(), n: row[1]})").await;
    exporter.until("three failures", |metrics| {
        (metrics.errors("sets/all", "server") >= 3.0).then_some(())
    });
    assert_eq!(exporter.metrics().beginning("sets_all"), lines(10, 20));
    neo4j.write("MATCH (e:Sets {n: 0}) SET e.n = 2").await;
    until_lines(&exporter, "sets/all", "sets_all", &lines(20, 25));
}

#[tokio::test]
async fn rows_without_a_value_are_counted_as_left_out_and_expected_zeros_are_there() {
    let Some(neo4j) = &shared() else { return };
    neo4j.write("UNWIND [['x', 2], ['y', null], ['x', 0.0 / 0.0], ['x', 3]] AS row CREATE (:Null {kind: row[0], t: datetime() - duration('PT1M'), n: row[1]})").await;
    let header = format!(
        "name = \"null_total\"\ntype = \"counter\"\n{WINDOW}\nexpect = {{ kind = [\"x\", \"z\"] }}"
    );
    let query =
        "MATCH (e:Null)\nWHERE e.t > $since AND e.t <= $until\nRETURN e.kind AS kind, e.n AS value";
    let exporter = Setup::on("null", neo4j).kpi("n", &header, query).start();
    let lines = ["null_total{kind=\"x\"} 5", "null_total{kind=\"z\"} 0"].map(str::to_owned);
    until_lines(&exporter, "null/n", "null_total", &lines);
    let metrics = exporter.metrics();
    for reason in ["null_value", "nan_value"] {
        let series =
            format!("cypher_exporter_kpi_skipped_rows_total{{kpi=\"null/n\",reason=\"{reason}\"}}");
        assert_eq!(metrics.value(&series), Some(1.0), "a row is asked for once");
    }
}
