//! The programs of a control plane over one folder: etcd, the API server with RBAC on, and the controllers that fill the role
//! `view`. They can be lost, and come back with everything that they have stored.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use serde_json::json;

use super::Https;
use crate::rig::child::{self, Tied};
use crate::rig::go_tool::{ETCD, KUBE_APISERVER, KUBE_CONTROLLER_MANAGER};
use crate::rig::serve::free_port;
use crate::rig::{http, wait};

/// The token of cluster-admin. Of the rig itself: lives as long as one run, on loopback.
pub(super) const ROOT: &str = "rig-root";

/// Where etcd keeps its data, below the folder.
pub(super) const DATA: &str = "etcd";

#[derive(Debug)]
pub(super) struct ControlPlane {
    pub folder: PathBuf,
    pub url: String,
    pub https: Https,
    ports: Ports,
    running: Mutex<Running>,
}

#[derive(Debug)]
struct Ports {
    etcd: u16,
    /// Of etcd for others of its kind, of which there are none.
    peers: u16,
    server: u16,
    controllers: u16,
}

/// Ends in this order, so that nobody misses what it asks.
#[derive(Debug, Default)]
struct Running {
    controllers: Option<Tied>,
    server: Option<Tied>,
    etcd: Option<Tied>,
}

impl ControlPlane {
    /// Starts the programs over a folder with the files of [`write_certificates`], and what etcd has stored there if anything;
    /// returns when the API server is ready.
    pub async fn start(folder: &Path) -> Result<ControlPlane> {
        let file = |name: &str| folder.join(name);
        let ports = Ports {
            etcd: free_port()?,
            peers: free_port()?,
            server: free_port()?,
            controllers: free_port()?,
        };
        let url = format!("https://127.0.0.1:{}", ports.server);
        fs::write(
            file("tokens.csv"),
            format!("{ROOT},rig-root,rig-root,\"system:masters\"\n"),
        )?;
        let writes = json!({
            "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
            "rules": [
                {"level": "None", "userGroups": ["system:masters"]},
                // Whose reading a test counts.
                {"level": "Metadata", "users": ["system:serviceaccount:rig:watched"]},
                {"level": "Metadata", "verbs": ["create", "update", "patch", "delete", "deletecollection"]},
            ],
        });
        fs::write(file("audit.yaml"), writes.to_string())?;
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "rig",
            "clusters": [{"name": "rig", "cluster": {"server": url, "certificate-authority": file("ca.crt")}}],
            "users": [{"name": "rig", "user": {"token": ROOT}}],
            "contexts": [{"name": "rig", "context": {"cluster": "rig", "user": "rig"}}],
        });
        fs::write(file("kubeconfig"), config.to_string())?;
        let plane = ControlPlane {
            folder: folder.to_owned(),
            https: Https::new(&fs::read_to_string(file("ca.crt"))?)?,
            url,
            ports,
            running: Mutex::default(),
        };
        plane.all().await?;
        Ok(plane)
    }

    /// Ends the API server, and starts it again at the same address; returns when it is ready.
    pub async fn restart_server(&self) -> Result<()> {
        let server = self.with(|running| running.server.take());
        ended(server).await?;
        self.server().await
    }

    /// Puts what etcd has stored back to what stands in the folder `data`; everything is ended and started for it.
    pub async fn put_back(&self, data: &Path) -> Result<()> {
        let running = self.with(std::mem::take);
        ended(running).await?;
        let own = self.folder.join(DATA);
        fs::remove_dir_all(&own)?;
        copy(data, &own)?;
        self.all().await
    }

    /// What the API server has said.
    pub fn last_words(&self) -> String {
        self.with(|running| last_words(running.server.as_slice()))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Running) -> T) -> T {
        act(&mut self.running.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }

    async fn all(&self) -> Result<()> {
        self.etcd().await?;
        self.server().await?;
        self.controllers()
    }

    async fn etcd(&self) -> Result<()> {
        let clients = format!("http://127.0.0.1:{}", self.ports.etcd);
        let peers = format!("http://127.0.0.1:{}", self.ports.peers);
        let started = child::start_kept(
            &ETCD.path()?,
            &[
                "--name=rig",
                &format!("--data-dir={}", self.file(DATA)),
                "--unsafe-no-fsync",
                "--log-level=error",
                &format!("--listen-client-urls={clients}"),
                &format!("--advertise-client-urls={clients}"),
                &format!("--listen-peer-urls={peers}"),
                &format!("--initial-advertise-peer-urls={peers}"),
                &format!("--initial-cluster=rig={peers}"),
            ],
            &[],
        )?;
        self.with(|running| running.etcd = Some(started));
        let health = format!("{clients}/health");
        wait::until(
            "etcd is healthy",
            async || http::get(&health).await,
            |answer| answer.status.is_success(),
        )
        .await
        .with_context(|| self.with(|running| last_words(running.etcd.as_slice())))?;
        Ok(())
    }

    async fn server(&self) -> Result<()> {
        let started = child::start_kept(
            &KUBE_APISERVER.path()?,
            &[
                &format!("--etcd-servers=http://127.0.0.1:{}", self.ports.etcd),
                "--bind-address=127.0.0.1",
                &format!("--secure-port={}", self.ports.server),
                "--advertise-address=198.51.100.1",
                "--endpoint-reconciler-type=none",
                "--authorization-mode=RBAC",
                &format!("--token-auth-file={}", self.file("tokens.csv")),
                &format!("--tls-cert-file={}", self.file("server.crt")),
                &format!("--tls-private-key-file={}", self.file("server.key")),
                "--service-account-issuer=https://kubernetes.default.svc",
                &format!("--service-account-key-file={}", self.file("accounts.pub")),
                &format!("--service-account-signing-key-file={}", self.file("accounts.key")),
                "--service-cluster-ip-range=10.0.0.0/24",
                &format!("--audit-policy-file={}", self.file("audit.yaml")),
                &format!("--audit-log-path={}", self.file("audit.log")),
            ],
            &[],
        )?;
        self.with(|running| running.server = Some(started));
        let ready = format!("{}/readyz", self.url);
        wait::until(
            "the API server is ready",
            async || self.https.get(&ready, ROOT).await,
            |answer| answer.status.is_success(),
        )
        .await
        .with_context(|| self.last_words())?;
        Ok(())
    }

    fn controllers(&self) -> Result<()> {
        let started = child::start_kept(
            &KUBE_CONTROLLER_MANAGER.path()?,
            &[
                &format!("--kubeconfig={}", self.file("kubeconfig")),
                "--leader-elect=false",
                "--bind-address=127.0.0.1",
                &format!("--secure-port={}", self.ports.controllers),
                &format!("--cert-dir={}", self.file("controllers")),
                "--controllers=clusterrole-aggregation-controller,serviceaccount-controller,namespace-controller,\
                 serviceaccount-token-controller",
                &format!("--service-account-private-key-file={}", self.file("accounts.key")),
                &format!("--root-ca-file={}", self.file("ca.crt")),
            ],
            &[],
        )?;
        self.with(|running| running.controllers = Some(started));
        Ok(())
    }
}

