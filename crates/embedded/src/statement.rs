//! Translates a statement to the dialect of the engine, and places back to the user's text.
//!
//! Line breaks are kept and comments become blanks; other changes replace single
//! [words](super::words) or the tokens of an [expression](super::forms).

use super::keys::engine_key;
use super::tokens::Tokens;
use super::words::for_engine;
use super::{aggregates, refusals};
use crate::Error;
use cypher::Place;
use cypher::{self, Kind};

/// A translated statement.
#[derive(Debug)]
pub(super) struct Statement {
    original: String,
    tokens: Tokens,
    text: String,
    /// The start of each token in `text`, in characters.
    starts: Vec<usize>,
}

impl Statement {
    /// Translates a statement, or returns why the engine cannot run it.
    pub(super) fn read(query: &str) -> Result<Self, Error> {
        let tokens = cypher::tokens(query).map_err(|fault| {
            let message = format!("{}: {}", fault.message, fault.fix);
            Error::Statement {
                message,
                place: Some(place_in(query, fault.span.start)),
            }
        })?;
        let tokens = Tokens::new(tokens);
        if let Some((token, message)) = refusals::refusal(&tokens) {
            let place = tokens
                .all
                .get(token)
                .map(|token| place_in(query, token.span.start));
            return Err(Error::Statement { message, place });
        }
        Ok(Self::translated(query, tokens))
    }

    fn translated(query: &str, tokens: Tokens) -> Self {
        let (mut text, mut starts, mut written, mut end) = (String::new(), Vec::new(), 0, 0);
        let gap = |gap: &str| {
            gap.chars()
                .map(|c| if c == '\n' { '\n' } else { ' ' })
                .collect::<String>()
        };
        for (index, token) in tokens.all.iter().enumerate() {
            let before = gap(&query[end..token.span.start]);
            starts.push(written + before.chars().count());
            let word = for_engine(&tokens, index);
            written += before.chars().count() + word.chars().count();
            text.extend([before.as_str(), &*word]);
            end = token.span.end;
        }
        Self {
            original: query.to_owned(),
            tokens,
            text,
            starts,
        }
    }

    /// The text for the engine.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is an EXPLAIN.
    pub(super) fn explains(&self) -> bool {
        self.tokens
            .all
            .first()
            .is_some_and(|first| first.is_word("EXPLAIN"))
    }

    /// Whether the engine streams its rows: one pattern and no aggregation, ordering or subquery.
    pub(super) fn is_streamed(&self) -> bool {
        const MORE: [&str; 9] = [
            "CALL", "DISTINCT", "LIMIT", "MATCH", "ORDER", "SKIP", "UNION", "UNWIND", "WITH",
        ];
        let tokens = &self.tokens;
        let after_first = 1..tokens.all.len();
        let Some(columns) = after_first.clone().find(|&at| tokens.is_word(at, "RETURN")) else {
            return false;
        };
        let is_more = |at: usize| {
            tokens.inside(at).is_none() && MORE.iter().any(|word| tokens.is_word(at, word))
        };
        let is_second =
            |at: usize| tokens.inside(at).is_none() && at < columns && tokens.is(at, ",");
        tokens.is_word(0, "MATCH")
            && !after_first
                .clone()
                .any(|at| (is_more(at) && !tokens.ends_operator(at)) || is_second(at))
            && !(columns..tokens.all.len()).any(|at| aggregates::is_aggregate(tokens, at))
    }

    /// Whether it calls `propertyKeys`.
    pub(super) fn lists_keys(&self) -> bool {
        let calls =
            |index| self.tokens.is_call(index) && self.tokens.is_word(index, "propertyKeys");
        (0..self.tokens.all.len()).any(calls)
    }

    /// Whether it contains a map with keys.
    pub(super) fn names_keys(&self) -> bool {
        (0..self.tokens.all.len()).any(|index| self.tokens.is_key_of_map(index))
    }

