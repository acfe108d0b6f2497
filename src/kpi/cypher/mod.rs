//! The Cypher text as the server lexes it: what it returns, what it asks for, and whether it only reads.

use std::ops::Range;

/// Something the text names, and where: a byte range of the original text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name, back-ticks and escapes undone.
    pub name: String,
    /// Where.
    pub span: Range<usize>,
}

/// One statement that only reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// The columns of its last RETURN, in order.
    pub columns: Vec<Named>,
    /// The parameters, without `$`, every use.
    pub parameters: Vec<Named>,
    /// Node labels, relationship types and property keys that patterns and expressions name, every use.
    pub labels: Vec<Named>,
    /// Relationship types.
    pub relationship_types: Vec<Named>,
    /// Property keys.
    pub properties: Vec<Named>,
}

/// A reason why a text cannot be a KPI's query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: a byte range of the original text, within it, on character boundaries.
    pub span: Range<usize>,
    /// What is wrong, one line, no trailing period.
    pub message: String,
    /// What to do, one line.
    pub fix: String,
}

/// Scans one KPI's text. Every fault is returned, in order of place.
pub fn scan(_text: &str) -> Result<Statement, Vec<Fault>> {
    Ok(Statement::default())
}
