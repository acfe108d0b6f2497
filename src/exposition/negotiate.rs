//! Content negotiation: `Accept` and `Accept-Encoding` by RFC 9110, with weights and specificity.
//!
//! A scrape is never refused: a client that accepts none of our formats gets the text format, uncompressed.

/// The format of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The text format 0.0.4.
    Text,
    /// OpenMetrics 1.0.
    OpenMetrics,
}

impl Format {
    /// The Content-Type; Prometheus 3 drops a target without one.
    pub fn content_type(self) -> &'static str {
        match self {
            Format::Text => "text/plain; version=0.0.4; charset=utf-8",
            Format::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }

    /// Type, subtype and version.
    fn media(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Format::Text => ("text", "plain", "0.0.4"),
            Format::OpenMetrics => ("application", "openmetrics-text", "1.0.0"),
        }
    }
}

/// The content coding of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// Uncompressed.
    Identity,
    /// Compressed with gzip.
    Gzip,
}

/// A weight in thousandths; 0 means not acceptable.
type Weight = u16;

/// Picks the format by the value of `Accept`, several headers joined by commas.
///
/// Among equal weights the more specific range wins, then the text format.
pub fn format(accept: &str) -> Format {
    let rank = |format| {
        best_match(accept, |range| specificity(range, format)).filter(|&(_, weight)| weight > 0)
    };
    match (rank(Format::Text), rank(Format::OpenMetrics)) {
        (None, Some(_)) => Format::OpenMetrics,
        (Some((near, weight)), Some((om_near, om_weight)))
            if (om_weight, om_near) > (weight, near) =>
        {
            Format::OpenMetrics
        }
        (Some(_) | None, Some(_) | None) => Format::Text,
    }
}

/// Picks the coding by the value of `Accept-Encoding`, several headers joined by commas.
pub fn coding(accept_encoding: &str) -> Coding {
    let weight = |names: &[&str]| {
        best_match(accept_encoding, |range| match range.name {
            "*" => Some(0),
            name => names
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known))
                .then_some(1),
        })
    };
    let gzip = weight(&["gzip", "x-gzip"]).map_or(0, |(_, weight)| weight);
    // A coding that is not listed is not acceptable, except identity.
    let identity = weight(&["identity"])
        .filter(|&(near, _)| near == 1)
        .map_or(0, |(_, weight)| weight);
    if gzip > 0 && gzip >= identity {
        Coding::Gzip
    } else {
        Coding::Identity
    }
}

/// One element of such a header: a name and parameters.
struct Range<'a> {
    name: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
}

/// The most specific element that matches, and its weight.
fn best_match(
    header: &str,
    specificity: impl Fn(&Range<'_>) -> Option<u8>,
) -> Option<(u8, Weight)> {
    split(header, ',')
        .filter_map(|element| {
            let mut fields = split(element, ';');
            let name = fields.next()?;
            let parameters = fields
                .filter_map(|field| field.split_once('='))
                .map(|(key, value)| (key.trim(), value.trim()));
            let range = Range {
                name,
                parameters: parameters.collect(),
            };
            Some((specificity(&range)?, weight(&range)?))
        })
        .max()
}

/// Splits at a character outside quoted strings; drops surrounding white space and empty elements.
fn split(text: &str, at: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escape) = (false, false);
    text.split(move |c| {
        let splits = c == at && !quoted;
        if c == '"' && !escape {
            quoted = !quoted;
        }
        escape = c == '\\' && quoted && !escape;
        splits
    })
    .map(str::trim)
    .filter(|element| !element.is_empty())
}

