//! Formats temporal values the same way for every graph: like `toString` of Cypher, but always with
//! seconds.

use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat};

/// `2026-12-01`
pub fn date(date: NaiveDate) -> String {
    date.to_string()
}

/// `12:00:00`
pub fn local_time(time: NaiveTime) -> String {
    time.to_string()
}

/// `12:00:00+01:00`
pub fn time(time: NaiveTime, offset: FixedOffset) -> String {
    if offset.local_minus_utc() == 0 {
        format!("{time}Z")
    } else {
        format!("{time}{offset}")
    }
}

/// `2026-12-01T12:00:00`
pub fn local_datetime(time: NaiveDateTime) -> String {
    format!("{time:?}")
}

/// `2026-12-01T12:00:00+01:00`
pub fn datetime(time: DateTime<FixedOffset>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// `2026-12-01T12:00:00+01:00[Europe/Paris]`. The offset is omitted in the hour that a clock
/// repeats in autumn: the Bolt driver does not report it then, and the text must not depend on the
/// graph.
pub fn datetime_in_zone(time: Result<DateTime<FixedOffset>, NaiveDateTime>, zone: &str) -> String {
    let text = match time {
        Ok(time) => datetime(time),
        Err(repeated) => local_datetime(repeated),
    };
    format!("{text}[{zone}]")
}

/// `P1Y2M3DT4H5M6.7S`; every negative part has its own sign.
pub fn duration(months: i64, days: i64, seconds: i64, nanoseconds: i64) -> String {
    let nanoseconds = i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds);
    let (sign, rest) = (
        if nanoseconds < 0 { "-" } else { "" },
        nanoseconds.unsigned_abs(),
    );
    let (hours, minutes) = (rest / 3_600_000_000_000, rest / 60_000_000_000 % 60);
    let (seconds, fraction) = (rest / 1_000_000_000 % 60, rest % 1_000_000_000);
    let mut text = "P".to_owned();
    let mut part = |number: String, zero: bool, unit: &str| {
        if !zero {
            // Writing to a string cannot fail.
            let _ = write!(text, "{number}{unit}");
        }
    };
    part((months / 12).to_string(), months / 12 == 0, "Y");
    part((months % 12).to_string(), months % 12 == 0, "M");
    part(days.to_string(), days == 0, "D");
    part("T".to_owned(), rest == 0, "");
    part(format!("{sign}{hours}"), hours == 0, "H");
    part(format!("{sign}{minutes}"), minutes == 0, "M");
    let digits = format!("{fraction:09}");
    let point = if fraction == 0 { "" } else { "." };
    part(
        format!("{sign}{seconds}{point}{}", digits.trim_end_matches('0')),
        seconds == 0 && fraction == 0,
        "S",
    );
    if text == "P" { "PT0S".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_iso_8601() {
        for ((months, days, seconds, nanoseconds), expected) in [
            ((0, 0, 0, 0), "PT0S"),
            ((14, 3, 14_706, 700_000_000), "P1Y2M3DT4H5M6.7S"),
            ((0, 7, 0, 0), "P7D"),
            ((0, 0, 3600, 0), "PT1H"),
            ((0, 0, -1, 500_000_000), "PT-0.5S"),
            ((-14, -3, -60, 0), "P-1Y-2M-3DT-1M"),
            ((0, 0, 0, 7), "PT0.000000007S"),
            (
                (i64::MAX, i64::MIN, i64::MAX, 999_999_999),
                "P768614336404564650Y7M-9223372036854775808DT2562047788015215H30M7.999999999S",
            ),
        ] {
            assert_eq!(duration(months, days, seconds, nanoseconds), expected);
        }
    }
}
