//! Own scripts and styles as they are sent: without comments, indents and empty lines, which a browser would fetch for nothing. The
//! console fetches the entry anew with every start.
//!
//! It reads lines, no JavaScript: a comment stands on lines of its own, and no text goes over the end of a line.

use anyhow::{Result, bail};

pub fn slim(text: &str) -> Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut in_comment = false;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if in_comment || line.starts_with("/*") {
            in_comment = !line.ends_with("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            if line.matches('`').count() % 2 == 1 {
                bail!("line {}: a text must end on the line on which it begins", at + 1);
            }
            out.push_str(line);
            out.push('\n');
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_indents_and_empty_lines_stay_at_home() {
        let text = "// What.\n\n/** One. */\nconst a = 'https://a'; // stays\n/**\n * Two.\n * `code\n */\n  f(`x`);\n";
        assert_eq!(slim(text).unwrap(), "const a = 'https://a'; // stays\nf(`x`);\n");
    }

    #[test]
    fn a_text_of_several_lines_is_refused() {
        let fault = slim("a();\nb(`one\ntwo`);\n").unwrap_err();
        assert_eq!(
            fault.to_string(),
            "line 2: a text must end on the line on which it begins"
        );
    }
}
