//! The demo as a user starts it, on a real Neo4j and on the embedded graph.

mod real {
    use cypher::{Parameters, Row, Value};
    use cypher_exporter::graph::{Bolt, Graph, Request};
    use std::net::TcpListener;
    use std::ops::ControlFlow;
    use std::time::Duration;
    use test_support::exporter::{Exporter, Metrics, Setup};
    use test_support::neo4j::{Neo4j, alone};

    /// The demo on a server, with a free port for itself.
    fn demo(neo4j: &Neo4j) -> Setup {
        let setup = Setup::new("demo")
            .in_the_repository()
            .argument("demo")
            .argument("--log")
            .argument("info");
        let setup = setup
            .variable("NEO4J_USER", neo4j.user())
            .variable("NEO4J_PASSWORD", neo4j.password());
        setup.argument("--graph").argument(neo4j.uri())
    }

    /// What a query counts.
    async fn count(neo4j: &Neo4j, query: &str) -> i64 {
        let graph = Graph::Bolt(Bolt::new(neo4j.settings()));
        let query = format!("{query} RETURN count(*) AS n");
        let request = Request {
            kpi: "test",
            query: &query,
            columns: &["n".into()],
            parameters: &Parameters::new(),
            database: None,
            timeout: Duration::from_secs(30),
        };
        let mut rows = Vec::new();
        let mut take = |row: &Row| {
            rows.push(row.clone());
            ControlFlow::Continue(())
        };
        graph.rows(&request, &mut take).await.unwrap();
        let [Value::Integer(count)] = rows[0][..] else {
            panic!("no count: {rows:?}")
        };
        count
    }

    /// How many nodes there are, and how many indexes.
    async fn size(neo4j: &Neo4j) -> (i64, i64) {
        (
            count(neo4j, "MATCH (n)").await,
            count(neo4j, "SHOW INDEXES YIELD name").await,
        )
    }

    fn ends_well(mut exporter: Exporter) {
        exporter.signal("INT");
        assert_eq!(exporter.exit_code(), 0, "{}", exporter.log());
    }

    #[tokio::test]
    async fn a_neo4j_is_filled_emptied_and_filled_again_but_never_foreign_nodes() {
        let Some(neo4j) = &alone().await else { return };

        // Somebody's graph is left as it is.
        neo4j
            .write("CREATE (:Call {id: 'somebody'})-[:PART_OF]->(:Task)")
            .await;
        let before = size(neo4j).await;
        let mut refused = demo(neo4j).launch();
        assert_eq!(refused.exit_code(), 64, "{}", refused.log());
        let expected = "error: --graph must be an empty graph or that of an earlier demo, but it contains 2 nodes\n";
        assert_eq!(refused.log(), expected);
        assert_eq!(size(neo4j).await, before);

        // An empty one is filled, and lives.
        neo4j.clear().await;
        let exporter = demo(neo4j).argument("--speed").argument("2000").start();
        exporter.until_ready(true);
        let (nodes, indexes) = size(neo4j).await;
        assert!(
            (3000..10_000).contains(&nodes) && indexes > before.1,
            "{nodes} nodes, {indexes} indexes"
        );
        for pack in ["bmad", "lazybird", "agentos", "session_buddy", "agentcore"] {
            exporter.until(pack, |metrics| {
                let up = metrics.beginning(&format!("cypher_exporter_kpi_up{{kpi=\"{pack}/"));
                (!up.is_empty() && up.iter().all(|line| line.ends_with(" 1"))).then_some(())
            });
        }
        let requests = |metrics: &Metrics| metrics.beginning("a2a_requests_total{").join("\n");
        let first = exporter.until("requests", |metrics| {
            Some(requests(metrics)).filter(|lines| !lines.is_empty())
        });
        exporter.until("more requests", |metrics| {
            (requests(metrics) != first).then_some(())
        });
        ends_well(exporter);

        // What it has left is its own.
        let left = count(neo4j, "MATCH (e:Event)").await;
        let exporter = demo(neo4j)
            .argument("--speed")
            .argument("0")
            .argument("--seed")
            .argument("2")
            .start();
        exporter.until_ready(true);
        let again = count(neo4j, "MATCH (e:Event)").await;
        assert!(again * 2 < left * 3, "{left} events, then {again}");
        assert_eq!(count(neo4j, "MATCH (o:CypherExporterDemoOwner)").await, 1);
        ends_well(exporter);

        // Two worlds in one graph would be none: the later one takes it.
        let mut first = demo(neo4j).argument("--speed").argument("2000").start();
        let second = demo(neo4j).argument("--speed").argument("2000").start();
        assert_eq!(first.exit_code(), 1, "{}", first.log());
        let taken =
            "error: cannot write to the graph of the demo: another demo has claimed the graph\n";
        assert!(first.log().ends_with(taken), "{}", first.log());
        second.until_ready(true);
        ends_well(second);

        // But what somebody has added is not, whatever it is called.
        neo4j.write("CREATE (:Event {event_id: 'mine'})").await;
        let before = size(neo4j).await;
        let mut refused = demo(neo4j).launch();
        assert_eq!(refused.exit_code(), 64, "{}", refused.log());
        assert!(
            refused
                .log()
                .contains("it contains 1 node that no demo created"),
            "{}",
            refused.log()
        );
        assert_eq!(size(neo4j).await, before);
    }

