//! What the LazyBird pack must show: its families with their oracles, and small worlds whose
//! numbers one can see, and what makes its alerts fire.

pub(crate) mod alerts;
pub(crate) mod glance;
pub(crate) mod oracle;
mod tests;
