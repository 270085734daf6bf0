//! Short text as numbers: a bucket's bound, a colour's channel. The standard library's parser is exact for every text there
//! can be, and brings 16 KiB for that, of which 10 are a table that no compression makes smaller.

/// Powers of ten that a double holds exactly.
const EXACT: i32 = 22;

/// `0.25`, `2.5e-05`, `+Inf`. Exact where at most 15 digits and a power of ten up to 22 are meant, as in every bound that an
/// exporter writes; beyond that within a few units in the last place. None for what is no number.
#[must_use]
pub fn parse_number(text: &str) -> Option<f64> {
    let (negative, rest) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let size = match rest {
        b"Inf" | b"inf" => f64::INFINITY,
        b"NaN" => f64::NAN,
        rest => finite(rest)?,
    };
    Some(if negative { -size } else { size })
}

/// Digits, perhaps with a point among them, perhaps with an exponent.
fn finite(text: &[u8]) -> Option<f64> {
    let at = text.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (digits, power) = match at {
        Some(at) => (text.get(..at)?, exponent(text.get(at + 1..)?)?),
        None => (text, 0),
    };
    let (mut mantissa, mut places, mut seen, mut point) = (0_u64, 0_i32, 0, false);
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                seen += 1;
                // More digits than a double can tell apart only move the point.
                if mantissa < 1_000_000_000_000_000 {
                    mantissa = mantissa * 10 + u64::from(byte - b'0');
                    places -= i32::from(point);
                } else {
                    places += i32::from(!point);
                }
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    (seen > 0).then(|| scaled(mantissa as f64, power.saturating_add(places)))
}

/// `-05`, `+3`, `12`; so far beyond what a double holds that a longer one is no other.
fn exponent(text: &[u8]) -> Option<i32> {
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] => (1, digits),
        digits => (1, digits),
    };
    let digits = (!digits.is_empty()).then_some(digits)?;
    digits
        .iter()
        .try_fold(0_i32, |sum, byte| {
            let digit = byte.is_ascii_digit().then(|| i32::from(byte - b'0'))?;
            Some((sum * 10 + digit).min(9_999))
        })
        .map(|size| sign * size)
}

/// `value` times ten to the `power`. One division is exact where a product of inexact tenths is not.
pub(crate) fn scaled(value: f64, power: i32) -> f64 {
    match power {
        _ if value == 0.0 => 0.0,
        0..=EXACT => value * 10f64.powi(power),
        i32::MIN..0 if power >= -EXACT => value / 10f64.powi(-power),
        // In two steps: the whole power may lie beyond what a double holds where the product does not.
        _ => {
            let half = power.clamp(-600, 600) / 2;
            value * 10f64.powi(half) * 10f64.powi(power.clamp(-600, 600) - half)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Option<f64>) {
        assert_eq!(parse_number(text), expect, "{text:?}");
    }

    #[test]
    fn every_bound_that_exporters_write_is_read_exactly() {
        for text in [
            "0.001",
            "0.005",
            "0.01",
            "0.025",
            "0.04",
            "0.06",
            "0.1",
            "0.3",
            "2.5",
            "7.5",
            "2560.0",
            "1",
            "20000",
            "1e-05",
            "2.5e+06",
            "0.0001234567",
            "123456789012345",
        ] {
            check(text, Some(text.parse().unwrap()));
        }
        check("+Inf", Some(f64::INFINITY));
        check("-Inf", Some(f64::NEG_INFINITY));
        assert!(parse_number("NaN").unwrap().is_nan());
        check("-0.5", Some(-0.5));
        check("1e999999999999", Some(f64::INFINITY));
        check("1e-999999999999", Some(0.0));
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "", "-", "+", ".", "1.2.3", "e5", "1e", "1e+", "0x10", " 1", "1 ", "1_000", "infinite", "٣",
        ] {
            check(text, None);
        }
    }

    proptest! {
        #[test]
        fn fifteen_digits_are_read_as_the_standard_library_does(digits in 0_u64..1_000_000_000_000_000, power in -22_i32..=7) {
            let text = format!("{digits}e{power}");
            prop_assert_eq!(parse_number(&text), text.parse().ok());
        }

        #[test]
        fn any_double_is_read_to_its_last_digits(value: f64) {
            prop_assume!(value.is_normal());
            let read = parse_number(&value.to_string()).unwrap();
            prop_assert!((read - value).abs() <= value.abs() * 1e-14, "{} became {}", value, read);
        }
    }
}