    #[test]
    fn it_ends_also_while_its_graph_does_not_answer() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("bolt://{}", silent.local_addr().unwrap());
        let setup = Setup::new("demo")
            .in_the_repository()
            .argument("demo")
            .argument("--graph")
            .argument(&uri);
        let exporter = setup
            .variable("NEO4J_USER", "neo4j")
            .variable("NEO4J_PASSWORD", "secret")
            .launch();
        let _asked = silent.accept().unwrap();
        ends_well(exporter);
    }

    #[test]
    fn an_invalid_graph_is_reported() {
        for (uri, expected) in [
            (
                "localhost:7687",
                "error: --graph is invalid: it has no scheme; begin it with bolt://, bolt+s:// or bolt+ssc://, as in bolt://localhost:7687\n",
            ),
            (
                "bolt://neo4j:secret@localhost",
                "error: --graph is invalid: it contains credentials; ",
            ),
        ] {
            let setup = Setup::new("demo")
                .in_the_repository()
                .argument("demo")
                .argument("--graph")
                .argument(uri);
            let mut exporter = setup.launch();
            assert_eq!(exporter.exit_code(), 64);
            assert!(
                exporter.log().starts_with(expected) && !exporter.log().contains("secret"),
                "{}",
                exporter.log()
            );
        }
    }
}

#[cfg(feature = "embedded")]
mod embedded {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use test_support::exporter::{Exporter, Metrics, Setup};
    use test_support::wait::until;

    /// One demo at a time: a newcomer's machine runs one, and it is to answer at once.
    fn alone() -> MutexGuard<'static, ()> {
        static ALONE: Mutex<()> = Mutex::new(());
        ALONE.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The demo on a free port. Its log says where it listens.
    fn demo() -> Setup {
        Setup::new("demo")
            .in_the_repository()
            .argument("demo")
            .argument("--log")
            .argument("info")
    }

    /// What each family of the pack shows, by its name.
    fn families(metrics: &Metrics) -> BTreeMap<String, BTreeSet<String>> {
        let mut families = BTreeMap::<_, BTreeSet<_>>::new();
        for line in metrics.beginning("bmad_") {
            let name = line.split(['{', ' ']).next().unwrap();
            // The pack's own timing of its queries is no news of the graph.
            if !name.starts_with("bmad_query_latency_seconds") {
                families
                    .entry(name.to_owned())
                    .or_default()
                    .insert(line.to_owned());
            }
        }
        families
    }

    /// Waits until it has written so many lines that begin with a time and name a metric.
    fn until_printed(exporter: &Exporter, lines: usize) {
        let is_news = |line: &&str| line.get(8..15) == Some("Z  bmad");
        until("events are printed", || {
            (exporter.out().lines().filter(is_news).count() >= lines).then_some(())
        });
    }

    #[test]
    fn everything_is_there_and_moves() {
        let _alone = alone();
        let mut exporter = demo().argument("--speed").argument("10000").start();
        exporter.until_ready(true);
        let first = families(&exporter.metrics());
        assert_eq!(first.len(), 18, "{:?}", first.keys());
        // The state of the team may be the same whenever it is looked at. All else is another in
        // the end.
        let may_stand = [
            "bmad_agents_registered",
            "bmad_health_status_numeric",
            "bmad_orphaned_agents",
        ];
        let moving: BTreeSet<_> = first
            .keys()
            .filter(|name| !may_stand.contains(&name.as_str()))
            .collect();
        exporter.until("all families have moved", |metrics| {
            let now = families(metrics);
            assert_eq!(
                now.keys().collect::<Vec<_>>(),
                first.keys().collect::<Vec<_>>()
            );
            moving
                .iter()
                .all(|name| first[*name] != now[*name])
                .then_some(())
        });
        let metrics = exporter.metrics();
        let up = metrics.beginning("cypher_exporter_kpi_up{kpi=\"bmad/");
        assert_eq!(up.len(), 18);
        assert!(up.iter().all(|line| line.ends_with(" 1")), "{up:?}");
        until_printed(&exporter, 20);
        let out = exporter.out();
        assert!(
            out.contains(&format!("status page http://{}/, ", exporter.address())),
            "{out}"
        );
        assert!(
            !out.contains('\u{1b}'),
            "colours are for terminals: {out:?}"
        );
        exporter.signal("INT");
        assert_eq!(exporter.exit_code(), 0, "{}", exporter.log());
        let log = exporter.log();
        assert!(log.lines().all(|line| line.contains(" INFO ")), "{log}");
    }

