//! Where the built program, its assets and the tests' outputs are.

use std::env;
use std::ffi::OsStr;
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
        "{} is not there: build it with `cargo xtask build`, or run `cargo xtask test`",
        path.display()
    );
    Ok(path)
}

/// The system's Prometheus: the one that `$SERVELENS_PROMETHEUS` names (the binary or its folder), else that on PATH.
#[must_use]
pub fn prometheus() -> PathBuf {
    chosen(env::var_os("SERVELENS_PROMETHEUS").as_deref(), "prometheus")
}

/// The `promtool` beside it.
#[must_use]
pub fn promtool() -> PathBuf {
    chosen(env::var_os("SERVELENS_PROMETHEUS").as_deref(), "promtool")
}

fn chosen(prometheus: Option<&OsStr>, name: &str) -> PathBuf {
    match prometheus.filter(|path| !path.is_empty()).map(Path::new) {
        None => PathBuf::from(name),
        Some(folder) if folder.is_dir() => folder.join(name),
        Some(binary) if name == "prometheus" => binary.to_owned(),
        Some(binary) => binary.with_file_name(name),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prometheus_that_is_named_brings_its_promtool() {
        let of = |named: &str, name| chosen(Some(OsStr::new(named)), name);
        assert_eq!(chosen(None, "promtool"), Path::new("promtool"));
        assert_eq!(of("", "prometheus"), Path::new("prometheus"));
        assert_eq!(of("/opt/prometheus-3", "prometheus"), Path::new("/opt/prometheus-3"));
        assert_eq!(of("/opt/prometheus-3", "promtool"), Path::new("/opt/promtool"));
        assert_eq!(of("/", "promtool"), Path::new("/promtool"));
    }
}
