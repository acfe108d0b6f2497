//! Alert templates: a text becomes a Go template that Prometheus accepts, or the place of the first mistake.
//!
//! It accepts what Prometheus 2.42 and all later versions parse, and rejects what they parse but cannot expand, as far as
//! that is known without values: fields that do not exist, and wrong numbers of arguments.

use std::ops::Range;

mod functions;
mod lex;
mod read;
mod strings;
#[cfg(test)]
mod tests;

/// A valid template.
#[derive(Clone, Debug)]
pub struct Template {
    /// As the file has it.
    pub text: String,
    /// Its place in the file, in bytes; empty for one that is in no file.
    pub place: Range<usize>,
    /// The labels that it names, each with its bytes of `text`.
    pub labels: Vec<(String, Range<usize>)>,
}

/// The same wherever it is.
impl PartialEq for Template {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// Where a text is not a valid template, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The bytes of the text.
    pub span: Range<usize>,
    /// What is wrong, one line.
    pub message: String,
    /// What to do, one line.
    pub fix: String,
    /// The names that are valid here, where the fault is a name that is not one of them.
    pub known: Vec<&'static str>,
}

impl Fault {
    fn new(span: Range<usize>, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            fix: fix.into(),
            known: Vec::new(),
        }
    }
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// The first mistake.
    pub fn read(text: &str) -> Result<Self, Fault> {
        Ok(Self {
            text: text.to_owned(),
            place: 0..0,
            labels: read::read(text)?,
        })
    }
}

/// The template that expands to this text.
pub fn escape(text: &str) -> String {
    text.replace("{{", "{{ \"{{\" }}")
}
