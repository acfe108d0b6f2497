//! What an operator of the server sees of us, and how we log in.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use cypher::Value;
use cypher_exporter::graph::{BoltSettings, Graph, GraphError, Password, TlsFiles};
use secrecy::SecretString;
use tokio::time::timeout;

use crate::graph::asking::{ENDLESS, PATIENCE, graph, graph_of, question, until};
use test_support::neo4j::{self, Neo4j, Options};

/// The applications whose transactions carry the name `kpi`.
async fn running(observer: &Graph, kpi: &str) -> Vec<String> {
    let query =
        "SHOW TRANSACTIONS YIELD metaData WHERE metaData.kpi = $kpi RETURN metaData.app AS v";
    // SHOW takes no parameters in its WHERE on every release: the name is put in.
    let rows = question(query.replace("$kpi", &format!("'{kpi}'")))
        .rows(observer)
        .await
        .unwrap();
    rows.into_iter()
        .map(|row| {
            let [Value::String(app)] = &row[..] else {
                panic!("{row:?}")
            };
            app.clone()
        })
        .collect()
}

#[tokio::test]
async fn a_running_query_shows_whose_it_is_and_ends_when_it_is_dropped() {
    let Some(neo4j) = &neo4j::shared() else {
        return;
    };
    let observer = graph(neo4j);
    let asking = tokio::spawn({
        let graph = graph(neo4j);
        async move { question(ENDLESS).named("bmad/dropped").rows(&graph).await }
    });
    let apps = until(
        "the query runs",
        async || running(&observer, "bmad/dropped").await,
        |apps| !apps.is_empty(),
    )
    .await;
    assert_eq!(apps, ["cypher-exporter"]);
    asking.abort();
    until(
        "the query ends",
        async || running(&observer, "bmad/dropped").await,
        Vec::is_empty,
    )
    .await;
}

