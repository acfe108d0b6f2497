//! Messages of the server as one line of text that is safe to show, and the position in them.

use cypher::Place;

/// The longest message shown, in characters. A server may repeat a whole query in its message.
const MAX_CHARS: usize = 500;

/// The message in one line: without the excerpt of the query, with control characters escaped, and
/// not longer than [`MAX_CHARS`].
pub(super) fn one_line(message: &str) -> String {
    let lines = message.lines().map(str::trim);
    let joined: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    let joined = joined.join(" ");
    let mut shown: String = joined.chars().take(MAX_CHARS).flat_map(escaped).collect();
    if joined.chars().nth(MAX_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

/// The message in one line, and the position that it names: `… (line 1, column 11 (offset: 10))`.
/// After the position, the server only repeats the line of the query.
pub(super) fn with_place(message: &str) -> (String, Option<Place>) {
    let marker = message.match_indices("(line ").find_map(|(at, marker)| {
        let place = parse_place(message.get(at + marker.len()..)?)?;
        Some((at, place))
    });
    match marker {
        // The server reports line 0 without a position, for example for two statements in one
        // query.
        Some((at, place)) => (
            one_line(&message[..at]),
            Some(place).filter(|place| place.line > 0 && place.column > 0),
        ),
        None => (one_line(message), None),
    }
}

fn parse_place(text: &str) -> Option<Place> {
    let (line, text) = text.split_once(", column ")?;
    let (column, offset) = text.split_once(" (offset: ")?;
    let (offset, _) = offset.split_once("))")?;
    offset.parse::<u64>().ok()?;
    Some(Place {
        line: line.parse().ok()?,
        column: column.parse().ok()?,
    })
}

/// The server counts columns in UTF-16 units, and only a line feed ends a line.
pub(super) fn in_characters(place: Place, query: &str) -> Place {
    let line = query
        .split('\n')
        .nth(place.line.saturating_sub(1))
        .unwrap_or_default();
    let mut units = place.column.saturating_sub(1);
    let mut characters = 0;
    for character in line.chars() {
        if units == 0 {
            break;
        }
        units = units.saturating_sub(character.len_utf16());
        characters += 1;
    }
    // Past the end of the line, one unit is one character.
    Place {
        line: place.line,
        column: characters + units + 1,
    }
}

/// A character that moves the cursor or reverses the text is shown as its escape sequence.
fn escaped(character: char) -> impl Iterator<Item = char> {
    let hidden = character.is_control()
        || matches!(
            character,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        );
    let (escape, plain) = if hidden {
        (Some(character.escape_unicode()), None)
    } else {
        (None, Some(character))
    };
    escape.into_iter().flatten().chain(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_becomes_one_safe_line() {
        for (message, expected) in [
            ("plain", "plain"),
            ("", ""),
            (
                "ACCESS is not allowed.\n\nIt must be\r\n  changed.",
                "ACCESS is not allowed. It must be changed.",
            ),
            ("red \u{1b}[31m", r"red \u{1b}[31m"),
            ("tab\there", r"tab\u{9}here"),
            ("reversed \u{202e}txt", r"reversed \u{202e}txt"),
            ("é 🦀", "é 🦀"),
        ] {
            assert_eq!(one_line(message), expected);
        }
    }

    #[test]
    fn a_long_message_is_cut_at_a_character() {
        let long = "é".repeat(MAX_CHARS);
        assert_eq!(one_line(&long), long);
        assert_eq!(one_line(&format!("{long}é")), format!("{long}…"));
    }

    #[test]
    fn a_position_is_parsed_from_the_message() {
        let parsed = |message: &str, query: &str| {
            let (message, place) = with_place(message);
            let place = place.map(|place| in_characters(place, query));
            (message, place.map(|place| (place.line, place.column)))
        };
        for (message, query, expected) in [
            (
                "Variable `x` not defined (line 1, column 8 (offset: 7))\n\"RETURN x\"\n        ^",
                "RETURN x",
                ("Variable `x` not defined", Some((1, 8))),
            ),
            (
                "Expected:\n  a\n  b (line 2, column 3 (offset: 9))",
                "MATCH\n  (n)",
                ("Expected: a b", Some((2, 3))),
            ),
            (
                "No (line 1, column two (offset: 7))",
                "",
                ("No (line 1, column two (offset: 7))", None),
            ),
            (
                "Input '(line 1' (line 1, column 8 (offset: 7))",
                "RETURN (line 1",
                ("Input '(line 1'", Some((1, 8))),
            ),
            (
                "After an emoji (line 1, column 12 (offset: 11))",
                "RETURN '🦀' x",
                ("After an emoji", Some((1, 11))),
            ),
            (
                "At the end (line 1, column 9 (offset: 8))",
                "RETURN 1",
                ("At the end", Some((1, 9))),
            ),
            (
                "Nowhere (line 0, column 1 (offset: 0))",
                "RETURN 1; RETURN 2",
                ("Nowhere", None),
            ),
            ("", "", ("", None)),
        ] {
            let (message, place) = parsed(message, query);
            assert_eq!((&*message, place), expected);
        }
    }
}
