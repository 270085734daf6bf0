//! Lines of a YAML text as far as an edit must understand them: their indentation, and the key that they begin with.

/// One line with its end.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    pub text: &'a str,
    pub indent: usize,
}

/// The lines, each with its own end.
pub fn lines(text: &str) -> Vec<Line<'_>> {
    text.split_inclusive('\n')
        .map(|text| Line {
            text,
            indent: text.len() - text.trim_start_matches(' ').len(),
        })
        .collect()
}

impl<'a> Line<'a> {
    /// Neither blank nor a comment nor a mark between documents.
    #[must_use]
    pub fn is_content(self) -> bool {
        let rest = self.text.trim();
        !(rest.is_empty() || rest.starts_with('#') || self.is_mark())
    }

    /// `---`, `...` or a directive.
    #[must_use]
    pub fn is_mark(self) -> bool {
        let rest = self.text.trim_end();
        rest.starts_with('%') || rest == "..." || rest == "---" || rest.starts_with("--- ")
    }

    /// What stands behind `key:`, where the line begins with that key; with its offset in the line.
    #[must_use]
    pub fn after_key(self, key: &str) -> Option<(usize, &'a str)> {
        let body = self.text.get(self.indent..)?;
        let quoted = [key.to_owned(), format!("\"{key}\""), format!("'{key}'")];
        let rest = quoted.iter().find_map(|key| body.strip_prefix(key.as_str()))?;
        let rest = rest.trim_start_matches([' ', '\t']).strip_prefix(':')?;
        let ends = rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']);
        ends.then_some((self.text.len() - rest.len(), rest))
    }
}

/// Ends of lines as the text has them.
#[must_use]
pub fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// The length of the value that `rest` begins with, without the blanks and the comment behind it.
#[must_use]
pub fn value_len(rest: &str) -> usize {
    let line = rest.trim_end_matches(['\r', '\n']);
    let end = line.find(" #").or_else(|| line.find("\t#")).unwrap_or(line.len());
    line.get(..end).unwrap_or(line).trim_end().len()
}
