//! The folder of one running demo: Prometheus's data, gone when the demo ends. What a killed demo left is swept by the next.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::store::{Lock, entries, lock, try_lock, unusable};
use crate::demo::error::DemoError;

pub struct RunDir {
    /// Before the lock, so that nobody sweeps a folder that is being removed.
    folder: TempDir,
    _lock: Lock,
}

impl RunDir {
    /// A new folder below the cache's root: on the same file system as the blocks, so that they can be linked.
    pub async fn create(root: &Path) -> Result<Self, DemoError> {
        let _sweeping = lock(&root.join("lock"), || ()).await?;
        for (name, path) in entries(root) {
            if name.starts_with("run-") && try_lock(&path.join("lock")).is_some() {
                let _ = fs::remove_dir_all(&path);
            }
        }
        let folder = tempfile::Builder::new()
            .prefix("run-")
            .tempdir_in(root)
            .map_err(unusable(root))?;
        let held = lock(&folder.path().join("lock"), || ()).await?;
        fs::create_dir(folder.path().join("data")).map_err(unusable(folder.path()))?;
        Ok(Self { folder, _lock: held })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Prometheus's storage: blocks only, never a write-ahead log from before.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Puts the blocks in `from` (each a folder) into the data folder, as hard links where the file system has them.
    pub fn link_blocks(&self, from: &Path) -> Result<(), DemoError> {
        for (name, path) in entries(from) {
            if path.is_dir() {
                link_tree(&path, &self.data().join(name)).map_err(unusable(&path))?;
            }
        }
        Ok(())
    }
}

fn link_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for (name, path) in entries(from) {
        let target = to.join(name);
        if path.is_dir() {
            link_tree(&path, &target)?;
        } else if fs::hard_link(&path, &target).is_err() {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_next_demo_sweeps_what_a_killed_one_left_and_spares_the_living() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("run-dead/data/B")).unwrap();
        let living = RunDir::create(root.path()).await.unwrap();
        let second = RunDir::create(root.path()).await.unwrap();
        assert!(!root.path().join("run-dead").exists());
        assert!(living.data().is_dir() && second.data().is_dir());
        let gone = living.path().to_owned();
        drop(living);
        assert!(!gone.exists());
    }

    #[tokio::test]
    async fn what_is_deleted_in_a_run_stays_in_the_cache() {
        let root = tempfile::tempdir().unwrap();
        let cached = root.path().join("cached");
        fs::create_dir_all(cached.join("B/chunks")).unwrap();
        fs::write(cached.join("B/chunks/000001"), "samples").unwrap();
        fs::write(cached.join("made.json"), "{}").unwrap();
        let run = RunDir::create(root.path()).await.unwrap();
        run.link_blocks(&cached).unwrap();
        assert_eq!(entries(&run.data()).map(|(name, _)| name).collect::<Vec<_>>(), ["B"]);
        fs::remove_dir_all(run.data().join("B")).unwrap();
        assert_eq!(fs::read_to_string(cached.join("B/chunks/000001")).unwrap(), "samples");
    }
}
