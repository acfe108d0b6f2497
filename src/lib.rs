//! cypher-exporter runs Cypher files on a schedule against a knowledge graph and serves the answers to Prometheus.
//!
//! # The house
//!
//! Floors from the ground up; a module uses only what stands below it (`tests/house.rs` holds the table).
//!
//! | floor | module | what it is for |
//! |---|---|---|
//! | 0 | [`metric`], [`row`] | plain data: names, families, samples; what a graph can answer |
//! | 1 | [`kpi`] | a KPI file becomes a `Kpi` that cannot be wrong, or every problem in it; pure |
//! | 2 | [`measure`] | rows become samples; pure |
//! | 2 | [`world`] | a synthetic world for `demo` and tests: agents at work, as changes to a graph; pure |
//! | 2 | [`generate`] | KPIs become dashboards, rules, tests of the rules and runbooks; pure |
//! | 2 | [`exposition`] | samples become bytes: text, OpenMetrics, compression, negotiation; pure |
//! | 3 | [`graph`] | where rows come from; the only place that names a driver |
//! | 3 | [`config`], [`queries`] | `config.toml` and the environment; the folder of KPI files |
//! | 4 | [`board`] | the latest reading of each KPI, swapped whole, read without locks |
//! | 4 | [`state`] | window cursors and totals on disk |
//! | 4 | [`instruments`] | the exporter's own metrics |
//! | 5 | [`schedule`] | when a KPI runs, how a run goes, what a failure does |
//! | 5 | [`http`] | server, routes, status page |
//! | 6 | [`cli`], [`command`] | the command line, and one file for each subcommand: the only place that wires things together |
//!
//! # Invariants
//!
//! 1. [`http`] never sees a graph: no scrape can cause or wait for a query.
//! 2. A reading is immutable. A KPI's slot holds exactly one. Nothing is ever updated in place.
//! 3. Floors 0 to 2 do no I/O, know no async, write no log, and cannot panic.
//! 4. A KPI that loads can be scheduled, drawn and alerted on. Nothing is checked twice.
//! 5. Only `graph/bolt` names neo4rs, only `graph/embedded` names kglite (feature `embedded`, off by default), only [`http`]
//!    names hyper, only [`schedule`] names the cron crate, only [`config`] reads the environment.
//! 6. No sample carries a timestamp; age is a gauge.
//! 7. Bytes are made once: a KPI's samples are encoded and compressed when first asked for in a form; a scrape
//!    concatenates.
//! 8. What a window KPI shows has been saved before, with its cursor: nothing that a scrape has seen is ever taken back.
//!
//! # Where to add
//!
//! - **A KPI**: one file in `queries/<pack>/`, no Rust.
//! - **A metric type**: one variant of `metric::MetricType` and `kpi::ValueSpec`; the compiler names the rest.
//! - **A panel or an alert**: the header of its KPI's file, then `cypher-exporter generate`.
//! - **A route**: one row in the table of `http/routes.rs`, one arm.
//! - **A system of the demo**: one file beside `world/bmad.rs`, one line in `world/mod.rs`.
//! - **A graph database**: one file in `graph/`, one variant of `graph::Graph`, and the contract suite of
//!   `tests/graph.rs` run against it.

pub mod board;
pub mod cli;
pub mod command;
pub mod config;
pub mod diagnostic;
pub mod exposition;
pub mod generate;
pub mod graph;
pub mod http;
pub mod instruments;
pub mod kpi;
pub mod lint;
pub mod measure;
pub mod metric;
pub mod queries;

pub mod schedule;
pub mod state;
