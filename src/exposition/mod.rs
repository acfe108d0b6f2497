//! Families become bytes: the text format 0.0.4 and OpenMetrics 1.0, plain or compressed. Pure.
//!
//! The sample lines are the same in both formats, byte for byte, so that a series keeps its identity when a server or a
//! proxy changes the format it asks for; only the lines that describe a family differ.

use std::sync::OnceLock;

use bytes::Bytes;

use crate::metric::{Family, Part};

mod gzip;
mod negotiate;
mod number;
mod openmetrics;
mod samples;
mod text;

pub use gzip::{Deflated, HEADER as GZIP_HEADER, trailer as gzip_trailer};
pub use negotiate::{Coding, Format, coding, format};

/// A stretch of an answer in one format. It is compressed at the first use in that form, and never again.
#[derive(Debug)]
pub struct Segment {
    body: Bytes,
    deflated: OnceLock<Deflated>,
}

impl Segment {
    /// Writes the families.
    pub fn encode(families: &[Family], format: Format) -> Self {
        let mut out = Vec::new();
        for family in families.iter().filter(|family| has_series(family)) {
            match format {
                Format::Text => text::describe(family, &mut out),
                Format::OpenMetrics => openmetrics::describe(family, &mut out),
            }
            samples::write(family, &mut out);
        }
        out.shrink_to_fit();
        Self::new(out.into())
    }

    /// The segment that ends an answer: nothing in the text format.
    pub fn end(format: Format) -> Self {
        Self::new(Bytes::from_static(match format {
            Format::Text => b"",
            Format::OpenMetrics => b"# EOF\n",
        }))
    }

    fn new(body: Bytes) -> Self {
        Self { body, deflated: OnceLock::new() }
    }

    /// The bytes as they are.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The bytes as a stretch of a gzip member.
    pub fn deflated(&self) -> &Deflated {
        self.deflated.get_or_init(|| Deflated::new(&self.body))
    }

    /// Whether the compressed form is there already, so that taking it costs nothing.
    pub fn is_deflated(&self) -> bool {
        self.deflated.get().is_some()
    }
}

/// A family without series is not mentioned at all.
fn has_series(family: &Family) -> bool {
    family.parts.iter().any(|Part { points, .. }| !points.is_empty())
}

/// Writes what stands after `# HELP name `, or in a label value when quotes are escaped too. Nothing else needs escaping,
/// not even NUL: a real Prometheus reads it back.
fn escaped(text: &str, quotes: bool, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend(br"\\"),
            b'\n' => out.extend(br"\n"),
            b'"' if quotes => out.extend(br#"\""#),
            plain => out.push(plain),
        }
    }
}

#[cfg(test)]
mod tests;
