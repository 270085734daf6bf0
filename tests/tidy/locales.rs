//! The words of six languages: every text that the page says is in every file, with the same places to fill in.
//!
//! The English file is generated from the sources and the catalogue: `SERVELENS_WRITE_DOCS=1` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use catalog::Catalog;
use catalog::export::overview::overview;
use server_api::catalog::advice_key;

use super::{
    sentences,
    source::{self, Source},
};

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

/// What every page says, what panels tell on request, what the pages that set up and of objectives say, what the server
/// does (its engine of setting up, and all of it), and what stands on the console's own cards: that file alone holds texts
/// of another, so that a card needs no other.
const FILES: [&str; 7] = [
    "plugin__servelens",
    "plugin__servelens-explained",
    "plugin__servelens-setup",
    "plugin__servelens-slos",
    "plugin__servelens-engine",
    "plugin__servelens-told",
    "plugin__servelens-cards",
];

/// What to do about each panel. Its keys are no English texts, which are long, and so there is no English file: the
/// catalogue has the sentences.
const ADVICE: &str = "plugin__servelens-advice";

/// Where the words of a page alone are marked.
const SETUP: [&str; 3] = [
    "frontend/src/ui/setup",
    "frontend/src/page/setup.rs",
    "frontend/src/api/setup.rs",
];
const SLOS: [&str; 1] = ["frontend/src/ui/slos"];
const CARDS: &str = "assets/plugin/extensions.js";

fn file(language: &str, name: &str) -> PathBuf {
    source::root().join(format!("assets/locales/{language}/{name}.json"))
}

/// Of all files.
fn words(language: &str) -> Words {
    let mut words: Words = FILES.iter().flat_map(|name| words_in(language, name)).collect();
    words.extend(match language {
        "en" => advice(),
        other => words_in(other, ADVICE),
    });
    words
}

