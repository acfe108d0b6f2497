//! The lines of OpenMetrics 1.0 that describe a family.

use super::escaped;
use crate::metric::Family;

/// Writes HELP, TYPE and UNIT under the family's name, which lacks the suffix of its samples.
pub(super) fn describe(family: &Family, out: &mut Vec<u8>) {
    let name = family.desc.name.as_str();
    let name = family.metric_type.family_name(name);
    if !family.desc.help.is_empty() {
        out.extend(format!("# HELP {name} ").as_bytes());
        escaped(&family.desc.help, true, out);
        out.push(b'\n');
    }
    out.extend(format!("# TYPE {name} {}\n", family.metric_type.as_str()).as_bytes());
    if let Some(unit) = family
        .desc
        .unit
        .as_ref()
        .filter(|_| family.metric_type.may_have_unit())
    {
        out.extend(format!("# UNIT {name} {unit}\n").as_bytes());
    }
}
