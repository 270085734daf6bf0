//! The one way of making an HTTP client: no redirects, no proxies from the environment, no cookies; TLS that trusts the
//! given certificates only, and their successors when the file changes.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::http::{Request, Response};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{self, Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};

type Plain = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Shorter than the idle deadline of common fronts (Go's is 90 s or more), so that we close first.
const IDLE: Duration = Duration::from_secs(60);
/// Room for a dashboard's queries of some callers; more connections than this are closed after use.
const IDLE_CONNECTIONS: usize = 32;
/// A service CA is rotated once in two years, and a kubelet brings it within a minute or two.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// A client, and the file of the certificates that it trusts.
pub struct HttpClient {
    connect_timeout: Duration,
    trust: Option<Trust>,
    now: Mutex<Now>,
}

struct Trust {
    path: PathBuf,
    /// The setting that names it.
    flag: &'static str,
}

struct Now {
    client: Plain,
    /// What the file held when it was last read.
    pem: Vec<u8>,
    looked: Instant,
}

impl HttpClient {
    /// The error is one sentence for the person who wrote the setting `flag`.
    pub fn new(ca_file: Option<&Path>, flag: &'static str, connect_timeout: Duration) -> Result<HttpClient, String> {
        let trust = ca_file.map(|path| Trust {
            path: path.to_owned(),
            flag,
        });
        let pem = match &trust {
            Some(trust) => std::fs::read(&trust.path).map_err(|cause| trust.fault(&cause))?,
            None => Vec::new(),
        };
        let client = plain(trust.as_ref(), &pem, connect_timeout)?;
        Ok(HttpClient {
            connect_timeout,
            trust,
            now: Mutex::new(Now {
                client,
                pem,
                looked: Instant::now(),
            }),
        })
    }

    pub async fn request(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, legacy::Error> {
        self.look(LOOK_EVERY).await;
        let client = self.now().client.clone();
        client.request(request).await
    }

    /// Reads the certificates again when the last look is that long ago. A file that cannot be used changes nothing.
    ///
    /// Connections that were made under the old certificates end with the requests that use them.
    pub(super) async fn look(&self, every: Duration) {
        let Some(trust) = &self.trust else { return };
        {
            let mut now = self.now();
            if now.looked.elapsed() < every {
                return;
            }
            // Whoever comes meanwhile goes on with what is there.
            now.looked = Instant::now();
        }
        let Ok(pem) = tokio::fs::read(&trust.path).await else {
            return;
        };
        if self.now().pem == pem {
            return;
        }
        match plain(Some(trust), &pem, self.connect_timeout) {
            Ok(client) => {
                tracing::info!(flag = trust.flag, "the trusted certificates have changed");
                self.now().client = client;
            }
            Err(fault) => tracing::error!("the new certificates are not used, the old ones stay: {fault}"),
        }
        self.now().pem = pem;
    }

    fn now(&self) -> std::sync::MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Trust {
    fn fault(&self, cause: &dyn std::fmt::Display) -> String {
        format!("--{} {}: {cause}", self.flag, self.path.display())
    }
}

fn plain(trust: Option<&Trust>, pem: &[u8], connect_timeout: Duration) -> Result<Plain, String> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(connect_timeout));
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(tls(trust, pem)?)
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
fn tls(trust: Option<&Trust>, pem: &[u8]) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    if let Some(trust) = trust {
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|cause| trust.fault(&cause))?;
            roots.add(certificate).map_err(|cause| trust.fault(&cause))?;
        }
        if roots.is_empty() {
            return Err(trust.fault(&"holds no certificate; give a PEM file"));
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(crate::config::provider()))
        .with_safe_default_protocol_versions()
        .map_err(|cause| format!("TLS cannot be set up: {cause}"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