    /// The keys of its maps, by their names in the engine.
    pub(super) fn keys(&self) -> Vec<String> {
        let keys = (0..self.tokens.all.len()).filter(|&index| self.tokens.is_key_of_map(index));
        keys.map(|index| engine_key(&self.tokens.all[index].text).into_owned())
            .collect()
    }

    /// Its node labels.
    pub(super) fn labels(&self) -> Vec<String> {
        let tokens = &self.tokens;
        let labels = (0..tokens.all.len()).filter(|&index| tokens.is_label(index));
        labels
            .map(|index| tokens.all[index].text.clone().into_owned())
            .collect()
    }

    /// Maps a place in the engine's text to the user's text.
    pub(super) fn place(&self, line: usize, column: usize) -> Place {
        let before: usize = self
            .text
            .split('\n')
            .take(line.saturating_sub(1))
            .map(|line| line.chars().count() + 1)
            .sum();
        self.place_at(before + column.saturating_sub(1))
    }

    /// Maps a character offset in the engine's text to the user's text.
    pub(super) fn place_at(&self, at: usize) -> Place {
        let Some(index) = self
            .starts
            .partition_point(|&start| start <= at)
            .checked_sub(1)
        else {
            return place_in(&self.original, 0);
        };
        let (start, span) = (self.starts[index], &self.tokens.all[index].span);
        let word = for_engine(&self.tokens, index);
        let (from, characters) = match at.checked_sub(start + word.chars().count()) {
            Some(behind) => (span.end, behind),
            None if *word == self.original[span.clone()] => (span.start, at - start),
            // Inside a replaced token there is no exact place.
            None => (span.start, 0),
        };
        let rest = &self.original[from..];
        place_in(
            &self.original,
            from + rest
                .char_indices()
                .nth(characters)
                .map_or(rest.len(), |(offset, _)| offset),
        )
    }

    /// The place of an undefined variable. A name that is never bound is wrong at its first use,
    /// any other at its last.
    pub(super) fn variable(&self, name: &str) -> Option<Place> {
        let tokens = &self.tokens;
        let is_it = |index: &usize| tokens.is_variable(*index) && tokens.all[*index].text == name;
        let mut uses = (0..tokens.all.len()).filter(is_it).peekable();
        let bound = uses.clone().any(|index| tokens.binds_name(index));
        let index = if bound { uses.last() } else { uses.next() }?;
        Some(place_in(&self.original, tokens.all[index].span.start))
    }

    /// The first place of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<Place> {
        self.first(|tokens, index| {
            tokens.all[index].kind == Kind::Parameter && tokens.all[index].text == name
        })
    }

    /// The first call of a function or procedure, by full name.
    pub(super) fn call(&self, name: &str) -> Option<Place> {
        self.first(|tokens, index| {
            let is_first = !tokens.is(index.wrapping_sub(1), ".");
            is_first
                && tokens
                    .called(index)
                    .is_some_and(|called| called.eq_ignore_ascii_case(name))
        })
    }

    fn first(&self, is_it: impl Fn(&Tokens, usize) -> bool) -> Option<Place> {
        let index = (0..self.tokens.all.len()).find(|&index| is_it(&self.tokens, index))?;
        Some(place_in(&self.original, self.tokens.all[index].span.start))
    }
}

