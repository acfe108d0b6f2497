//! Writes a generated YAML file: the notice as comment lines, then the document in block style.

use serde::Serialize;
use serde_saphyr::ser_error::Error;

/// Long texts stay on one line: a folded PromQL expression cannot be searched for.
const LONGEST_LINE: usize = usize::MAX;

/// The document, with the lines of `comment` above it. Texts with line breaks become literal blocks.
pub(super) fn document(comment: &str, document: &impl Serialize) -> Result<String, Error> {
    let mut text: String = comment.lines().map(|line| format!("# {line}\n")).collect();
    let options = serde_saphyr::ser_options! {
        compact_list_indent: false,
        folded_wrap_chars: LONGEST_LINE,
    };
    text.push_str(&serde_saphyr::to_string_with_options(document, options)?);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Texts that a parser would read as something else when they are not quoted.
    #[test]
    fn a_document() {
        let texts = [
            "",
            "true",
            "5m",
            "it's: so",
            "{{ $value }}",
            "a #b",
            "tab\t",
            "x > 1",
            "- x",
            "1e3",
            "..",
            "on",
            "@x",
            "x:",
            "a\n  b: 'c'\n\nd",
            "\n  a\n",
        ];
        let lists = BTreeMap::from([("none", vec![]), ("texts", texts.to_vec())]);
        insta::assert_snapshot!(document("One.\nTwo.", &lists).unwrap(), @r#"
        # One.
        # Two.
        none: []
        texts:
          - ""
          - "true"
          - 5m
          - "it's: so"
          - "{{ $value }}"
          - "a #b"
          - "tab\t"
          - x > 1
          - "- x"
          - "1e3"
          - ".."
          - "on"
          - "@x"
          - "x:"
          - |-
            a
              b: 'c'

            d
          - |2

              a
        "#);
    }
}
