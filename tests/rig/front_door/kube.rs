//! The API server with accounts for each kind of user, and what tests do to it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use axum::http::Method;
use serde_json::{Value, json};

use super::control_plane::ControlPlane;
use super::prepared::{Content, Prepared};
use super::{Https, definitions, objects};
use crate::rig::http::Answer;
use crate::rig::wait;

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
    plane: ControlPlane,
    prepared: Prepared,
}

impl Kube {
    /// Starts in `folder`, from the copy of a control plane that has this content.
    pub async fn start(folder: &Path, content: Content) -> Result<Kube> {
        let prepared = Prepared::find(content).await?;
        prepared.lay_out(folder)?;
        let plane = ControlPlane::start(folder).await?;
        let tokens = objects::tokens(&plane.https, &plane.url)
            .await
            .with_context(|| plane.last_words())?;
        let file = |name: &str| folder.join(name);
        Ok(Kube {
            url: plane.url.clone(),
            https: plane.https.clone(),
            ca_file: file("ca.crt"),
            cert_file: file("server.crt"),
            key_file: file("server.key"),
            kubeconfig: file("kubeconfig"),
            audit_file: file("audit.log"),
            tokens,
            plane,
            prepared,
        })
    }

    /// Ends the API server, and starts it again at the same address; returns when it is ready.
    pub async fn restart(&self) -> Result<()> {
        self.plane.restart_server().await
    }

    /// Forgets everything that was written since the start; tokens stay good.
    pub async fn put_back(&self) -> Result<()> {
        self.plane.put_back(&self.prepared.data()).await?;
        // Ready is said before the roles are read.
        let version = format!("{}/version", self.url);
        wait::until(
            "the administrator is known again",
            async || self.https.get(&version, self.token(User::Admin)).await,
            |answer| answer.status.is_success(),
        )
        .await?;
        Ok(())
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
