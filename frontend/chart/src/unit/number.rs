//! Numbers as short text.

/// How many decimals show `digits` significant digits of `value`; at most 12.
fn decimals_for(value: f64, digits: usize) -> usize {
    if value == 0.0 {
        return 0;
    }
    let magnitude = value.abs().log10().floor();
    (digits as f64 - 1.0 - magnitude).clamp(0.0, 12.0) as usize
}

/// `value` with `digits` significant digits; whole numbers keep all of theirs.
pub(super) fn round_to_significant(value: f64, digits: usize) -> f64 {
    let power = 10f64.powi(i32::try_from(decimals_for(value, digits)).unwrap_or(0));
    (value * power).round() / power
}

/// `value` as text with `digits` significant digits and no trailing zeros. Beyond what anyone reads as a plain
/// number (1e15 and up, under 1e-6) with an exponent.
pub(super) fn significant(value: f64, digits: usize) -> String {
    let size = value.abs();
    if size >= 1e15 || (size > 0.0 && size < 1e-6) {
        return exponent(value);
    }
    without_trailing_zeros(fixed(value, decimals_for(value, digits)))
}

/// `value` with exactly that many decimals.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let is_zero = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    if is_zero { "0".to_owned() } else { text }
}

fn without_trailing_zeros(text: String) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// `1.2e300`.
pub(super) fn exponent(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let text = format!("{value:.1e}");
    text.replace(".0e", "e")
}
