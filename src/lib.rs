//! cypher-exporter runs Cypher files on a schedule against a knowledge graph and serves the results to Prometheus.
//!
//! # The house
//!
//! Arrows only point down: a module uses modules of lower floors, and there is no circle, neither
//! between folders nor between the files of one folder. `tests` holds the table and reads the `use` lines.
//!
//! | floor | module | what it is for |
//! |---|---|---|
//! | 0 | [`metric`], [`diagnostic`] | plain data: names, families, samples; a problem with its place, rendered with a caret |
//! | 1 | [`kpi`] | a KPI file becomes a `Kpi` that cannot be wrong, or every problem in it |
//! | 2 | [`measure`] | rows become samples |
//! | 2 | [`exposition`] | samples become bytes: text, OpenMetrics, compression, negotiation |
//! | 2 | [`generate`] | KPIs become dashboards, rules, tests of the rules and runbooks |
//! | 2 | [`cases`] | files of tests become cases; expected and found samples are compared |
//! | 2 | [`lint`] | what is wrong across files |
//! | 2 | [`starter`] | the schema and a sample of a graph become a first pack |
//! | 3 | [`graph`] | where rows come from; the only place that names a driver |
//! | 3 | [`config`], [`queries`] | `config.toml` and the environment; the folder of KPI files |
//! | 4 | [`board`] | the latest reading of each KPI, swapped as a whole, read without locks |
//! | 4 | [`state`] | cursors and totals of window KPIs on disk |
//! | 4 | [`inspect`] | what only a graph knows to be wrong with a KPI |
//! | 4 | [`instruments`] | the exporter's own metrics |
//! | 5 | [`supervisor`] | keeps the tasks running that must never end |
//! | 6 | [`schedule`] | when a KPI runs, how a run goes, what a failure does |
//! | 7 | [`http`] | server, routes, pages |
//! | 8 | [`cli`], [`command`] | the command line, and one file for each subcommand: the only place that wires things together |
//!
//! Beside it are libraries that know nothing of the exporter: `crates/cypher` (the lexer as the server
//! lexes, the read-only scan, values and rows), `crates/promql` (reader and evaluator), `crates/world`
//! (synthetic agents for demo and tests), `crates/embedded` (an in-process graph) and
//! `crates/test-support` (real servers for tests).
//!
//! # Words of our own
//!
//! Everything else has the name that Prometheus, OpenMetrics, Neo4j or Rust have for it.
//!
//! - **Pack**: a folder of KPI files for one system, with one dashboard.
//! - **Target**: one KPI on one graph; what runs, fails and has values.
//! - **Reading**: the families of one KPI as the last runs of its targets left them; immutable.
//! - **Board**: a slot with the current reading of each KPI.
//! - **Segment**: a part of an exposition, encoded and compressed once.
//! - **Gate**: lets one connection attempt at a time through, and holds back after a refused login.
//!
//! # Invariants
//!
//! 1. A scrape never causes or waits for a query: [`http`] sees no graph, only a handle that asks the
//!    schedule.
//! 2. A reading is immutable. A KPI's slot holds exactly one. Nothing is ever updated in place.
//! 3. Floors 0 to 2 and the crates `cypher`, `promql` and `world` do no I/O, know no async, write no
//!    log, and cannot panic, nor fail silently.
//! 4. Parsed once: a `Kpi` carries its scanned statement and its fingerprint. A KPI that loads can be
//!    scheduled, drawn and alerted on; nothing is checked twice.
//! 5. Only `graph/bolt` names neo4rs, only `crates/embedded` kglite (feature `embedded`, off by
//!    default), only [`http`] hyper, only [`schedule`] the cron scheduler, only [`config`] the
//!    environment.
//! 6. No sample carries a timestamp; age is a gauge.
//! 7. Bytes are made once: the samples of a KPI are encoded and compressed when they are first asked
//!    for in a format; a scrape concatenates.
//! 8. What a window KPI shows has been saved before, with its cursor: nothing that a scrape has seen
//!    is ever taken back.
//! 9. One run, one outcome: one enum says what became of a run, and everyone reads it.
//!
//! # Where to add
//!
//! - **A KPI**: one file in `queries/<pack>/`, no Rust.
//! - **A metric type**: one variant of `metric::MetricType` and `kpi::ValueSpec`; the compiler names
//!   the rest, since no `_ =>` arm matches on them.
//! - **A panel or an alert**: the header of its KPI's file, then `cypher-exporter generate`.
//! - **A route**: one row in the table of `http/routes.rs`, one arm.
//! - **A system of the demo**: one file beside `crates/world/src/bmad.rs`, one line in its `lib.rs`.
//! - **A graph database**: one file in `graph/`, one variant of `graph::Graph`, and the contract suite
//!   run against it.

pub mod board;
pub mod cases;
pub mod cli;
pub mod command;
pub mod config;
pub mod diagnostic;
pub mod exposition;
pub mod generate;
pub mod graph;
pub mod http;
pub mod inspect;
pub mod instruments;
pub mod kpi;
pub mod lint;
pub mod measure;
pub mod metric;
pub mod queries;
pub mod schedule;
pub mod starter;
pub mod state;
pub mod supervisor;
