//! Any file: no panic, and every span is on character boundaries.

use proptest::prelude::*;

use super::*;
use crate::diagnostic::{Place, Problem};

/// Pieces of which real files are made, and what people break them with.
#[rustfmt::skip]
const FRAGMENTS: &[&str] = &[
    "// Help.\n", "/*kpi\n", "/*kpi", "*/", "*/\n", "\n", "\r\n", "\u{feff}", "\"", "'", "\"\"\"", "`", "\\u0041",
    "\\u00", "\\", "é", "😀", "\u{301}", "name = \"x\"\n", "name = ", "type = \"histogram\"\n",
    "type = \"stateset\"\n", "type = \"counter\"\n", "type = \"summary\"\n", "buckets = [1, 2]\n", "buckets = [",
    "quantiles = { \"0.5\" = \"value\" }\n", "unit = \"\"\n", "every = \"5m\"\n", "every = \"99999999999y\"\n",
    "cron = \"0 0 29 2 *\"\n", "mode = \"window\"\n", "params = { a = 1 }\n", "[[params]]\na = 1\n",
    "expect = { a = [\"x\"] }\n", "[[metric]]\n", "[[alert]]\n", "when = \"< 0.6\"\n", "panel = false\n",
    "max_series = 1\n", "MATCH (n) ", "RETURN ", "n.a AS a, ", "count(n) AS value", "$since", "$a", "{", "}", "(",
    ")", "[", "]", ";", "CREATE (n) ", "UNION ", "AS ", "CALL ",
];

fn fragments() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(FRAGMENTS), 0..24).prop_map(|parts| parts.concat())
}

fn all_is_well(kpi: &str, pack: &str) -> Result<(), TestCaseError> {
    let catalog = load_all(&[("p/a.cypher", kpi), ("p/pack.toml", pack)], &["graph"]);
    for problem in &catalog.problems {
        let text = if problem.path().is_some_and(|path| path.ends_with(".toml")) {
            pack
        } else {
            kpi
        };
        let span = problem.span().cloned().unwrap_or_default();
        prop_assert!(
            text.get(span.clone()).is_some(),
            "{span:?} of {problem:?} is not within {text:?}"
        );
        problem.render(text, true);
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        all_is_well(&text, &text)?;
    }

    #[test]
    fn any_text(kpi in ".{0,80}", pack in ".{0,80}") {
        all_is_well(&kpi, &pack)?;
    }

    #[test]
    fn any_mix_of_fragments(kpi in fragments(), pack in fragments()) {
        all_is_well(&kpi, &pack)?;
    }

    #[test]
    fn any_header_over_a_query(header in fragments()) {
        all_is_well(&with_header(&header), "")?;
    }

    #[test]
    fn any_span_over_any_text(text in "(?s).{0,40}", start in 0_usize..200, length in 0_usize..200, colour: bool) {
        let place = Place::Span(text.clone(), start..start + length);
        let problem = Problem::error(place, text.clone(), text.clone());
        problem.render(&text, colour);
    }
}
