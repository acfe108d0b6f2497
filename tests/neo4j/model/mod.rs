//! What the tests of the packs over the shared graph model have in common: worlds, the graphs made
//! of them, and how a KPI's answer is compared with what an oracle says of the world.
//!
//! A pack's test is a table of [`family::Family`], one row for each family, each with its oracle in
//! plain Rust:
//!
//! ```ignore
//! let Some(neo4j) = &test_support::neo4j::shared() else { return };
//! let _alone = neo4j.alone().await;
//! neo4j.clear().await;
//! let kpis = model::pack::catalog("lazybird").kpis;
//! let world = model::random::world(1, Shape::default());
//! let asked = model::asking::ask(&graph, &kpis, &world).await;
//! asked.agrees(&FAMILIES).unwrap();
//! ```

pub(crate) mod alerts;
pub(crate) mod answer;
pub(crate) mod asking;
pub(crate) mod family;
pub(crate) mod faults;
pub(crate) mod pack;
pub(crate) mod random;
pub(crate) mod script;
pub(crate) mod window;
pub(crate) mod world;
