//! Property keys: the names that the engine has for those that it keeps for itself.

use std::borrow::Cow;

/// Keys that every node of the engine's answers, set or not, and partly cannot be set or must be unique. With another name
/// they are keys like any other.
pub(super) const TAKEN: [&str; 6] = ["id", "label", "name", "node_type", "title", "type"];
/// Ends the other name, in letters that the engine takes in a pattern.
const MARK: &str = "__";

/// The name of a key for the engine.
pub(super) fn engine_key(key: &str) -> Cow<'_, str> {
    if is_taken(key) {
        Cow::Owned(format!("{key}{MARK}"))
    } else {
        Cow::Borrowed(key)
    }
}

/// The name of a key for the user.
pub(super) fn user_key(key: &str) -> &str {
    key.strip_suffix(MARK)
        .filter(|key| is_taken(key))
        .unwrap_or(key)
}

/// A key that already ends so is moved on, so that two keys never become one.
pub(super) fn is_taken(key: &str) -> bool {
    TAKEN.contains(&key.trim_end_matches(MARK))
}

/// In back-ticks.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
