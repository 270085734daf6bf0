//! The configuration file of setting up: texts, numbers, true or false, and lists of texts, each under an option's name.
//!
//! A broken line costs that line alone, so that whoever mends a file reads all of its faults in one go.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::Layer;

/// An option's text, and the line it stands on.
pub type Entries = BTreeMap<String, (usize, String)>;

pub fn read(name: &str, text: &str, faults: &mut Vec<String>) -> Entries {
    let (table, broken) = DeTable::parse_recoverable(text);
    let line = |at: usize| text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    let mut found: BTreeMap<usize, String> = BTreeMap::new();
    for fault in &broken {
        let at = line(fault.span().map_or(0, |span| span.start));
        let message = fault.message().replace('\n', " ");
        found.entry(at).or_insert(format!("this is no TOML: {message}"));
    }
    let mut entries = Entries::new();
    for (key, value) in table.get_ref() {
        let (at, key) = (line(key.span().start), key.get_ref().as_ref());
        if !Layer::NAMES.contains(&key) {
            let fault = format!("there is no option `{key}`; `servelens plan --help` lists them all");
            found.entry(at).or_insert(fault);
        } else if let Some(value) = plain(value.get_ref()) {
            entries.insert(key.to_owned(), (at, value));
        } else {
            let fault = format!("`{key}` is expected to be a text, a number, true or false, or a list of texts");
            found.entry(at).or_insert(fault);
        }
    }
    faults.extend(
        found
            .into_iter()
            .map(|(line, fault)| format!("{name} line {line}: {fault}")),
    );
    entries
}

fn plain(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(value) => Some(value.to_string()),
        DeValue::Array(list) => {
            let texts: Option<Vec<String>> = list
                .iter()
                .map(|entry| entry.get_ref().as_str().map(str::to_owned))
                .collect();
            Some(texts?.join(","))
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}
