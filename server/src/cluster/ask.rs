//! Single questions to the API server: fixed paths, the caller's token, a deadline and a limit.

use std::{sync::Arc, time::Duration};

use axum::http::{
    HeaderMap, HeaderValue, Method, Request, StatusCode, Uri,
    header::{ACCEPT, CONTENT_TYPE},
};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use serde_json::Value;

use super::Right;
use super::who::WAYS;
use crate::{error::Fault, identity::Caller, upstream::HttpClient};

/// A list of some ten thousand projects.
const MOST_BYTES: usize = 32 << 20;
/// The API server answers a review within milliseconds; a page must not wait for a lost one.
const DEADLINE: Duration = Duration::from_secs(10);

/// Objects of one answer: of ten kilobytes each, some megabytes.
const PAGE: usize = 500;
/// A cluster has some hundreds of model servers.
const MOST_OBJECTS: usize = 10_000;

const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const NAMESPACES: &str = "/api/v1/namespaces";
const PROJECTS: &str = "/apis/project.openshift.io/v1/projects";

pub struct Ask {
    client: Arc<HttpClient>,
    /// Without a slash at its end.
    base: String,
    deadline: Duration,
}

impl Ask {
    pub fn new(client: Arc<HttpClient>, url: &Uri, timeout: Duration) -> Ask {
        Ask {
            client,
            base: url.to_string().trim_end_matches('/').to_owned(),
            deadline: timeout.min(DEADLINE),
        }
    }

    /// The caller's name; `legacy` asks the older way first.
    pub async fn user(&self, caller: &Caller, legacy: bool) -> Result<String, Fault> {
        let mut ways = WAYS;
        if legacy {
            ways.reverse();
        }
        for way in ways {
            let (status, body) = self.ask(caller, way.path, way.body().as_ref()).await?;
            // Who may not even know what is not there is forbidden it.
            if matches!(status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN) {
                continue;
            }
            judge(status)?;
            let name = way.name(&read(&body)?);
            return name.ok_or_else(|| Fault::ClusterFailed("an answer without the user's name".to_owned()));
        }
        Err(Fault::ClusterFailed("it has no way to say who asks".to_owned()))
    }

    /// Whether the caller has the right.
    pub async fn review(&self, caller: &Caller, right: &Right) -> Result<bool, Fault> {
        let answer = self.good(caller, REVIEWS, Some(&right.review())).await?;
        let allowed = answer.pointer("/status/allowed").and_then(Value::as_bool);
        allowed.ok_or_else(|| Fault::ClusterFailed("a review without an answer".to_owned()))
    }

    /// The namespaces that the caller has a part in; `None` where the cluster keeps no such list.
    pub async fn projects(&self, caller: &Caller) -> Result<Option<Vec<String>>, Fault> {
        let (status, body) = self.ask(caller, PROJECTS, None).await?;
        match status {
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => return Ok(None),
            status => judge(status)?,
        }
        let list: Value = read(&body)?;
        let items = list.pointer("/items").and_then(Value::as_array);
        let items = items.ok_or_else(|| Fault::ClusterFailed("a list without items".to_owned()))?;
        let names = items.iter().filter_map(|item| item.pointer("/metadata/name")?.as_str());
        Ok(Some(names.map(str::to_owned).collect()))
    }

    /// Whether the namespace is there, and not on its way out; `None` where the caller may not know.
    pub async fn has_namespace(&self, caller: &Caller, name: &str) -> Result<Option<bool>, Fault> {
        let (status, body) = self.ask(caller, &format!("{NAMESPACES}/{name}"), None).await?;
        match status {
            StatusCode::NOT_FOUND => return Ok(Some(false)),
            StatusCode::FORBIDDEN => return Ok(None),
            status => judge(status)?,
        }
        let found: Value = read(&body)?;
        Ok(Some(found.pointer("/metadata/deletionTimestamp").is_none()))
    }

    /// The objects of a list, page by page; `None` where the caller may not list them or the cluster has no such kind.
    pub async fn list(&self, caller: &Caller, path: &str) -> Result<Option<Vec<Value>>, Fault> {
        let mut found = Vec::new();
        let mut next = String::new();
        loop {
            let (status, body) = self.ask(caller, &page(path, &next), None).await?;
            match status {
                StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => return Ok(None),
                status => judge(status)?,
            }
            let mut list: Value = read(&body)?;
            let items = list.get_mut("items").map(Value::take);
            let Some(Value::Array(items)) = items else {
                return Err(Fault::ClusterFailed("a list without items".to_owned()));
            };
            found.extend(items);
            let more = list
                .pointer("/metadata/continue")
                .and_then(Value::as_str)
                .unwrap_or_default();
            if more.is_empty() || found.len() >= MOST_OBJECTS {
                return Ok(Some(found));
            }
            next = more.to_owned();
        }
    }

    async fn good(&self, caller: &Caller, path: &str, body: Option<&Value>) -> Result<Value, Fault> {
        let (status, body) = self.ask(caller, path, body).await?;
        judge(status)?;
        read(&body)
    }

    async fn ask(&self, caller: &Caller, path: &str, body: Option<&Value>) -> Result<(StatusCode, Bytes), Fault> {
        let failed = |cause: &dyn std::fmt::Display| Fault::ClusterFailed(cause.to_string());
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        caller.authorize(&mut headers)?;
        let (method, body) = match body {
            Some(body) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                (Method::POST, Bytes::from(body.to_string()))
            }
            None => (Method::GET, Bytes::new()),
        };
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = format!("{}{path}", self.base)
            .parse()
            .map_err(|cause: axum::http::uri::InvalidUri| failed(&cause))?;
        *request.headers_mut() = headers;
        let whole = async {
            let response = self.client.request(request).await.map_err(|cause| failed(&cause))?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, MOST_BYTES)
                .collect()
                .await
                .map_err(|cause| failed(&cause))?;
            Ok((head.status, body.to_bytes()))
        };
        let late = || Fault::ClusterFailed(format!("no answer within {} ms", self.deadline.as_millis()));
        tokio::time::timeout(self.deadline, whole).await.map_err(|_| late())?
    }
}

/// The address of the list's first page, or of the one that `next` marks.
fn page(path: &str, next: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(format!("{path}?"));
    query.append_pair("limit", &PAGE.to_string());
    if !next.is_empty() {
        query.append_pair("continue", next);
    }
    query.finish()
}

/// The API server's own verdict on a token is 401; everything else that is not good is its trouble.
fn judge(status: StatusCode) -> Result<(), Fault> {
    match status {
        StatusCode::UNAUTHORIZED => Err(Fault::TokenRefused),
        status if status.is_success() => Ok(()),
        status => Err(Fault::ClusterFailed(format!("it answered {}", status.as_u16()))),
    }
}

fn read(body: &[u8]) -> Result<Value, Fault> {
    serde_json::from_slice(body).map_err(|cause| Fault::ClusterFailed(format!("its answer is no JSON: {cause}")))
}
