//! A plain HTTP client for the doors: no redirects, no cookies, no decompression.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body)
            .with_context(|| format!("this is no JSON ({}): {}", self.status, self.text()))
    }

    /// One line for each record of an NDJSON answer.
    pub fn ndjson(&self) -> Result<Vec<Value>> {
        self.text()
            .lines()
            .map(|line| serde_json::from_str(line).with_context(|| format!("this is no JSON: {line}")))
            .collect()
    }

    /// A header as text, empty where it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

pub async fn get(url: &str) -> Result<Answer> {
    send(Method::GET, url, &[], Bytes::new()).await
}

pub async fn get_json(url: &str) -> Result<Value> {
    get(url).await?.json()
}

pub async fn post_json(url: &str, headers: &[(&str, &str)], body: &Value) -> Result<Answer> {
    let mut all = vec![("content-type", "application/json")];
    all.extend_from_slice(headers);
    send(Method::POST, url, &all, Bytes::from(body.to_string())).await
}

pub async fn send(method: Method, url: &str, headers: &[(&str, &str)], body: Bytes) -> Result<Answer> {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    // A client for each request: a kept connection would belong to the runtime of one test only.
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let answer = client
        .request(request.body(Full::new(body))?)
        .await
        .with_context(|| format!("asking {url}"))?;
    let (head, body) = answer.into_parts();
    Ok(Answer {
        status: head.status,
        headers: head.headers,
        body: body.collect().await.context("reading an answer")?.to_bytes(),
    })
}

/// `a=1&b=2`, with what a query may not hold escaped.
#[must_use]
pub fn query(pairs: &BTreeMap<&str, String>) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}
