//! A label value: the only way a string that is not the catalogue's own gets into PromQL.

use std::fmt::Write;

/// Any Unicode text. What it holds cannot be read but through the quoting below, so it cannot leave its quotes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelValue(String);

impl LabelValue {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The value itself, for comparing with a label of an answer; never for building PromQL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a PromQL string literal, double quotes included.
    pub(crate) fn quoted(&self) -> String {
        quote(&self.0)
    }

    /// As a PromQL string literal that holds an anchored regular expression (RE2) matching any of `values` and
    /// nothing else.
    pub(crate) fn quoted_alternatives<'a>(values: impl IntoIterator<Item = &'a Self>) -> String {
        let mut regex = String::new();
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                regex.push('|');
            }
            for c in value.0.chars() {
                if r"\.+*?()|[]{}^$".contains(c) {
                    regex.push('\\');
                }
                regex.push(c);
            }
        }
        quote(&regex)
    }
}

/// PromQL's strings follow Go's: a raw line feed ends the literal, and Prometheus's lexer takes U+FFFD for broken
/// UTF-8, so both are written as escapes; other control characters too, to keep queries readable in logs.
fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '\\' => out.push_str(r"\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str(r"\n"),
            c if c.is_control() || c == '\u{fffd}' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promise_11_a_value_stays_inside_its_quotes() {
        let check = |value: &str, expect: &str| assert_eq!(LabelValue::new(value).quoted(), expect);
        check("granite", r#""granite""#);
        check("", r#""""#);
        check(r#""}) or vector(1) #"#, r#""\"}) or vector(1) #""#);
        check("back\\slash", r#""back\\slash""#);
        check("two\nlines\r\t\0", r#""two\nlines\u000d\u0009\u0000""#);
        check("\u{fffd}", r#""\ufffd""#);
        check("modèle 🚀", r#""modèle 🚀""#);
    }

    #[test]
    fn alternatives_mean_themselves() {
        let check = |values: &[&str], expect: &str| {
            let values: Vec<_> = values.iter().copied().map(LabelValue::new).collect();
            assert_eq!(LabelValue::quoted_alternatives(&values), expect);
        };
        check(&["a", "b"], r#""a|b""#);
        check(&["granite-3.3-8b", "x|y"], r#""granite-3\\.3-8b|x\\|y""#);
        check(&[".*", "\"\n"], r#""\\.\\*|\"\n""#);
    }
}
