//! The configuration file: what of it can be used, and every fault that it has.
//!
//! It must never decide what a setting means. A broken line costs that line alone: the others still count, so that
//! whoever mends a file reads all of its faults in one go.

use std::collections::BTreeSet;

use clap::Args as _;
use serde::Deserialize as _;
use toml::de::{DeTable, DeValue};

use super::Layer;

/// What a file says, as far as it could be read.
pub struct File {
    pub name: String,
    pub layer: Layer,
    /// Settings that stand in the file with a value of the wrong kind: given, but nobody knows what.
    pub unusable: BTreeSet<String>,
    /// Whether nothing of it was lost. Of a file that is not whole nobody can tell what is missing.
    pub whole: bool,
}

impl File {
    /// A file that could not be had at all.
    pub fn lost() -> File {
        File {
            name: String::new(),
            layer: Layer::default(),
            unusable: BTreeSet::new(),
            whole: false,
        }
    }

    /// Faults come in the order of the lines.
    pub fn read(name: String, text: &str, faults: &mut Vec<String>) -> File {
        let (table, broken) = DeTable::parse_recoverable(text);
        let mut found: Vec<(usize, String)> = Vec::new();
        for fault in &broken {
            let at = fault.span().map_or(0, |span| span.start);
            found.push((at, format!("this is no TOML: {}", fault.message().replace('\n', " "))));
        }
        let mut good = toml::Table::new();
        let mut unusable = BTreeSet::new();
        for (key, value) in table.get_ref() {
            let (at, key) = (key.span().start, key.get_ref().as_ref());
            match value.get_ref() {
                _ if !names().contains(key) => found.push((
                    at,
                    format!("there is no setting `{key}`; `servelens serve --help` lists them all"),
                )),
                value => match plain(value) {
                    Some(text) => {
                        good.insert(key.to_owned(), toml::Value::String(text));
                    }
                    None => {
                        unusable.insert(key.to_owned());
                        found.push((
                            at,
                            format!(
                                "`{key}` is expected to be a text, a number, true or false, and is {}",
                                kind(value)
                            ),
                        ));
                    }
                },
            }
        }
        found.sort_by_key(|(at, _)| *at);
        // One broken line can break the parser's view of the next ones: each line is told once.
        let mut last = 0;
        for (at, fault) in found {
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            if line != last {
                faults.push(format!("{name} line {line}: {fault}"));
            }
            last = line;
        }
        let layer = Layer::deserialize(good).unwrap_or_else(|cause| {
            faults.push(format!("{name}: {}", cause.message().replace('\n', " ")));
            Layer::default()
        });
        File {
            name,
            layer,
            unusable,
            whole: broken.is_empty(),
        }
    }
}

/// The settings that exist, as the flags name them.
fn names() -> BTreeSet<String> {
    let flags = Layer::augment_args(clap::Command::new("serve"));
    let names = flags.get_arguments().filter_map(clap::Arg::get_long);
    names.map(str::to_owned).collect()
}

/// A value as a flag would have it.
fn plain(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.clone().into_owned()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(is) => Some(is.to_string()),
        _ => None,
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
