//! What is refused before any parser sees it, in one linear pass over the bytes.
//!
//! The parser is recursive and in places quadratic: a few kilobytes of nesting end the process by stack overflow, and some
//! ten thousand operators keep a core busy for seconds. Neither can be caught afterwards. The pass must see strings and
//! comments exactly where the parser and Prometheus see them; where those two differ, it refuses.

use std::{iter::Peekable, str::Bytes};

use crate::{Refusal, pattern};

/// The longest query that is read at all.
pub const MAX_TEXT_BYTES: usize = 8 << 10;
/// Brackets of any kind and signs in a row; the deepest panel of the catalogue has under ten.
pub const MAX_DEPTH: usize = 64;
/// Operators, separators and words between operands, outside of braces: the parser's time grows with their square.
pub const MAX_OPERATORS: usize = 256;
/// The longest regular expression; what it costs is [`pattern`]'s matter.
pub const MAX_REGEX_BYTES: usize = 256;
/// The longest confined query: 257 selectors, each with a namespace of 63 letters, take a third of it.
pub const MAX_CONFINED_BYTES: usize = 64 << 10;

/// How much of somebody's text is read, and how much may come out. The depth is the same for every text: it is a matter of
/// the stack.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    text_bytes: usize,
    operators: usize,
    pub regex_bytes: usize,
    pub regex_weight: usize,
    pub confined_bytes: usize,
    /// Whether a matcher that contradicts the wall is refused: a stranger is told, a query of our own just finds nothing.
    pub refuses_outside: bool,
}

/// For what somebody else has written.
pub const FOREIGN: Limits = Limits {
    text_bytes: MAX_TEXT_BYTES,
    operators: MAX_OPERATORS,
    regex_bytes: MAX_REGEX_BYTES,
    regex_weight: pattern::MAX_REGEX_WEIGHT,
    confined_bytes: MAX_CONFINED_BYTES,
    refuses_outside: true,
};

/// For what the catalogue has made: its shape is known, its lists of names and of chosen values are long. A literal weighs
/// its bytes, so that the weight allows as much of it as the text has.
pub const OWN: Limits = Limits {
    text_bytes: 128 << 10,
    operators: 1_000,
    regex_bytes: 32 << 10,
    regex_weight: 128 << 10,
    confined_bytes: 512 << 10,
    refuses_outside: false,
};

/// Words that stand between or after operands as signs do.
const WORD_OPERATORS: [&str; 5] = ["and", "or", "unless", "atan2", "offset"];

/// Says whether `text` is small and shallow enough to be parsed.
pub fn check(text: &str, limits: &Limits) -> Result<(), Refusal> {
    if text.len() > limits.text_bytes {
        return Err(Refusal::TooLong(text.len()));
    }
    Scan::new(limits).run(text.bytes().peekable())
}

struct Scan<'a> {
    limits: &'a Limits,
    depth: usize,
    /// Within `{…}`, where a list is long but not deep.
    in_braces: bool,
    /// Within `[…]`, where a colon is no part of a name.
    in_brackets: bool,
    operators: usize,
    /// Prefix signs nest, too; white space does not end a row of them.
    signs: usize,
    /// The next string is a regular expression.
    regex_next: bool,
    /// The next word is a duration: within `[…]` or after `offset`.
    duration_next: bool,
    /// What all regular expressions cost so far.
    weight: usize,
}

