//! The thirty-six promises of the metrics door, which `SECURITY.md` lists: each has a test that begins with its number.

use std::collections::BTreeSet;

use super::source::{self, Source};

const PROMISES: u8 = 36;

/// The numbers of the promises that tests of this source bear.
fn kept(source: &Source) -> Vec<u8> {
    let names = source.code(true).filter_map(|(_, code)| code.split_once("fn promise_"));
    names
        .filter_map(|(_, rest)| rest.get(..3)?.strip_suffix('_')?.parse().ok())
        .collect()
}

#[test]
fn every_promise_has_a_test_of_its_number() {
    let kept: BTreeSet<u8> = source::rust().iter().flat_map(kept).collect();
    let all: BTreeSet<u8> = (1..=PROMISES).collect();
    assert_eq!(kept, all);
}

#[test]
fn a_promise_is_known_by_its_number() {
    let source = Source::new(
        "server/src/tests.rs",
        "#[test]\nfn promise_07_a() {}\nasync fn promise_36_b() {}\nfn promise_7_c() {}\n",
    );
    assert_eq!(kept(&source), [7, 36]);
}

/// Each has a mutant, so that its test is known to fail without its guard.
#[test]
fn every_promise_has_a_guard_that_can_be_taken_out() {
    let text = source::all(&["mutants.toml"]).pop().unwrap().text;
    let table: toml::Table = text.parse().unwrap();
    let mutants = table["mutant"].as_array().unwrap();
    let numbers: BTreeSet<i64> = mutants
        .iter()
        .map(|mutant| mutant["promise"].as_integer().unwrap())
        .collect();
    assert_eq!(numbers, (1..=i64::from(PROMISES)).collect());
    for mutant in mutants {
        let [file, from] = ["file", "from"].map(|key| mutant[key].as_str().unwrap());
        let source = std::fs::read_to_string(source::root().join(file)).unwrap();
        assert_eq!(source.matches(from).count(), 1, "{file} has this guard once:\n{from}");
    }
}
