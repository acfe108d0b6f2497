//! Reads the tests of a KPI, the cases of its `*.test.cypher` file, and compares the samples that a
//! case expects with those found. Pure.

mod blocks;
mod header;
mod moment;
mod samples;

use std::ops::Range;

use cypher::UnixMillis;

use crate::diagnostic::{Problem, Problems};
use crate::kpi::Source;
use blocks::Block;

pub use moment::at_moment;
pub use samples::{Expected, Mismatch};

/// The name of a file of tests ends with this, after the name of its KPI.
pub const ENDING: &str = ".test.cypher";

/// One test of a KPI.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What it shows, in one line.
    pub name: String,
    /// The line of the file that it begins in.
    pub line: usize,
    /// What happens, in this order; at least one step.
    pub steps: Vec<Step>,
}

/// One run of the KPI, and the write before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The time of the run: the value of `datetime()`, and the end of the window.
    pub at: UnixMillis,
    /// The statement that is written before. Blanks stand for the text of the file before it, so
    /// that a server reports places of the file.
    pub statement: Option<String>,
    /// The expected result; `None` if it is not checked.
    pub expected: Option<Expectation>,
}

/// What a run is expected to give.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// Exactly these samples.
    Samples(Expected),
    /// A failure with this reason, as in the label `reason` of the exporter's own metrics.
    Failure(String),
}

/// The path of the tests of the KPI in `path`.
pub fn path_of_tests(path: &str) -> String {
    format!("{}{ENDING}", path.strip_suffix(".cypher").unwrap_or(path))
}

/// Reads all cases of a file.
///
/// # Errors
/// Every problem of the file.
pub fn read(source: &Source) -> Result<Vec<Case>, Vec<Problem>> {
    let mut problems = Problems::of(&source.path);
    let blocks = blocks::split(&source.text, &mut problems);
    let cases: Vec<_> = blocks
        .iter()
        .filter_map(|block| case(&source.text, block, &mut problems))
        .collect();
    let problems = problems.into_vec();
    if problems.is_empty() {
        Ok(cases)
    } else {
        Err(problems)
    }
}

fn case(text: &str, block: &Block, problems: &mut Problems<'_>) -> Option<Case> {
    let header = header::read(text, block, problems)?;
    if let Some(extra) = block.statements.get(header.times.len()) {
        let (message, fix) = if header.times.len() == 1 {
            (
                "expected one statement in this case, found a second one",
                "join the statements, or list in `at` the times between which they are written",
            )
        } else {
            (
                "expected at most one statement for each time in `at`",
                "join the statements, or add a time to `at`",
            )
        };
        problems.error(extra.clone(), message, fix);
        return None;
    }
    let statement = |at: usize, time: UnixMillis| {
        let span = block.statements.get(at)?.clone();
        Some(in_place(text, span, time))
    };
    let steps = header.times.iter().zip(header.expected).enumerate();
    let steps = steps.map(|(number, (&at, expected))| Step {
        at,
        statement: statement(number, at),
        expected,
    });
    Some(Case {
        name: header.name,
        line: text[..block.mark.start].matches('\n').count() + 1,
        steps: steps.collect(),
    })
}

/// A statement at its line and column of the file.
fn in_place(text: &str, span: Range<usize>, at: UnixMillis) -> String {
    let before = &text[..span.start];
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    let lines = "\n".repeat(before.matches('\n').count());
    let columns = " ".repeat(before[line..].chars().count());
    format!("{lines}{columns}{}", at_moment(&text[span], at))
}

#[cfg(test)]
mod tests;
