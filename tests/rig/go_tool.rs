//! Programs of others that the rig builds from Go modules: `tests/rig/tools/<folder>/` pins the versions, the program lands
//! in a cache that every checkout of this user shares. Nothing here ever ships.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};

use super::paths;

/// One program and how it is built.
#[derive(Debug, Clone, Copy)]
pub struct GoTool {
    /// Below `tests/rig/tools/`.
    pub folder: &'static str,
    /// What `go build` is given: a package of a pinned module, or `.` for one in the folder.
    pub package: &'static str,
    /// The program's name in the cache.
    pub program: &'static str,
    /// More flags of `go build`, e.g. tags.
    pub flags: &'static [&'static str],
}

/// The current Prometheus. Only the discovery of Kubernetes is built in: it takes half as long.
pub const PROMETHEUS_3: GoTool = GoTool {
    folder: "prometheus3",
    package: "github.com/prometheus/prometheus/cmd/prometheus",
    program: "prometheus",
    flags: &["-tags", "remove_all_sd,enable_kubernetes_sd"],
};

impl GoTool {
    /// The built program; builds it, which takes minutes, where the cache does not have it.
    pub fn path(&self) -> Result<PathBuf> {
        let source = paths::checkout().join("tests/rig/tools").join(self.folder);
        let root = cache()?;
        let folder = root.join(format!("{}-{}", self.folder, self.key(&source)?));
        let program = folder.join(self.program);
        if program.is_file() {
            return Ok(program);
        }
        // Two test programs at once: the second waits and finds what the first has built.
        let lock = File::create(root.join(format!("{}.lock", self.folder)))?;
        lock.lock()?;
        if program.is_file() {
            return Ok(program);
        }
        fs::create_dir_all(&folder)?;
        let fresh = folder.join(format!("{}.new", self.program));
        eprintln!(
            "Building {} from its Go module; this takes some minutes once.",
            self.program
        );
        let output = Command::new("go")
            .args(["build", "-trimpath", "-ldflags", "-s -w"])
            .args(self.flags)
            .arg("-o")
            .arg(&fresh)
            .arg(self.package)
            .current_dir(&source)
            .output()
            .context("running go: install Go 1.26 or newer")?;
        ensure!(
            output.status.success(),
            "go build {} ended with {}:\n{}",
            self.package,
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        // Moved into place when it is whole: a build that was cut short is not met again.
        fs::rename(&fresh, &program)?;
        Ok(program)
    }

    /// Changes with everything that the program is made of.
    fn key(&self, source: &Path) -> Result<String> {
        let mut hash = Sha256::new();
        let mut files: Vec<_> = fs::read_dir(source)
            .with_context(|| format!("reading {}", source.display()))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        files.sort();
        for file in files {
            hash.update(fs::read(file)?);
        }
        hash.update(self.package);
        hash.update(self.flags.concat());
        Ok(hash
            .finalize()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect())
    }
}

/// `$SERVELENS_TOOLS`, else `servelens/tools` in the user's cache folder.
fn cache() -> Result<PathBuf> {
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let path = env::var_os("SERVELENS_TOOLS")
        .map(PathBuf::from)
        .or_else(|| {
            let root = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)?;
            Some(root.join("servelens/tools"))
        })
        .context("neither SERVELENS_TOOLS, XDG_CACHE_HOME nor HOME is set")?;
    fs::create_dir_all(&path).with_context(|| format!("creating {}", path.display()))?;
    Ok(path)
}
