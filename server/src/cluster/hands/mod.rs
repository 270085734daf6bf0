//! Acts on the cluster's objects as the caller, and as nobody else: reads, dry runs, server-side apply, guarded patches and
//! removals.
//!
//! Every write is safe to repeat: applied under one field manager, guarded by a resource version, or by a UID. So what
//! fails for a moment is tried again here, a few times and in bounded time. Must never force, impersonate, or decide.

mod kind;
mod refusal;
mod rights;
#[cfg(test)]
mod tests;

use std::{fmt, path::Path, sync::Arc, time::Duration};

use axum::http::{HeaderValue, Request, header::USER_AGENT};
use http_body_util::{BodyExt as _, Full, Limited};
use kube::{
    Client, Config,
    api::{Api, ApiResource, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams, Preconditions},
    config::{KubeConfigOptions, Kubeconfig},
};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::who::WAYS;
use crate::{
    identity::Caller,
    upstream::{self, HttpClient},
};
pub use kind::*;
pub use refusal::{Cause, Refusal};
pub use rights::Permission;

/// Whose fields an apply owns. One name for ever: under another one nothing could be taken back.
pub const MANAGER: &str = "servelens";
/// The API server answers in milliseconds; admission webhooks may take up to 30 s each.
const DEADLINE: Duration = Duration::from_secs(40);
const CONNECT_DEADLINE: Duration = Duration::from_secs(5);
/// After 0.2, 0.4, 0.8 and 1.6 s: a restarting API server is back, a busy one has had time.
const TRIES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const PAGE: u32 = 500;
/// Of one list; a cluster of 5,000 pods is far below it.
const MOST_PAGES: usize = 100;
/// Of one answer: a page of five hundred objects that are all large.
const MOST_BYTES: usize = 64 << 20;
/// Of one list, as it lies in memory: some 5,000 Deployments, which are the largest that are listed.
const MOST_LISTED: usize = 128 << 20;

/// The caller's connection to the API server.
#[derive(Clone)]
pub struct Hands {
    client: Client,
    /// What the kubeconfig itself holds; the metrics are asked with it, too.
    token: Option<SecretString>,
}

impl fmt::Debug for Hands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hands")
    }
}

impl Hands {
    /// As kubectl and oc find the cluster: the file, else `KUBECONFIG`, else the home folder, else the pod's own account.
    pub async fn from_kubeconfig(file: Option<&Path>) -> Result<Hands, String> {
        let options = KubeConfigOptions::default();
        let config = match file {
            Some(file) => {
                let shown = file.display();
                let found = Kubeconfig::read_from(file).map_err(|cause| {
                    format!(
                        "--kubeconfig {shown}: it cannot be read: {}; name the file that `oc login` writes",
                        said(&cause)
                    )
                })?;
                let config = Config::from_custom_kubeconfig(found, &options).await;
                config.map_err(|cause| {
                    format!(
                        "--kubeconfig {shown}: it leads to no cluster: {}; sign in again with `oc login`",
                        said(&cause)
                    )
                })?
            }
            None => Config::infer().await.map_err(|_| {
                "no cluster is known here; sign in with `oc login`, or give a file with --kubeconfig".to_owned()
            })?,
        };
        Hands::new(config)
    }

    /// As one request's caller, who lends the credential to each question and keeps it. `held` lasts as long as the hands.
    #[must_use]
    pub fn of_caller(client: Arc<HttpClient>, base: &str, caller: &Caller, held: impl Send + 'static) -> Hands {
        let (base, caller) = (base.to_owned(), caller.clone());
        let service = tower::service_fn(move |request: Request<kube::client::Body>| {
            let _ = &held;
            let (client, base, caller) = (Arc::clone(&client), base.clone(), caller.clone());
            async move {
                let (mut head, body) = request.into_parts();
                let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
                head.uri = format!("{base}{path}").parse()?;
                caller.authorize(&mut head.headers)?;
                let body = body.collect().await?.to_bytes();
                let answer = client.request(Request::from_parts(head, Full::new(body))).await?;
                Ok::<_, tower::BoxError>(answer.map(|body| Limited::new(body, MOST_BYTES)))
            }
        });
        Hands {
            client: Client::new(service, "default"),
            token: None,
        }
    }

    fn new(mut config: Config) -> Result<Hands, String> {
        config.connect_timeout = Some(CONNECT_DEADLINE);
        config.read_timeout = Some(DEADLINE);
        config.reset_reader_on_write = true;
        // Its own tries, fifteen with growing pauses, would lie inside each of ours: minutes without a word.
        config.default_retry = false;
        // So that the cluster's audit log tells a person's own commands from ours.
        config
            .headers
            .push((USER_AGENT, HeaderValue::from_static(upstream::AGENT)));
        let token = config.auth_info.token.clone();
        let client = Client::try_from(config)
            .map_err(|cause| format!("the cluster's address cannot be used: {}", said(&cause)))?;
        Ok(Hands { client, token })
    }

