//! The database operations of a task.

/// A database operation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Query {
    Select,
    Insert,
    Update,
    Delete,
}

impl Query {
    pub(super) fn action(self) -> &'static str {
        match self {
            Query::Select => "select",
            Query::Insert => "insert",
            Query::Update => "update",
            Query::Delete => "delete",
        }
    }
}
