//! Durations in the notation of PromQL, which Prometheus and Grafana share.

use std::time::Duration;

const UNITS: [(&str, u128); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

/// `1h30m`; `0s` for nothing.
pub fn written(duration: Duration) -> String {
    let mut rest = duration.as_millis();
    let mut text = String::new();
    for (unit, millis) in UNITS {
        let count = rest / millis;
        rest %= millis;
        if count > 0 {
            text.push_str(&format!("{count}{unit}"));
        }
    }
    if text.is_empty() {
        "0s".to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (seconds, expected) in [
            (0.0, "0s"),
            (15.0, "15s"),
            (300.0, "5m"),
            (5400.0, "1h30m"),
            (90_061.5, "1d1h1m1s500ms"),
        ] {
            assert_eq!(written(Duration::from_secs_f64(seconds)), expected);
        }
    }
}