/// How specifically a media range describes a format; none when it does not match.
fn specificity(range: &Range<'_>, format: Format) -> Option<u8> {
    let (kind, subtype, version) = format.media();
    let (range_kind, range_subtype) = range.name.split_once('/')?;
    if range_kind == "*" && range_subtype == "*" {
        return Some(0);
    }
    if !range_kind.eq_ignore_ascii_case(kind) {
        return None;
    }
    if range_subtype == "*" {
        return Some(1);
    }
    if !range_subtype.eq_ignore_ascii_case(subtype) {
        return None;
    }
    match range
        .parameters
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case("version"))
    {
        None => Some(2),
        Some((_, wanted)) => (wanted.trim_matches('"') == version).then_some(3),
    }
}

/// The weight of an element; none when it is invalid, so that the element is ignored.
fn weight(range: &Range<'_>) -> Option<Weight> {
    let Some((_, text)) = range
        .parameters
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case("q"))
    else {
        return Some(1000);
    };
    let weight: f64 = text.parse().ok()?;
    (0.0..=1.0)
        .contains(&weight)
        .then_some((weight * 1000.0) as Weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        use Format::{OpenMetrics, Text};
        for (accept, expected) in [
            // Prometheus 2.42, 2.53 and 3.5.
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                OpenMetrics,
            ),
            (
                "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                OpenMetrics,
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                OpenMetrics,
            ),
            // With native histograms protobuf comes first, which we do not support.
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                OpenMetrics,
            ),
            // The same with the text format preferred, as `scrape_protocols: [PrometheusProto, PrometheusText0.0.4]` sends it.
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                Text,
            ),
            // A browser, curl, and a client without the header.
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
                Text,
            ),
            ("*/*", Text),
            ("", Text),
            // Weights decide, then specificity.
            ("application/openmetrics-text;q=0.5, text/plain;q=0.6", Text),
            ("application/openmetrics-text, */*", OpenMetrics),
            ("text/*;q=0.5, application/*", OpenMetrics),
            (
                "text/*, application/openmetrics-text;version=1.0.0;q=0.9",
                Text,
            ),
            (
                "APPLICATION/OpenMetrics-Text; VERSION=\"1.0.0\"; Q=1.0",
                OpenMetrics,
            ),
            // The most specific range decides.
            ("text/plain;q=0.1, */*;q=0.5", OpenMetrics),
            ("application/openmetrics-text;q=0, */*", Text),
            ("text/plain;q=0, */*", OpenMetrics),
            // Unknown parameters, even with separators inside quotes.
            (
                "application/openmetrics-text;note=\"a,b;q=0\\\"\";q=0.9, text/plain;q=0.8",
                OpenMetrics,
            ),
            // Other versions do not match; invalid elements are ignored; a client that accepts nothing still gets a response.
            ("application/openmetrics-text;version=0.0.1", Text),
            ("text/plain;version=1.0.0;escaping=allow-utf-8", Text),
            (
                "application/openmetrics-text;q=high, text/plain;q=0.1",
                Text,
            ),
            ("application/openmetrics-text;q=2", Text),
            ("image/png", Text),
            ("*/*;q=0", Text),
            (",;,/;=", Text),
        ] {
            assert_eq!(format(accept), expected, "{accept}");
        }
    }

    #[test]
    fn codings() {
        use Coding::{Gzip, Identity};
        for (accept_encoding, expected) in [
            ("gzip", Gzip),
            ("x-gzip", Gzip),
            ("GZIP;Q=0.5", Gzip),
            ("deflate, gzip, br, zstd", Gzip),
            ("gzip;q=0.3, identity;q=0.2", Gzip),
            ("*", Gzip),
            ("*;q=0.1", Gzip),
            ("", Identity),
            ("identity", Identity),
            ("br, zstd", Identity),
            ("gzip;q=0", Identity),
            ("gzip;q=0.0, *", Identity),
            ("*;q=0", Identity),
            ("gzip;q=0.5, identity", Identity),
            ("gzip;q=nonsense", Identity),
            ("identity;q=0, gzip;q=0", Identity),
        ] {
            assert_eq!(coding(accept_encoding), expected, "{accept_encoding}");
        }
    }
}
