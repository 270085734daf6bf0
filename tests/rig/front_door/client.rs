//! An HTTPS client that trusts the rig's own authority and no other.

use std::fmt;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use axum::http::{Method, Request};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use serde_json::Value;

use crate::rig::http::Answer;

#[derive(Clone)]
pub struct Https {
    config: ClientConfig,
}

impl fmt::Debug for Https {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Https")
    }
}

impl Https {
    pub fn new(ca_pem: &str) -> Result<Https> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).context("reading the authority")?)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Https { config })
    }

    /// With `token` unless it is empty. Like `http::send`, one connection for each request.
    pub async fn send(&self, method: Method, url: &str, token: &str, kind: &str, body: String) -> Result<Answer> {
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(self.config.clone())
            .https_or_http()
            .enable_http1()
            .build();
        let mut request = Request::builder().method(method).uri(url);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        let client = Client::builder(TokioExecutor::new()).build::<_, Full<Bytes>>(connector);
        let answer = client.request(request.body(Full::new(Bytes::from(body)))?).await;
        let (head, body) = answer.with_context(|| format!("asking {url}"))?.into_parts();
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body: body.collect().await.context("reading an answer")?.to_bytes(),
        })
    }

    pub async fn get(&self, url: &str, token: &str) -> Result<Answer> {
        self.send(Method::GET, url, token, "", String::new()).await
    }

    /// Applies a file of YAML as `rig`; any status that is not good is an error.
    pub async fn apply(&self, url: &str, token: &str, yaml: String) -> Result<()> {
        let url = format!("{url}?fieldManager=rig&force=true");
        let answer = self
            .send(Method::PATCH, &url, token, "application/apply-patch+yaml", yaml)
            .await?;
        ensure!(
            answer.status.is_success(),
            "{url}: {}: {}",
            answer.status,
            answer.text()
        );
        Ok(())
    }

    /// Makes an object; any status that is not good is an error.
    pub async fn create(&self, url: &str, token: &str, object: &Value) -> Result<Value> {
        let answer = self
            .send(Method::POST, url, token, "application/json", object.to_string())
            .await?;
        ensure!(
            answer.status.is_success(),
            "{url}: {}: {}",
            answer.status,
            answer.text()
        );
        answer.json()
    }
}
