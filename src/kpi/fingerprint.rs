//! What a window KPI counts, as texts that can be kept and compared: totals go on only where all of it is as it was.
//!
//! Comments, help, panels, alerts and the schedule are no part of it, nor is `lag`, which moves when an event is counted, nor
//! `start`, which applies only before the first window: totals continue when it changes.
//! `database` is taken as the header has it: that it may name the graph's default anyway, only the graph knows.

use std::collections::{BTreeMap, HashSet};

use super::{Kpi, Metric, ValueSpec};
use cypher::{Literal, Parameters};

/// A text for each part of what is counted, by the part's name.
pub type Definition = BTreeMap<String, String>;

/// What the KPI counts.
pub(super) fn of(kpi: &Kpi) -> Definition {
    let metrics: Vec<_> = kpi
        .metrics
        .iter()
        .map(|metric| kpi.counts(metric))
        .collect();
    // A parameter that the query does not use does not change what is counted.
    let used = kpi.statement.parameters.iter();
    let used: HashSet<_> = used.map(|named| named.name.as_str()).collect();
    let of_query = |set: &Parameters| {
        set.clone()
            .into_iter()
            .filter(|(name, _)| used.contains(name.as_str()))
            .collect()
    };
    let parameters: Vec<_> = kpi
        .parameters
        .iter()
        .map(|set| literal(&Literal::Map(of_query(set))))
        .collect();
    let time = kpi.window().map_or("", |window| window.time.as_str());
    let parts = [
        ("query", kpi.statement.canonical.clone()),
        ("metrics", metrics.join("; ")),
        ("parameters", parameters.join("; ")),
        ("time", time.to_owned()),
        (
            "database",
            kpi.database.as_deref().unwrap_or_default().to_owned(),
        ),
    ];
    parts
        .into_iter()
        .map(|(part, text)| (part.to_owned(), text))
        .collect()
}

impl Kpi {
    /// A metric by its name, its labels and the columns that it is made of.
    fn counts(&self, metric: &Metric) -> String {
        let column = |column: usize| self.columns.get(column).map_or("", |name| name);
        let labels = metric.desc.labels.iter().zip(&metric.labels);
        let labels: Vec<_> = labels
            .map(|(label, from)| format!("{label}={}", column(*from)))
            .collect();
        let of = match &metric.shape {
            ValueSpec::Gauge { value }
            | ValueSpec::Counter { value }
            | ValueSpec::StateSet { value, .. } => column(*value).to_owned(),
            ValueSpec::Histogram {
                value,
                weight,
                bounds,
            } => {
                format!(
                    "{} weight {} le {bounds:?}",
                    column(*value),
                    weight.map_or("1", column)
                )
            }
            ValueSpec::Summary { quantiles, .. } => format!("{quantiles:?}"),
            ValueSpec::Info => String::new(),
        };
        format!(
            "{} {}{{{}}} {of}",
            metric.shape.metric_type().as_str(),
            metric.desc.name,
            labels.join(",")
        )
    }
}

/// As Cypher would write it.
fn literal(value: &Literal) -> String {
    match value {
        Literal::Boolean(boolean) => boolean.to_string(),
        Literal::Integer(integer) => integer.to_string(),
        Literal::Float(float) => format!("{float:?}"),
        Literal::String(text) => quoted(text),
        Literal::List(items) => format!(
            "[{}]",
            items.iter().map(literal).collect::<Vec<_>>().join(", ")
        ),
        Literal::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(name, value)| format!("{}: {}", quoted(name), literal(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Literal::DateTime(at) => format!("datetime {}", at.0),
        Literal::LocalDateTime(at) => format!("localdatetime {}", at.0),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{Defaults, Source, load};
    use super::*;

    const FILE: &str = "// Help.
/*kpi
name = \"p_seconds\"
type = \"histogram\"
buckets = [0.5, 1]
mode = \"window\"
params = { k = [\"a\\\"\", 2, 0.5, true] }
*/
MATCH (e:Event) WHERE e.t > $since AND e.t <= $until AND e.k IN $k // why
RETURN e.g AS g, e.s AS value";

    /// Of the file with these words replaced.
    fn definition(replaced: &[(&str, &str)]) -> Definition {
        let text = replaced.iter().fold(FILE.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        });
        let source = Source {
            path: "queries/p/a.cypher".to_owned(),
            pack: "p".to_owned(),
            text,
        };
        let catalog = load(
            &[source],
            &[],
            &Defaults {
                every: Duration::from_secs(60),
                const_labels: &[],
            },
        );
        // Some of what changes no total is warned of.
        assert_eq!(catalog.errors(), 0, "{:?}", catalog.problems);
        catalog.kpis[0].definition().clone()
    }

    #[test]
    fn in_words() {
        let text: Vec<_> = definition(&[])
            .into_iter()
            .map(|(part, text)| format!("{part}: {text}"))
            .collect();
        insta::assert_snapshot!(text.join("\n"), @r#"
        database: 
        metrics: histogram p_seconds{g=g} value weight 1 le [0.5, 1.0]
        parameters: {"k": ["a\"", 2, 0.5, true]}
        query: MATCH ( e : Event ) WHERE e . t > $since AND e . t <= $until AND e . k IN $k RETURN e . g AS g , e . s AS value
        time: datetime
        "#);
    }

    #[test]
    fn what_changes_no_total_is_no_part_of_it() {
        for replaced in [
            ("Help.", "Other words."),
            ("mode =", "lag = \"1m\"\nstart = \"now\"\nmode ="),
            (
                "mode =",
                "every = \"7s\"\ntimeout = \"1s\"\nmax_series = 7\nexpect = { g = [\"x\"] }\nmode =",
            ),
            (
                "\n*/",
                "\n[panel]\ntitle = \"T\"\n[[alert]]\nname = \"A\"\nexpr = \"up == 0\"\n*/",
            ),
            ("// why", "/* because */"),
            (" AND ", "\n  AND\t"),
            ("AS value", "AS value;"),
            ("AS value", "AS value ; // the end"),
            ("true]", "true], unused = 1"),
        ] {
            assert_eq!(definition(&[replaced]), definition(&[]), "{replaced:?}");
        }
    }

    #[test]
    fn what_changes_a_total_is() {
        for (replaced, part) in [
            (&[("e:Event", "e:Events")][..], "query"),
            (&[("<=", "<")], "query"),
            (&[("(e:Event)", "(e:`Event `)")], "query"),
            (&[("p_seconds", "q_seconds")], "metrics"),
            (&[("[0.5, 1]", "[0.5, 2]")], "metrics"),
            (
                &[
                    ("\"histogram\"\nbuckets = [0.5, 1]", "\"counter\""),
                    ("p_seconds", "p_total"),
                ],
                "metrics",
            ),
            (&[("true", "false")], "parameters"),
            (
                &[(
                    "params = { k = [\"a\\\"\", 2, 0.5, true] }",
                    "params = [{ k = 1 }, { k = 1 }]",
                )],
                "parameters",
            ),
            (&[("mode =", "time = \"iso\"\nmode =")], "time"),
            (&[("mode =", "database = \"other\"\nmode =")], "database"),
        ] {
            let (before, after) = (definition(&[]), definition(replaced));
            let changed: Vec<_> = after
                .keys()
                .filter(|part| before[*part] != after[*part])
                .collect();
            assert_eq!(changed, [part], "{replaced:?}");
        }
    }
}
