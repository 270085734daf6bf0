//! Sends one question and judges the head of its answer.

use std::{path::Path, sync::Arc, time::Duration};

use axum::http::{
    HeaderMap, HeaderValue, Method, Request, Uri,
    header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, USER_AGENT},
};
use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use tokio::time::Instant;

use super::{Api, Params, Reply, judge};
use crate::{
    config::{UpstreamConfig, UpstreamKind},
    error::Fault,
    identity::Caller,
    telemetry::Metrics,
};

/// A store in the same cluster accepts within milliseconds; a second is for a busy node.
const CONNECT_DEADLINE: Duration = Duration::from_secs(1);
/// Shorter than the idle deadline of common fronts (Go's is 90 s or more), so that we close first.
const IDLE: Duration = Duration::from_secs(60);
/// Room for a dashboard's queries of some callers; more connections than this are closed after use.
const IDLE_CONNECTIONS: usize = 32;
/// Fronts refuse addresses over 8 KiB; what is longer goes as a form.
const LONGEST_ADDRESS: usize = 6 << 10;
const AGENT: &str = concat!("servelens/", env!("CARGO_PKG_VERSION"));

/// One metrics store at one address.
pub struct Upstream {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    /// Scheme, host and path prefix, without a slash at its end.
    base: String,
    kind: UpstreamKind,
    timeout: Duration,
    metrics: Arc<Metrics>,
}

impl Upstream {
    /// The error is one sentence for the person who wrote the configuration.
    pub fn new(config: &UpstreamConfig, metrics: Arc<Metrics>) -> Result<Upstream, String> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_DEADLINE));
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(tls(config.ca_file.as_deref())?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .build(connector);
        Ok(Upstream {
            client,
            base: config.cluster_url.to_string().trim_end_matches('/').to_owned(),
            kind: config.kind,
            timeout: config.timeout,
            metrics,
        })
    }

    #[must_use]
    pub fn kind(&self) -> UpstreamKind {
        self.kind
    }

    /// Asks with the caller's own credential. The reply's head is a good one; its body is still to be read.
    pub async fn ask(&self, caller: &Caller, api: &Api, params: &Params) -> Result<Reply, Fault> {
        let asked = Instant::now();
        let answer = self.ask_until(caller, api, params, asked + self.timeout).await;
        let outcome = answer.as_ref().err().map_or("ok", |fault| fault.public().code);
        self.metrics.upstream(api.name(), outcome, asked.elapsed());
        answer
    }

    async fn ask_until(&self, caller: &Caller, api: &Api, params: &Params, end: Instant) -> Result<Reply, Fault> {
        let request = self.request(caller, api, params)?;
        let late = || Fault::UpstreamTimeout(self.timeout.as_millis());
        let response = tokio::time::timeout_at(end, self.client.request(request))
            .await
            .map_err(|_| late())?
            .map_err(judge::failed)?;
        let reply = Reply::new(response, end, self.timeout);
        judge::head(reply).await
    }

    fn request(&self, caller: &Caller, api: &Api, params: &Params) -> Result<Request<Full<Bytes>>, Fault> {
        let internal = |cause: &dyn std::fmt::Display| Fault::Internal(format!("upstream request: {cause}"));
        let path = api.path();
        let form = params.encode();
        let as_form = api.takes_post() && self.base.len() + path.len() + form.len() > LONGEST_ADDRESS;
        let address = if as_form || form.is_empty() {
            format!("{}{path}", self.base)
        } else {
            format!("{}{path}?{form}", self.base)
        };
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        caller.authorize(&mut headers)?;
        let (method, body) = if as_form {
            let urlencoded = HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert(CONTENT_TYPE, urlencoded);
            (Method::POST, Bytes::from(form))
        } else {
            (Method::GET, Bytes::new())
        };
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = address.parse::<Uri>().map_err(|cause| internal(&cause))?;
        *request.headers_mut() = headers;
        Ok(request)
    }
}

/// TLS that trusts the given certificates and no others; without a file it trusts nobody.
fn tls(ca_file: Option<&Path>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = ca_file {
        let fault = |cause: &dyn std::fmt::Display| format!("--ca-file {}: {cause}", path.display());
        let certificates = CertificateDer::pem_file_iter(path).map_err(|cause| fault(&cause))?;
        for certificate in certificates {
            let certificate = certificate.map_err(|cause| fault(&cause))?;
            roots.add(certificate).map_err(|cause| fault(&cause))?;
        }
        if roots.is_empty() {
            return Err(fault(&"holds no certificate; give a PEM file"));
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| format!("TLS cannot be set up: {cause}"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
