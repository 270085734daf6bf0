//! Where the built program, its assets and the tests' outputs are.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

/// Cargo's target folder: `$CARGO_TARGET_DIR`, else `target/` in the checkout.
#[must_use]
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| checkout().join("target"), PathBuf::from)
}

/// The checkout's root.
#[must_use]
pub fn checkout() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// The program under test: `$SERVELENS_BIN`, else the debug build.
pub fn servelens() -> Result<PathBuf> {
    let path = env::var_os("SERVELENS_BIN").map_or_else(|| target().join("debug/servelens"), PathBuf::from);
    ensure!(
        path.is_file(),
        "{} is not there: build it with `cargo build -p server`, or run `cargo xtask test`",
        path.display()
    );
    Ok(path)
}

/// The built front end: `$SERVELENS_DIST`, else `dist/` in the target folder.
pub fn dist() -> Result<PathBuf> {
    let path = env::var_os("SERVELENS_DIST").map_or_else(|| target().join("dist"), PathBuf::from);
    ensure!(
        path.join("asset-manifest.json").is_file(),
        "{} holds no built front end: run `cargo xtask build`, or run `cargo xtask test`",
        path.display()
    );
    Ok(path)
}

/// Where screenshots go: `$SERVELENS_SCREENSHOTS`, else `screenshots/` in the target folder.
pub fn screenshots() -> Result<PathBuf> {
    let path = env::var_os("SERVELENS_SCREENSHOTS").map_or_else(|| target().join("screenshots"), PathBuf::from);
    std::fs::create_dir_all(&path).with_context(|| format!("creating {}", path.display()))?;
    Ok(path)
}

/// What the rig keeps from one run to the next.
pub fn cache() -> Result<PathBuf> {
    let path = target().join("rig");
    std::fs::create_dir_all(&path).with_context(|| format!("creating {}", path.display()))?;
    Ok(path)
}
