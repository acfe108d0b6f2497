//! Simple regular expressions of matchers: alternatives of words with `.*` and `.+`.

/// Whether the whole value matches; `None` for a pattern that is not simple.
pub fn matches(pattern: &str, value: &str) -> Option<bool> {
    let mut any = false;
    for alternative in alternatives(pattern)? {
        any |= fits(&pieces(alternative)?, value);
    }
    Some(any)
}

/// A value that matches; `None` for a pattern that is not simple.
pub fn example(pattern: &str) -> Option<String> {
    let first = *alternatives(pattern)?.first()?;
    let pieces = pieces(first)?;
    Some(
        pieces
            .iter()
            .map(|piece| match piece {
                Piece::Word(word) => word.as_str(),
                Piece::Any { .. } => "example",
            })
            .collect(),
    )
}

enum Piece {
    Word(String),
    /// `.*`, or `.+`, which is not empty.
    Any {
        at_least_one: bool,
    },
}

/// The parts between `|`; a pair of parentheses around all of them is ignored.
fn alternatives(pattern: &str) -> Option<Vec<&str>> {
    let inner = pattern
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or(pattern);
    let inner = inner.strip_prefix("?:").unwrap_or(inner);
    (!inner.contains(['(', ')'])).then(|| inner.split('|').collect())
}

fn pieces(text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '.' => {
                let at_least_one = match chars.next() {
                    Some('*') => false,
                    Some('+') => true,
                    _ => return None,
                };
                pieces.push(Piece::Word(std::mem::take(&mut word)));
                pieces.push(Piece::Any { at_least_one });
            }
            '\\' => word.push(chars.next().filter(|c| !c.is_ascii_alphanumeric())?),
            '[' | ']' | '{' | '}' | '*' | '+' | '?' | '^' | '$' => return None,
            _ => word.push(c),
        }
    }
    pieces.push(Piece::Word(word));
    Some(pieces)
}

fn fits(pieces: &[Piece], value: &str) -> bool {
    match pieces.split_first() {
        None => value.is_empty(),
        Some((Piece::Word(word), rest)) => value
            .strip_prefix(word.as_str())
            .is_some_and(|value| fits(rest, value)),
        Some((Piece::Any { at_least_one }, rest)) => {
            let starts = value.char_indices().map(|(at, _)| at).chain([value.len()]);
            starts
                .skip(usize::from(*at_least_one))
                .any(|at| fits(rest, &value[at..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, value, expected) in [
            ("a|b", "b", Some(true)),
            ("(a|b)", "c", Some(false)),
            (".*", "", Some(true)),
            (".+", "", Some(false)),
            (".*-fail", "crackerjack-fail", Some(true)),
            (".*-fail", "crackerjack-failed", Some(false)),
            ("bmad/.+", "bmad/x", Some(true)),
            ("a.*b.*c", "axbxc", Some(true)),
            ("a\\.b", "a.b", Some(true)),
            ("a.b", "axb", None),
            ("[ab]", "a", None),
            ("a(b|c)", "ab", None),
        ] {
            assert_eq!(matches(pattern, value), expected, "{pattern} {value}");
        }
        for (pattern, expected) in [
            (".*-fail", Some("example-fail")),
            ("a|b", Some("a")),
            ("[ab]", None),
        ] {
            assert_eq!(example(pattern).as_deref(), expected, "{pattern}");
        }
    }
}
