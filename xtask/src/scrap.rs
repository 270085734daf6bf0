//! Files and folders that must not outlive the command: removed when dropped, and also when a signal ends the process.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};

static PATHS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn paths() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    PATHS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Owner of one file or folder.
pub struct Scrap {
    path: PathBuf,
}

impl Scrap {
    /// A fresh, empty folder in `parent`, which is made where it is missing.
    pub fn folder_in(parent: &Path, prefix: &str) -> Result<Self> {
        let what = || format!("cannot make a folder in {}", parent.display());
        fs::create_dir_all(parent).with_context(what)?;
        let path = tempfile::Builder::new()
            .prefix(prefix)
            .tempdir_in(parent)
            .with_context(what)?
            .keep();
        Ok(Self::of(path))
    }

    /// Takes charge of what is, or will be, at `path`.
    pub fn of(path: PathBuf) -> Self {
        paths().insert(path.clone());
        Self { path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lets it live.
    pub fn keep(self) -> PathBuf {
        paths().remove(&self.path);
        self.path.clone()
    }
}

impl Drop for Scrap {
    fn drop(&mut self) {
        if paths().remove(&self.path) {
            remove(&self.path);
        }
    }
}

/// For the moment before a signal ends the process.
pub fn remove_all() {
    for path in paths().iter() {
        remove(path);
    }
}

/// It may never have come to be, or have been moved away: then there is nothing to remove.
fn remove(path: &Path) {
    let _ = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
}
