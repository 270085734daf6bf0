//! The smallest front end that the server serves, for tests that need the program alone.

use std::path::Path;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

/// Name in the folder, and text.
pub const FILES: [(&str, &str); 8] = [
    ("index.html", "<!doctype html><title>small</title>"),
    ("plugin-entry.js", "'entry';"),
    (
        "asset-manifest.json",
        r#"{"version":"0.1.0","files":{"servelens.js":"assets/servelens.0a.js","servelens_bg.wasm":"assets/servelens_bg.0b.wasm","servelens.css":"assets/servelens.0c.css"},"sizes":{}}"#,
    ),
    ("locales/fr/plugin__servelens.json", r#"{"Close":"Fermer"}"#),
    ("assets/servelens.0a.js", "export default 1;"),
    ("assets/servelens.0a.js.gz", "stands for the gzip form"),
    ("assets/servelens.0c.css", ".servelens{}"),
    ("assets/servelens_bg.0b.wasm", "\0asm\u{1}\0\0\0"),
];

/// A folder that holds [`FILES`].
pub fn write() -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    for (name, text) in FILES {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        std::fs::write(&path, text).with_context(|| format!("writing {name}"))?;
    }
    Ok(folder)
}
