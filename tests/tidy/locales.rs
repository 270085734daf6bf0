//! The words of six languages: every text that the page says is in every file, with the same places to fill in.
//!
//! The English file is generated from the sources and the catalogue: `SERVELENS_WRITE_DOCS=1` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use catalog::Catalog;

use super::source::{self, Source};

type Words = BTreeMap<String, String>;

/// Each language with the plural categories of its whole numbers; a browser test compares them with `Intl`.
pub const LANGUAGES: [(&str, &[&str]); 6] = [
    ("en", &["one", "other"]),
    ("es", &["many", "one", "other"]),
    ("fr", &["many", "one", "other"]),
    ("ja", &["other"]),
    ("ko", &["other"]),
    ("zh", &["other"]),
];

/// What every page says, what panels tell on request, and what they advise.
const FILES: [&str; 3] = [
    "plugin__servelens",
    "plugin__servelens-explained",
    "plugin__servelens-advice",
];

fn file(language: &str, name: &str) -> PathBuf {
    source::root().join(format!("assets/locales/{language}/{name}.json"))
}

/// Of all files.
fn words(language: &str) -> Words {
    FILES.iter().flat_map(|name| words_in(language, name)).collect()
}

fn words_in(language: &str, name: &str) -> Words {
    let path = file(language, name);
    let text = fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

/// The text of the string literal that `code` begins with, and what comes after it.
fn literal(code: &str) -> Option<(String, &str)> {
    let code = code.trim_start().strip_prefix('"')?;
    let mut text = String::new();
    let mut chars = code.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((text, &code[at + 1..])),
            '\\' => match chars.next()?.1 {
                'n' => text.push('\n'),
                '\n' => {
                    let rest = chars.as_str();
                    let skipped = rest.len() - rest.trim_start().len();
                    chars.by_ref().take(rest[..skipped].chars().count()).for_each(drop);
                }
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    None
}

/// The texts that a source marks: as they stand, or for one and for many.
fn marked(text: &str) -> (BTreeSet<String>, BTreeSet<(String, String)>) {
    let (mut plain, mut counted) = (BTreeSet::new(), BTreeSet::new());
    for mark in ["t(", "t_with(", "key("] {
        for (at, _) in text.match_indices(mark) {
            let part_of_a_name = text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if let Some((found, _)) = literal(&text[at + mark.len()..]).filter(|_| !part_of_a_name) {
                plain.insert(found);
            }
        }
    }
    for (at, mark) in text.match_indices("forms(") {
        if let Some((one, rest)) = literal(&text[at + mark.len()..])
            && let Some((many, _)) = rest.trim_start().strip_prefix(',').and_then(literal)
        {
            counted.insert((one, many));
        }
    }
    (plain, counted)
}

/// Whether a legend says anything but what its labels say, and what every language writes alike (`p95`).
fn has_words(legend: &str) -> bool {
    let mut rest = legend.to_owned();
    while let (Some(from), Some(to)) = (rest.find('{'), rest.find('}')) {
        rest.replace_range(from..=to, " ");
    }
    let quantile = |word: &str| {
        word.strip_prefix('p')
            .is_some_and(|digits| digits.parse::<u32>().is_ok())
    };
    rest.split_whitespace()
        .any(|word| word.contains(char::is_alphabetic) && !quantile(word))
}

/// What the English file must hold.
fn english() -> Words {
    let mut words = Words::new();
    for text in catalogue().into_iter().filter(|text| !text.is_empty()) {
        words.insert(text.clone(), text);
    }
    let sources = source::rust();
    // What the server calls the rights that it tells of.
    let rights = sources.iter().filter(|source| source.path == "server/src/query/me.rs");
    let names = rights
        .flat_map(Source::strings)
        .filter(|(_, text)| text.starts_with("Read the "));
    words.extend(names.map(|(_, text)| (text.to_owned(), text.to_owned())));
    // And how it words what went wrong, where no name or number is part of it.
    let faults = sources.iter().filter(|source| source.path == "server/src/error.rs");
    let said = |text: &str| text.ends_with('.') && !text.contains(['{', '\\']);
    let sentences = faults.flat_map(Source::strings).filter(|(_, text)| said(text));
    words.extend(sentences.map(|(_, text)| (text.to_owned(), text.to_owned())));
    // What the plugin adds to the console, which translates it with these files; a name of a kind has no blank.
    let plugin = sources
        .iter()
        .filter(|source| source.path == "server/src/plugin/extensions.rs");
    let titles = plugin.flat_map(Source::strings).filter(|(_, text)| text.contains(' '));
    words.extend(titles.map(|(_, text)| (text.to_owned(), text.to_owned())));
    let page = sources.iter().filter(|source| {
        source.is_under(&["frontend/src"]) && !source.is_test() && !source.path.starts_with("frontend/src/words/")
    });
    for source in page {
        let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        let (plain, counted) = marked(code);
        words.extend(plain.into_iter().map(|text| (text.clone(), text)));
        for (one, many) in counted {
            words.insert(format!("{many}_one"), one);
            words.insert(format!("{many}_other"), many);
        }
    }
    words
}

/// The catalogue's texts that a reader sees without asking for more.
fn catalogue() -> Vec<String> {
    let catalog = Catalog::embedded().unwrap();
    let mut texts = Vec::new();
    for dashboard in catalog.dashboards() {
        texts.extend([&dashboard.title, &dashboard.tells, &dashboard.group].map(String::clone));
        texts.extend(dashboard.sections().map(|(title, _)| title.to_owned()));
    }
    for panel in catalog.panels() {
        texts.push(panel.title.clone());
        let legends = panel.queries.iter().map(|query| query.legend.clone());
        texts.extend(legends.filter(|legend| has_words(legend)));
    }
    texts
}

fn explained() -> Words {
    let catalog = Catalog::embedded().unwrap();
    let tells = catalog.panels().map(|panel| panel.tells.clone());
    tells.map(|text| (text.clone(), text)).collect()
}

fn advice() -> Words {
    let catalog = Catalog::embedded().unwrap();
    let advice = catalog.panels().map(|panel| panel.when_bad.clone());
    advice.map(|text| (text.clone(), text)).collect()
}

#[test]
fn marked_texts_are_found_as_the_compiler_reads_them() {
    let (plain, counted) = marked(
        "t(\"a\"); at(\"no\"); t_with(\n    \"b {{x}} \\\"c\\\"\", &v); key(\"d \\\n    e\"); counted(forms(\"1 f\", \"{{count}} f\"), n)",
    );
    assert_eq!(plain.into_iter().collect::<Vec<_>>(), ["a", "b {{x}} \"c\"", "d e"]);
    assert_eq!(
        counted.into_iter().collect::<Vec<_>>(),
        [("1 f".to_owned(), "{{count}} f".to_owned())]
    );
    assert!(has_words("{pod} waiting") && !has_words("{model_name} p95") && !has_words("{le}"));
}

#[test]
fn the_english_files_hold_every_text_and_no_other() {
    let files = [english(), explained(), advice()];
    for ((name, expected), least) in FILES.into_iter().zip(files).zip([300, 200, 200]) {
        assert!(
            expected.len() > least,
            "only {} texts: the search is broken",
            expected.len()
        );
        if std::env::var_os("SERVELENS_WRITE_DOCS").is_some() {
            let text = serde_json::to_string_pretty(&expected).unwrap() + "\n";
            fs::write(file("en", name), text).unwrap();
        }
        let found = words_in("en", name);
        let missing: Vec<_> = expected
            .iter()
            .filter(|(key, text)| found.get(*key) != Some(text))
            .collect();
        let left: Vec<_> = found.keys().filter(|key| !expected.contains_key(*key)).collect();
        assert!(
            missing.is_empty() && left.is_empty(),
            "{name} lacks: {missing:#?}, nobody says: {left:#?}"
        );
    }
}

/// A key without its plural category; the category is empty where the text does not count.
fn parts(key: &str) -> (&str, &str) {
    let categories = ["zero", "one", "two", "few", "many", "other"];
    match key.rsplit_once('_') {
        Some((text, category)) if categories.contains(&category) => (text, category),
        _ => (key, ""),
    }
}

/// Every key with its categories, in order.
fn keys(words: &Words) -> BTreeMap<&str, Vec<&str>> {
    let mut keys: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for key in words.keys() {
        let (text, category) = parts(key);
        keys.entry(text).or_default().push(category);
    }
    keys
}

#[test]
fn every_language_has_every_text_in_every_form_that_it_has() {
    let english = words("en");
    for (language, categories) in LANGUAGES {
        let own = words(language);
        let expected: BTreeMap<&str, Vec<&str>> = keys(&english)
            .into_iter()
            .map(|(key, forms)| (key, if forms == [""] { forms } else { categories.to_vec() }))
            .collect();
        let found = keys(&own);
        let wrong: Vec<_> = expected
            .iter()
            .filter(|(key, forms)| found.get(*key) != Some(forms))
            .chain(found.iter().filter(|(key, _)| !expected.contains_key(*key)))
            .collect();
        assert!(wrong.is_empty(), "{language}: {wrong:#?}");
    }
}

/// `{{name}}` and, in legends, `{label}`; sorted.
fn places(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = text
        .split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
        .filter(|name| !name.is_empty())
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn every_text_has_the_places_of_its_english_one() {
    let english = words("en");
    for (language, _) in LANGUAGES {
        for (key, text) in words(language) {
            let (plain, category) = parts(&key);
            let model = english
                .get(&key)
                .or_else(|| english.get(&format!("{plain}_other")))
                .unwrap();
            let (mut got, mut expected) = (places(&text), places(model));
            if !category.is_empty() {
                // A form for one thing may say "one" in words.
                got.retain(|name| *name != "count");
                expected.retain(|name| *name != "count");
            }
            assert_eq!(got, expected, "{language}: {key}: {text}");
            assert!(!text.trim().is_empty(), "{language}: {key} is empty");
        }
    }
}

/// Names and units are the same everywhere; sentences are not.
#[test]
fn at_most_one_text_in_twenty_is_as_in_english() {
    let english = words("en");
    for (language, _) in LANGUAGES.into_iter().skip(1) {
        let own = words(language);
        let same: Vec<_> = own
            .iter()
            .filter(|(key, text)| english.get(*key) == Some(text))
            .collect();
        assert!(
            same.len() * 20 <= own.len(),
            "{language}: {} of {} are English: {same:#?}",
            same.len(),
            own.len()
        );
    }
}
