//! Tests that need no graph database: the rules of the source, the command line, the documentation,
//! generated files, measuring and the HTTP server.
#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod commands;
#[cfg(not(feature = "embedded"))]
mod default_build;
mod dependencies;
mod docs;
mod generated;
mod house;
mod measure;
mod scrape;
mod stated;
mod totals;
