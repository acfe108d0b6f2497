//! The same tests on every kind of graph.

/// Makes a test of each of these functions of a graph: on a real Neo4j and, with the feature
/// `embedded`, on the embedded graph.
#[macro_export]
macro_rules! on_every_graph {
    ($($test:ident)*) => {
        mod neo4j {
            $(
                #[tokio::test]
                async fn $test() {
                    let Some(server) = $crate::neo4j::alone().await else { return };
                    let bolt = cypher_exporter::graph::Bolt::new(server.settings());
                    super::$test(&cypher_exporter::graph::Graph::Bolt(bolt)).await;
                }
            )*
        }

        #[cfg(feature = "embedded")]
        mod embedded {
            $(
                #[tokio::test]
                async fn $test() {
                    let embedded = cypher_exporter::graph::Embedded::new();
                    super::$test(&cypher_exporter::graph::Graph::Embedded(embedded)).await;
                }
            )*
        }
    };
}
