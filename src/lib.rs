//! The map of the house.

pub mod board;
pub mod exposition;
pub mod graph;
pub mod kpi;
pub mod measure;
pub mod metric;
pub mod row;
