//! Holds the crates that come in to `.deny.toml`: one version of each, known licences. `cargo deny check` does more
//! (advisories, sources); this part needs no network and no further program.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use toml::{Table, Value};

use super::{none, source};

/// Name → version → licence expression, over all targets of `.deny.toml`, as cargo itself resolves features.
fn crates(deny: &Table) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut found: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for target in texts(&deny["graph"]["targets"]) {
        let output = Command::new("cargo")
            .args([
                "tree",
                "--offline",
                "--workspace",
                "--edges",
                "normal,build,dev",
                "--prefix",
                "none",
            ])
            .args(["--target", &target, "--format", "{p}|{l}"])
            .current_dir(source::root())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // A blank line stands between two members of the workspace.
        for line in String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .filter(|line| !line.is_empty())
        {
            let (package, licence) = line.split_once('|').unwrap();
            let mut words = package.split(' ');
            let (name, version) = (words.next().unwrap(), words.next().unwrap().trim_start_matches('v'));
            let licence = licence.trim_end_matches(" (*)").to_owned();
            found
                .entry(name.to_owned())
                .or_default()
                .insert(version.to_owned(), licence);
        }
    }
    assert!(found.len() > 100, "only {} crates: the list is broken", found.len());
    found
}

fn deny() -> Table {
    fs::read_to_string(source::root().join(".deny.toml"))
        .unwrap()
        .parse()
        .unwrap()
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|value| value.as_str().unwrap().to_owned())
        .collect()
}

/// Entries of `list` by their crate.
fn entries(list: &Value) -> Vec<(String, &Value)> {
    let entries = list.as_array().unwrap().iter();
    entries
        .map(|entry| (entry["crate"].as_str().unwrap().to_owned(), entry))
        .collect()
}

#[test]
fn every_exception_says_why() {
    let text = fs::read_to_string(source::root().join(".deny.toml")).unwrap();
    let (mut faults, mut seen, mut before) = (Vec::new(), 0, "");
    for line in text.lines().map(str::trim) {
        if line.starts_with("{ ") {
            seen += 1;
            if !line.contains("reason = \"") && !before.starts_with('#') {
                faults.push(line.to_owned());
            }
        }
        before = line;
    }
    assert!(seen > 10, "only {seen} exceptions found: the search is broken");
    none(&faults);
}

#[test]
fn every_second_version_of_a_crate_has_its_reason_and_every_reason_is_needed() {
    let deny = deny();
    let crates = crates(&deny);
    let mut skips: BTreeSet<String> = entries(&deny["bans"]["skip"])
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let mut faults = Vec::new();
    for (name, versions) in crates.iter().filter(|(_, versions)| versions.len() > 1) {
        let left: Vec<&String> = versions
            .keys()
            .filter(|version| !take(&mut skips, name, version))
            .collect();
        if left.len() > 1 {
            faults.push(format!("{name} comes in {} versions: {left:?}", versions.len()));
        }
    }
    faults.extend(
        skips
            .iter()
            .map(|skip| format!("{skip} is skipped in .deny.toml, but there is no second version")),
    );
    none(&faults);
}

/// Whether `name@version` is skipped; an entry names as much of the version as it wants.
fn take(skips: &mut BTreeSet<String>, name: &str, version: &str) -> bool {
    let fits = |skip: &String| {
        let (skipped, short) = skip.split_once('@').unwrap_or((skip, ""));
        skipped == name && format!("{version}.").starts_with(&format!("{short}."))
    };
    skips
        .iter()
        .find(|skip| fits(skip))
        .cloned()
        .is_some_and(|skip| skips.remove(&skip))
}

#[test]
fn no_banned_crate_comes_in() {
    let deny = deny();
    let crates = crates(&deny);
    // What only a named crate may bring is for cargo-deny, which sees the steps between.
    let entries = entries(&deny["bans"]["deny"]).into_iter();
    let outright = entries.filter(|(_, entry)| entry.get("wrappers").is_none());
    let banned: Vec<String> = outright.map(|(name, _)| name).collect();
    assert!(banned.len() > 3);
    none(
        &banned
            .into_iter()
            .filter(|name| crates.contains_key(name))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn every_licence_is_a_known_one() {
    let deny = deny();
    let allowed: Vec<String> = texts(&deny["licenses"]["allow"]);
    let exceptions: BTreeMap<String, Vec<String>> = entries(&deny["licenses"]["exceptions"])
        .into_iter()
        .map(|(name, entry)| (name, texts(&entry["allow"])))
        .collect();
    let mut faults = Vec::new();
    for (name, versions) in crates(&deny) {
        for (version, licence) in versions {
            let more = exceptions.get(&name).map_or(&[][..], Vec::as_slice);
            if !satisfied(&licence, &|one| allowed.iter().chain(more).any(|known| known == one)) {
                faults.push(format!("{name} {version}: `{licence}`"));
            }
        }
    }
    none(&faults);
}

/// Whether an SPDX expression can be met: AND binds closer than OR; `/` is an old way to write OR.
fn satisfied(expression: &str, known: &dyn Fn(&str) -> bool) -> bool {
    let expression = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = expression.split_whitespace().collect();
    let mut at = 0;
    either(&words, &mut at, known) && at == words.len()
}

fn either(words: &[&str], at: &mut usize, known: &dyn Fn(&str) -> bool) -> bool {
    let mut good = both(words, at, known);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        good |= both(words, at, known);
    }
    good
}

fn both(words: &[&str], at: &mut usize, known: &dyn Fn(&str) -> bool) -> bool {
    let mut good = single(words, at, known);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        good &= single(words, at, known);
    }
    good
}

fn single(words: &[&str], at: &mut usize, known: &dyn Fn(&str) -> bool) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let good = either(words, at, known);
        *at += 1;
        return good;
    }
    if words.get(*at) == Some(&"WITH") {
        *at += 2;
        return known(&words[*at - 3..*at].join(" "));
    }
    known(word)
}

#[test]
fn licence_expressions_are_read_as_spdx_has_them() {
    let known = |one: &str| matches!(one, "MIT" | "ISC" | "Apache-2.0 WITH LLVM-exception");
    for (expression, expect) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("MIT AND GPL-3.0", false),
        ("GPL-3.0 AND MIT OR ISC", true),
        ("ISC AND (GPL-3.0 OR MIT)", true),
        ("(GPL-3.0 OR BSD-3-Clause) AND MIT", false),
        ("Apache-2.0 WITH LLVM-exception OR GPL-3.0", true),
        ("Apache-2.0", false),
    ] {
        assert_eq!(satisfied(expression, &known), expect, "{expression}");
    }
}
