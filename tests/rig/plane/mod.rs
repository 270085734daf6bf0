//! A control plane with the platform's own definitions and nothing that runs: what setting up reads and writes.
//!
//! Left out are all operators: nobody reacts to what is written, but for Kubernetes' own controllers. Starts once for a run;
//! its objects are shared, so a test holds [`Plane::alone`] while it uses what belongs to the whole cluster. What a test that
//! fails leaves behind is taken away before the next one's turn.

mod objects;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow, ensure};
use axum::http::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::front_door::{Content, Kube, User};
use super::serve::{Serve, serve_with};
use super::wait;
pub use objects::{LISTS, Objects};

const CONTENT: Content = Content {
    kinds: &KINDS,
    // What OpenShift and the GPU operator bring.
    namespaces: &[
        "openshift-user-workload-monitoring",
        "openshift-config-managed",
        "nvidia-gpu-operator",
    ],
};

/// Group and plural of the definitions that are loaded beside KServe's two.
const KINDS: [(&str, &str); 17] = [
    ("config.openshift.io", "clusteroperators"),
    ("config.openshift.io", "clusterversions"),
    ("console.openshift.io", "consoleplugins"),
    ("grafana.integreatly.org", "grafanadashboards"),
    ("grafana.integreatly.org", "grafanadatasources"),
    ("grafana.integreatly.org", "grafanafolders"),
    ("grafana.integreatly.org", "grafanas"),
    ("monitoring.coreos.com", "podmonitors"),
    ("monitoring.coreos.com", "prometheusrules"),
    ("monitoring.coreos.com", "servicemonitors"),
    ("nvidia.com", "clusterpolicies"),
    ("operator.openshift.io", "consoles"),
    ("operators.coreos.com", "clusterserviceversions"),
    ("operators.coreos.com", "operatorgroups"),
    ("operators.coreos.com", "subscriptions"),
    ("serving.kserve.io", "clusterservingruntimes"),
    ("serving.kserve.io", "servingruntimes"),
];

#[derive(Debug)]
pub struct Plane {
    pub kube: Kube,
    alone: tokio::sync::Mutex<()>,
    folder: TempDir,
    /// What there was before the first turn.
    untouched: Objects,
}

/// The plane that all tests share.
pub fn plane() -> Result<&'static Plane> {
    static PLANE: OnceLock<Result<Plane, String>> = OnceLock::new();
    let plane = PLANE.get_or_init(|| {
        let started = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(start())
        });
        let plane = started.join().map_err(|_| "starting it panicked".to_owned())?;
        plane.map_err(|fault| format!("{fault:#}"))
    });
    plane
        .as_ref()
        .map_err(|fault| anyhow!("the control plane did not start: {fault}"))
}

async fn start() -> Result<Plane> {
    let folder = tempfile::tempdir()?;
    let kube = Kube::start(folder.path(), CONTENT).await?;
    let mut plane = Plane {
        kube,
        alone: tokio::sync::Mutex::new(()),
        folder,
        untouched: Objects::new(),
    };
    plane.untouched = plane.shared().await?;
    Ok(plane)
}

impl Plane {
    /// A server that sets up where `kube_url` is, and has no metrics to ask.
    pub async fn serve(&self, assets: &Path, kube_url: &str) -> Result<Serve> {
        let nowhere = "https://127.0.0.1:9";
        let ca = self.kube.ca_file.to_string_lossy();
        let settings = [
            "--upstream",
            "thanos",
            "--cluster-url",
            nowhere,
            "--tenancy-url",
            nowhere,
            "--rules-url",
            nowhere,
            "--kube-url",
            kube_url,
            "--ca-file",
            &ca,
        ];
        serve_with(assets, &settings).await
    }

