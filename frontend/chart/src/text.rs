//! How wide a label is, without asking a browser: measuring there costs a page layout for each label.

use crate::parse_number;

/// Size of every label, CSS pixels.
pub const FONT_PX: f64 = 11.0;

/// Width of `text` in a common sans-serif at [`FONT_PX`], CSS pixels. Errs to the wide side: the widths are those of
/// Arial and Red Hat Text, whichever is wider, so that labels laid out by them do not touch.
#[must_use]
pub fn text_width(text: &str) -> f64 {
    text.chars().map(em).sum::<f64>() * FONT_PX
}

fn em(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.3,
        ' ' | 'f' | 't' | 'r' | 'I' | '(' | ')' | '[' | ']' | '/' | '-' | '°' => 0.38,
        'm' | 'M' | 'W' | '%' | '@' => 0.92,
        'w' | 'G' | 'O' | 'Q' | 'C' | 'D' | 'H' | 'N' | 'U' | 'R' => 0.76,
        '0'..='9' | 'a'..='z' => 0.58,
        'A'..='Z' | '≤' | '>' | '+' | '–' | '∞' => 0.68,
        // Latin letters with accents, Greek, Cyrillic.
        '\u{80}'..='\u{5ff}' => 0.68,
        _ if c.is_ascii() => 0.6,
        // CJK is as wide as it is high.
        _ => 1.0,
    }
}

/// Labels for the bars of a histogram from its buckets' upper bounds (`le`) in rising order:
/// `["1", "20000", "+Inf"]` become `["≤1", "≤20k", ">20k"]`. A bound that is no number stays as it is.
#[must_use]
pub fn bucket_labels<S: AsRef<str>>(bounds: &[S]) -> Vec<String> {
    let mut below: Option<String> = None;
    bounds
        .iter()
        .map(|bound| {
            let bound = bound.as_ref();
            match parse_number(bound) {
                Some(number) if number.is_finite() => {
                    let text = crate::Unit::None.compact(number);
                    let label = format!("≤{text}");
                    below = Some(text);
                    label
                }
                Some(number) if number.is_infinite() => below
                    .as_ref()
                    .map_or_else(|| "all".to_owned(), |text| format!(">{text}")),
                _ => bound.to_owned(),
            }
        })
        .collect()
}
