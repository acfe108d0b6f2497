//! Renames property keys that the engine reserves.

use std::borrow::Cow;

/// Keys that every node of the engine has; some of them cannot be set or must be unique. Under
/// another name they behave like any other key.
pub(super) const RESERVED: [&str; 6] = ["id", "label", "name", "node_type", "title", "type"];
/// The suffix of the other name, in characters that the engine accepts in a pattern.
const SUFFIX: &str = "__";

/// The name of a key in the engine.
pub(super) fn engine_key(key: &str) -> Cow<'_, str> {
    if is_reserved(key) {
        Cow::Owned(format!("{key}{SUFFIX}"))
    } else {
        Cow::Borrowed(key)
    }
}

/// The name of a key for the user.
pub(super) fn user_key(key: &str) -> &str {
    key.strip_suffix(SUFFIX)
        .filter(|key| is_reserved(key))
        .unwrap_or(key)
}

/// A key that already has the suffix gets another one, so that two keys never become one.
pub(super) fn is_reserved(key: &str) -> bool {
    RESERVED.contains(&key.trim_end_matches(SUFFIX))
}

/// In back-ticks.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
