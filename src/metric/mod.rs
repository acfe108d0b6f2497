//! The data model of Prometheus: names that are always valid, families of one type.

mod family;
mod name;
pub mod own;

pub use family::{
    Constant, Desc, Family, Histogram, LabelValues, MetricType, Part, Samples, Series, Summary,
};
pub use name::{IllegalName, LabelName, MetricName};