    #[test]
    fn at_its_usual_speed_something_happens_soon() {
        let _alone = alone();
        let mut exporter = demo().start();
        exporter.until_ready(true);
        let first = families(&exporter.metrics());
        until_printed(&exporter, 1);
        exporter.until("events have happened", |metrics| {
            (families(metrics)["bmad_live_events"] != first["bmad_live_events"]).then_some(())
        });
        exporter.signal("TERM");
        assert_eq!(exporter.exit_code(), 0, "{}", exporter.log());
    }

    #[test]
    fn a_speed_that_no_graph_follows_is_reported_and_ends_immediately() {
        let _alone = alone();
        let mut exporter = demo().argument("--speed").argument("100000").start();
        until("it is printed", || {
            exporter
                .out()
                .contains("writes are slower than the simulation")
                .then_some(())
        });
        exporter.signal("INT");
        assert_eq!(exporter.exit_code(), 0, "{}", exporter.log());
    }

    #[test]
    fn it_prints_news_and_logs_nothing() {
        let _alone = alone();
        let mut exporter = Setup::new("demo")
            .in_the_repository()
            .argument("demo")
            .launch();
        until_printed(&exporter, 1);
        exporter.signal("INT");
        assert_eq!(exporter.exit_code(), 0);
        assert_eq!(exporter.log(), "");
    }

    #[test]
    fn a_port_in_use_is_reported() {
        let _alone = alone();
        let first = demo().start();
        let mut second = demo()
            .argument("--listen")
            .argument(&first.address().to_string())
            .launch();
        assert_eq!(second.exit_code(), 1);
        let expected = format!(
            "error: cannot listen on {}; set another address with --listen: ",
            first.address()
        );
        assert!(second.log().starts_with(&expected), "{}", second.log());
    }

    #[test]
    fn check_uses_its_graph() {
        let _alone = alone();
        let mut check = Setup::new("p")
            .file(
                "agents.cypher",
                "// Agents.\nMATCH (a:AIAgnet) RETURN count(a) AS value",
            )
            .file(
                "wrong.cypher",
                "// Wrong.\nMATCH (a:AIAgent) RETURN count(b) AS value",
            )
            .argument("check")
            .argument("--demo")
            .launch();
        assert_eq!(check.exit_code(), 64, "{}", check.log());
        insta::assert_snapshot!(check.log(), @"
        warning: the graph has no label `AIAgnet`
         --> queries/p/agents.cypher:2:10
          |
        2 | MATCH (a:AIAgnet) RETURN count(a) AS value
          |          ^^^^^^^
          |
          = help: did you mean `AIAgent`?

        error: the graph rejects the query: Undefined variable 'b' (embedded graph)
         --> queries/p/wrong.cypher:2:32
          |
        2 | MATCH (a:AIAgent) RETURN count(b) AS value
          |                                ^
          |
          = help: fix the query; to try it, paste the whole file into Neo4j Browser or cypher-shell
        ");
        assert_eq!(
            check.out(),
            "2 KPIs, 2 metrics, 1 pack: 1 error, 1 warning\n"
        );
    }

    #[test]
    fn run_uses_its_graph_whatever_the_settings_and_the_files_name() {
        let _alone = alone();
        let mut run = Setup::new("p")
            .config("[graphs.a]\n[graphs.b]")
            .kpi(
                "elsewhere",
                "graph = \"eu\"\ndatabase = \"other\"",
                "MATCH (b:Brain) RETURN count(b) > 0 AS value",
            )
            .argument("run")
            .argument("--demo")
            .launch();
        assert_eq!(run.exit_code(), 0, "{}", run.log());
        assert!(
            run.out()
                .ends_with("\n# TYPE p_elsewhere gauge\np_elsewhere 1\n\n"),
            "{}",
            run.out()
        );
    }
}
