//! The map of the house.

pub mod config;
pub mod graph;
pub mod kpi;
pub mod metric;
pub mod row;