#[tokio::test]
async fn a_sink_that_breaks_leaves_no_query_on_the_server() {
    let Some(neo4j) = &neo4j::shared() else {
        return;
    };
    let (observer, graph) = (graph(neo4j), graph(neo4j));
    let asked = question("UNWIND range(1, 1000000000000) AS v RETURN v").named("bmad/broken");
    let mut seen = false;
    let mut rows = 0;
    while !seen {
        // The query is seen on the server while rows come, so that its end is seen, too.
        let (ask, watch) = tokio::join!(
            asked.ask(&graph, |_| {
                rows += 1;
                if rows % 50_000 == 0 {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            }),
            running(&observer, "bmad/broken"),
        );
        ask.unwrap();
        seen = !watch.is_empty();
    }
    until(
        "the query ends",
        async || running(&observer, "bmad/broken").await,
        Vec::is_empty,
    )
    .await;
}

#[tokio::test]
async fn a_deadline_leaves_no_query_on_the_server() {
    let Some(neo4j) = &neo4j::shared() else {
        return;
    };
    let (observer, graph) = (graph(neo4j), graph(neo4j));
    let asked = question(ENDLESS)
        .named("bmad/slow")
        .within(Duration::from_secs(5));
    let watch = until(
        "the query runs",
        async || running(&observer, "bmad/slow").await,
        |apps| !apps.is_empty(),
    );
    let (end, _) = tokio::join!(asked.rows(&graph), watch);
    assert_eq!(end, Err(GraphError::Timeout(Duration::from_secs(5))));
    until(
        "the query ends",
        async || running(&observer, "bmad/slow").await,
        Vec::is_empty,
    )
    .await;
}

#[tokio::test]
async fn parts_of_the_graph_are_named_by_kind() {
    let Some(neo4j) = &neo4j::shared() else {
        return;
    };
    neo4j
        .write("MERGE (:Kind {name: 'a'})-[:LEADS_TO {since: 1}]->(:Kind {name: 'b'})")
        .await;
    let rows =
        question("MATCH p = (n:Kind {name: 'a'})-[r]->() RETURN n, r, p").columns(["n", "r", "p"]);
    let expected = ["node", "relationship", "path"].map(Value::Composite);
    assert_eq!(rows.rows(&graph(neo4j)).await.unwrap(), [expected]);
}

#[tokio::test]
async fn no_more_queries_run_than_allowed() {
    let Some(neo4j) = &neo4j::shared() else {
        return;
    };
    let observer = graph(neo4j);
    let graph = graph_of(BoltSettings {
        max_concurrent: 2,
        ..neo4j.settings()
    });
    let asked =
        question("UNWIND range(1, 400000) AS a WITH a WHERE a % 2 = 3 RETURN count(a) AS v")
            .named("bmad/many");
    let all = futures_util::future::join_all((0..12).map(|_| asked.rows(&graph)));
    let mut most = 0;
    let watch = async {
        loop {
            most = most.max(running(&observer, "bmad/many").await.len());
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        answers = all => assert!(answers.iter().all(Result::is_ok)),
        () = watch => {}
    }
    assert_eq!(most, 2);
}

#[tokio::test]
async fn the_database_of_a_request_goes_before_that_of_the_settings() {
    let Some(neo4j) = &neo4j::shared() else {
        return;
    };
    let graph = graph_of(BoltSettings {
        database: Some("system".into()),
        ..neo4j.settings()
    });
    let mut asked = question("SHOW DATABASES YIELD name WHERE name = 'system' RETURN name AS v");
    assert_eq!(
        asked.rows(&graph).await.unwrap(),
        [[Value::String("system".into())]]
    );
    asked = question("MATCH (n) RETURN count(n) >= 0 AS v");
    assert!(
        asked.rows(&graph).await.is_err(),
        "the system database runs no such query"
    );
    asked.database = Some("neo4j".into());
    assert_eq!(asked.rows(&graph).await.unwrap(), [[Value::Boolean(true)]]);
}

#[tokio::test]
async fn an_unknown_database_is_reported_with_those_there_are() {
    let Some(neo4j) = &neo4j::shared() else {
        return;
    };
    let mut asked = question("RETURN 1 AS v");
    asked.database = Some("nowhere".into());
    let error = asked.rows(&graph(neo4j)).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("nowhere") && text.ends_with("; the server has `neo4j`"),
        "{text}"
    );
}

#[tokio::test]
async fn a_server_reports_its_version_and_database() {
    let Some(neo4j) = &neo4j::shared() else {
        return;
    };
    let graph = graph(neo4j);
    let server = graph.server(PATIENCE).await;
    assert_eq!(
        (&*server.uri, server.database.as_deref()),
        (neo4j.uri(), Some("neo4j"))
    );
    let version = server.version.unwrap();
    assert!(
        version.starts_with("5.") || version.starts_with("20"),
        "{version}"
    );
}

#[tokio::test]
async fn addresses_are_tried_in_order() {
    let Some(neo4j) = &neo4j::shared() else {
        return;
    };
    let closed = crate::graph::faults::nothing_listens();
    let graph = graph_of(BoltSettings {
        uris: vec![closed.clone(), neo4j.uri().into()],
        ..neo4j.settings()
    });
    graph.ping(Duration::from_secs(20)).await.unwrap();

    let none = graph_of(BoltSettings {
        uris: vec![closed.clone(), closed.clone()],
        ..neo4j.settings()
    });
    let error = none.ping(Duration::from_secs(20)).await.unwrap_err();
    let GraphError::Unreachable { uri, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(uri, format!("{closed}, {closed}"));
}

/// A server with a password that speaks only TLS.
fn guarded() -> Option<Neo4j> {
    Neo4j::start(Options {
        password: Some("correct horse".into()),
        tls: true,
        ..Options::default()
    })
}

#[tokio::test]
async fn logging_in_to_a_guarded_server() {
    let Some(neo4j) = guarded() else { return };
    a_wrong_password_goes_out_once(&neo4j).await;
    tls_is_asked_for_by_the_address(&neo4j).await;
    a_private_authority_is_trusted(&neo4j).await;
    the_end_of_a_connection_with_tls_is_noticed(&neo4j).await;
    a_rotated_password_is_read_from_its_file(&neo4j).await;
    a_password_that_must_be_changed_is_explained(&neo4j).await;
}

async fn a_private_authority_is_trusted(neo4j: &Neo4j) {
    let (other, _) = neo4j::self_signed();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let uri = format!("bolt+s://{}", neo4j.address());
    for (ca, expected) in [
        (neo4j.certificate(), Ok(())),
        (file("other.pem", &other), Err("bolt+ssc://")),
        (file("empty.pem", ""), Err("found none")),
        (folder.path().join("none.pem"), Err("No such file")),
    ] {
        let trusting = graph_of(BoltSettings {
            uris: vec![uri.clone()],
            tls: TlsFiles {
                ca: Some(ca),
                client: None,
            },
            ..neo4j.settings()
        });
        let outcome = trusting.ping(PATIENCE).await;
        let text = outcome.as_ref().map_err(ToString::to_string).copied();
        match expected {
            Ok(()) => assert_eq!(text, Ok(())),
            Err(part) => assert!(text.clone().unwrap_err().contains(part), "{text:?}"),
        }
    }
}

async fn the_end_of_a_connection_with_tls_is_noticed(neo4j: &Neo4j) {
    let between = crate::graph::faults::Between::before(neo4j).await;
    let watched = graph_of(BoltSettings {
        uris: vec![between.uri.replace("bolt://", "bolt+ssc://")],
        ..neo4j.settings()
    });
    question("RETURN 1 AS v").rows(&watched).await.unwrap();
    between.sentinel_is_connected().await;
    between.cut();
    timeout(PATIENCE, watched.lost()).await.unwrap();
}

/// The file is read when the settings load, too, which is not part of this test.
fn read(path: &Path) -> Result<SecretString, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.into()),
        Err(error) => Err(format!("cannot be read: {error}")),
    }
}

