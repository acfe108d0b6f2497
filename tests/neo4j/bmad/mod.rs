//! A BMAD graph as plain Rust: what it holds, the Cypher that makes it, and the numbers that must
//! come out of it.
//!
//! `world` knows nothing of Cypher, `statements` nothing of KPIs, and `oracle` nothing of a graph:
//! that is what makes its numbers worth comparing with.

pub(crate) mod answer;
pub(crate) mod glance;
pub(crate) mod oracle;
pub(crate) mod random;
pub(crate) mod statements;
mod tests;
pub(crate) mod world;
