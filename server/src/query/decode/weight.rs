//! What an answer will take of the memory once it is decoded, told from its text before anything is made of it.
//!
//! A short text can become much: `{"a":"b"},` are ten bytes, and a map of some hundred. Rather too much is told than too
//! little.

use super::Columns;

/// Of a series: the first node of its map.
const SERIES: usize = 640;
/// Of a label beyond its letters: two strings, and their place in the map.
const LABEL: usize = 112;
/// Of a string in a list, for each of its two quotes.
const QUOTE: usize = 28;

/// What an answer is made of.
#[derive(Debug, Clone, Copy)]
pub enum Holds {
    /// Names and labels.
    Series,
    /// Labels, and values on a grid.
    Values(Columns),
    Strings,
}

impl Holds {
    /// In bytes, without the text itself.
    #[must_use]
    pub fn decoded(self, text: &[u8]) -> usize {
        let (mut maps, mut pairs, mut quotes) = (0_usize, 0_usize, 0_usize);
        for byte in text {
            maps += usize::from(*byte == b'{');
            pairs += usize::from(*byte == b':');
            quotes += usize::from(*byte == b'"');
        }
        match self {
            Holds::Series => maps * SERIES + pairs * LABEL + text.len(),
            Holds::Strings => quotes * QUOTE + text.len(),
            // The document and its data are maps, too; each series is two.
            Holds::Values(columns) => {
                maps / 2 * (SERIES + columns.len.saturating_mul(size_of::<f64>())) + pairs * LABEL
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_much_is_told_before_it_is_decoded() {
        let check = |holds: Holds, one: &str, times: usize, at_least: usize, at_most: usize| {
            let text = format!("[{}]", vec![one; times].join(","));
            let told = holds.decoded(text.as_bytes()) / times;
            assert!((at_least..=at_most).contains(&told), "{one}: {told}");
        };
        let grid = Columns {
            start: 0,
            step: 1,
            len: 1_000,
        };
        check(Holds::Series, r#"{"a":"b"}"#, 1_000, 640 + 64, 800);
        check(Holds::Strings, r#""a""#, 1_000, 48, 64);
        check(
            Holds::Values(grid),
            r#"{"metric":{"a":"b"},"values":[]}"#,
            1_000,
            8_000 + 640,
            9_600,
        );
    }
}
