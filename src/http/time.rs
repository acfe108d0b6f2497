//! Times as text.

use std::fmt::Write;
use std::time::SystemTime;

/// What is shown for a time that RFC 3339 cannot express.
const BEYOND: &str = "after the year 9999";

/// A time in UTC to the second.
pub(super) fn rfc3339(time: SystemTime) -> String {
    let mut text = String::new();
    // Fails beyond the year 9999, where `to_string` would panic.
    match write!(text, "{}", humantime::format_rfc3339_seconds(time)) {
        Ok(()) => text,
        Err(_) => BEYOND.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_time_beyond_the_format_is_shown_as_such() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
            (253_402_300_800, BEYOND),
            (8_000_000_000_000, BEYOND),
        ] {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(rfc3339(time), expected);
        }
    }
}
