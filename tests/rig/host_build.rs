//! Bundles the test host, whose npm packages are installed once for each lock file, outside the checkout.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow, ensure};
use sha2::{Digest as _, Sha256};

use super::paths;

/// The folder with the host's bundles.
pub fn bundles() -> Result<&'static Path> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    BUILT
        .get_or_init(|| build().map_err(|fault| format!("{fault:#}")))
        .as_deref()
        .map_err(|fault| anyhow!("the test host was not built: {fault}"))
}

fn build() -> Result<PathBuf> {
    let source = paths::checkout().join("tests/host");
    let modules = modules(&source)?;
    let out = paths::cache()?.join("host-bundles");
    run(Command::new("node")
        .arg(source.join("build.mjs"))
        .arg(&modules)
        .arg(&out))?;
    Ok(out)
}

/// The accessibility rules, as a script for a page.
pub fn axe() -> Result<String> {
    let path = modules(&paths::checkout().join("tests/host"))?.join("node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
}

/// Installs what the lock file names, unless that was done before, and returns the folder.
pub fn modules(source: &Path) -> Result<PathBuf> {
    let lock = std::fs::read(source.join("package-lock.json")).context("reading package-lock.json")?;
    let hash: String = Sha256::digest(&lock)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let wanted = paths::cache()?.join(format!("host-modules-{hash}"));
    if wanted.is_dir() {
        return Ok(wanted);
    }
    // Moved into place when it is whole: an installation that was cut short is not met again.
    let fresh = tempfile::tempdir_in(paths::cache()?)?;
    for file in ["package.json", "package-lock.json"] {
        std::fs::copy(source.join(file), fresh.path().join(file))?;
    }
    run(Command::new("npm")
        // Both generations of React stand side by side, which no peer range allows. (An override would say so in the
        // manifest, but Debian 12's npm does not read one that names an alias.)
        .args([
            "ci",
            "--legacy-peer-deps",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--prefer-offline",
        ])
        .current_dir(fresh.path()))?;
    match std::fs::rename(fresh.path(), &wanted) {
        Err(_) if wanted.is_dir() => {} // another run was faster
        moved => moved.context("moving the npm packages into place")?,
    }
    Ok(wanted)
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("running {command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?} ended with {}:\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
