//! Faults that anyone could make in a query: each is one small change of the shipped text, and some
//! world must show it.

use std::fmt;
use std::ops::Range;

use cypher_exporter::graph::Graph;
use cypher_exporter::kpi::Source;

use super::asking::Asked;
use super::family::Family;
use super::pack;

/// A file with one fault.
#[derive(Clone, Debug)]
pub(crate) struct Faulty {
    pub(crate) source: Source,
    line: usize,
    /// The text before and after.
    pub(crate) change: String,
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.source.path, self.line, self.change)
    }
}

/// What follows a condition.
const CLAUSES: [&str; 7] = [
    "\nRETURN",
    "\n  RETURN",
    "\nWITH",
    "\nWHERE",
    "\nMATCH",
    "\nUNWIND",
    "\nORDER",
];

/// Words and what a hurried hand makes of them.
const SLIPS: [(&str, &str); 20] = [
    ("> $since", ">= $since"),
    ("<= $until", "< $until"),
    (" > 0", " >= 0"),
    ("LIMIT 1", "LIMIT 2"),
    ("1.0 * ", "1 * "),
    ("100.0 * ", "100 * "),
    ("/ 1000.0", "/ 1000"),
    (" DESC", ""),
    ("DISTINCT ", ""),
    ("OPTIONAL MATCH", "MATCH"),
    ("toLower(", "("),
    ("sum(", "count("),
    ("avg(", "sum("),
    ("min(", "max("),
    ("UNION ALL", "UNION"),
    ("'error'", "'success'"),
    ("'fail'", "'warn'"),
    ("'hit'", "'miss'"),
    ("'success'", "'failed'"),
    ("'unknown'", "''"),
];

/// Every fault of one file.
pub(crate) fn of(source: &Source) -> Vec<Faulty> {
    let query = source.text.find("\n*/").map_or(0, |end| end + "\n*/".len());
    let mut changes = slips(&source.text);
    changes.extend(lost_conditions(&source.text));
    changes.extend(lost_defaults(&source.text));
    // The rows of a window add up whatever their labels are called before the product names them.
    if source.text.contains("$since") {
        changes.retain(|(place, _)| !source.text[place.clone()].ends_with(", 'unknown')"));
    }
    changes.extend(lost_guards(&source.text));
    changes.retain(|(place, _)| place.start >= query && !in_comment(&source.text, place.start));
    changes
        .into_iter()
        .map(|(place, text)| faulty(source, place, &text))
        .collect()
}

impl Asked<'_> {
    /// Whether a file with a fault loads, and answers about the same world as if it had none.
    pub(crate) async fn misses(&self, graph: &Graph, faulty: &Faulty, families: &[Family]) -> bool {
        let kpis = pack::load(std::slice::from_ref(&faulty.source), &[]).kpis;
        let metrics: Vec<_> = kpis
            .iter()
            .flat_map(|kpi| &kpi.metrics)
            .map(|metric| metric.desc.name.as_str())
            .collect();
        let fed = families
            .iter()
            .filter(|family| metrics.contains(&family.name));
        !kpis.is_empty() && self.again(graph, &kpis).await.agrees(fed).is_ok()
    }
}

type Change = (Range<usize>, String);

fn faulty(source: &Source, place: Range<usize>, text: &str) -> Faulty {
    let line = source.text[..place.start].matches('\n').count() + 1;
    let change = format!("`{}` became `{text}`", &source.text[place.clone()]);
    let mut changed = source.text.clone();
    changed.replace_range(place, text);
    Faulty {
        source: Source {
            text: changed,
            ..source.clone()
        },
        line,
        change,
    }
}

fn in_comment(text: &str, at: usize) -> bool {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[line..at].trim_start().starts_with("//")
}

fn slips(text: &str) -> Vec<Change> {
    let each = |(from, to): &(&str, &str)| {
        let places = text
            .match_indices(from)
            .map(|(at, _)| (at..at + from.len(), (*to).to_owned()));
        places.collect::<Vec<_>>()
    };
    SLIPS.iter().flat_map(each).collect()
}

/// Each condition of a WHERE left out.
fn lost_conditions(text: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    for (at, word) in text.match_indices("WHERE ") {
        let start = at + word.len();
        let rest = &text[start..];
        let end = start
            + CLAUSES
                .iter()
                .filter_map(|clause| rest.find(clause))
                .min()
                .unwrap_or(rest.len());
        let mut condition = start;
        for part in text[start..end].split("AND ") {
            changes.push((
                condition..condition + part.trim_end().len(),
                "true".to_owned(),
            ));
            condition += part.len() + "AND ".len();
        }
    }
    changes
}

/// Each `coalesce(x, default)` without its default.
fn lost_defaults(text: &str) -> Vec<Change> {
    let calls = text.match_indices("coalesce(").filter_map(|(at, word)| {
        let inside = at + word.len();
        let end = inside + closing(&text[inside..])?;
        let (value, _) = text[inside..end].rsplit_once(", ")?;
        Some((at..end + 1, value.to_owned()))
    });
    calls.collect()
}

/// Each `CASE WHEN condition THEN value … END` as if the condition held always.
fn lost_guards(text: &str) -> Vec<Change> {
    let cases = text.match_indices("CASE WHEN ").filter_map(|(at, _)| {
        let end = at + text[at..].find(" END")?;
        let (_, value) = text[at..end].split_once(" THEN ")?;
        let value = value
            .split(" WHEN ")
            .next()
            .and_then(|value| value.split(" ELSE ").next())?;
        Some((at..end + " END".len(), value.to_owned()))
    });
    cases.collect()
}

/// Where the bracket closes that was open before `text`.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1;
    text.char_indices().find_map(|(at, c)| {
        open += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        (open == 0).then_some(at)
    })
}
