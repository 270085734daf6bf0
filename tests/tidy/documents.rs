//! Whoever reads README.md, ARCHITECTURE.md and CONTRIBUTING.md alone finds the room for a change: the files and commands that
//! they name exist, and every folder of a room has its line.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use catalog::Catalog;

use super::none;
use super::source::{has_word, root};

const DOCUMENTS: [&str; 10] = [
    "ARCHITECTURE.md",
    "BENCHMARKS.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "docs/decisions.md",
    "docs/limits.md",
    "docs/request-flow.md",
    "docs/setup.md",
    "manifests/plugin/README.md",
];

/// Where a path in a text begins, when it is one of ours.
const TOPS: [&str; 7] = ["assets", "docs", "frontend", "manifests", "server", "tests", "xtask"];

/// Folders whose own folders are rooms, each with a line or a name in the table of ARCHITECTURE.md.
const HOUSES: [&str; 5] = ["assets", "server", "server/src", "frontend/src", "tests"];

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    // Blocks of code are set off by three, and hold none.
    text.split('`').skip(1).step_by(2)
}

/// `a/{b,c}/d` → `a/b/d` and `a/c/d`; `a/*.toml` → `a`.
fn spelled_out(path: &str) -> Vec<String> {
    let paths = match (path.split_once('{'), path.split_once('}')) {
        (Some((before, _)), Some((_, after))) => {
            let inner = &path[before.len() + 1..path.len() - after.len() - 1];
            inner.split(',').map(|part| format!("{before}{part}{after}")).collect()
        }
        _ => vec![path.to_owned()],
    };
    let cut = |path: String| match path.split_once("/*") {
        Some((folder, _)) => folder.to_owned(),
        None => path,
    };
    paths.into_iter().map(cut).collect()
}

/// A module may be named without its ending.
fn exists(root: &Path, path: &str) -> bool {
    root.join(path).exists() || root.join(format!("{path}.rs")).exists()
}

fn lost_paths(root: &Path, document: &str, text: &str) -> Vec<String> {
    let ours = |path: &&str| path.contains('/') && TOPS.contains(&path.split('/').next().unwrap_or_default());
    let named = quoted(text).filter(ours).flat_map(spelled_out);
    let folder = Path::new(document).parent().unwrap_or(Path::new("")).to_owned();
    let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let links = links
        .map(|(link, _)| link.split('#').next().unwrap_or_default())
        .filter(|link| !link.is_empty() && !link.contains("://"))
        .map(|link| folder.join(link).to_string_lossy().into_owned());
    named
        .chain(links)
        .filter(|path| !exists(root, path))
        .map(|path| format!("{document}: there is no {path}"))
        .collect()
}

/// Words after `cargo xtask` that are none of its tasks.
fn lost_tasks(document: &str, text: &str, tasks: &BTreeSet<String>) -> Vec<String> {
    let named = text.split("cargo xtask ").skip(1);
    let words = named.filter_map(|rest| rest.split(|c: char| !c.is_ascii_lowercase()).next());
    words
        .filter(|word| !word.is_empty() && !tasks.contains(*word))
        .map(|word| format!("{document}: there is no `cargo xtask {word}`"))
        .collect()
}

/// The variants of `enum Task`, as clap names them.
fn tasks(main: &str) -> BTreeSet<String> {
    let (_, variants) = main.split_once("enum Task {").unwrap();
    let (variants, _) = variants.split_once("\n}").unwrap();
    let names = variants.lines().filter_map(|line| line.strip_prefix("    "));
    names
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
        .map(|line| {
            line.split(|c: char| !c.is_alphanumeric())
                .next()
                .unwrap()
                .to_lowercase()
        })
        .collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

#[test]
fn what_the_documents_name_exists() {
    let tasks = tasks(&read("xtask/src/main.rs"));
    assert!(tasks.len() > 5 && tasks.contains("setup"), "{tasks:?}");
    let faults = |document: &str, text: &str| {
        let mut faults = lost_paths(&root(), document, text);
        faults.extend(lost_tasks(document, text, &tasks));
        faults
    };
    none(&DOCUMENTS.map(|document| faults(document, &read(document))).concat());
    assert_eq!(
        faults(
            "docs/a.md",
            "`tests/{tidy,gone}/`, `tests/tidy/documents`, `a/b`, `cargo xtask setup`, `cargo xtask paint` [b](../README.md) [c](c.md)"
        ),
        [
            "docs/a.md: there is no tests/gone/",
            "docs/a.md: there is no docs/c.md",
            "docs/a.md: there is no `cargo xtask paint`"
        ]
    );
}

#[test]
fn every_room_is_in_the_table_of_the_architecture() {
    let architecture = read("ARCHITECTURE.md");
    let rows: Vec<&str> = architecture.lines().filter(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 20, "the table of rooms is not found");
    let mut faults = Vec::new();
    for house in HOUSES {
        // A room has a row of its own, or stands in the row of its house.
        let told = |room: &str| {
            let mut of_house = rows.iter().filter(|row| row.contains(house));
            of_house.any(|row| quoted(row).any(|words| has_word(words, room)))
        };
        for entry in fs::read_dir(root().join(house)).unwrap() {
            let entry = entry.unwrap();
            let room = entry.file_name().into_string().unwrap();
            let is_room = entry.path().is_dir() && !matches!(room.as_str(), "src" | "error" | "node_modules");
            if is_room && !told(&room) {
                faults.push(format!("ARCHITECTURE.md says nothing of {house}/{room}"));
            }
        }
    }
    none(&faults);
}

#[test]
fn the_guide_to_a_request_has_twelve_steps_each_with_charts_that_exist() {
    let guide = read("docs/request-flow.md");
    let catalog = Catalog::embedded().unwrap();
    // `vllm.ttft`, not `/metrics` or `POST /v1/chat/completions`.
    let is_id = |words: &&str| {
        words.contains('.')
            && words
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || b"._".contains(&byte))
    };
    let lost: Vec<&str> = quoted(&guide)
        .filter(is_id)
        .filter(|id| catalog.panel(id).is_none())
        .collect();
    assert!(lost.is_empty(), "no panels: {lost:?}");
    let steps = guide.lines().filter(|line| {
        let number = line.strip_prefix("| ").and_then(|row| row.split(' ').next());
        number.is_some_and(|number| number.parse::<u8>().is_ok()) && quoted(line).any(|words| is_id(&words))
    });
    assert_eq!(steps.count(), 12);
}
