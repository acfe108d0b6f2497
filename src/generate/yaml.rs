//! YAML as people write it, for files that people read: block style, quotes only where they are needed.

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Yaml {
    Text(String),
    Number(f64),
    List(Vec<Yaml>),
    Map(Vec<(&'static str, Yaml)>),
}

impl Yaml {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The document, with the lines of `comment` above it.
    pub(super) fn document(&self, comment: &str) -> String {
        let mut out: String = comment.lines().map(|line| format!("# {line}\n")).collect();
        match self {
            Yaml::Map(entries) => map(entries, 0, &mut out),
            Yaml::List(items) => list(items, 0, &mut out),
            Yaml::Text(_) | Yaml::Number(_) => inline(self, 0, &mut out),
        }
        out
    }
}

fn indent(depth: usize, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", depth));
}

fn map(entries: &[(&'static str, Yaml)], depth: usize, out: &mut String) {
    for (at, (key, value)) in entries.iter().enumerate() {
        // The first key of a map in a list stands behind the dash.
        if at > 0 || !out.ends_with("- ") {
            indent(depth, out);
        }
        out.push_str(key);
        out.push(':');
        value_after_key(value, depth, out);
    }
}

fn value_after_key(value: &Yaml, depth: usize, out: &mut String) {
    match value {
        Yaml::Map(entries) if !entries.is_empty() => {
            out.push('\n');
            map(entries, depth + 1, out);
        }
        Yaml::List(items) if !items.is_empty() => {
            out.push('\n');
            list(items, depth + 1, out);
        }
        Yaml::Map(_) => out.push_str(" {}\n"),
        Yaml::List(_) => out.push_str(" []\n"),
        Yaml::Text(_) | Yaml::Number(_) => {
            out.push(' ');
            inline(value, depth + 1, out);
        }
    }
}

fn list(items: &[Yaml], depth: usize, out: &mut String) {
    for item in items {
        indent(depth, out);
        out.push_str("- ");
        match item {
            Yaml::Map(entries) => map(entries, depth + 1, out),
            Yaml::List(_) | Yaml::Text(_) | Yaml::Number(_) => inline(item, depth + 1, out),
        }
    }
}

fn inline(value: &Yaml, depth: usize, out: &mut String) {
    match value {
        Yaml::Text(text) => scalar(text, depth, out),
        Yaml::Number(number) => out.push_str(&format!("{number}\n")),
        Yaml::List(_) => out.push_str("[]\n"),
        Yaml::Map(_) => out.push_str("{}\n"),
    }
}

fn scalar(text: &str, depth: usize, out: &mut String) {
    if text.trim_end().contains('\n') && text.chars().all(|c| c == '\n' || !c.is_control()) {
        // A block begins with a line that is not indented, so leading spaces cannot be mistaken.
        out.push_str("|-\n");
        for line in text.trim().lines() {
            if !line.is_empty() {
                indent(depth, out);
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
    } else if is_plain(text) {
        out.push_str(text);
        out.push('\n');
    } else if text.chars().any(char::is_control) {
        // JSON's strings are YAML's double-quoted ones.
        out.push_str(&serde_json::Value::from(text).to_string());
        out.push('\n');
    } else {
        out.push_str(&format!("'{}'\n", text.replace('\'', "''")));
    }
}

/// Whether a parser would read the bare text as this string and nothing else.
fn is_plain(text: &str) -> bool {
    // A duration is no number to anyone.
    let is_duration = text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(['s', 'm', 'h', 'd'])
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || "smhd".contains(c));
    let starts_well =
        is_duration || text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '.');
    let is_word = [
        "true", "false", "yes", "no", "on", "off", "null", "y", "n", ".inf", ".nan",
    ];
    starts_well
        && !is_word.contains(&text.to_ascii_lowercase().as_str())
        && !text
            .starts_with(|c: char| c == '.' && text[1..].starts_with(|c: char| c.is_ascii_digit()))
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document() {
        let text = Yaml::text;
        let document = Yaml::Map(vec![
            (
                "groups",
                Yaml::List(vec![Yaml::Map(vec![
                    ("name", text("p")),
                    (
                        "rules",
                        Yaml::List(vec![Yaml::Map(vec![
                            ("alert", text("A")),
                            ("labels", Yaml::Map(vec![("severity", text("info"))])),
                        ])]),
                    ),
                ])]),
            ),
            ("none", Yaml::List(vec![])),
            ("number", Yaml::Number(0.5)),
            (
                "files",
                Yaml::List(vec![text("../rules/p.yml"), text("5m")]),
            ),
            ("lines", text("a\n  b: 'c'\n\nd\n")),
            (
                "odd",
                Yaml::List(
                    [
                        "",
                        "true",
                        "5m",
                        "it's: so",
                        "{{ $value }}",
                        "a #b",
                        "tab\t",
                        "x > 1",
                        "- x",
                    ]
                    .map(text)
                    .into(),
                ),
            ),
        ]);
        insta::assert_snapshot!(document.document("One.\nTwo."), @r#"
        # One.
        # Two.
        groups:
          - name: p
            rules:
              - alert: A
                labels:
                  severity: info
        none: []
        number: 0.5
        files:
          - ../rules/p.yml
          - 5m
        lines: |-
          a
            b: 'c'

          d
        odd:
          - ''
          - 'true'
          - 5m
          - 'it''s: so'
          - '{{ $value }}'
          - 'a #b'
          - "tab\t"
          - x > 1
          - '- x'
        "#);
    }
}
