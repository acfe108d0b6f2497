//! What every kind of graph promises, asked of real servers.

mod support;

#[tokio::test]
async fn a_real_server_answers() {
    let Some(neo4j) = support::neo4j::shared() else { return };
    neo4j.write("MERGE (:Smoke {name: 'a'});\nMATCH (n:Smoke) DELETE n;").await;
}
