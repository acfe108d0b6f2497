//! What a successful run shows to be wrong with a KPI, as warnings.

use std::sync::Arc;

use super::Measured;
use super::overflow::overflow;
use crate::diagnostic::{Place, Problem, WarningReason};
use crate::kpi::Kpi;
use crate::metric::Samples;

/// The divisions whose every result was an integer; none if the run had no results.
pub fn integer_divisions(kpi: &Kpi, measured: &Measured) -> Option<Vec<Problem>> {
    let columns = measured.integer_columns.as_ref()?;
    let divisions = kpi.fractional_divisions();
    let whole = divisions.filter(|division| columns.contains(&division.column));
    let warning = |division: &cypher::Division| {
        let words: Vec<_> = division.expression.name.split_whitespace().collect();
        let column = &kpi.columns[division.column];
        Problem::warning(
            WarningReason::IntegerDivision,
            Place::Span(kpi.path.clone(), division.expression.span.clone()),
            format!(
                "every value of the column `{column}` is an integer: the server dropped the fraction"
            ),
            format!("write `1.0 * {}`", words.join(" ")),
        )
    };
    Some(whole.map(warning).collect())
}

/// The histograms whose last bound is too low.
pub fn last_buckets(kpi: &Kpi, samples: &[Arc<Samples>]) -> Vec<Problem> {
    let warning = |overflow: super::overflow::Overflow| {
        Problem::warning(
            WarningReason::LastBucket,
            Place::File(kpi.path.clone()),
            overflow.to_string(),
            "add higher `buckets`",
        )
    };
    overflow(kpi, samples).into_iter().map(warning).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::one;
    use crate::measure::Rows;
    use cypher::Value;

    fn found(query: &str, values: &[Value]) -> Option<Vec<String>> {
        let kpi = one("queries/p/share_ratio.cypher", query);
        let mut rows = Rows::of_snapshot(&kpi, &[]);
        for (at, value) in (0..).zip(values) {
            assert!(
                rows.row(&vec![Value::Integer(at), value.clone()])
                    .is_continue()
            );
        }
        let warnings = integer_divisions(&kpi, &rows.finish().unwrap())?;
        Some(
            warnings
                .into_iter()
                .map(|warning| format!("{}; {}", warning.message, warning.fix))
                .collect(),
        )
    }

    #[test]
    fn a_ratio_that_is_always_an_integer_is_a_warning() {
        let plain = "// S.\nMATCH (t:T) RETURN t.id AS id, t.done / t.all AS value";
        let guarded = "// S.\nMATCH (t:T) RETURN t.id AS id, CASE WHEN t.all > 0 THEN t.done / t.all ELSE 0 END AS value";
        let float = "// S.\nMATCH (t:T) RETURN t.id AS id, 1.0 * t.done / t.all AS value";
        let (zero, one, half) = (Value::Integer(0), Value::Integer(1), Value::Float(0.5));
        let warning = || {
            Some(vec![
                "every value of the column `value` is an integer: the server dropped the fraction; write `1.0 * t.done / t.all`".to_owned(),
            ])
        };
        for (query, values, expected) in [
            (plain, vec![], None),
            (plain, vec![Value::Null], None),
            (plain, vec![zero.clone()], warning()),
            (
                plain,
                vec![zero.clone(), Value::Null, one.clone()],
                warning(),
            ),
            (plain, vec![zero.clone(), half], Some(vec![])),
            // The 0 may be that of the ELSE.
            (guarded, vec![zero.clone(), zero.clone()], Some(vec![])),
            (guarded, vec![zero.clone(), one], warning()),
            (float, vec![zero], None),
        ] {
            assert_eq!(found(query, &values), expected, "{query} {values:?}");
        }
    }
}
