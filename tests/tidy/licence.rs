//! The licence is there, whole, and named the same everywhere.

use std::fs;

use sha2::{Digest, Sha256};

use super::source;

#[test]
fn the_licence_is_the_apache_licence_word_for_word() {
    let text = fs::read_to_string(source::root().join("LICENSE")).unwrap();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let hash: String = Sha256::digest(&words)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert!(
        words.starts_with("Apache License Version 2.0, January 2004 http://www.apache.org/licenses/"),
        "{words:.80}"
    );
    // Of the text's words, so that line breaks do not count.
    assert_eq!(hash, "0ffddef9e48f8a09");
}

#[test]
fn the_workspace_names_that_licence() {
    let manifest: toml::Table = fs::read_to_string(source::root().join("Cargo.toml"))
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(manifest["workspace"]["package"]["license"].as_str(), Some("Apache-2.0"));
}
