//! The project's own files, as git would list them: without build output and installed packages.

use std::fs;
use std::path::{Path, PathBuf};

use super::lexer::{Lexed, lex};

/// One text file.
pub struct Source {
    /// From the workspace's root, with `/`.
    pub path: String,
    pub text: String,
    lexed: Option<Lexed>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let lexed = path.ends_with(".rs").then(|| lex(text));
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            lexed,
        }
    }

    /// `path:line: what`; `line` counts from 0.
    pub fn fault(&self, line: usize, what: &str) -> String {
        format!("{}:{}: {what}", self.path, line + 1)
    }

    /// Whether the whole file is there for tests.
    pub fn is_test(&self) -> bool {
        let parts: Vec<&str> = self.path.split('/').collect();
        parts
            .iter()
            .any(|part| matches!(*part, "tests" | "benches" | "examples" | "fuzz" | "tests.rs"))
    }

    fn line_is_test(&self, line: usize) -> bool {
        self.is_test()
            || self
                .lexed
                .as_ref()
                .is_some_and(|lexed| lexed.in_tests.get(line) == Some(&true))
    }

    /// Lines of Rust without comments and literals; `tests` chooses which half.
    pub fn code(&self, tests: bool) -> impl Iterator<Item = (usize, &str)> {
        let code = self.lexed.iter().flat_map(|lexed| lexed.code.iter().enumerate());
        code.filter(move |(line, _)| self.line_is_test(*line) == tests)
            .map(|(line, text)| (line, text.as_str()))
    }

    /// String literals outside tests.
    pub fn strings(&self) -> impl Iterator<Item = (usize, &str)> {
        let strings = self.lexed.iter().flat_map(|lexed| lexed.strings.iter());
        strings
            .filter(|(line, _)| !self.line_is_test(*line))
            .map(|(line, text)| (*line, text.as_str()))
    }

    pub fn is_under(&self, folders: &[&str]) -> bool {
        folders
            .iter()
            .any(|folder| self.path.starts_with(&format!("{folder}/")) || self.path == *folder)
    }
}

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file whose name ends in one of `endings`.
pub fn all(endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    walk(&root(), &mut |path| {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(Source::new(&name, &fs::read_to_string(path).unwrap()));
        }
    });
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Every Rust file.
pub fn rust() -> Vec<Source> {
    all(&[".rs"])
}

/// Whether `word` stands in `text` with no letter, digit or `_` right before it, nor after it where it ends in one.
pub fn has_word(text: &str, word: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        let after = text[at + word.len()..].chars().next();
        !(part(text[..at].chars().next_back()) || part(word.chars().next_back()) && part(after))
    })
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // A target folder carries cargo's mark wherever it is.
        if matches!(name.as_str(), ".git" | "node_modules") || path.join("CACHEDIR.TAG").exists() {
            continue;
        }
        if path.is_dir() {
            walk(&path, visit);
        } else {
            visit(&path);
        }
    }
}
