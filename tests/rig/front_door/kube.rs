//! etcd, the API server with RBAC on, and the controllers that fill the role `view`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use axum::http::Method;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};

use super::{Https, definitions, objects};
use crate::rig::child::{self, Tied};
use crate::rig::go_tool::{ETCD, KUBE_APISERVER, KUBE_CONTROLLER_MANAGER};
use crate::rig::http::Answer;
use crate::rig::serve::free_port;
use crate::rig::{http, wait};

/// Of the rig itself: lives as long as one run, on loopback.
const ROOT: &str = "rig-root";

/// Whose token a test sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum User {
    /// cluster-admin.
    Admin,
    /// cluster-monitoring-view, and nothing else.
    Viewer,
    /// `view` in team-a.
    One,
    /// `view` in team-a and team-b, monitoring-rules-view in team-a.
    Two,
    /// An account without any role.
    Nobody,
}

impl User {
    pub const ALL: [User; 5] = [User::Admin, User::Viewer, User::One, User::Two, User::Nobody];

    /// The service account's name.
    #[must_use]
    pub fn account(self) -> &'static str {
        match self {
            User::Admin => "admin",
            User::Viewer => "viewer",
            User::One => "one",
            User::Two => "two",
            User::Nobody => "nobody",
        }
    }
}

/// The running control plane.
#[derive(Debug)]
pub struct Kube {
    pub url: String,
    pub https: Https,
    pub ca_file: PathBuf,
    /// Of the certificate for 127.0.0.1 that every server of the rig shows.
    pub cert_file: PathBuf,
    pub key_file: PathBuf,
    pub kubeconfig: PathBuf,
    /// One line of JSON for each write, with the name of who sent it.
    pub audit_file: PathBuf,
    tokens: Vec<(User, String)>,
    server: ApiServer,
}

/// The API server itself, which can be lost and come back with everything that it has stored.
#[derive(Debug)]
struct ApiServer {
    folder: PathBuf,
    etcd: String,
    port: u16,
    running: Mutex<Option<Tied>>,
}

impl ApiServer {
    fn start(&self) -> Result<()> {
        let file = |name: &str| self.folder.join(name).to_string_lossy().into_owned();
        let started = child::start_kept(
            &KUBE_APISERVER.path()?,
            &[
                &format!("--etcd-servers={}", self.etcd),
                "--bind-address=127.0.0.1",
                &format!("--secure-port={}", self.port),
                "--advertise-address=198.51.100.1",
                "--endpoint-reconciler-type=none",
                "--authorization-mode=RBAC",
                &format!("--token-auth-file={}", file("tokens.csv")),
                &format!("--tls-cert-file={}", file("server.crt")),
                &format!("--tls-private-key-file={}", file("server.key")),
                "--service-account-issuer=https://kubernetes.default.svc",
                &format!("--service-account-key-file={}", file("accounts.pub")),
                &format!("--service-account-signing-key-file={}", file("accounts.key")),
                "--service-cluster-ip-range=10.0.0.0/24",
                &format!("--audit-policy-file={}", file("audit.yaml")),
                &format!("--audit-log-path={}", file("audit.log")),
            ],
            &[],
        )?;
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(started);
        Ok(())
    }

    fn last_words(&self) -> String {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        last_words(running.as_slice())
    }
}

impl Kube {
    /// Ends the API server, and starts it again at the same address; returns when it is ready.
    pub async fn restart(&self) -> Result<()> {
        let running = self
            .server
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        // Waits for its end.
        tokio::task::spawn_blocking(move || drop(running)).await?;
        self.server.start()?;
        self.ready().await
    }

    async fn ready(&self) -> Result<()> {
        is_ready(&self.https, &self.url)
            .await
            .with_context(|| self.server.last_words())
    }

    #[must_use]
    pub fn token(&self, user: User) -> &str {
        let found = self.tokens.iter().find(|(other, _)| *other == user);
        found.map_or("", |(_, token)| token.as_str())
    }

    /// Makes custom resources known: `plural` of `group`.
    pub async fn define(&self, group: &str, plural: &str) -> Result<()> {
        definitions::apply(&self.https, &self.url, self.token(User::Admin), group, plural).await
    }

