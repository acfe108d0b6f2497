//! What every kind of graph promises, and what Bolt promises beyond that, asked of real servers.

#[cfg(feature = "embedded")]
mod alike;
mod asking;
mod bolt;
mod contract;
#[cfg(feature = "embedded")]
mod differences;
#[cfg(feature = "embedded")]
mod engine;
mod faults;

/// Runs the contract on one kind of graph: `$server` is `None` where it is missing, `$graph`
/// connects to it, and `$differences` is where it differs from Neo4j.
macro_rules! holds {
    ($kind:ident, $server:expr, $graph:expr, $differences:expr, $($promise:ident)*) => {
        mod $kind {
            $(
                #[tokio::test]
                async fn $promise() {
                    let Some(server) = &$server else { return };
                    let graph = ($graph)(server);
                    super::contract::$promise(&graph, $differences).await;
                }
            )*
        }
    };
}

/// The contract by its promises; a new one is a function in `contract.rs` and a line here.
macro_rules! contract {
    ($kind:ident, $server:expr, $graph:expr, $differences:expr) => {
        holds! {
            $kind, $server, $graph, $differences,
            values_arrive_as_they_are
            times_arrive_as_iso_8601
            columns_come_in_the_order_asked_for
            a_column_that_is_not_there_is_named
            a_result_without_rows_is_an_answer
            parameters_of_every_kind_arrive
            moments_arrive_as_datetimes
            the_beginning_is_before_everything_in_every_form
            the_clock_is_in_milliseconds
            a_syntax_error_says_where
            other_faults_in_the_text_are_reported
            an_error_after_some_rows_follows_them
            writes_are_refused
            changes_are_made_all_or_none
            an_unknown_database_is_reported
            a_sink_that_breaks_ends_the_query
            a_deadline_holds
            a_dropped_query_harms_no_other
            many_queries_run_at_the_same_time
        }
    };
}

contract!(
    neo4j_lts,
    test_support::neo4j::shared(),
    super::asking::graph,
    super::contract::NONE
);
contract!(
    neo4j_newest,
    test_support::neo4j::newest(),
    super::asking::graph,
    super::contract::NONE
);
#[cfg(feature = "embedded")]
contract!(
    embedded,
    Some(()),
    |&()| super::engine::graph(),
    super::differences::EMBEDDED
);
