//! The one way of making an HTTP client: no redirects, no proxies from the environment, no cookies; TLS that trusts the
//! given certificates only.

use std::{path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};

pub type HttpClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// A store in the same cluster accepts within milliseconds; a second is for a busy node.
const CONNECT_DEADLINE: Duration = Duration::from_secs(1);
/// Shorter than the idle deadline of common fronts (Go's is 90 s or more), so that we close first.
const IDLE: Duration = Duration::from_secs(60);
/// Room for a dashboard's queries of some callers; more connections than this are closed after use.
const IDLE_CONNECTIONS: usize = 32;

/// The error is one sentence for the person who wrote the setting `flag`.
pub fn client(ca_file: Option<&Path>, flag: &str) -> Result<HttpClient, String> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT_DEADLINE));
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(tls(ca_file, flag)?)
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    let client = Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        .build(connector);
    Ok(client)
}

/// TLS that trusts the given certificates and no others; without a file it trusts nobody.
fn tls(ca_file: Option<&Path>, flag: &str) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = ca_file {
        let fault = |cause: &dyn std::fmt::Display| format!("--{flag} {}: {cause}", path.display());
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
