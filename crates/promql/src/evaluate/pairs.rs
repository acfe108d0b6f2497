//! Binary operations between vectors: which samples match, and the result of each pair.

use super::series::{LabelValues, Sample};
use crate::{Binary, Many, Matching, Operator};

pub(super) fn vectors(binary: &Binary, left: Vec<Sample>, right: Vec<Sample>) -> Vec<Sample> {
    let key = |sample: &Sample| matched(&binary.matching, &sample.labels);
    match binary.operator {
        Operator::And => left
            .into_iter()
            .filter(|sample| right.iter().any(|other| key(other) == key(sample)))
            .collect(),
        Operator::Unless => left
            .into_iter()
            .filter(|sample| !right.iter().any(|other| key(other) == key(sample)))
            .collect(),
        Operator::Or => {
            let more: Vec<_> = right
                .into_iter()
                .filter(|sample| !left.iter().any(|other| key(other) == key(sample)))
                .collect();
            left.into_iter().chain(more).collect()
        }
        Operator::Add
        | Operator::Subtract
        | Operator::Multiply
        | Operator::Divide
        | Operator::Modulo
        | Operator::Power
        | Operator::Atan2
        | Operator::Equal
        | Operator::NotEqual
        | Operator::Greater
        | Operator::GreaterOrEqual
        | Operator::Less
        | Operator::LessOrEqual => {
            let pairs = left
                .iter()
                .flat_map(|left| right.iter().map(move |right| (left, right)));
            let pairs = pairs.filter(|(left, right)| key(left) == key(right));
            pairs
                .filter_map(|(left, right)| {
                    paired(
                        binary,
                        joined(binary, left, right),
                        left.value,
                        right.value,
                        left.value,
                    )
                })
                .collect()
        }
    }
}

/// The labels of a pair.
fn joined(binary: &Binary, left: &Sample, right: &Sample) -> LabelValues {
    let with = |many: &Sample, one: &Sample, taken: &[String]| {
        let mut labels = many.labels.clone();
        labels.extend(
            taken
                .iter()
                .filter_map(|label| Some((label.clone(), one.labels.get(label)?.clone()))),
        );
        labels
    };
    match &binary.many {
        Many::Neither => matched(&binary.matching, &left.labels),
        Many::Left(taken) => with(left, right, taken),
        Many::Right(taken) => with(right, left, taken),
    }
}

/// The labels that must be equal.
pub(super) fn matched(matching: &Matching, labels: &LabelValues) -> LabelValues {
    let mut labels = labels.clone();
    match matching {
        Matching::All => {}
        Matching::On(on) => labels.retain(|label, _| on.contains(label)),
        Matching::Ignoring(ignored) => labels.retain(|label, _| !ignored.contains(label)),
    }
    labels
}

/// The result of an arithmetic operator, or `kept` where a comparison holds.
pub(super) fn paired(
    binary: &Binary,
    labels: LabelValues,
    left: f64,
    right: f64,
    kept: f64,
) -> Option<Sample> {
    let value = result(binary.operator, left, right);
    if !binary.operator.is_comparison() || binary.is_bool {
        return Some(Sample { labels, value });
    }
    (value == 1.0).then_some(Sample {
        labels,
        value: kept,
    })
}

pub(super) fn result(operator: Operator, left: f64, right: f64) -> f64 {
    let truth = |holds: bool| f64::from(u8::from(holds));
    match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Modulo => left % right,
        Operator::Power => left.powf(right),
        Operator::Atan2 => left.atan2(right),
        Operator::Equal => truth(left == right),
        Operator::NotEqual => truth(left != right),
        Operator::Greater => truth(left > right),
        Operator::GreaterOrEqual => truth(left >= right),
        Operator::Less => truth(left < right),
        Operator::LessOrEqual => truth(left <= right),
        // They are only allowed between vectors.
        Operator::And | Operator::Or | Operator::Unless => f64::NAN,
    }
}
