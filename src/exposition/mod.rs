//! Families become bytes: the text format 0.0.4 and OpenMetrics 1.0, plain or compressed. Pure.
//!
//! The sample lines are the same in both formats, byte for byte, so that a series keeps its identity when a server or a
//! proxy changes the format it asks for; only the lines that describe a family differ.

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

/// Segments below this are joined where they stand side by side: compressing many tiny ones costs more than their copy.
const SMALL: usize = 8 * 1024;

/// A stretch of an answer in one format. It is compressed at the first use in that form, and never again.
#[derive(Debug)]
pub struct Segment {
    body: Bytes,
    deflated: OnceLock<Deflated>,
    /// Sent once, so that compressing it does not pay.
    once: bool,
}

impl Segment {
    /// Writes the families.
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

    /// The segment that ends an answer, with families that are new at each answer.
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

    /// These segments side by side; small ones are joined, so that they share a slice and their compression.
    pub fn join<'a>(segments: impl IntoIterator<Item = &'a Arc<Segment>>) -> Box<[Arc<Segment>]> {
        let (mut joined, mut small) = (Vec::new(), Vec::new());
        for segment in segments
            .into_iter()
            .filter(|segment| !segment.body.is_empty())
        {
            if segment.body.len() < SMALL {
                small.push(segment);
            } else {
                joined.extend(Self::whole(&mut small));
                joined.push(segment.clone());
            }
        }
        joined.extend(Self::whole(&mut small));
        joined.into()
    }

    /// One segment of all, which are then gone; none when there is none.
    fn whole(small: &mut Vec<&Arc<Segment>>) -> Option<Arc<Segment>> {
        let whole = match &small[..] {
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
        Some(whole)
    }

    /// The bytes as they are.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The bytes as a stretch of a gzip member.
    pub fn deflated(&self) -> &Deflated {
        let compress = if self.once {
            Deflated::stored
        } else {
            Deflated::new
        };
        self.deflated.get_or_init(|| compress(&self.body))
    }

    /// Whether the bytes of this coding are there already, so that taking them costs nothing.
    pub fn is_ready(&self, coding: Coding) -> bool {
        match coding {
            Coding::Identity => true,
            Coding::Gzip => self.deflated.get().is_some(),
        }
    }
}

/// The slices of a whole answer, none of them copied; with gzip they are one member.
pub fn slices(segments: &[&Segment], coding: Coding) -> Vec<Bytes> {
    match coding {
        Coding::Identity => segments
            .iter()
            .map(|segment| segment.body.clone())
            .collect(),
        Coding::Gzip => {
            let stretches = || segments.iter().map(|segment| segment.deflated());
            let blocks = stretches().map(|stretch| stretch.blocks().clone());
            iter::once(Bytes::from_static(&gzip::HEADER))
                .chain(blocks)
                .chain([gzip::trailer(stretches())])
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

/// A family without series is not mentioned at all.
fn has_series(family: &Family) -> bool {
    family
        .parts
        .iter()
        .any(|Part { points, .. }| !points.is_empty())
}

/// What may need an escape.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    special[b'\\' as usize] = true;
    special[b'\n' as usize] = true;
    special[b'"' as usize] = true;
    special
};

/// Writes what stands after `# HELP name `, or in a label value when quotes are escaped too. Nothing else needs escaping,
/// not even NUL: a real Prometheus reads it back.
fn escaped(text: &str, quotes: bool, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    // What needs no escape, which is nearly everything, is copied as a whole.
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