fn words_in(language: &str, name: &str) -> Words {
    let path = file(language, name);
    let text = fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

/// The text of the string literal that `code` begins with, and what comes after it.
fn literal(code: &str) -> Option<(String, &str)> {
    let code = code.trim_start();
    // JavaScript has the other one, too.
    let quote = code.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let code = &code[1..];
    let mut text = String::new();
    let mut chars = code.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => return Some((text, &code[at + 1..])),
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
    words.extend(faults(&sources, |text| !of_setup(text)));
    // What the plugin adds to the console, which translates it with these files; a name of a kind has no blank.
    let plugin = sources
        .iter()
        .filter(|source| source.path == "server/src/plugin/extensions.rs");
    let titles = plugin.flat_map(Source::strings).filter(|(_, text)| text.contains(' '));
    words.extend(titles.map(|(_, text)| (text.to_owned(), text.to_owned())));
    words.extend(of_page(&sources, |path| !is_in(path, &SETUP) && !is_in(path, &SLOS)));
    words
}

/// How the server words what went wrong, where no name or number is part of it.
fn faults(sources: &[Source], wanted: impl Fn(&str) -> bool) -> Words {
    let table = sources.iter().filter(|source| source.path == "server/src/error.rs");
    let said = |text: &str| text.ends_with('.') && !text.contains(['{', '\\']);
    let sentences = table.flat_map(Source::strings);
    let sentences = sentences.filter(|(_, text)| said(text) && wanted(text));
    sentences.map(|(_, text)| (text.to_owned(), text.to_owned())).collect()
}

/// Whether a fault is one of setting up, which is told on that page alone.
fn of_setup(fault: &str) -> bool {
    let parts = ["look again", "set up", "servelens plan"];
    parts.iter().any(|part| fault.contains(part))
}

fn is_in(path: &str, places: &[&str]) -> bool {
    places.iter().any(|place| path.starts_with(place))
}

/// What the page that sets up says.
fn setup() -> Words {
    let sources = source::rust();
    let mut words = of_page(&sources, |path| is_in(path, &SETUP));
    words.extend(faults(&sources, of_setup));
    without_common(words)
}

/// What the engine of setting up says there.
fn of_engine() -> Words {
    let said = sentences::of_engine(&source::rust()).into_iter();
    without_common(said.map(|text| (text.clone(), text)).collect())
}

/// What the server tells on every page, where names and numbers are part of it; and of the lists that it names.
fn told() -> Words {
    let catalog = Catalog::embedded().unwrap();
    let lists = catalog.families().filter_map(|family| family.devices.as_ref());
    let lists = lists
        .map(|devices| devices.collected.clone())
        .filter(|list| !list.is_empty());
    let said = sentences::of_pages(&source::rust()).into_iter().chain(lists);
    let said = said.filter(|text| !of_setup(text));
    without_common(said.map(|text| (text.clone(), text)).collect())
}

/// What the page of objectives says: of each what is promised and why, too.
fn slos() -> Words {
    let mut words = of_page(&source::rust(), |path| is_in(path, &SLOS));
    let catalog = Catalog::embedded().unwrap();
    for slo in catalog.slos() {
        words.extend([&slo.title, &slo.tells, &slo.reason].map(|text| (text.clone(), text.clone())));
    }
    without_common(words)
}

/// What the plugin says on the console's own cards.
fn cards() -> Words {
    let (plain, counted) = marked(&fs::read_to_string(source::root().join(CARDS)).unwrap());
    let overview = overview(&Catalog::embedded().unwrap()).unwrap();
    let titles = overview.numbers.into_iter().map(|number| number.title);
    let mut words: Words = plain
        .into_iter()
        .chain(titles)
        .map(|text| (text.clone(), text))
        .collect();
    count(&mut words, counted);
    words
}

/// Texts that count, each under its forms.
fn count(words: &mut Words, counted: BTreeSet<(String, String)>) {
    for (one, many) in counted {
        words.insert(format!("{many}_one"), one);
        words.insert(format!("{many}_other"), many);
    }
}

/// But what every page says, which is there already.
fn without_common(mut words: Words) -> Words {
    let english = english();
    words.retain(|key, _| !english.contains_key(key));
    words
}

/// The texts that the page's sources mark, in those at a wanted path.
fn of_page(sources: &[Source], wanted: impl Fn(&str) -> bool) -> Words {
    let mut words = Words::new();
    let page = sources.iter().filter(|source| {
        let own = source.is_under(&["frontend/src"]) && !source.path.starts_with("frontend/src/words/");
        own && !source.is_test() && wanted(&source.path)
    });
    for source in page {
        let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        let (plain, counted) = marked(code);
        words.extend(plain.into_iter().map(|text| (text.clone(), text)));
        count(&mut words, counted);
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

/// A sentence that changes has another key: so its translations are missing until somebody has looked at them again.
fn advice() -> Words {
    let catalog = Catalog::embedded().unwrap();
    let said = |panel: &catalog::Panel| (advice_key(panel.id.as_str(), &panel.when_bad), panel.when_bad.clone());
    catalog.panels().map(said).collect()
}

#[test]
fn marked_texts_are_found_as_the_compiler_reads_them() {
    let (plain, counted) = marked(
        "t(\"a\"); at(\"no\"); t_with(\n    \"b {{x}} \\\"c\\\"\", &v); key(\"d \\\n    e\"); counted(forms(\"1 f\", \"{{count}} f\"), n); t('g \"h\"')",
    );
    assert_eq!(
        plain.into_iter().collect::<Vec<_>>(),
        ["a", "b {{x}} \"c\"", "d e", "g \"h\""]
    );
    assert_eq!(
        counted.into_iter().collect::<Vec<_>>(),
        [("1 f".to_owned(), "{{count}} f".to_owned())]
    );
    assert!(has_words("{pod} waiting") && !has_words("{model_name} p95") && !has_words("{le}"));
}

#[test]
fn the_english_files_hold_every_text_and_no_other() {
    let wanted = [
        (FILES[0], english(), 300),
        (FILES[1], explained(), 200),
        (FILES[2], setup(), 40),
        (FILES[3], slos(), 30),
        (FILES[4], of_engine(), 200),
        (FILES[5], told(), 20),
        (FILES[6], cards(), 15),
    ];
    for (name, expected, least) in wanted {
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
    assert!(advice().len() > 200, "only {} pieces of advice", advice().len());
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