/// Waits for the end of what is dropped, away from the runtime.
async fn ended(programs: impl Send + 'static) -> Result<()> {
    Ok(tokio::task::spawn_blocking(move || drop(programs)).await?)
}

/// An authority, a certificate for 127.0.0.1 and the keys of accounts' tokens.
pub(super) fn write_certificates(folder: &Path) -> Result<()> {
    let ca_key = KeyPair::generate()?;
    let mut ca = CertificateParams::new(Vec::new())?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.distinguished_name.push(DnType::CommonName, "rig");
    let ca_pem = ca.self_signed(&ca_key)?.pem();
    let issuer = Issuer::new(ca, ca_key);
    let key = KeyPair::generate()?;
    let server = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()])?;
    let server = server.signed_by(&key, &issuer)?;
    let accounts = KeyPair::generate()?;
    for (name, text) in [
        ("ca.crt", ca_pem),
        ("server.crt", server.pem()),
        ("server.key", key.serialize_pem()),
        ("accounts.key", accounts.serialize_pem()),
        ("accounts.pub", accounts.public_key_pem()),
    ] {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

/// Copies a folder with everything in it.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("creating {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// What the youngest child has said.
pub(super) fn last_words(children: &[Tied]) -> String {
    let said = children.last().map(Tied::stderr).unwrap_or_default();
    let lines: Vec<&str> = said.lines().rev().take(20).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