async fn a_rotated_password_is_read_from_its_file(neo4j: &Neo4j) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    let rotating = graph_of(BoltSettings {
        password: Password::File {
            path: path.clone(),
            read,
        },
        ..neo4j.settings()
    });
    let refused = async || {
        let error = rotating.ping(PATIENCE).await.unwrap_err();
        assert_eq!(error.reason(), "authentication", "{error}");
        error.to_string()
    };
    assert!(refused().await.contains("`password_file` cannot be read"));
    std::fs::write(&path, "battery staple").unwrap();
    assert!(refused().await.contains("check user and password"));
    // The same password is not sent again, and a new one does not wait.
    refused().await;
    refused().await;
    std::fs::write(&path, neo4j.password()).unwrap();
    rotating.ping(PATIENCE).await.unwrap();
}

async fn a_password_that_must_be_changed_is_explained(neo4j: &Neo4j) {
    let admin = neo4rs::Graph::new(neo4j.uri(), neo4j.user(), neo4j.password()).unwrap();
    let change = "ALTER USER neo4j SET PASSWORD 'staple correct' CHANGE REQUIRED";
    admin.run_on("system", neo4rs::query(change)).await.unwrap();
    let expired = graph_of(BoltSettings {
        password: "staple correct".into(),
        ..neo4j.settings()
    });
    let error = expired.ping(PATIENCE).await.unwrap_err();
    assert_eq!(error.reason(), "authentication");
    let text = error.to_string();
    assert!(
        text.contains("is valid but must be changed") && text.contains("CredentialsExpired"),
        "{text}"
    );
}

async fn a_wrong_password_goes_out_once(neo4j: &Neo4j) {
    let wrong = graph_of(BoltSettings {
        password: "battery staple".into(),
        max_concurrent: 20,
        ..neo4j.settings()
    });
    let asked = question("RETURN 1 AS v");
    for _ in 0..2 {
        for answer in futures_util::future::join_all((0..20).map(|_| asked.rows(&wrong))).await {
            let error = answer.unwrap_err();
            assert!(!format!("{error} {error:?}").contains("battery"), "{error}");
            let GraphError::Authentication { next_try, .. } = error else {
                panic!("{error:?}")
            };
            assert!(next_try <= Duration::from_secs(10) && next_try > Duration::ZERO);
        }
    }
    // Three attempts would have locked the account for 5 s, also for those who know the password.
    assert_eq!(
        asked.rows(&graph(neo4j)).await.unwrap(),
        [[Value::Integer(1)]]
    );
}

async fn tls_is_asked_for_by_the_address(neo4j: &Neo4j) {
    for (scheme, advice) in [("bolt", "use bolt+s://"), ("bolt+s", "bolt+ssc://")] {
        let uri = format!("{scheme}://{}", neo4j.address());
        let graph = graph_of(BoltSettings {
            uris: vec![uri.clone()],
            ..neo4j.settings()
        });
        let error = graph.ping(Duration::from_secs(20)).await.unwrap_err();
        assert!(
            matches!(&error, GraphError::Unreachable { uri: at, cause } if *at == uri && cause.contains(advice)),
            "{error}"
        );
    }
    graph(neo4j).ping(Duration::from_secs(20)).await.unwrap();
}

#[tokio::test]
async fn a_server_without_tls_is_not_an_unreachable_one() {
    let Some(neo4j) = &neo4j::shared() else {
        return;
    };
    let uri = format!("bolt+s://{}", neo4j.address());
    let graph = graph_of(BoltSettings {
        uris: vec![uri],
        ..neo4j.settings()
    });
    let error = graph.ping(Duration::from_secs(20)).await.unwrap_err();
    assert!(
        matches!(&error, GraphError::Unreachable { cause, .. } if cause.contains("use bolt://")),
        "{error}"
    );
}

#[test]
fn settings_do_not_show_secrets() {
    let settings = BoltSettings {
        uris: vec!["bolt://neo4j:geheim@db:7687".into()],
        user: "neo4j".into(),
        password: "geheim".into(),
        tls: TlsFiles::default(),
        database: None,
        max_concurrent: 1,
    };
    let shown = format!("{settings:?} {:?}", graph_of(settings.clone()));
    assert!(!shown.contains("geheim"), "{shown}");
}
