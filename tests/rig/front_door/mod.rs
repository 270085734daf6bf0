//! OpenShift's monitoring front as it is: two Prometheus servers with Thanos sidecars and a querier, the proxies of ports
//! 9091, 9092 and 9093 in the cluster's own configuration, and the API server with RBAC that they ask.
//!
//! Starts once for a run and ends with this process. Everything listens on loopback only.

mod client;
mod control_plane;
mod definitions;
mod kube;
mod objects;
mod prepared;
mod proxies;
mod stores;
mod target;

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};

use anyhow::{Result, anyhow};
use tempfile::TempDir;

use super::child::Tied;
use super::serve::{Serve, serve_with};
use super::small_dist;
pub use client::Https;
pub use kube::{Kube, User};
pub use prepared::Content;

/// Nothing beside what [`Kube`] has anyway.
const CONTENT: Content = Content {
    kinds: &[],
    namespaces: &[],
};

/// The running front.
#[derive(Debug)]
pub struct Front {
    /// 9091.
    pub cluster_url: String,
    /// 9092.
    pub tenancy_url: String,
    /// 9093.
    pub rules_url: String,
    pub kube: Kube,
    /// What all certificates are checked against.
    pub ca_file: PathBuf,
    pub https: Https,
    _children: Mutex<Vec<Tied>>,
    _folder: TempDir,
}

impl Front {
    /// `servelens serve` before it, with more settings; and the folder of its page.
    pub async fn serve(&self, more: &[&str]) -> Result<(Serve, TempDir)> {
        let assets = small_dist::write()?;
        let settings = [
            "--upstream",
            "thanos",
            "--cluster-url",
            &self.cluster_url,
            "--tenancy-url",
            &self.tenancy_url,
            "--rules-url",
            &self.rules_url,
            "--kube-url",
            &self.kube.url,
            "--ca-file",
            &self.ca_file.to_string_lossy(),
        ];
        Ok((serve_with(assets.path(), &[&settings, more].concat()).await?, assets))
    }
}

/// The front that all tests share.
pub fn front() -> Result<&'static Front> {
    static FRONT: OnceLock<Result<Front, String>> = OnceLock::new();
    let front = FRONT.get_or_init(|| {
        // A thread and a runtime of its own: no test's runtime may own what all tests use.
        let started = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(start())
        });
        let front = started.join().map_err(|_| "starting it panicked".to_owned())?;
        front.map_err(|fault| format!("{fault:#}"))
    });
    front
        .as_ref()
        .map_err(|fault| anyhow!("the monitoring front did not start: {fault}"))
}

/// Two stores and a querier for one test alone, so that it may lose them.
#[derive(Debug)]
pub struct LoneStores {
    /// The querier's address.
    pub url: String,
    children: Vec<Tied>,
    _folder: TempDir,
}

impl LoneStores {
    pub async fn start() -> Result<LoneStores> {
        let folder = tempfile::tempdir()?;
        let mut children = Vec::new();
        let url = stores::start(folder.path(), target::serve()?, &mut children).await?;
        Ok(LoneStores {
            url,
            children,
            _folder: folder,
        })
    }

    /// Ends every store; the querier, which was started last, stays.
    pub fn lose(&mut self) {
        let querier = self.children.pop();
        self.children.clear();
        self.children.extend(querier);
    }
}

/// The three ports again, before a store of a test's own; the API server is the shared front's.
#[derive(Debug)]
pub struct Doors {
    /// 9091.
    pub cluster_url: String,
    /// 9092.
    pub tenancy_url: String,
    /// 9093.
    pub rules_url: String,
    _children: Vec<Tied>,
    _folder: TempDir,
}

impl Front {
    pub async fn doors_to(&self, store: &str) -> Result<Doors> {
        let folder = tempfile::tempdir()?;
        let mut children = Vec::new();
        let proxies = proxies::start(folder.path(), &self.kube, store, &mut children).await?;
        Ok(Doors {
            cluster_url: proxies.cluster_url,
            tenancy_url: proxies.tenancy_url,
            rules_url: proxies.rules_url,
            _children: children,
            _folder: folder,
        })
    }
}

async fn start() -> Result<Front> {
    let folder = tempfile::tempdir()?;
    let mut children = Vec::new();
    let target = target::serve()?;
    let querier = stores::start(folder.path(), target, &mut children).await?;
    let kube = Kube::start(folder.path(), CONTENT).await?;
    let https = kube.https.clone();
    let proxies = proxies::start(folder.path(), &kube, &querier, &mut children).await?;
    Ok(Front {
        cluster_url: proxies.cluster_url,
        tenancy_url: proxies.tenancy_url,
        rules_url: proxies.rules_url,
        ca_file: kube.ca_file.clone(),
        https,
        kube,
        _children: Mutex::new(children),
        _folder: folder,
    })
}
