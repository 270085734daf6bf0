//! How much a browser has to fetch before the first page stands: counted on the built files, so that a change that makes
//! the page too heavy fails wherever it is tested.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use tests::rig::paths;

/// Every file of the first page, as brotli sends it, in the language that the page itself holds.
const BUDGET: u64 = 300 * 1024;

/// Any other language is one file more.
const LANGUAGE: u64 = 12 * 1024;

/// The ways in: the one of a console, and those of a page at a URL of its own.
const CONSOLE: [&str; 1] = ["plugin-entry.js"];
const STANDALONE: [&str; 2] = ["index.html", "assets/standalone."];
/// What the plugin adds to the console's own cards: loaded for the first of them, and by no page.
const EXTENSIONS: &str = "assets/extensions.";

/// Files in brotli's form by their path in `dist`, without the ending.
fn compressed(folder: &Path) -> Result<BTreeMap<String, u64>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("reading {}", next.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "br") {
                let name = path.strip_prefix(folder)?.with_extension("");
                found.insert(name.to_string_lossy().into_owned(), fs::metadata(&path)?.len());
            }
        }
    }
    Ok(found)
}

#[test]
fn the_first_page_stays_within_its_budget() -> Result<()> {
    let files = compressed(&paths::dist()?)?;
    let (locales, page): (Vec<_>, Vec<_>) = files
        .into_iter()
        .partition(|(name, _)| name.split('/').any(|part| part == "locales"));
    for (place, others) in [("at its own URL", &CONSOLE[..]), ("in a console", &STANDALONE[..])] {
        let needed = |name: &str| !name.starts_with(EXTENSIONS) && !others.iter().any(|other| name.starts_with(other));
        let first: Vec<_> = page.iter().filter(|(name, _)| needed(name)).collect();
        let left = page.len() - first.len() - 1;
        ensure!(left == others.len(), "files of another way in are not there: {page:?}");
        let sum: u64 = first.iter().map(|(_, size)| size).sum();
        println!("the first page {place}: {sum} bytes");
        ensure!(first.len() >= 4, "the page has fewer files than it needs: {first:?}");
        ensure!(
            sum <= BUDGET,
            "the first page {place} takes {sum} bytes of {BUDGET}: {first:?}"
        );
    }
    let heavy = locales.iter().find(|(_, size)| *size > LANGUAGE);
    ensure!(
        heavy.is_none(),
        "{heavy:?} takes more than the {LANGUAGE} bytes of a language"
    );
    Ok(())
}
