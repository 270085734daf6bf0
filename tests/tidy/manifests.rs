//! Every crate takes its lints, its versions and its licence from the workspace.

use toml::Table;
use toml::Value;

use super::source::{self, Source};
use super::{check, none};

/// Manifests of the workspace's crates: not the root's, nor that of a fuzz folder, which is a workspace of its own.
fn crates() -> Vec<Source> {
    let all = source::all(&["Cargo.toml"]);
    let crates: Vec<Source> = all
        .into_iter()
        .filter(|source| source.path != "Cargo.toml" && !source.path.ends_with("/fuzz/Cargo.toml"))
        .collect();
    assert!(
        crates.len() >= 7,
        "only {} manifests found: the search is broken",
        crates.len()
    );
    crates
}

#[test]
fn every_crate_inherits_lints_versions_and_licence() {
    let faults: Vec<String> = crates().iter().flat_map(inherits).collect();
    none(&faults);
    check(
        inherits,
        "a/Cargo.toml",
        "[package]\nname = \"a\"\nversion = \"1.0.0\"\nedition.workspace = true\nrust-version.workspace = true\n\
         license.workspace = true\npublish.workspace = true\n[dependencies]\nserde = \"1\"\nleptos = { workspace = true }\n",
        &[
            "1: `package.version` is not the workspace's",
            "1: no `[lints] workspace = true`",
            "1: `serde` has a version of its own: versions live in the workspace's Cargo.toml",
        ],
    );
}

fn inherits(source: &Source) -> Vec<String> {
    let manifest: Table = source.text.parse().unwrap();
    let inherited =
        |value: Option<&Value>| value.and_then(|v| v.get("workspace")).and_then(Value::as_bool) == Some(true);
    let mut faults = Vec::new();
    let package = manifest.get("package");
    for field in ["version", "edition", "rust-version", "license", "publish"] {
        if !inherited(package.and_then(|package| package.get(field))) {
            faults.push(source.fault(0, &format!("`package.{field}` is not the workspace's")));
        }
    }
    if !inherited(manifest.get("lints")) {
        faults.push(source.fault(0, "no `[lints] workspace = true`"));
    }
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        for (name, value) in manifest.get(section).and_then(Value::as_table).into_iter().flatten() {
            if !inherited(Some(value)) {
                let why = format!("`{name}` has a version of its own: versions live in the workspace's Cargo.toml");
                faults.push(source.fault(0, &why));
            }
        }
    }
    faults
}

/// What `clippy` refuses outside tests; the test keeps the list itself from being thinned out.
#[test]
fn the_workspace_denies_what_may_never_reach_a_user() {
    let root = source::all(&["Cargo.toml"])
        .into_iter()
        .find(|source| source.path == "Cargo.toml")
        .unwrap();
    let manifest: Table = root.text.parse().unwrap();
    let lints = &manifest["workspace"]["lints"];
    let level = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    for lint in [
        "unwrap_used",
        "expect_used",
        "panic",
        "indexing_slicing",
        "todo",
        "unimplemented",
        "dbg_macro",
    ] {
        assert_eq!(level(lints["clippy"].get(lint)).as_deref(), Some("deny"), "{lint}");
    }
    assert_eq!(level(lints["rust"].get("unsafe_code")).as_deref(), Some("deny"));
}

/// rustup fails on every command where such a file names a target that it cannot download.
#[test]
fn no_file_pins_a_toolchain() {
    let pins: Vec<String> = source::all(&["rust-toolchain.toml", "rust-toolchain"])
        .into_iter()
        .map(|s| s.path)
        .collect();
    none(&pins);
}
