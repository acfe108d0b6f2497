//! Names of the graph as parts of file names, metric names and Cypher.

/// A part of a metric name: `OrderItem` becomes `order_item`. `None` where no letter is left.
pub(super) fn snake(name: &str) -> Option<String> {
    let mut snake = String::new();
    let mut previous = '_';
    for c in name.chars() {
        let starts_word =
            c.is_ascii_uppercase() && (previous.is_ascii_lowercase() || previous.is_ascii_digit());
        let separates = !c.is_ascii_alphanumeric() && !snake.is_empty();
        if (starts_word || separates) && !snake.ends_with('_') && !snake.is_empty() {
            snake.push('_');
        }
        if c.is_ascii_alphanumeric() {
            snake.push(c.to_ascii_lowercase());
        }
        previous = c;
    }
    let snake = snake.trim_matches('_').to_owned();
    snake
        .starts_with(|c: char| c.is_ascii_lowercase())
        .then_some(snake)
}

/// A label, type or key in Cypher, in back-ticks where it needs them.
pub fn identifier(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_plain {
        name.to_owned()
    } else {
        format!("`{}`", escaped(name).replace('`', "``"))
    }
}

/// A string literal in Cypher.
pub(super) fn literal(text: &str) -> String {
    format!(
        "'{}'",
        text.replace('\\', "\\\\")
            .replace('\'', "\\'")
            .replace('\n', "\\n")
    )
}

/// The server reads `\u` as the start of an escape wherever it is, so a name with it is written as one.
fn escaped(name: &str) -> String {
    name.replace('\\', "\\u005C")
}

/// A name inside a comment, where it must end neither the line nor the comment.
pub(super) fn in_comment(name: &str) -> String {
    let plain = |c: char| if c.is_control() || c == '\\' { ' ' } else { c };
    name.chars()
        .map(plain)
        .collect::<String>()
        .replace("*/", "* /")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_parts_of_metric_names() {
        for (name, expected) in [
            ("Order", Some("order")),
            ("OrderItem", Some("order_item")),
            ("HTTPRequest", Some("httprequest")),
            ("Tool Call", Some("tool_call")),
            ("__Entity__", Some("entity")),
            ("v2Node", Some("v2_node")),
            ("Größe", Some("gr_e")),
            ("知識", None),
            ("42", None),
        ] {
            assert_eq!(snake(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn names_are_quoted_in_cypher() {
        for (name, expected) in [
            ("Order", "Order"),
            ("Tool Call", "`Tool Call`"),
            ("a`b", "`a``b`"),
            ("a\\u0060b", "`a\\u005Cu0060b`"),
        ] {
            assert_eq!(identifier(name), expected);
        }
        assert_eq!(literal("it's \\ new"), "'it\\'s \\\\ new'");
    }
}
