//! The map of the house.

pub mod board;
pub mod config;
pub mod exposition;
pub mod graph;
pub mod http;
pub mod instruments;
pub mod kpi;
pub mod measure;
pub mod metric;
pub mod row;
