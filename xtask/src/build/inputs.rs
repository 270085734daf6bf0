//! What the page is made of, as one hash: sources, styles, templates, lock file, compiler, optimiser and this builder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::assets::hex;
use crate::child;
use crate::place::Place;
use crate::setup::Toolchain;

/// The same text for the same page. Reads every source once: a few milliseconds.
pub fn fingerprint(place: &Place, toolchain: &Toolchain) -> Result<String> {
    let mut roots = place.sources_of("frontend")?;
    for more in [
        "Cargo.toml",
        "Cargo.lock",
        "assets/styles",
        "assets/plugin",
        "assets/icons",
        "assets/locales",
        "xtask/src/build",
    ] {
        roots.insert(place.root.join(more));
    }
    let mut files = BTreeSet::new();
    for root in roots.iter().filter(|root| root.exists()) {
        files.extend(files_under(root)?);
    }
    let mut hash = Sha256::new();
    for file in files {
        let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        hash.update(
            file.strip_prefix(&place.root)
                .unwrap_or(&file)
                .as_os_str()
                .as_encoded_bytes(),
        );
        // The length keeps one file's end from being taken for the next one's beginning.
        hash.update(bytes.len().to_le_bytes());
        hash.update(&bytes);
    }
    hash.update(child::capture(toolchain.rustc().arg("-vV"))?);
    hash.update(child::capture(Command::new("wasm-opt").arg("--version"))?);
    Ok(hex(&hash.finalize()))
}

/// Every file below `root` (or `root` itself), without dot files.
pub fn files_under(root: &Path) -> Result<Vec<PathBuf>> {
    if root.is_file() {
        return Ok(vec![root.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(root).with_context(|| format!("cannot read {}", root.display()))? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            found.extend(files_under(&entry.path())?);
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}
