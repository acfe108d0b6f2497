//! Real servers for tests: Neo4j, Prometheus and the exporter, on free ports, ended with the test
//! program that started them.
//!
//! A test that needs Neo4j opens with one line, and is skipped with a message on a machine that
//! cannot run it:
//!
//! ```no_run
//! # async fn test() {
//! let Some(neo4j) = test_support::neo4j::shared() else { return };
//! neo4j.write("CREATE (:Agent {name: 'a'})").await;
//! // … neo4j.uri(), neo4j.user(), neo4j.password()
//! # }
//! ```
//!
//! `shared()` and `Neo4j::start` return `None` only where Java or the jars (and Maven to fetch
//! them) are missing; with `CI=true` that is a panic. `NEO4J_TEST_URI` makes `shared()` use a
//! running server instead.
#![allow(
    clippy::unwrap_used,
    reason = "a panic in a test harness fails the test, as it should"
)]

pub mod exporter;
mod graphs;
mod guard;
pub mod neo4j;
pub mod programs;
pub mod random;
pub mod server;
pub mod serving;
pub mod state;
pub mod wait;

use std::path::{Path, PathBuf};

/// A path in the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(path)
}
