//! What is wrong with a file or a setting, where, and how to fix it; rendered as compilers do.

mod names;
mod problem;
mod problems;
mod spans;

pub(crate) use names::listed;
pub use names::nearest;
pub use problem::{Level, Place, Problem, WarningReason};
pub(crate) use problems::Problems;
pub use spans::offset;
pub(crate) use spans::{inside, shift};
