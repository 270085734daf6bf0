//! Colours. Which ones is not decided here: the front end resolves them from its style tokens.

use crate::parse_number;

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// Reads what a style sheet or a computed style says: `#rgb`, `#rrggbb`, `rgb(r, g, b)`, `rgba(r, g, b, a)`
    /// or `rgb(r g b / a)`. An alpha is ignored.
    #[must_use]
    pub fn parse(css: &str) -> Option<Self> {
        let css = css.trim();
        match css.strip_prefix('#') {
            Some(digits) => Self::parse_hex(digits),
            None => Self::parse_function(css),
        }
    }

    fn parse_hex(digits: &str) -> Option<Self> {
        let nibbles: Vec<u8> = digits
            .chars()
            .map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok()))
            .collect::<Option<_>>()?;
        match *nibbles.as_slice() {
            [r, g, b] | [r, g, b, _] => Some(Self(r * 17, g * 17, b * 17)),
            [r1, r0, g1, g0, b1, b0] | [r1, r0, g1, g0, b1, b0, _, _] => {
                Some(Self(r1 * 16 + r0, g1 * 16 + g0, b1 * 16 + b0))
            }
            _ => None,
        }
    }

    fn parse_function(css: &str) -> Option<Self> {
        let inside = css.strip_prefix("rgba").or_else(|| css.strip_prefix("rgb"))?;
        let inside = inside.trim().strip_prefix('(')?.strip_suffix(')')?;
        let mut channels = inside
            .split([',', ' ', '/'])
            .filter(|part| !part.is_empty())
            .map(|part| parse_number(part).filter(|value| (0.0..=255.0).contains(value)));
        let mut next = || channels.next().flatten().map(|value| value.round() as u8);
        Some(Self(next()?, next()?, next()?))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Series colours; a series beyond the last begins again.
    pub palette: Vec<Rgb>,
    /// The line under the plot and the marks on it.
    pub axis: Rgb,
    /// Horizontal grid lines.
    pub grid: Rgb,
    /// Labels.
    pub text: Rgb,
    /// Fills the whole chart first, and rings dots.
    pub background: Rgb,
    pub warning: Rgb,
    pub critical: Rgb,
}

impl Theme {
    /// The colour of a series; the text's where the palette is empty.
    #[must_use]
    pub fn series(&self, color: usize) -> Rgb {
        let index = color.checked_rem(self.palette.len());
        index
            .and_then(|index| self.palette.get(index))
            .copied()
            .unwrap_or(self.text)
    }
}