    /// Waits for its turn with what belongs to the whole cluster, which is as it was at the start.
    pub async fn alone(&self) -> Result<tokio::sync::MutexGuard<'_, ()>> {
        let turn = self.alone.lock().await;
        let left = objects::different(&self.untouched, &self.shared().await?);
        if !left.is_empty() {
            eprintln!(
                "The test before this one has left: {}. It is put back.",
                left.join(", ")
            );
            self.kube.put_back().await?;
        }
        Ok(turn)
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.kube.url)
    }

    /// Makes an object as cluster-admin; the path ends with the plural.
    pub async fn create(&self, path: &str, object: Value) -> Result<Value> {
        let root = self.kube.token(User::Admin);
        let url = self.url(path);
        wait::until(
            "an object is made",
            async || self.kube.https.create(&url, root, &object).await,
            |_| true,
        )
        .await
    }

    /// Loads a definition again that [`Plane::undefine`] has taken away.
    pub async fn define(&self, group: &str, plural: &str) -> Result<()> {
        self.kube.define(group, plural).await
    }

    /// Takes a definition away, with all objects of its kind.
    pub async fn undefine(&self, group: &str, plural: &str) -> Result<()> {
        let path = format!("apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.{group}");
        self.delete(&path).await?;
        wait::until(
            "the definition is gone",
            async || self.get(&path).await,
            Option::is_none,
        )
        .await?;
        Ok(())
    }

    /// Makes a namespace, and waits for the account that its controller puts into it.
    pub async fn namespace(&self, name: &str) -> Result<()> {
        self.create("api/v1/namespaces", json!({"metadata": {"name": name}}))
            .await?;
        let account = format!("api/v1/namespaces/{name}/serviceaccounts/default");
        wait::until(
            "a namespace is whole",
            async || self.get(&account).await,
            Option::is_some,
        )
        .await?;
        Ok(())
    }

    /// Waits until a namespace is gone: its controller takes some seconds.
    pub async fn gone(&self, namespace: &str) -> Result<()> {
        let path = format!("api/v1/namespaces/{namespace}");
        wait::until("a namespace is gone", async || self.get(&path).await, Option::is_none).await?;
        Ok(())
    }

    /// `None` where it is not there.
    pub async fn get(&self, path: &str) -> Result<Option<Value>> {
        let (url, root) = (self.url(path), self.kube.token(User::Admin));
        // 429 is the API server's word for a kind whose definition has just come or gone.
        let answer = wait::until(
            "the API server serves the kind",
            async || self.kube.https.get(&url, root).await,
            |answer| answer.status.as_u16() != 429,
        )
        .await?;
        if answer.status.as_u16() == 404 {
            return Ok(None);
        }
        ensure!(answer.status.is_success(), "{path}: {}", answer.text());
        answer.json().map(Some)
    }

    /// A merge patch as cluster-admin, under the name of a foreign manager.
    pub async fn merge(&self, path: &str, patch: &Value) -> Result<()> {
        let answer = self
            .kube
            .https
            .send(
                Method::PATCH,
                &format!("{}?fieldManager=somebody", self.url(path)),
                self.kube.token(User::Admin),
                "application/merge-patch+json",
                patch.to_string(),
            )
            .await?;
        ensure!(answer.status.is_success(), "{path}: {}", answer.text());
        Ok(())
    }

    pub async fn delete(&self, path: &str) -> Result<()> {
        let root = self.kube.token(User::Admin);
        let url = self.url(path);
        let sent = self.kube.https.send(Method::DELETE, &url, root, "", String::new());
        let status = sent.await?.status;
        ensure!(status.is_success() || status.as_u16() == 404, "{path}: {status}");
        Ok(())
    }

    /// Server-side apply of a YAML text as a dry run: strict, as the field manager that setting up uses.
    pub async fn dry_run(&self, path: &str, yaml: String) -> Result<()> {
        let query = "dryRun=All&fieldManager=servelens&fieldValidation=Strict";
        let answer = self
            .kube
            .https
            .send(
                Method::PATCH,
                &format!("{}?{query}", self.url(path)),
                self.kube.token(User::Admin),
                "application/apply-patch+yaml",
                yaml,
            )
            .await?;
        ensure!(answer.status.is_success(), "{path}: {}", answer.text());
        Ok(())
    }

    /// A kubeconfig for a new account that has these roles, each in a namespace or (empty) in the whole cluster.
    pub async fn account(&self, name: &str, roles: &[(&str, &str)]) -> Result<PathBuf> {
        const RBAC: &str = "apis/rbac.authorization.k8s.io/v1";
        self.create(
            "api/v1/namespaces/rig/serviceaccounts",
            json!({"metadata": {"name": name}}),
        )
        .await?;
        for (role, namespace) in roles {
            let binding = json!({
                "metadata": {"name": format!("{name}-{role}")},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
                "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": "rig"}],
            });
            let path = match *namespace {
                "" => format!("{RBAC}/clusterrolebindings"),
                namespace => format!("{RBAC}/namespaces/{namespace}/rolebindings"),
            };
            self.create(&path, binding).await?;
        }
        let path = format!("api/v1/namespaces/rig/serviceaccounts/{name}/token");
        let answer = self.create(&path, json!({"spec": {"expirationSeconds": 7200}})).await?;
        let token = answer.pointer("/status/token").and_then(Value::as_str);
        self.kubeconfig(name, &self.kube.url, token.context("a token")?)
    }

    /// As cluster-admin.
    pub fn admin(&self) -> Result<PathBuf> {
        self.kubeconfig("admin", &self.kube.url, self.kube.token(User::Admin))
    }

    /// A kubeconfig for a token at some address.
    pub fn kubeconfig(&self, name: &str, url: &str, token: &str) -> Result<PathBuf> {
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "rig",
            "clusters": [{"name": "rig", "cluster": {"server": url, "certificate-authority": self.kube.ca_file}}],
            "users": [{"name": "rig", "user": {"token": token}}],
            "contexts": [{"name": "rig", "context": {"cluster": "rig", "user": "rig"}}],
        });
        let file = self.folder.path().join(format!("kubeconfig-{name}"));
        std::fs::write(&file, config.to_string())?;
        Ok(file)
    }
}
