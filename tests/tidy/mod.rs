//! What `ARCHITECTURE.md` says must never be, read from the sources, the manifests and `cargo metadata`. Runs no product code.
//!
//! Each rule is a function from one source to its faults, and has a test that shows it a breach: a rule that finds
//! nothing must be one that could.

mod dependencies;
mod documents;
mod lexer;
mod licence;
pub mod locales;
mod manifests;
mod palette;
mod promises;
mod quick;
mod rooms;
mod sentences;
mod source;
mod style;
mod supply;

use source::Source;

/// Fails with every fault, one a line: `path:line: what`.
#[track_caller]
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Applies one rule to every source.
#[track_caller]
fn hold(sources: &[Source], rule: impl Fn(&Source) -> Vec<String>) {
    assert!(
        sources.len() > 20,
        "only {} sources found: the search is broken",
        sources.len()
    );
    let faults: Vec<String> = sources.iter().flat_map(rule).collect();
    none(&faults);
}

/// Shows one rule a source at `path` and compares the faults, without their path.
#[track_caller]
fn check(rule: impl Fn(&Source) -> Vec<String>, path: &str, text: &str, expect: &[&str]) {
    let source = Source::new(path, text);
    let faults: Vec<String> = rule(&source)
        .into_iter()
        .map(|fault| fault.replace(&format!("{path}:"), ""))
        .collect();
    assert_eq!(faults, expect, "{path}\n{text}");
}
