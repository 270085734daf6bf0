//! Where things are: the workspace, cargo's target folder, the built page and the user's cache folder.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::child;

/// Folders every command needs. All paths are absolute.
pub struct Place {
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder for the host.
    pub target: PathBuf,
    /// The workspace's version, as in `asset-manifest.json`.
    pub version: String,
    /// The oldest compiler that the workspace accepts: `1.95`.
    pub rust_version: String,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    rust_version: Option<String>,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    path: Option<PathBuf>,
    kind: Option<String>,
}

impl Place {
    /// Asks cargo, so that `CARGO_TARGET_DIR` and cargo's configuration files count.
    pub fn find() -> Result<Self> {
        let mut ask = cargo();
        ask.args(["metadata", "--no-deps", "--format-version", "1"]);
        // `cargo run` sets this to xtask's folder; from there the workspace is found wherever the user stands.
        if let Some(xtask) = env::var_os("CARGO_MANIFEST_DIR") {
            ask.current_dir(xtask);
        }
        let answer = child::capture(&mut ask)?;
        let metadata: Metadata = serde_json::from_str(&answer).context("cargo metadata gave an unexpected answer")?;
        let Some(first) = metadata.packages.first() else {
            bail!("the workspace has no packages")
        };
        Ok(Self {
            root: metadata.workspace_root,
            target: metadata.target_directory,
            version: first.version.clone(),
            rust_version: first
                .rust_version
                .clone()
                .context("the workspace names no rust-version")?,
            packages: metadata.packages,
        })
    }

    /// The built page: entry, manifest and hashed assets.
    pub fn dist(&self) -> PathBuf {
        self.target.join("dist")
    }

    /// Target folder of the WebAssembly builds: one of its own, so that they never wait for a host build's lock.
    pub fn wasm_target(&self) -> PathBuf {
        self.target.join("wasm")
    }

    /// The server's program.
    pub fn servelens(&self) -> PathBuf {
        self.program("servelens")
    }

    /// Where one of the workspace's programs is built, in the development profile.
    pub fn program(&self, name: &str) -> PathBuf {
        self.target
            .join("debug")
            .join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// Folders of the workspace's crates that `package` is made of, itself included.
    pub fn sources_of(&self, package: &str) -> Result<BTreeSet<PathBuf>> {
        let start = self
            .packages
            .iter()
            .find(|p| p.name == package)
            .context("no such package in the workspace")?;
        let mut found = BTreeSet::new();
        let mut open = vec![folder(start)?];
        while let Some(next) = open.pop() {
            let Some(package) = self.packages.iter().find(|p| p.manifest_path.parent() == Some(&next)) else {
                continue;
            };
            if found.insert(next) {
                let built_in = |d: &&Dependency| d.kind.as_deref() != Some("dev");
                open.extend(
                    package
                        .dependencies
                        .iter()
                        .filter(built_in)
                        .filter_map(|d| d.path.clone()),
                );
            }
        }
        Ok(found)
    }
}

fn folder(package: &Package) -> Result<PathBuf> {
    Ok(package
        .manifest_path
        .parent()
        .context("a manifest without a folder")?
        .to_owned())
}

/// The user's cache folder for Servelens: `$XDG_CACHE_HOME/servelens` or `~/.cache/servelens`.
pub fn cache() -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|v| Path::new(v).is_absolute()) {
        Some(cache) => PathBuf::from(cache),
        None => {
            PathBuf::from(env::var_os("HOME").context("HOME is not set: set it, or XDG_CACHE_HOME")?).join(".cache")
        }
    };
    Ok(base.join("servelens"))
}

/// Cargo as the user called it, without what `cargo run` has told this process about the crate `xtask`:
/// build scripts that watch such variables would run again.
pub fn cargo() -> Command {
    let mut cargo = Command::new("cargo");
    clean(&mut cargo);
    cargo
}

/// See [`cargo`].
pub fn clean(command: &mut Command) {
    const OURS: [&str; 5] = [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
        "CARGO_PRIMARY_",
    ];
    for (name, _) in env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name == "CARGO" || OURS.iter().any(|ours| name.starts_with(ours)))
        {
            command.env_remove(name);
        }
    }
}
