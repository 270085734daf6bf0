//! A control plane that is made once and kept in the cache: keys, and etcd's folder with definitions, namespaces, accounts and
//! roles that are whole. Every run starts from a copy.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::Result;
use sha2::{Digest as _, Sha256};

use super::control_plane::{ControlPlane, DATA, copy, write_certificates};
use super::{definitions, objects};
use crate::rig::go_tool::{self, ETCD, KUBE_APISERVER, KUBE_CONTROLLER_MANAGER};

/// What stands in a cluster before anybody uses it, beside the accounts and roles of every rig.
#[derive(Debug, Clone, Copy)]
pub struct Content {
    /// Group and plural of custom resources.
    pub kinds: &'static [(&'static str, &'static str)],
    pub namespaces: &'static [&'static str],
}

#[derive(Debug)]
pub(super) struct Prepared {
    folder: PathBuf,
}

impl Prepared {
    /// The one in the cache; makes it, which takes some seconds, where it is not there.
    pub async fn find(content: Content) -> Result<Prepared> {
        let root = go_tool::cache()?.join("planes");
        fs::create_dir_all(&root)?;
        let folder = root.join(key(content)?);
        // Two test programs at once: the second waits and finds what the first has made.
        let lock = root.join("lock");
        let _lock = tokio::task::spawn_blocking(move || {
            let lock = File::create(lock)?;
            lock.lock().map(|()| lock)
        })
        .await??;
        if !folder.is_dir() {
            let fresh = tempfile::tempdir_in(&root)?;
            make(fresh.path(), content).await?;
            // Moved into place when it is whole: what was cut short is not met again.
            fs::rename(fresh.path(), &folder)?;
        }
        Ok(Prepared { folder })
    }

    /// Copies all of it into a folder of a run's own.
    pub fn lay_out(&self, folder: &Path) -> Result<()> {
        copy(&self.folder, folder)
    }

    /// What etcd has stored.
    pub fn data(&self) -> PathBuf {
        self.folder.join(DATA)
    }
}

async fn make(folder: &Path, content: Content) -> Result<()> {
    let made = tempfile::tempdir()?;
    write_certificates(made.path())?;
    let plane = ControlPlane::start(made.path()).await?;
    objects::make(&plane, content).await?;
    tokio::task::spawn_blocking(move || drop(plane)).await?;
    copy(&made.path().join(DATA), &folder.join(DATA))?;
    for name in ["ca.crt", "server.crt", "server.key", "accounts.key", "accounts.pub"] {
        fs::copy(made.path().join(name), folder.join(name))?;
    }
    Ok(())
}

/// Changes with everything that it is made of.
fn key(content: Content) -> Result<String> {
    let mut hash = Sha256::new();
    for source in [
        include_str!("control_plane.rs"),
        include_str!("definitions.rs"),
        include_str!("objects.rs"),
        include_str!("prepared.rs"),
    ] {
        hash.update(source);
    }
    for tool in [ETCD, KUBE_APISERVER, KUBE_CONTROLLER_MANAGER] {
        hash.update(tool.path()?.to_string_lossy().as_bytes());
    }
    for (group, plural) in objects::KINDS.iter().chain(content.kinds) {
        hash.update(definitions::text(group, plural)?);
    }
    hash.update(format!("{content:?}"));
    Ok(go_tool::short(hash))
}