impl Scan<'_> {
    fn new(limits: &Limits) -> Scan<'_> {
        Scan {
            limits,
            depth: 0,
            in_braces: false,
            in_brackets: false,
            operators: 0,
            signs: 0,
            regex_next: false,
            duration_next: false,
            weight: 0,
        }
    }

    fn run(mut self, mut bytes: Peekable<Bytes<'_>>) -> Result<(), Refusal> {
        while let Some(byte) = bytes.next() {
            self.step(byte, &mut bytes)?;
            if self.depth + self.signs > MAX_DEPTH {
                return Err(Refusal::TooDeep);
            }
            if self.operators > self.limits.operators {
                return Err(Refusal::TooManyOperators);
            }
        }
        Ok(())
    }

    fn step(&mut self, byte: u8, bytes: &mut Peekable<Bytes<'_>>) -> Result<(), Refusal> {
        if byte.is_ascii_whitespace() {
            return Ok(());
        }
        if byte == b'#' {
            // Both kinds of line end, as in Prometheus's lexer.
            while bytes.next_if(|next| !matches!(next, b'\n' | b'\r')).is_some() {}
            return Ok(());
        }
        if !matches!(byte, b'+' | b'-') {
            self.signs = 0;
        }
        let duration = std::mem::take(&mut self.duration_next);
        match byte {
            b'"' | b'\'' | b'`' => {
                let text = string(byte, bytes)?;
                if std::mem::take(&mut self.regex_next) {
                    self.weight = pattern::add(self.weight, &text, self.limits)?;
                }
            }
            b'(' | b'[' | b'{' => {
                self.depth += 1;
                self.in_braces |= byte == b'{';
                self.in_brackets |= byte == b'[';
                self.duration_next = byte == b'[';
            }
            b')' | b']' | b'}' => {
                self.depth = self.depth.saturating_sub(1);
                self.in_braces &= byte != b'}';
                self.in_brackets &= byte != b']';
            }
            b'~' => self.regex_next = true,
            b'+' | b'-' => {
                self.operators += 1;
                self.signs += 1;
                self.duration_next = duration;
            }
            b':' | b'.' => self.duration_next = duration || (byte == b':' && self.in_brackets),
            b'*' | b'/' | b'%' | b'^' | b'=' | b'!' | b'<' | b'>' | b',' | b'@' => {
                self.operators += usize::from(!self.in_braces);
            }
            _ if is_word(byte) => {
                let mut word = vec![byte.to_ascii_lowercase()];
                while let Some(next) = bytes.next_if(|next| is_word(*next)) {
                    word.push(next.to_ascii_lowercase());
                }
                if duration && !is_duration(&word) {
                    return Err(Refusal::Unparsable("a duration is out of range".to_owned()));
                }
                let operates = WORD_OPERATORS.iter().any(|known| known.as_bytes() == word);
                self.operators += usize::from(operates && !self.in_braces);
                self.duration_next = (duration && word.iter().all(u8::is_ascii_digit)) || word == b"offset";
            }
            _ => {}
        }
        Ok(())
    }
}

/// A metric's name may hold colons; a colon within brackets begins a subquery's step.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Digits and units. The parser panics at a number of over 2^64 seconds or `NaN`, and silently takes a count of over 2^32
/// units for none.
fn is_duration(word: &[u8]) -> bool {
    let digits = word.split(|byte| !byte.is_ascii_digit());
    digits.into_iter().all(|run| run.len() <= 9)
        && word
            .iter()
            .all(|byte| byte.is_ascii_digit() || b"smhdwy".contains(byte))
}

/// Reads to the closing quote; what stands between, without its escapes.
fn string(quote: u8, bytes: &mut Peekable<Bytes<'_>>) -> Result<Vec<u8>, Refusal> {
    let mut text = Vec::new();
    while let Some(byte) = bytes.next() {
        match byte {
            _ if byte == quote => return Ok(text),
            // Prometheus takes it as it is, the parser as an escape: the two would not agree on where the string ends.
            b'\\' if quote == b'`' => return Err(Refusal::RawBackslash),
            b'\\' => text.push(match bytes.next() {
                // The parser turns bytes that are no UTF-8 into other characters: the printed query would ask for
                // another value.
                Some(b'x' | b'u' | b'U' | b'0'..=b'9') => return Err(Refusal::NumericEscape),
                Some(b'a') => 0x07,
                Some(b'b') => 0x08,
                Some(b'f') => 0x0c,
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(b't') => b'\t',
                Some(b'v') => 0x0b,
                Some(itself) => itself,
                None => return Err(Refusal::OpenString),
            }),
            _ => text.push(byte),
        }
    }
    Err(Refusal::OpenString)
}
