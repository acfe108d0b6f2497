//! The types of expressions.

/// What an expression evaluates to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// One number.
    Scalar,
    /// A sample for each series.
    Vector,
    /// Several samples for each series.
    Matrix,
    /// A string.
    Text,
}
