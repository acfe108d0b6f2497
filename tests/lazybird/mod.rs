//! What the LazyBird pack must show: its families with their oracles, and small worlds whose numbers one can see.

pub(crate) mod glance;
pub(crate) mod oracle;