    /// Applies `object` as the administrator: server-side, strict, by the fixed field manager of an installation.
    pub async fn apply(&self, object: &Value, dry_run: bool) -> Result<Answer> {
        let dry = if dry_run { "&dryRun=All" } else { "" };
        let address = self.address(object).await?;
        let url = format!("{address}?fieldManager=install&fieldValidation=Strict&force=true{dry}");
        let kind = "application/apply-patch+yaml";
        let token = self.token(User::Admin);
        // JSON is YAML.
        self.https
            .send(Method::PATCH, &url, token, kind, object.to_string())
            .await
    }

    /// Where the API server keeps the object; asks it for the kind's plural and scope.
    async fn address(&self, object: &Value) -> Result<String> {
        let text = |path: &str| object.pointer(path).and_then(Value::as_str);
        let version = text("/apiVersion").context("an object without apiVersion")?;
        let root = if version.contains('/') { "apis" } else { "api" };
        let base = format!("{}/{root}/{version}", self.url);
        let known = self.https.get(&base, self.token(User::Admin)).await?.json()?;
        let of_kind = |resource: &&Value| {
            resource["kind"] == object["kind"] && resource["name"].as_str().is_some_and(|name| !name.contains('/'))
        };
        let resources = known.get("resources").and_then(Value::as_array);
        let resource = resources
            .and_then(|list| list.iter().find(of_kind))
            .with_context(|| format!("the API server knows no {} of {version}", object["kind"]))?;
        let plural = resource["name"].as_str().context("a resource without a name")?;
        let name = text("/metadata/name").context("an object without a name")?;
        Ok(if resource["namespaced"] == true {
            let namespace = text("/metadata/namespace").with_context(|| format!("{plural} {name} has no namespace"))?;
            format!("{base}/namespaces/{namespace}/{plural}/{name}")
        } else {
            format!("{base}/{plural}/{name}")
        })
    }

    /// A new account with `view` in one namespace; gives its token. The front keeps what it was told of an account for
    /// minutes: whoever changes rights needs one of its own.
    pub async fn newcomer(&self, name: &str, namespace: &str) -> Result<String> {
        let admin = self.token(User::Admin);
        let accounts = format!("{}/api/v1/namespaces/rig/serviceaccounts", self.url);
        let account = json!({"metadata": {"name": name}});
        self.https.create(&accounts, admin, &account).await?;
        self.admit(name, namespace).await?;
        let asked = json!({"spec": {"expirationSeconds": 7200}});
        let url = format!("{accounts}/{name}/token");
        let answer = self.https.create(&url, admin, &asked).await?;
        let token = answer.pointer("/status/token").and_then(Value::as_str);
        Ok(token.context("a token")?.to_owned())
    }

    /// Gives a newcomer `view` in one more namespace.
    pub async fn admit(&self, name: &str, namespace: &str) -> Result<()> {
        let binding = json!({
            "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": "rig"}],
        });
        let bindings = self.bindings(namespace);
        self.https.create(&bindings, self.token(User::Admin), &binding).await?;
        Ok(())
    }

    /// Makes a namespace.
    pub async fn found(&self, namespace: &str) -> Result<()> {
        let namespaces = format!("{}/api/v1/namespaces", self.url);
        let object = json!({"metadata": {"name": namespace}});
        self.https.create(&namespaces, self.token(User::Admin), &object).await?;
        Ok(())
    }

    /// Takes the newcomer's `view` away.
    pub async fn withdraw(&self, name: &str, namespace: &str) -> Result<()> {
        let url = format!("{}/{name}", self.bindings(namespace));
        let admin = self.token(User::Admin);
        let answer = self.https.send(Method::DELETE, &url, admin, "", String::new()).await?;
        ensure!(answer.status.is_success(), "{url}: {}", answer.text());
        Ok(())
    }

    fn bindings(&self, namespace: &str) -> String {
        let api = "apis/rbac.authorization.k8s.io/v1";
        format!("{}/{api}/namespaces/{namespace}/rolebindings", self.url)
    }

    /// One more token of a user: to everybody but the API server another caller.
    pub async fn another_token(&self, user: User) -> Result<String> {
        let account = user.account();
        let url = format!("{}/api/v1/namespaces/rig/serviceaccounts/{account}/token", self.url);
        let asked = json!({"spec": {"expirationSeconds": 7200}});
        let answer = self.https.create(&url, self.token(User::Admin), &asked).await?;
        let token = answer.pointer("/status/token").and_then(Value::as_str);
        Ok(token.context("a token")?.to_owned())
    }
}