/// The place of a byte of `text`.
fn place_in(text: &str, at: usize) -> Place {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    Place {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(query: &str) -> String {
        Statement::read(query)
            .unwrap_or_else(|error| panic!("{query}: {error}"))
            .text()
            .to_owned()
    }

    #[test]
    fn statements_are_translated_to_the_dialect_of_the_engine() {
        for (query, engine) in [
            (
                "// c\nRETURN 1 /* a\nb */ AS v;",
                "    \nRETURN 1     \n     AS v;",
            ),
            ("RETURN '/* a */' AS `// b`", "RETURN '/* a */' AS `// b`"),
            (
                "RETURN percentilecont(n.x, 0.5), 'percentileCont(' AS v",
                "RETURN percentile_cont(n.`x`, 0.5), 'percentileCont(' AS v",
            ),
            ("RETURN percentileDisc AS v", "RETURN percentileDisc AS v"),
            (
                "RETURN 1 + stDev(n.x) / max(2) AS v",
                "RETURN 1 + coalesce(stDev(n.`x`), 0.0) / max(2) AS v",
            ),
            (
                "MATCH (n {name: $name}) SET n.end = n.id",
                "MATCH (n {`name__`: $name}) SET n.`end` = n.`id__`",
            ),
            (
                "RETURN n {.id, name, x: 1} AS id, {id: id}.id",
                "RETURN (CASE WHEN `n` IS NULL THEN null ELSE  {`id__`: `n`.`id__`, `name__`: `name`, `x`: 1} END) AS id, {`id__`: id}.`id__`",
            ),
            (
                "MATCH (n) RETURN n {.*}, n {.*, x: 1}",
                "MATCH (n) RETURN properties(`n`) , n {.*, `x`: 1}",
            ),
            (
                "MATCH (n {id: 1})-[r:R {x: 1}]->(:L {x: 1}) WHERE (n {x: 1})--() RETURN collect(n {x: 1})",
                "MATCH (n {`id__`: 1})-[r:R {`x`: 1}]->(:L {`x`: 1}) WHERE (n {`x`: 1})--() RETURN collect((CASE WHEN `n` IS NULL THEN null ELSE  {`x`: 1} END))",
            ),
            (
                "RETURN n['id'], n[ \"kind\" ], [1][0], x IN ['id'], l[1..n], l[-1]",
                "RETURN n['id__'], n[ \"kind\" ], [1][0], x IN ['id'], l[1..n], l[-1]",
            ),
            (
                "CALL (n) { RETURN n.x AS x, id } RETURN id(n)",
                "CALL (n) { RETURN n.`x` AS x, id } RETURN id(n)",
            ),
            (
                "MATCH (n:type)-[:name]->() RETURN type(n) AS name",
                "MATCH (n:type)-[:name]->() RETURN type(n) AS name",
            ),
            (
                "CALL db.index.name.of(1) YIELD type RETURN date.truncate('week')",
                "CALL db.index.name.of(1) YIELD type RETURN date.truncate('week')",
            ),
            ("RETURN n.id__ AS v", "RETURN n.`id____` AS v"),
            (
                "RETURN duration.inDays(x) AS v",
                "RETURN duration.inDays(x) AS v",
            ),
            (
                "RETURN duration.inDays(a, f(b, c))",
                "RETURN head([two IN [[a, f(b, c)]] | CASE WHEN two[0].timezone IS NULL OR two[1].timezone IS NULL \
                 THEN duration.inDays(two[0], two[1]) \
                 ELSE duration.inDays(two[0], datetime({datetime: two[1], timezone: two[0].timezone})) END])",
            ),
            (
                "RETURN $/**/a, `a``b`, '\\u0041', a – b",
                "RETURN $a, `a``b`, 'A', a - b",
            ),
            (
                "CALL db.labels() YIELD label AS l RETURN l",
                "MATCH (labelled) UNWIND labels(labelled) AS label WITH DISTINCT label    AS l RETURN l",
            ),
        ] {
            assert_eq!(text(query), engine, "{query}");
        }
    }

    #[test]
    fn a_plain_match_is_streamed() {
        for (query, streamed) in [
            (
                "MATCH (n:A)-[r]->(b {x: 1, y: 2}) WHERE n.x STARTS WITH 'a' RETURN n.x AS x, toUpper(b.y) AS v",
                true,
            ),
            ("MATCH (n:A) RETURN [(n)--(m) | m.x] AS v", true),
            ("MATCH (n), (m) RETURN n.x AS v", false),
            ("MATCH (n) MATCH (m) RETURN n.x AS v", false),
            ("MATCH (n) WITH n RETURN n.x AS v", false),
            ("MATCH (n) RETURN DISTINCT n.x AS v", false),
            ("MATCH (n) RETURN n.x AS v ORDER BY v", false),
            ("MATCH (n) RETURN 1 + count(*) AS v", false),
            ("OPTIONAL MATCH (n) RETURN n.x AS v", false),
            ("UNWIND [1] AS x RETURN x AS v", false),
            ("MATCH (n) RETURN n.x AS v UNION ALL RETURN 1 AS v", false),
        ] {
            assert_eq!(
                Statement::read(query).unwrap().is_streamed(),
                streamed,
                "{query}"
            );
        }
    }

    #[test]
    fn a_renamed_key_maps_back_to_its_name() {
        for key in ["id", "id__", "id____", "kind", "kind__", "", "__"] {
            assert_eq!(crate::keys::user_key(&engine_key(key)), key);
        }
    }

    #[test]
    fn places_map_back_to_the_users_text() {
        for (query, engine, user) in [
            ("RETURN x", "x", "x"),
            ("/* a\nb */ RETURN\n 🦀x y", "y", "y"),
            ("RETURN percentileCont(a, 1) + z", "z", "z"),
            ("RETURN percentileCont(a, 1)", "cont", "percentileCont"),
            ("RETURN '\\u0041', z", "z", "z"),
            ("RETURN n.name, z", "z", "z"),
            ("RETURN n.name", "me", "name"),
            ("RETURN duration.inDays(a, b) + z", "z", "z"),
            (
                "RETURN n {.a, z} AS v, n['id'], n[$k] + keys(y)",
                "(y",
                "(y",
            ),
            ("MATCH (n) RETURN n {.*, z}", "z", "z"),
        ] {
            let statement = Statement::read(query).unwrap();
            let at = |text: &str, part: &str| place_in(text, text.rfind(part).unwrap());
            let Place { line, column } = at(statement.text(), engine);
            assert_eq!(statement.place(line, column), at(query, user), "{query}");
        }
        let statement = Statement::read("RETURN 1").unwrap();
        assert_eq!(statement.place(7, 7), Place { line: 1, column: 9 });
    }

    #[test]
    fn an_undefined_variable_is_found_at_its_wrong_use() {
        for (query, column) in [
            ("RETURN x + x", Some(8)),
            ("RETURN {x: 1}.x AS a, x", Some(23)),
            ("MATCH (x:x) WITH 1 AS a RETURN x", Some(32)),
            ("RETURN [x IN [1] | x] AS a, x", Some(29)),
            ("MATCH (n:x) RETURN n.x", None),
        ] {
            let place = Statement::read(query).unwrap().variable("x");
            assert_eq!(place.map(|place| place.column), column, "{query}");
        }
    }

    #[test]
    fn labels_and_keys_are_found() {
        let statement = Statement::read(
            "MATCH (a:A|B {k: 1})-[:R {w: 2}]->(b) WHERE b:C:D CREATE (:E {name: {deep: a.x}}) RETURN [x IN [1] | x] AS v",
        );
        let statement = statement.unwrap();
        assert_eq!(statement.labels(), ["A", "B", "C", "D", "E"]);
        assert_eq!(statement.keys(), ["k", "w", "name__", "deep"]);
    }

    proptest! {
        #[test]
        fn any_text_has_places(query in "(\\PC|[\\n'`\"{}()\\[\\].,:;$/*]|MATCH|RETURN|\\\\u0041|CALL|name|stDev){0,40}", line in 0..9_usize, column in 0..99_usize) {
            if let Ok(statement) = Statement::read(&query) {
                let Place { line, column } = statement.place(line, column);
                let shown = query.split('\n').nth(line - 1).unwrap();
                prop_assert!(column <= shown.chars().count() + 1);
                statement.variable("name");
                statement.labels();
            }
        }
    }
}
