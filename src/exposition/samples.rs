//! The lines of a family's samples; the same in both formats.

use std::iter;
use std::sync::Arc;

use super::{escaped, number};
use crate::metric::{Family, Histogram, LabelName, Part, Samples, Series, Summary};

/// The most bytes reserved per line, so that one long label does not reserve as much for all lines.
const LINE: usize = 256;

/// Writes every sample of a family.
pub(super) fn write(family: &Family, out: &mut Vec<u8>) {
    for part in &family.parts {
        let mut lines = Lines::new(family, part, out);
        match part.points.as_ref() {
            Samples::Gauge(series) | Samples::Counter(series) => lines.values(series),
            Samples::Histogram { bounds, series } => lines.histograms(bounds, series),
            Samples::Summary { quantiles, series } => lines.summaries(quantiles, series),
            Samples::Info(series) => lines.facts(series),
            Samples::StateSet { states, series } => lines.states(states, series),
        }
    }
}

/// Writes the lines of one part.
struct Lines<'a> {
    name: &'a str,
    label_names: &'a [LabelName],
    /// The encoded constant labels of the part.
    constant: Vec<u8>,
    /// The encoded labels of the current series, constant ones first.
    labels: Vec<u8>,
    /// The bytes before, between and after the label values of a line without `le` or `quantile`.
    frames: Vec<Vec<u8>>,
    out: &'a mut Vec<u8>,
}

impl<'a> Lines<'a> {
    fn new(family: &'a Family, part: &Part, out: &'a mut Vec<u8>) -> Self {
        let mut constant = Vec::new();
        for (name, value) in part.constant.iter() {
            label(name.as_str(), value, &mut constant);
        }
        let (name, label_names) = (family.desc.name.as_str(), &family.desc.labels);
        Self {
            name,
            label_names,
            frames: frames(name, &constant, label_names),
            constant,
            labels: Vec::new(),
            out,
        }
    }

    fn values(&mut self, series: &[Series<f64>]) {
        let mut rest = series.iter();
        if let Some(first) = rest.next() {
            let begin = self.out.len();
            self.single(first);
            // The other lines are about as long; growing step by step would touch twice the memory.
            let line = self.out.len() - begin;
            self.out.reserve(rest.len() * (line + line / 8).min(LINE));
        }
        rest.for_each(|series| self.single(series));
    }

    fn single(&mut self, series: &Series<f64>) {
        self.framed(&series.labels);
        self.value(series.value);
    }

    fn histograms(&mut self, bounds: &[f64], series: &[Series<Histogram>]) {
        let bounds: Vec<_> = bounds
            .iter()
            .copied()
            .chain(iter::once(f64::INFINITY))
            .map(number::canonical)
            .collect();
        for Series {
            labels,
            value: Histogram { counts, sum },
        } in series
        {
            self.encode_labels(labels);
            let mut total = 0_u64;
            for (bound, count) in bounds.iter().zip(counts) {
                total = count.saturating_add(total);
                self.head("_bucket", Some(("le", bound)));
                self.count(total);
            }
            // OpenMetrics requires both or neither; the last bucket holds the count.
            if let Some(sum) = sum {
                self.head("_sum", None);
                self.value(*sum);
                self.head("_count", None);
                self.count(total);
            }
        }
    }

    fn summaries(&mut self, quantiles: &[f64], series: &[Series<Summary>]) {
        let quantiles: Vec<_> = quantiles.iter().copied().map(number::canonical).collect();
        for Series {
            labels,
            value: Summary { values, sum, count },
        } in series
        {
            self.encode_labels(labels);
            for (quantile, value) in quantiles.iter().zip(values) {
                self.head("", Some(("quantile", quantile)));
                self.value(*value);
            }
            if let Some(sum) = sum {
                self.head("_sum", None);
                self.value(*sum);
            }
            if let Some(count) = count {
                self.head("_count", None);
                self.count(*count);
            }
        }
    }

    fn facts(&mut self, series: &[Series<()>]) {
        for series in series {
            self.framed(&series.labels);
            self.count(1);
        }
    }

    fn states(&mut self, states: &[Arc<str>], series: &[Series<usize>]) {
        for series in series {
            self.encode_labels(&series.labels);
            for (at, state) in states.iter().enumerate() {
                self.head("", Some((self.name, state)));
                self.count(u64::from(at == series.value));
            }
        }
    }

    /// Writes the only line of a series up to its value.
    fn framed(&mut self, values: &[Arc<str>]) {
        let mut frames = self.frames.iter();
        for (value, frame) in values.iter().zip(frames.by_ref()) {
            self.out.extend_from_slice(frame);
            escaped(value, true, self.out);
        }
        frames.for_each(|last| self.out.extend_from_slice(last));
    }

    /// Escapes the labels of a series once for all its lines.
    fn encode_labels(&mut self, values: &[Arc<str>]) {
        self.labels.clear();
        self.labels.extend_from_slice(&self.constant);
        for (name, value) in self.label_names.iter().zip(values) {
            label(name.as_str(), value, &mut self.labels);
        }
    }

    /// Writes a line up to its value; `own` is `le` or `quantile`.
    fn head(&mut self, suffix: &str, own: Option<(&str, &str)>) {
        self.out.extend(self.name.as_bytes());
        self.out.extend(suffix.as_bytes());
        let brace = self.out.len();
        self.out.push(b'{');
        self.out.extend_from_slice(&self.labels);
        if let Some((name, value)) = own {
            label(name, value, self.out);
        }
        if self.out.len() == brace + 1 {
            self.out.pop();
        } else if let Some(last_comma) = self.out.last_mut() {
            *last_comma = b'}';
        }
        self.out.push(b' ');
    }

    fn value(&mut self, value: f64) {
        number::value(value, self.out);
        self.out.push(b'\n');
    }

    fn count(&mut self, count: u64) {
        number::count(count, self.out);
        self.out.push(b'\n');
    }
}

/// `name{constant labels,a="`, `",b="`, `"} `.
fn frames(name: &str, constant: &[u8], label_names: &[LabelName]) -> Vec<Vec<u8>> {
    let mut frames = Vec::with_capacity(label_names.len() + 1);
    let mut frame = [name.as_bytes(), b"{", constant].concat();
    for label in label_names {
        frame.extend_from_slice(label.as_str().as_bytes());
        frame.extend_from_slice(b"=\"");
        frames.push(std::mem::replace(&mut frame, b"\",".to_vec()));
    }
    // The comma after the last label, or the brace when there are no labels.
    if frame.pop() == Some(b',') {
        frame.push(b'}');
    }
    frame.push(b' ');
    frames.push(frame);
    frames
}

/// Writes `name="value",`.
fn label(name: &str, value: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"=\"");
    escaped(value, true, out);
    out.extend_from_slice(b"\",");
}
