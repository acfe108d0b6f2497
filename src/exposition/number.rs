//! Numbers as Prometheus writes them.

/// A sample value: an integer without a fraction, anything else in the shortest form that reads back as the same number.
pub(super) fn value(value: f64, out: &mut Vec<u8>) {
    // The shortest form of a larger integer has an exponent.
    const LARGE: f64 = 1e16;
    if value.is_nan() {
        out.extend(b"NaN");
    } else if value.is_infinite() {
        out.extend(if value > 0.0 { b"+Inf" } else { b"-Inf" });
    } else if value.fract() == 0.0 && value.abs() < LARGE {
        out.extend(itoa::Buffer::new().format(value as i64).as_bytes());
    } else {
        out.extend(zmij::Buffer::new().format_finite(value).as_bytes());
    }
}

/// A number of observations.
pub(super) fn count(count: u64, out: &mut Vec<u8>) {
    out.extend(itoa::Buffer::new().format(count).as_bytes());
}

/// The value of `le` or `quantile` in the form that OpenMetrics calls canonical, as Go's `%g` with a fraction: `1.0`, `0.25`, `1e+06`.
pub(super) fn canonical(value: f64) -> String {
    if !value.is_finite() {
        let mut out = Vec::new();
        self::value(value, &mut out);
        return String::from_utf8_lossy(&out).into_owned();
    }
    if value.fract() == 0.0 && value.abs() < 1e6 {
        return [itoa::Buffer::new().format(value as i64), ".0"].concat();
    }
    if (1e-4..1e6).contains(&value.abs()) {
        return zmij::Buffer::new().format_finite(value).to_owned();
    }
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    match exponent.parse::<i32>() {
        Ok(exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.abs())
        }
        Err(_) => scientific,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-3.0, "-3"),
            (0.42, "0.42"),
            (1e15, "1000000000000000"),
            (9_007_199_254_740_993.0, "9007199254740992"),
            (1e16, "1e+16"),
            (1e300, "1e+300"),
            (1.5e-7, "1.5e-7"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ] {
            let mut out = Vec::new();
            value(number, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }

    proptest! {
        #[test]
        fn a_canonical_bound_reads_back_and_keeps_its_form(bound in prop_oneof![proptest::num::f64::NORMAL, -1e7..1e7_f64]) {
            let text = canonical(bound);
            prop_assert_eq!(text.parse::<f64>().unwrap(), bound);
            let scientific = bound.abs() < 1e-4 || bound.abs() >= 1e6;
            prop_assert_eq!(text.contains('e'), scientific, "{}", text);
            prop_assert!(scientific || text.contains('.'), "{}", text);
        }
    }

    #[test]
    fn canonical_bounds() {
        for (number, expected) in [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (-1.0, "-1.0"),
            (0.005, "0.005"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (2.5e-10, "2.5e-10"),
            (300.0, "300.0"),
            (100_000.0, "100000.0"),
            (123_456.5, "123456.5"),
            (1_000_000.0, "1e+06"),
            (1_234_567.0, "1.234567e+06"),
            (1e100, "1e+100"),
            (f64::INFINITY, "+Inf"),
        ] {
            assert_eq!(canonical(number), expected);
        }
    }
}
