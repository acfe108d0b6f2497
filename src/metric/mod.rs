//! Plain data: what Prometheus is told. Names that cannot be illegal, families that cannot mix types.

mod family;
mod name;
pub mod own;

pub use family::{
    Constant, Desc, Family, Histogram, LabelValues, MetricType, Part, Samples, Series, Summary,
};
pub use name::{IllegalName, LabelName, MetricName};
