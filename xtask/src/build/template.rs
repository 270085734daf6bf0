//! Fills `{{name}}` in `index.html` and `plugin-entry.js`. A name that nothing fills is an error, never left in the page.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

/// Replaces every `{{name}}`. Braces around anything but a plain name (letters, digits, `.`, `_`, `-`) are left alone:
/// JavaScript has such.
pub fn fill(text: &str, values: &BTreeMap<String, String>) -> Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        match after.split_once("}}") {
            Some((name, tail)) if is_name(name) => {
                let Some(value) = values.get(name) else {
                    let known: Vec<&str> = values.keys().map(String::as_str).collect();
                    let line = out.lines().count().max(1);
                    bail!(
                        "line {line}: nothing fills {{{{{name}}}}}; there are {}",
                        known.join(", ")
                    );
                };
                out.push_str(value);
                rest = tail;
            }
            _ => {
                out.push_str("{{");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Result<&str, &str>) {
        let values = [("servelens.js", "assets/servelens.0a.js"), ("version", "1.2.3")];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let got = fill(text, &values).map_err(|error| error.to_string());
        assert_eq!(got.as_deref().map_err(String::as_str), expect);
    }

    #[test]
    fn names_are_filled_and_other_braces_stay() {
        check(
            "import('/{{servelens.js}}') // {{version}}",
            Ok("import('/assets/servelens.0a.js') // 1.2.3"),
        );
        check("const a = {{}}; f({{ b: 1 }})", Ok("const a = {{}}; f({{ b: 1 }})"));
        check("open {{ and {{version}}", Ok("open {{ and 1.2.3"));
    }

    #[test]
    fn a_name_that_nothing_fills_is_an_error_with_its_line() {
        check(
            "one\ntwo {{servlens.js}}",
            Err("line 2: nothing fills {{servlens.js}}; there are servelens.js, version"),
        );
    }
}