    /// `None` for an account that is known by a certificate or by a program.
    #[must_use]
    pub fn token(&self) -> Option<SecretString> {
        self.token.clone()
    }

    fn api(&self, kind: &Kind, namespace: Option<&str>) -> Api<DynamicObject> {
        let resource = ApiResource {
            group: kind.group.to_owned(),
            version: kind.version.to_owned(),
            api_version: kind.api_version(),
            kind: kind.kind.to_owned(),
            plural: kind.plural.to_owned(),
        };
        match namespace {
            Some(namespace) => Api::namespaced_with(self.client.clone(), namespace, &resource),
            None => Api::all_with(self.client.clone(), &resource),
        }
    }

    /// `None` where the object, its namespace or its kind is not there.
    pub async fn get(&self, kind: &Kind, namespace: Option<&str>, name: &str) -> Result<Option<Value>, Refusal> {
        let api = self.api(kind, namespace);
        match again(async || api.get(name).await).await {
            Ok(object) => value(object).map(Some),
            Err(refusal) if refusal.cause == Cause::Absent => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// All objects, in one namespace or in all; `None` where the cluster has no such kind.
    pub async fn list(&self, kind: &Kind, namespace: Option<&str>) -> Result<Option<Vec<Value>>, Refusal> {
        let api = self.api(kind, namespace);
        let mut found = Vec::new();
        let mut params = ListParams::default().limit(PAGE);
        let mut left = MOST_LISTED;
        for _ in 0..MOST_PAGES {
            let list = match again(async || api.list(&params).await).await {
                Ok(list) => list,
                Err(refusal) if refusal.cause == Cause::Absent => return Ok(None),
                Err(refusal) => return Err(refusal),
            };
            for object in list.items {
                let mut object = value(object)?;
                // Lists leave out of their objects what is the same for all.
                if let Some(object) = object.as_object_mut() {
                    object.insert("apiVersion".to_owned(), kind.api_version().into());
                    object.insert("kind".to_owned(), kind.kind.into());
                }
                left = left.checked_sub(bytes(&object)).ok_or_else(|| too_many(kind))?;
                found.push(object);
            }
            match list.metadata.continue_.filter(|next| !next.is_empty()) {
                Some(next) => params = params.continue_token(&next),
                None => return Ok(Some(found)),
            }
        }
        Err(too_many(kind))
    }

    /// Server-side apply: strict, without force. Gives the object as it is afterwards, or would be.
    pub async fn apply(&self, kind: &Kind, namespace: Option<&str>, body: &Value, dry: bool) -> Result<Value, Refusal> {
        let name = body
            .pointer("/metadata/name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let mut params = PatchParams::apply(MANAGER).validation_strict();
        params.dry_run = dry;
        let api = self.api(kind, namespace);
        let patch = Patch::Apply(body);
        let object = again(async || api.patch(name, &params, &patch).await).await?;
        value(object)
    }

    /// Makes an object that must not be there yet.
    pub async fn create(
        &self,
        kind: &Kind,
        namespace: Option<&str>,
        body: &Value,
        dry: bool,
    ) -> Result<Value, Refusal> {
        let wrong = |cause: serde_json::Error| Refusal::of_answer(&cause);
        let object: DynamicObject = serde_json::from_value(body.clone()).map_err(wrong)?;
        let params = PostParams {
            dry_run: dry,
            field_manager: Some(MANAGER.to_owned()),
        };
        let api = self.api(kind, namespace);
        let made = again(async || api.create(&params, &object).await).await?;
        value(made)
    }

    /// A JSON patch whose first step must test what it relies on.
    pub async fn patch(
        &self,
        kind: &Kind,
        namespace: Option<&str>,
        name: &str,
        steps: &Value,
        dry: bool,
    ) -> Result<Value, Refusal> {
        let place = match namespace {
            Some(namespace) => format!("namespaces/{namespace}/"),
            None => String::new(),
        };
        let root = if kind.group.is_empty() { "api" } else { "apis" };
        let dry = if dry { "&dryRun=All" } else { "" };
        let path = format!(
            "/{root}/{}/{place}{}/{name}?fieldManager={MANAGER}{dry}",
            kind.api_version(),
            kind.plural
        );
        let request = Request::patch(path).header("content-type", "application/json-patch+json");
        self.ask(request, steps).await
    }

    /// Removes the object with this UID and no other; `false` where it was gone.
    pub async fn delete(&self, kind: &Kind, namespace: Option<&str>, name: &str, uid: &str) -> Result<bool, Refusal> {
        self.delete_as(kind, namespace, name, uid, None).await
    }

    /// As [`Hands::delete`], if it is still at this version; else the refusal's cause is a conflict.
    pub async fn delete_unchanged(
        &self,
        kind: &Kind,
        namespace: Option<&str>,
        name: &str,
        (uid, version): (&str, &str),
    ) -> Result<bool, Refusal> {
        self.delete_as(kind, namespace, name, uid, Some(version)).await
    }

    async fn delete_as(
        &self,
        kind: &Kind,
        namespace: Option<&str>,
        name: &str,
        uid: &str,
        version: Option<&str>,
    ) -> Result<bool, Refusal> {
        let params = DeleteParams::background().preconditions(Preconditions {
            uid: Some(uid.to_owned()),
            resource_version: version.map(str::to_owned),
        });
        let api = self.api(kind, namespace);
        match again(async || api.delete(name, &params).await.map(|_| ())).await {
            Ok(()) => Ok(true),
            Err(refusal) if refusal.cause == Cause::Absent => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }

    /// The caller's name, for people to read; `None` where the cluster has no way to tell it.
    pub async fn who(&self) -> Result<Option<String>, Refusal> {
        for way in WAYS {
            let answer = match way.body() {
                Some(review) => self.post(way.path, &review).await,
                None => self.read(way.path).await,
            };
            match answer {
                Ok(answer) => return Ok(way.name(&answer)),
                Err(refusal) if matches!(refusal.cause, Cause::Absent | Cause::Forbidden) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(None)
    }

    /// The API server's own version.
    pub async fn version(&self) -> Result<String, Refusal> {
        again(async || self.client.apiserver_version().await)
            .await
            .map(|version| version.git_version)
    }

    /// Asks the API server to do or to say something; `path` is one of ours.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, Refusal> {
        let request = Request::post(path).header("content-type", "application/json");
        self.ask(request, body).await
    }

    async fn read(&self, path: &str) -> Result<Value, Refusal> {
        self.send(Request::get(path), Vec::new()).await
    }

    async fn ask(&self, request: axum::http::request::Builder, body: &Value) -> Result<Value, Refusal> {
        self.send(request, body.to_string().into_bytes()).await
    }

    async fn send(&self, request: axum::http::request::Builder, body: Vec<u8>) -> Result<Value, Refusal> {
        let request = request.body(body);
        let request = request.map_err(|cause| Refusal::of(kube::Error::HttpError(cause)))?;
        again(async || self.client.request(request.clone()).await).await
    }
}

/// The object as it was read; its own part is moved, not copied.
fn value(object: DynamicObject) -> Result<Value, Refusal> {
    let wrong = |cause: serde_json::Error| Refusal::of_answer(&cause);
    let mut value = match object.data {
        Value::Null => json!({}),
        data => data,
    };
    if let Some(map) = value.as_object_mut() {
        map.insert(
            "metadata".to_owned(),
            serde_json::to_value(object.metadata).map_err(wrong)?,
        );
        if let Some(types) = object.types {
            map.insert("apiVersion".to_owned(), types.api_version.into());
            map.insert("kind".to_owned(), types.kind.into());
        }
    }
    Ok(value)
}

/// What a value takes of the memory.
fn bytes(value: &Value) -> usize {
    // Of a place in a list or a map, with what the allocator adds.
    const EACH: usize = 48;
    EACH + match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().map(bytes).sum(),
        Value::Object(map) => map.iter().map(|(key, value)| EACH + key.len() + bytes(value)).sum(),
    }
}

/// Never a part of a list: what is missing in it would be made, or counted as gone.
fn too_many(kind: &Kind) -> Refusal {
    let text = format!(
        "the cluster has too many {} to read at once; name the namespaces that are meant",
        kind.plural
    );
    Refusal::new(Cause::Invalid, text)
}

/// Tries again what may succeed in a moment.
async fn again<T>(attempt: impl AsyncFn() -> Result<T, kube::Error>) -> Result<T, Refusal> {
    let mut pause = FIRST_PAUSE;
    for left in (0..TRIES).rev() {
        let refusal = match tokio::time::timeout(DEADLINE, attempt()).await {
            Ok(Ok(good)) => return Ok(good),
            Ok(Err(cause)) => Refusal::of(cause),
            Err(_) => Refusal::late(DEADLINE),
        };
        if left == 0 || !refusal.may_pass {
            return Err(refusal);
        }
        let asked = refusal.retry_after.unwrap_or(pause);
        tokio::time::sleep(asked.min(LONGEST_PAUSE)).await;
        pause *= 2;
    }
    Err(Refusal::late(DEADLINE))
}

/// An error and what caused it, in one line.
fn said(fault: &dyn std::error::Error) -> String {
    let mut text = fault.to_string();
    let mut cause = fault.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = inner.source();
    }
    text.lines().next().unwrap_or_default().to_owned()
}
