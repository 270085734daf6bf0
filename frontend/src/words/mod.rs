//! Words in the reader's language.
//!
//! A text's key is the text in English, as the console's own catalogues have it: `{{name}}` is filled in, and a text that
//! counts has a form for each category that the language distinguishes (`{{count}} pods_one`). So English needs no
//! file, and what a language lacks is said in English. Which language it is, and its rules, the host knows; it hands them
//! in with [`speak`]. One language for a document, however often the page is mounted.
//!
//! It must not fetch, and must not touch the browser.

use std::{cell::RefCell, collections::BTreeMap};

mod language;
mod sentence;

pub use language::Language;

/// What [`speak`] needs to know of a language beside its words.
pub struct Rules {
    /// The plural category of a whole number: `one`, `many`, `other`…
    pub category: Box<dyn Fn(f64) -> String>,
    /// What stands before a number's decimals.
    pub decimal_mark: String,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            category: Box::new(|count| if count == 1.0 { "one" } else { "other" }.to_owned()),
            decimal_mark: ".".to_owned(),
        }
    }
}

#[derive(Default)]
struct Spoken {
    words: BTreeMap<String, String>,
    /// Keys that sentences of the server are made from.
    patterns: Vec<String>,
    rules: Rules,
}

impl Spoken {
    fn learn(&mut self, words: &str) {
        let more: BTreeMap<String, String> = server_api::lean::from_slice(words.as_bytes()).unwrap_or_default();
        self.words.extend(more);
        self.patterns = sentence::patterns(&self.words);
    }
}

thread_local! {
    static SPOKEN: RefCell<Spoken> = RefCell::default();
}

/// From now on. `words` is the text of a file of `assets/locales`; one that cannot be read leaves English words.
pub fn speak(words: &str, rules: Rules) {
    let mut spoken = Spoken {
        rules,
        ..Spoken::default()
    };
    spoken.learn(words);
    SPOKEN.set(spoken);
}

/// More words of the language that is spoken: a second file of the same kind.
pub fn learn(words: &str) {
    SPOKEN.with_borrow_mut(|spoken| spoken.learn(words));
}

/// Marks a text that is looked up later, where it is not named to [`t`] itself: so the test of the files finds it.
pub const fn key(english: &'static str) -> &'static str {
    english
}

/// A text that counts, in English: for one and for many.
pub type Forms = (&'static str, &'static str);

/// Both are one key. Marks them as [`key`] does.
pub const fn forms(one: &'static str, many: &'static str) -> Forms {
    (one, many)
}

/// The text in the reader's language.
pub fn t(english: &str) -> String {
    find(english).unwrap_or_else(|| english.to_owned())
}

/// As [`t`], with each `{{name}}` filled in.
pub fn t_with(english: &str, values: &[(&str, &str)]) -> String {
    fill(&t(english), values)
}

/// As [`t_with`], for a text that counts: `{{count}}` is the number.
pub fn counted((one, many): Forms, count: usize, values: &[(&str, &str)]) -> String {
    let category = SPOKEN.with_borrow(|spoken| (spoken.rules.category)(count as f64));
    let found = find(&format!("{many}_{category}")).or_else(|| find(&format!("{many}_other")));
    let text = found.unwrap_or_else(|| if count == 1 { one } else { many }.to_owned());
    let count = count.to_string();
    let mut all = vec![("count", count.as_str())];
    all.extend_from_slice(values);
    fill(&text, &all)
}

/// A number written with a point, as the reader writes it.
pub fn number(plain: String) -> String {
    SPOKEN.with_borrow(|spoken| match spoken.rules.decimal_mark.as_str() {
        "." => plain,
        mark => localize(&plain, mark),
    })
}

/// Points between digits are decimal ones; any other stays.
fn localize(plain: &str, mark: &str) -> String {
    let mut out = String::with_capacity(plain.len());
    let mut before = ' ';
    let mut rest = plain.chars().peekable();
    while let Some(c) = rest.next() {
        let inside = before.is_ascii_digit() && rest.peek().is_some_and(char::is_ascii_digit);
        if c == '.' && inside {
            out.push_str(mark);
        } else {
            out.push(c);
        }
        before = c;
    }
    out
}

/// What the reader's language has under that key.
pub fn find(key: &str) -> Option<String> {
    SPOKEN.with_borrow(|spoken| spoken.words.get(key).cloned())
}

/// A sentence of the server in the reader's language; `None` where it has no words for it. Its key has `{{1}}`, `{{2}}`… where
/// the server fills something in.
pub fn said(english: &str) -> Option<String> {
    SPOKEN.with_borrow(|spoken| sentence::said(&spoken.words, &spoken.patterns, english))
}

/// As [`said`], in English where there are no words for it.
pub fn told(english: &str) -> String {
    said(english).unwrap_or_else(|| english.to_owned())
}

/// In one pass: what is filled in is never looked at again, whatever braces a name has.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let known = after.split_once("}}").and_then(|(name, tail)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((value, tail))
        });
        match known {
            Some((value, tail)) => {
                out.push_str(value);
                rest = tail;
            }
            None => {
                out.push_str("{{");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn french() {
        let rules = Rules {
            category: Box::new(|count| if count < 2.0 { "one" } else { "other" }.to_owned()),
            decimal_mark: ",".to_owned(),
        };
        speak(
            r#"{"Close":"Fermer","{{count}} pods_one":"{{count}} pod ({{who}})","{{count}} pods_other":"{{count}} pods ({{who}})"}"#,
            rules,
        );
    }

    #[test]
    fn english_needs_no_file_and_fills_in_what_is_named() {
        assert_eq!(t("Close"), "Close");
        assert_eq!(
            t_with("{{a}} of {{b}}, {{c}}", &[("a", "{{b}}"), ("b", "x")]),
            "{{b}} of x, {{c}}"
        );
        let pods = |count| counted(forms("{{count}} pod", "{{count}} pods"), count, &[]);
        assert_eq!([0, 1, 2].map(pods), ["0 pods", "1 pod", "2 pods"]);
        assert_eq!(number("1.5 s".to_owned()), "1.5 s");
    }

    #[test]
    fn another_language_has_its_own_words_forms_and_marks_and_falls_back_to_english() {
        french();
        assert_eq!(t("Close"), "Fermer");
        assert_eq!(t("Open"), "Open");
        learn(r#"{"Open":"Ouvrir"}"#);
        assert_eq!((t("Open"), t("Close")), ("Ouvrir".to_owned(), "Fermer".to_owned()));
        learn(r#"{"no pod in {{1}}":"aucun pod dans {{1}}"}"#);
        assert_eq!(
            [told("no pod in Close"), told("no node in Close")],
            ["aucun pod dans Close", "no node in Close"]
        );
        let pods = |count| counted(forms("{{count}} pod", "{{count}} pods"), count, &[("who", "a")]);
        assert_eq!([0, 1, 2].map(pods), ["0 pod (a)", "1 pod (a)", "2 pods (a)"]);
        let runs = |count| counted(forms("{{count}} run", "{{count}} runs"), count, &[]);
        assert_eq!([1, 2].map(runs), ["1 run", "2 runs"]);
        assert_eq!(number("1.5 s".to_owned()), "1,5 s");
        assert_eq!(number("v1. a.b >0.25".to_owned()), "v1. a.b >0,25");
    }

    #[test]
    fn a_broken_file_leaves_english() {
        speak("<html>", Rules::default());
        assert_eq!(t("Close"), "Close");
    }
}
