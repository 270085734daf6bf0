//! Which crate must never depend on which, over however many steps: read from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

use super::{none, source};

/// What a pure crate would need to know the world, a framework or the page.
const WORLD: [&str; 10] = [
    "tokio",
    "axum",
    "hyper",
    "hyper-util",
    "kube",
    "leptos",
    "web-sys",
    "js-sys",
    "wasm-bindgen",
    "reqwest",
];

/// Crate → what it must not reach. What does not exist yet is held to its rule from its first day.
const NEVER: [(&str, &[&str]); 6] = [
    ("catalog", &WORLD),
    ("server-api", &WORLD),
    ("chart", &WORLD),
    ("promql-guard", &WORLD),
    (
        "frontend",
        &["server", "promql-guard", "tokio", "axum", "kube", "chrono", "jiff"],
    ),
    ("server", &["frontend", "chart", "leptos", "web-sys"]),
];

/// What a crate needs to be built and run: its tests' dependencies do not count.
fn needs(metadata: &Metadata) -> BTreeMap<&str, BTreeSet<&str>> {
    let name = |id: &PackageId| {
        metadata
            .packages
            .iter()
            .find(|package| package.id == *id)
            .unwrap()
            .name
            .as_str()
    };
    let nodes = &metadata.resolve.as_ref().unwrap().nodes;
    let mut needs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for node in nodes {
        let used = node.deps.iter().filter(|dep| {
            dep.dep_kinds
                .iter()
                .any(|kind| kind.kind != DependencyKind::Development)
        });
        needs
            .entry(name(&node.id))
            .or_default()
            .extend(used.map(|dep| name(&dep.pkg)));
    }
    needs
}

/// The shortest way from one crate to another.
fn way<'a>(needs: &BTreeMap<&'a str, BTreeSet<&'a str>>, from: &'a str, to: &str) -> Option<Vec<&'a str>> {
    let mut ways = vec![vec![from]];
    let mut seen = BTreeSet::from([from]);
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for next in needs.get(way[way.len() - 1]).into_iter().flatten() {
                let mut on = way.clone();
                on.push(next);
                if *next == to {
                    return Some(on);
                }
                if seen.insert(next) {
                    longer.push(on);
                }
            }
        }
        ways = longer;
    }
    None
}

#[test]
fn no_crate_reaches_what_it_must_never_know() {
    let metadata = MetadataCommand::new()
        .manifest_path(source::root().join("Cargo.toml"))
        .other_options([
            "--offline".to_owned(),
            "--filter-platform=x86_64-unknown-linux-gnu".to_owned(),
        ])
        .exec()
        .unwrap();
    let needs = needs(&metadata);
    let mut faults = Vec::new();
    for (name, never) in NEVER {
        let found = never.iter().filter_map(|to| way(&needs, name, to));
        faults.extend(found.map(|way| way.join(" → ")));
    }
    none(&faults);
    // The search itself finds what is there.
    assert!(way(&needs, "server", "tokio").is_some());
    assert_eq!(
        way(&needs, "frontend", "plotters"),
        Some(vec!["frontend", "chart", "plotters"])
    );
}
