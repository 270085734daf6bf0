//! How much a browser must fetch before the first page stands.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Result;
use serde::Deserialize;

use super::table::Table;
use crate::place::Place;

/// The console's way in, and what it adds to the console's own cards; the page at a URL of its own loads neither.
const CONSOLE: [&str; 2] = ["plugin-entry.js", "assets/extensions."];

/// 300 KiB: every file of the first page, as brotli sends it.
const BUDGET: f64 = 300.0 * 1024.0;

#[derive(Deserialize)]
struct Manifest {
    sizes: BTreeMap<String, Sizes>,
}

#[derive(Deserialize)]
struct Sizes {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// Sums `asset-manifest.json`: `index.html` and all that it loads.
pub fn measure(place: &Place, table: &mut Table) -> Result<()> {
    let manifest: Manifest = serde_json::from_str(&fs::read_to_string(place.dist().join("asset-manifest.json"))?)?;
    let files: Vec<&Sizes> = manifest
        .sizes
        .iter()
        .filter(|(name, _)| !CONSOLE.iter().any(|console| name.starts_with(console)))
        .map(|(_, sizes)| sizes)
        .collect();
    let sum = |of: fn(&Sizes) -> u64| files.iter().map(|sizes| of(sizes)).sum::<u64>() as f64;
    let kib = |bytes: f64| format!("{:.0} KiB", bytes / 1024.0);
    table.budget(
        &format!("First page, {} files, brotli", files.len()),
        BUDGET,
        sum(|sizes| sizes.brotli),
        kib,
    );
    table.report("First page, gzip", "", kib(sum(|sizes| sizes.gzip)));
    table.report("First page, uncompressed", "", kib(sum(|sizes| sizes.raw)));
    Ok(())
}
