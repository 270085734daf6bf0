//! Breaks every query of every panel in each of the ways in which a panel is easily wrong. A broken panel that still shows
//! what is expected was not proven.

mod equivalent;
mod judge;
mod text;

use std::fs;

use anyhow::{Context as _, Result};
use catalog::Catalog;
use serde::{Deserialize, Serialize};
use tests::rig::paths;

/// A panel's query with one thing wrong.
#[derive(Debug, Clone)]
pub struct Mutant {
    pub panel: String,
    pub query: usize,
    /// What was done, e.g. `sum to max (1)`.
    pub change: String,
    /// The query before.
    pub expr: String,
    /// Of the panel that stands for it in the catalogue.
    pub id: String,
    table: toml::Table,
    /// A concept that it needs beside the catalogue's.
    concept: Option<toml::Table>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    panel: Vec<toml::Table>,
    #[serde(default)]
    concept: Vec<toml::Table>,
}

#[derive(Serialize)]
struct Mutants<'a> {
    concept: Vec<&'a toml::Table>,
    panel: Vec<&'a toml::Table>,
}

/// The catalogue with a panel for each mutant; those that the catalogue's own checks refuse are not in it.
pub struct Broken {
    pub catalog: Catalog,
    pub mutants: Vec<Mutant>,
    pub refused: Vec<Mutant>,
}

pub fn broken() -> Result<Broken> {
    let mut files = Vec::new();
    for entry in fs::read_dir(paths::checkout().join("assets/catalog/panels"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push((path.to_string_lossy().into_owned(), fs::read_to_string(&path)?));
        }
    }
    files.sort();
    let read: Vec<File> = files
        .iter()
        .map(|(name, text)| toml::from_str(text).context(name.clone()))
        .collect::<Result<_>>()?;
    let concepts: Vec<&toml::Table> = read.iter().flat_map(|file| &file.concept).collect();
    let mut all: Vec<Mutant> = read
        .iter()
        .flat_map(|file| &file.panel)
        .flat_map(|panel| mutants(panel, &concepts))
        .collect();
    for (number, mutant) in all.iter_mut().enumerate() {
        mutant.id = format!("mutant.n{number}");
        mutant.table.insert("id".to_owned(), mutant.id.clone().into());
    }
    let mut broken = Broken {
        catalog: Catalog::default(),
        mutants: Vec::new(),
        refused: Vec::new(),
    };
    accept(&files, all, &mut broken);
    broken.catalog = parse(&files, &broken.mutants).context("what was accepted in parts is accepted whole")?;
    Ok(broken)
}

/// Halves what is refused until single mutants are left.
fn accept(files: &[(String, String)], mut mutants: Vec<Mutant>, broken: &mut Broken) {
    if parse(files, &mutants).is_some() {
        broken.mutants.append(&mut mutants);
    } else if mutants.len() == 1 {
        broken.refused.append(&mut mutants);
    } else {
        let rest = mutants.split_off(mutants.len() / 2);
        accept(files, mutants, broken);
        accept(files, rest, broken);
    }
}

fn parse(files: &[(String, String)], mutants: &[Mutant]) -> Option<Catalog> {
    let mut concept: Vec<&toml::Table> = mutants.iter().filter_map(|mutant| mutant.concept.as_ref()).collect();
    concept.sort_by_key(|concept| concept["id"].as_str());
    concept.dedup_by_key(|concept| concept["id"].as_str());
    let panel = mutants.iter().map(|mutant| &mutant.table).collect();
    let text = toml::to_string(&Mutants { concept, panel }).expect("tables are TOML");
    let mut all: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    all.push(("mutants.toml", &text));
    Catalog::parse(&all).ok()
}

fn mutants(panel: &toml::Table, concepts: &[&toml::Table]) -> Vec<Mutant> {
    let id = panel["id"].as_str().unwrap_or_default();
    let mut all = Vec::new();
    for (query, table) in panel["queries"].as_array().into_iter().flatten().enumerate() {
        let expr = table["expr"].as_str().unwrap_or_default();
        for change in text::changes(expr, concepts) {
            let mut table = panel.clone();
            table.remove("thresholds");
            let one: toml::Table = [
                ("expr".to_owned(), change.expr.into()),
                ("legend".to_owned(), "mutant".into()),
            ]
            .into_iter()
            .collect();
            table.insert("queries".to_owned(), vec![toml::Value::Table(one)].into());
            all.push(Mutant {
                panel: id.to_owned(),
                query,
                change: change.what,
                expr: expr.to_owned(),
                id: String::new(),
                table,
                concept: change.concept,
            });
        }
    }
    all
}
