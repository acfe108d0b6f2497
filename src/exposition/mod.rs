//! Families become bytes: the text format 0.0.4 and OpenMetrics 1.0, plain or compressed. Pure.
//!
//! The sample lines are the same in both formats, byte for byte, so that a series keeps its identity when a server or a
//! proxy requests another format; only the lines that describe a family differ.

use std::iter;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use crate::metric::{Family, Part};

mod gzip;
mod negotiate;
mod number;
mod openmetrics;
mod per_format;
mod samples;
mod text;

pub use gzip::Deflated;
pub use negotiate::{Coding, Format, coding, format};
pub use per_format::PerFormat;

/// Adjacent segments below this size are joined: compressing many small ones costs more than copying them.
const SMALL: usize = 8 * 1024;

/// A part of a response in one format. It is compressed once, at the first use.
#[derive(Debug)]
pub struct Segment {
    body: Bytes,
    deflated: OnceLock<Deflated>,
    /// Whether it is sent only once, so that compressing it costs more than it saves.
    once: bool,
}

impl Segment {
    /// Encodes the families.
    pub fn encode(families: &[Family], format: Format) -> Self {
        let mut out = Vec::new();
        write(families, format, &mut out);
        out.shrink_to_fit();
        Self {
            body: out.into(),
            deflated: OnceLock::new(),
            once: false,
        }
    }

    /// The segment that ends a response, with families that change with each response.
    pub fn last(families: &[Family], format: Format) -> Self {
        let mut out = Vec::new();
        write(families, format, &mut out);
        match format {
            Format::Text => {}
            Format::OpenMetrics => out.extend(b"# EOF\n"),
        }
        Self {
            body: out.into(),
            deflated: OnceLock::new(),
            once: true,
        }
    }

    /// These segments in order; small ones are joined, so that they are one slice and compressed together.
    pub fn join<'a>(segments: impl IntoIterator<Item = &'a Arc<Segment>>) -> Box<[Arc<Segment>]> {
        let (mut joined, mut small) = (Vec::new(), Vec::new());
        for segment in segments
            .into_iter()
            .filter(|segment| !segment.body.is_empty())
        {
            if segment.body.len() < SMALL {
                small.push(segment);
            } else {
                joined.extend(Self::drain(&mut small));
                joined.push(segment.clone());
            }
        }
        joined.extend(Self::drain(&mut small));
        joined.into()
    }

    /// Drains the segments into one; none when there are none.
    fn drain(small: &mut Vec<&Arc<Segment>>) -> Option<Arc<Segment>> {
        let joined = match &small[..] {
            [] => return None,
            [one] => (*one).clone(),
            several => {
                let body: Vec<_> = several.iter().map(|segment| &segment.body[..]).collect();
                Arc::new(Self {
                    body: body.concat().into(),
                    deflated: OnceLock::new(),
                    once: false,
                })
            }
        };
        small.clear();
        Some(joined)
    }

    /// The uncompressed bytes.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The bytes as a segment of a gzip member.
    pub fn deflated(&self) -> &Deflated {
        let compress = if self.once {
            Deflated::stored
        } else {
            Deflated::new
        };
        self.deflated.get_or_init(|| compress(&self.body))
    }

    /// Whether the bytes of this coding have been computed.
    pub fn is_ready(&self, coding: Coding) -> bool {
        match coding {
            Coding::Identity => true,
            Coding::Gzip => self.deflated.get().is_some(),
        }
    }
}

/// The slices of a whole response, without copies; with gzip they are one member.
pub fn slices(segments: &[&Segment], coding: Coding) -> Vec<Bytes> {
    match coding {
        Coding::Identity => segments
            .iter()
            .map(|segment| segment.body.clone())
            .collect(),
        Coding::Gzip => {
            let deflated = || segments.iter().map(|segment| segment.deflated());
            let blocks = deflated().map(|segment| segment.blocks().clone());
            iter::once(Bytes::from_static(&gzip::HEADER))
                .chain(blocks)
                .chain([gzip::trailer(deflated())])
                .collect()
        }
    }
}

fn write(families: &[Family], format: Format, out: &mut Vec<u8>) {
    for family in families.iter().filter(|family| has_series(family)) {
        match format {
            Format::Text => text::describe(family, out),
            Format::OpenMetrics => openmetrics::describe(family, out),
        }
        samples::write(family, out);
    }
}

/// A family without series is left out.
fn has_series(family: &Family) -> bool {
    family
        .parts
        .iter()
        .any(|Part { points, .. }| !points.is_empty())
}

/// The bytes that may need an escape.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    special[b'\\' as usize] = true;
    special[b'\n' as usize] = true;
    special[b'"' as usize] = true;
    special
};

/// Writes the text of `# HELP`, or a label value when quotes are escaped too. Nothing else needs escaping, not even NUL:
/// Prometheus reads it back.
fn escaped(text: &str, quotes: bool, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    // Runs without escapes are copied at once.
    while let Some(at) = rest.iter().position(|byte| SPECIAL[usize::from(*byte)]) {
        out.extend_from_slice(&rest[..at]);
        match rest[at] {
            b'\n' => out.extend_from_slice(br"\n"),
            b'"' if quotes => out.extend_from_slice(br#"\""#),
            b'"' => out.push(b'"'),
            _ => out.extend_from_slice(br"\\"),
        }
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests;
