//! The command `test` on a real Neo4j: the tests of the shipped packs pass there as on the embedded
//! graph, and a graph with data is left as it is.

use test_support::exporter::{Exporter, Setup};
use test_support::neo4j::{Neo4j, alone};

fn test(neo4j: &Neo4j) -> Exporter {
    Setup::new("test")
        .in_the_repository()
        .argument("test")
        .argument("--graph")
        .argument(neo4j.uri())
        .variable("NEO4J_USER", neo4j.user())
        .variable("NEO4J_PASSWORD", neo4j.password())
        .launch()
}

#[tokio::test]
async fn shipped_tests_pass_on_an_empty_neo4j_which_is_empty_afterwards() {
    let Some(neo4j) = alone().await else { return };
    let mut passed = test(&neo4j);
    assert_eq!(passed.exit_code(), 0, "{}{}", passed.out(), passed.log());
    let out = passed.out();
    assert!(out.contains(" passed, 0 failed\n"), "{out}");

    // The graph was cleared after the last test: otherwise this run would be refused.
    let mut again = test(&neo4j);
    assert_eq!(again.exit_code(), 0, "{}", again.log());
}

#[tokio::test]
async fn a_neo4j_with_data_is_refused() {
    let Some(neo4j) = alone().await else { return };
    neo4j.write("CREATE (:Mine)").await;
    let mut refused = test(&neo4j);
    assert_eq!(refused.exit_code(), 64);
    assert_eq!(
        refused.log(),
        "error: --graph must be an empty graph, but it contains 1 node\n"
    );
}
