//! The paths that a source file names: enough of Rust's grammar to see through comments, strings
//! and groups.

use std::collections::BTreeSet;

/// The module that a file is, by its path below the source folder.
pub(crate) fn module(path: &str) -> Vec<String> {
    let inside = path.trim_end_matches(".rs");
    let inside = inside.strip_suffix("/mod").unwrap_or(inside);
    if ["lib", "main"].contains(&inside) {
        Vec::new()
    } else {
        inside.split('/').map(str::to_owned).collect()
    }
}

/// A file's place in the house and all paths in it.
pub(crate) struct Source {
    /// The top module it belongs to; `main` and `lib` for the roots.
    pub(crate) part: String,
    /// How many modules deep the file is: 1 for `src/board.rs` and `src/kpi/mod.rs`.
    depth: usize,
    paths: Vec<Vec<String>>,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let inside = path
            .trim_start_matches("src/")
            .trim_end_matches(".rs")
            .trim_end_matches("/mod");
        let segments: Vec<&str> = inside.split('/').collect();
        Self {
            part: segments[0].to_owned(),
            depth: segments.len(),
            paths: paths(&tokens(text)),
        }
    }

    /// The parts of the house it uses, by `crate::` or by enough `super::`.
    pub(crate) fn parts_used(&self, is_part: impl Fn(&str) -> bool) -> Vec<String> {
        let from_root = |path: &Vec<String>| {
            let ups = path
                .iter()
                .take_while(|segment| *segment == "super")
                .count();
            match path[0].as_str() {
                "crate" | "cypher_exporter" => path.get(1).cloned(),
                _ if ups >= self.depth => path.get(ups).cloned(),
                _ => None,
            }
        };
        let mut used: Vec<String> = self
            .paths
            .iter()
            .filter_map(from_root)
            .filter(|name| is_part(name))
            .collect();
        used.sort();
        used.dedup();
        used
    }

    /// The paths as they are written.
    pub(crate) fn uses(&self) -> impl Iterator<Item = &Vec<String>> {
        self.paths.iter()
    }

    /// All paths from the root of the crate, of a file that is the module `own` among these
    /// modules.
    pub(crate) fn absolute(
        &self,
        own: &[String],
        modules: &BTreeSet<Vec<String>>,
    ) -> Vec<Vec<String>> {
        let resolve = |path: &Vec<String>| {
            let ups = path
                .iter()
                .take_while(|segment| *segment == "super")
                .count();
            match path[0].as_str() {
                "crate" => Some(path[1..].to_vec()),
                "self" => Some([own, &path[1..]].concat()),
                "super" => Some([own.get(..own.len().checked_sub(ups)?)?, &path[ups..]].concat()),
                child => modules
                    .contains(&[own, &[child.to_owned()]].concat())
                    .then(|| [own, path].concat()),
            }
        };
        self.paths.iter().filter_map(resolve).collect()
    }

    /// Whether a path begins with `name`.
    pub(crate) fn names(&self, name: &str) -> bool {
        self.paths.iter().any(|path| begins_with(path, name))
    }

    /// Whether a path begins with `name`, but not with `exception`.
    pub(crate) fn names_besides(&self, name: &str, exception: &str) -> bool {
        self.paths
            .iter()
            .any(|path| begins_with(path, name) && !begins_with(path, exception))
    }
}

fn begins_with(path: &[String], name: &str) -> bool {
    let mut segments = path.iter();
    name.split("::")
        .all(|wanted| segments.next().is_some_and(|segment| segment == wanted))
}

/// Words, `::`, and every other character by itself; comments, strings and characters are left out.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let rest = &chars[i..];
        let is_word = |c: &char| c.is_alphanumeric() || *c == '_';
        match rest {
            ['/', '/', ..] => i += rest.iter().take_while(|c| **c != '\n').count(),
            ['/', '*', ..] => i += block_comment(rest),
            ['"', ..] => i += string(rest),
            ['r', hash_or_quote, ..]
                if matches!(hash_or_quote, '#' | '"') && raw_string(rest).is_some() =>
            {
                i += raw_string(rest).unwrap_or(1);
            }
            ['\'', '\\', _, ..] => {
                i += 3 + rest[3..].iter().take_while(|c| **c != '\'').count() + 1
            }
            ['\'', _, '\'', ..] => i += 3,
            [':', ':', ..] => {
                tokens.push("::".to_owned());
                i += 2;
            }
            [c, ..] if is_word(c) => {
                let word: String = rest.iter().take_while(|c| is_word(c)).collect();
                i += word.chars().count();
                tokens.push(word);
            }
            [c, ..] => {
                if !c.is_whitespace() {
                    tokens.push(c.to_string());
                }
                i += 1;
            }
            [] => break,
        }
    }
    tokens
}

fn block_comment(chars: &[char]) -> usize {
    let (mut depth, mut i) = (0, 0);
    while i < chars.len() {
        match chars[i..] {
            ['/', '*', ..] => (depth, i) = (depth + 1, i + 2),
            ['*', '/', ..] => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            break;
        }
    }
    i
}

fn string(chars: &[char]) -> usize {
    let mut i = 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// The length of `r"…"` or `r#"…"#`; `None` for a raw name such as `r#type`.
fn raw_string(chars: &[char]) -> Option<usize> {
    let hashes = chars[1..].iter().take_while(|c| **c == '#').count();
    if chars.get(1 + hashes) != Some(&'"') {
        return None;
    }
    let body = 2 + hashes;
    let ends = |at: &usize| {
        chars[*at] == '"' && chars[at + 1..].iter().take_while(|c| **c == '#').count() >= hashes
    };
    Some(
        (body..chars.len())
            .find(ends)
            .map_or(chars.len(), |end| end + 1 + hashes),
    )
}

/// All paths of two segments or more, and single names behind `use`.
fn paths(tokens: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let behind_use = i > 0 && tokens[i - 1] == "use";
        let begins = is_name(&tokens[i])
            && (behind_use || tokens.get(i + 1).is_some_and(|next| next == "::"));
        i = if begins {
            path(tokens, i, &[], &mut found)
        } else {
            i + 1
        };
    }
    found
}

/// Reads a path from `at` on, with `before` in front of it; groups give several. Returns where it
/// ends.
fn path(
    tokens: &[String],
    mut at: usize,
    before: &[String],
    found: &mut Vec<Vec<String>>,
) -> usize {
    let mut segments = before.to_vec();
    while let Some(name) = tokens.get(at).filter(|token| is_name(token)) {
        segments.push(name.clone());
        at += 1;
        if tokens.get(at).is_none_or(|token| token != "::") {
            break;
        }
        at += 1;
    }
    if tokens.get(at).is_none_or(|token| token != "{") || tokens[at - 1] != "::" {
        found.push(segments);
        return at;
    }
    at += 1;
    while at < tokens.len() && tokens[at] != "}" {
        at = if is_name(&tokens[at]) {
            path(tokens, at, &segments, found)
        } else {
            at + 1
        };
    }
    at + 1
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}
