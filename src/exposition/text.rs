//! The lines of the text format 0.0.4 that describe a family.

use super::escaped;
use crate::metric::{Family, MetricType};

/// Writes HELP and TYPE.
pub(super) fn describe(family: &Family, out: &mut Vec<u8>) {
    let name = family.desc.name.as_str();
    if !family.desc.help.is_empty() {
        out.extend(format!("# HELP {name} ").as_bytes());
        escaped(&family.desc.help, false, out);
        out.push(b'\n');
    }
    out.extend(format!("# TYPE {name} {}\n", type_name(family.metric_type)).as_bytes());
}

/// The format has neither info metrics nor state sets: their samples are gauges.
fn type_name(metric_type: MetricType) -> &'static str {
    match metric_type {
        MetricType::Gauge | MetricType::Info | MetricType::StateSet => "gauge",
        MetricType::Counter => "counter",
        MetricType::Histogram => "histogram",
        MetricType::Summary => "summary",
    }
}
