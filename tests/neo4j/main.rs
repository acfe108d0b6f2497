//! Tests on a real Neo4j, one server for all: the graph's contract, the numbers of the packs,
//! windows, and the exporter at work.
// The driver's futures are nested about as deep as the compiler's default limit allows.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, reason = "a panic fails the test")]
#![allow(clippy::print_stdout, reason = "a test prints what it has measured")]

mod agent_packs;
mod bmad;
mod connected;
mod cypher_scan;
mod demo;
mod families;
mod graph;
mod kpi_tests;
mod lazybird;
mod mirror;
mod model;
mod serve;
mod strangers;
mod systems;
mod window;
mod world;