pub async fn start(folder: &Path, children: &mut Vec<Tied>) -> Result<Kube> {
    let file = |name: &str| folder.join(name);
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let ca_pem = write_certificates(folder)?;
    let (client, peer, secure) = (free_port()?, free_port()?, free_port()?);
    let etcd = format!("http://127.0.0.1:{client}");
    let peers = format!("http://127.0.0.1:{peer}");
    children.push(child::start_kept(
        &ETCD.path()?,
        &[
            "--name=rig",
            &format!("--data-dir={}", text(&file("etcd"))),
            "--unsafe-no-fsync",
            "--log-level=error",
            &format!("--listen-client-urls={etcd}"),
            &format!("--advertise-client-urls={etcd}"),
            &format!("--listen-peer-urls={peers}"),
            &format!("--initial-advertise-peer-urls={peers}"),
            &format!("--initial-cluster=rig={peers}"),
        ],
        &[],
    )?);
    let health = format!("{etcd}/health");
    wait::until(
        "etcd is healthy",
        async || http::get(&health).await,
        |answer| answer.status.is_success(),
    )
    .await?;

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
    let server = ApiServer {
        folder: folder.to_owned(),
        etcd,
        port: secure,
        running: Mutex::new(None),
    };
    server.start()?;
    let url = format!("https://127.0.0.1:{secure}");
    let https = Https::new(&ca_pem)?;
    is_ready(&https, &url).await.with_context(|| server.last_words())?;

    let kubeconfig = file("kubeconfig");
    let config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "rig",
        "clusters": [{"name": "rig", "cluster": {"server": url, "certificate-authority": file("ca.crt")}}],
        "users": [{"name": "rig", "user": {"token": ROOT}}],
        "contexts": [{"name": "rig", "context": {"cluster": "rig", "user": "rig"}}],
    });
    fs::write(&kubeconfig, config.to_string())?;
    children.push(child::start_kept(
        &KUBE_CONTROLLER_MANAGER.path()?,
        &[
            &format!("--kubeconfig={}", text(&kubeconfig)),
            "--leader-elect=false",
            "--bind-address=127.0.0.1",
            &format!("--secure-port={}", free_port()?),
            &format!("--cert-dir={}", text(&file("controllers"))),
            "--controllers=clusterrole-aggregation-controller,serviceaccount-controller,namespace-controller,\
             serviceaccount-token-controller",
            &format!("--service-account-private-key-file={}", text(&file("accounts.key"))),
            &format!("--root-ca-file={}", text(&file("ca.crt"))),
        ],
        &[],
    )?);
    let tokens = objects::make(&https, &url, ROOT)
        .await
        .with_context(|| last_words(children))?;
    Ok(Kube {
        url,
        https,
        ca_file: file("ca.crt"),
        cert_file: file("server.crt"),
        key_file: file("server.key"),
        kubeconfig,
        audit_file: file("audit.log"),
        tokens,
        server,
    })
}

async fn is_ready(https: &Https, url: &str) -> Result<()> {
    let ready = format!("{url}/readyz");
    let answers = wait::until(
        "the API server is ready",
        async || https.get(&ready, ROOT).await,
        |answer| answer.status.is_success(),
    );
    answers.await.map(|_| ())
}

/// An authority, a certificate for 127.0.0.1 and the keys of accounts' tokens; gives the authority.
fn write_certificates(folder: &Path) -> Result<String> {
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
        ("ca.crt", ca_pem.clone()),
        ("server.crt", server.pem()),
        ("server.key", key.serialize_pem()),
        ("accounts.key", accounts.serialize_pem()),
        ("accounts.pub", accounts.public_key_pem()),
    ] {
        fs::write(folder.join(name), text)?;
    }
    Ok(ca_pem)
}

/// What the youngest child has said.
pub(super) fn last_words(children: &[Tied]) -> String {
    let said = children.last().map(Tied::stderr).unwrap_or_default();
    let lines: Vec<&str> = said.lines().rev().take(20).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
