//! The role of a word after a complete operand or where a clause may begin.

/// The role of a word after a complete operand. Where an operand is expected, every word is a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// `MATCH`.
    Match,
    /// `RETURN`.
    Return,
    /// `CALL`.
    Call,
    /// `USING`, a hint.
    Using,
    /// `UNION`.
    Union,
    /// `SHOW`.
    Show,
    /// `OPTIONAL` and `NEXT`: a clause follows.
    Before,
    /// `FINISH`.
    Finish,
    /// A read-only clause, or part of one, that begins with an operand.
    Reads,
    /// A clause that writes.
    Writes,
    /// A command that changes databases, servers, users or privileges.
    Administers,
    /// An operator: an operand follows.
    Infix,
    /// `STARTS` and `ENDS`: `WITH` and an operand follow.
    Affix,
    /// `IS`.
    Is,
    /// `AS`: a name follows.
    As,
    /// `END`.
    End,
    /// Anything else.
    Other,
}

impl Role {
    /// Whether a clause begins here.
    pub(super) fn is_clause(self) -> bool {
        match self {
            Role::Match
            | Role::Return
            | Role::Call
            | Role::Using
            | Role::Union
            | Role::Show
            | Role::Before => true,
            Role::Finish | Role::Reads | Role::Writes | Role::Administers => true,
            Role::Infix | Role::Affix | Role::Is | Role::As | Role::End | Role::Other => false,
        }
    }
}

/// The role of `word`.
pub(super) fn role(word: &str) -> Role {
    /// The length of the longest keyword.
    const LIMIT: usize = 12;
    if word.len() > LIMIT {
        return Role::Other;
    }
    match word.to_ascii_uppercase().as_str() {
        "MATCH" => Role::Match,
        "RETURN" => Role::Return,
        "CALL" => Role::Call,
        "USING" => Role::Using,
        "UNION" => Role::Union,
        "SHOW" => Role::Show,
        "OPTIONAL" | "NEXT" => Role::Before,
        "FINISH" => Role::Finish,
        "WITH" | "UNWIND" | "WHERE" | "ORDER" | "SKIP" | "OFFSET" | "LIMIT" | "YIELD" | "USE"
        | "LET" | "FILTER" => Role::Reads,
        "CREATE" | "INSERT" | "SET" | "DELETE" | "DETACH" | "NODETACH" | "REMOVE" | "MERGE"
        | "FOREACH" => Role::Writes,
        "DROP" | "ALTER" | "RENAME" | "GRANT" | "DENY" | "REVOKE" | "START" | "STOP" | "ENABLE"
        | "DRYRUN" | "DEALLOCATE" | "REALLOCATE" => Role::Administers,
        "AND" | "OR" | "XOR" | "IN" | "CONTAINS" | "WHEN" | "THEN" | "ELSE" | "BY" | "ON" => {
            Role::Infix
        }
        "STARTS" | "ENDS" => Role::Affix,
        "IS" => Role::Is,
        "AS" => Role::As,
        "END" => Role::End,
        _ => Role::Other,
    }
}

/// Whether `word` is part of the name of a value type, e.g. of `LIST<ZONED DATETIME NOT NULL>`.
pub(super) fn is_type_word(word: &str) -> bool {
    const WORDS: [&str; 45] = [
        "ANY",
        "ARRAY",
        "BOOL",
        "BOOLEAN",
        "DATE",
        "DATETIME",
        "DURATION",
        "EDGE",
        "FLOAT",
        "FLOAT32",
        "FLOAT64",
        "INT",
        "INT8",
        "INT16",
        "INT32",
        "INT64",
        "INTEGER",
        "INTEGER8",
        "INTEGER16",
        "INTEGER32",
        "INTEGER64",
        "LIST",
        "LOCAL",
        "MAP",
        "NODE",
        "NOT",
        "NOTHING",
        "NULL",
        "PATH",
        "PATHS",
        "POINT",
        "PROPERTY",
        "RELATIONSHIP",
        "SIGNED",
        "STRING",
        "TIME",
        "TIMESTAMP",
        "TIMEZONE",
        "VALUE",
        "VARCHAR",
        "VECTOR",
        "VERTEX",
        "WITHOUT",
        "ZONE",
        "ZONED",
    ];
    WORDS
        .iter()
        .any(|type_word| type_word.eq_ignore_ascii_case(word))
}
