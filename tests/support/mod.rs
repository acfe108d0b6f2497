//! What the test programs share: real servers, started on free ports and ended with the program that started them.
//!
//! A test that needs Neo4j opens with one line, and is skipped loudly on a machine that cannot run it:
//!
//! ```ignore
//! mod support;
//!
//! #[tokio::test]
//! async fn asks_a_real_server() {
//!     let Some(neo4j) = support::neo4j::shared() else { return };
//!     neo4j.write("CREATE (:Agent {name: 'a'})").await;
//!     // … neo4j.uri(), neo4j.user(), neo4j.password()
//! }
//! ```
//!
//! `shared()` and `Neo4j::start` give `None` only where Java or the jars (and Maven to fetch them) are missing; under
//! `CI=true` that is a panic. `NEO4J_TEST_URI` makes `shared()` use a running server instead.
#![allow(dead_code, reason = "each test program uses a part of it")]
#![allow(
    unreachable_pub,
    reason = "each test program has it as a private module; what is public here is meant for its tests"
)]
#![allow(
    clippy::unwrap_used,
    reason = "a test harness that fails has nothing better to do than to panic"
)]

pub mod exporter;
#[macro_use]
#[allow(unused_macros, reason = "each test program uses a part of it")]
mod graphs;
pub mod neo4j;
pub mod random;
pub mod server;
pub mod state;
