//! From a byte offset to a line, so that a fault says where.

use std::ops::Range;

use toml::Spanned;

use super::Fault;

pub(super) struct Places<'a> {
    file: &'a str,
    text: &'a str,
}

impl<'a> Places<'a> {
    pub fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text }
    }

    pub fn file(&self) -> &'a str {
        self.file
    }

    pub fn fault(&self, at: usize, reason: impl Into<String>, next_step: impl Into<String>) -> Fault {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        Fault {
            file: self.file.to_owned(),
            line,
            reason: reason.into(),
            next_step: next_step.into(),
        }
    }

    /// At a value of the file.
    pub fn at<T>(&self, value: &Spanned<T>, reason: impl Into<String>, next_step: impl Into<String>) -> Fault {
        let Range { start, .. } = value.span();
        self.fault(start, reason, next_step)
    }
}
