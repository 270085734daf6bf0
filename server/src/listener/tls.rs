//! The certificate of our own ports, and the next one without a restart.
//!
//! A handshake takes the pair that counts at that moment; connections that stand are not touched. A pair that cannot be
//! used, half written or of two minds, never takes the place of one that can.

use std::{
    fs, io,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use prometheus_client::metrics::gauge::Gauge;
use rustls::{
    ServerConfig,
    crypto::CryptoProvider,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::config::{TlsConfig, TlsVersion};

/// Kubernetes brings a new Secret within a minute or two; the files are some kilobytes. Looked at, because a watch on a
/// file misses the swap of the links above it.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// One pair of files, and what is made of them.
pub struct Certificates {
    config: TlsConfig,
    provider: Arc<CryptoProvider>,
    /// As they were read last, good or not.
    seen: Mutex<Files>,
    current: RwLock<Arc<CertifiedKey>>,
    /// 1 while the files hold a pair that cannot be used.
    refused: Gauge,
}

#[derive(Clone, PartialEq, Eq)]
struct Files {
    cert: Vec<u8>,
    key: Vec<u8>,
}

impl Files {
    fn read(config: &TlsConfig) -> Result<Files, String> {
        let read = |flag, path: &std::path::Path| {
            fs::read(path).map_err(|cause| format!("--{flag} {}: {cause}", path.display()))
        };
        Ok(Files {
            cert: read("tls-cert-file", &config.cert_file)?,
            key: read("tls-key-file", &config.key_file)?,
        })
    }

    /// What is wrong is said without a byte of the key.
    fn pair(&self, config: &TlsConfig, provider: &CryptoProvider) -> Result<CertifiedKey, String> {
        let cert_fault = |why: &str| format!("--tls-cert-file {}: {why}", config.cert_file.display());
        let key_fault = |why: &str| format!("--tls-key-file {}: {why}", config.key_file.display());
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&self.cert)
            .collect::<Result<_, _>>()
            .map_err(|_| cert_fault("is no whole PEM file"))?;
        if chain.is_empty() {
            return Err(cert_fault("holds no certificate; give a PEM file"));
        }
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| key_fault("holds no private key in PEM"))?;
        let key = provider.key_provider.load_private_key(key);
        let key = key.map_err(|_| key_fault("holds a private key of a kind that cannot be used"))?;
        let pair = CertifiedKey::new(chain, key);
        pair.keys_match()
            .map_err(|_| key_fault("does not belong to the certificate of --tls-cert-file"))?;
        Ok(pair)
    }
}

impl Certificates {
    /// The error is one sentence for whoever wrote the configuration.
    pub fn new(config: &TlsConfig, refused: Gauge) -> Result<Arc<Certificates>, String> {
        let provider = config.provider();
        let files = Files::read(config)?;
        let pair = files.pair(config, &provider)?;
        Ok(Arc::new(Certificates {
            config: config.clone(),
            provider,
            seen: Mutex::new(files),
            current: RwLock::new(Arc::new(pair)),
            refused,
        }))
    }

    pub fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor, String> {
        let versions: &[_] = match self.config.min_version {
            TlsVersion::V12 => &[&TLS12, &TLS13],
            TlsVersion::V13 => &[&TLS13],
        };
        let resolver: Arc<dyn ResolvesServerCert> = Arc::clone(self) as _;
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(versions)
            .map_err(|cause| format!("TLS cannot be set up: {cause}"))?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Reads the files again and takes a new pair, if there is one.
    pub fn look(&self) {
        // Between the removal of one file and the next, nothing is there: the next look finds it.
        let Ok(files) = Files::read(&self.config) else {
            return self.refuse("the files cannot be read");
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == files {
            return;
        }
        match files.pair(&self.config, &self.provider) {
            Ok(pair) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
                self.refused.set(0);
                tracing::info!("the certificate has changed; new connections use the new one");
            }
            Err(fault) => self.refuse(&fault),
        }
        *seen = files;
    }

    fn refuse(&self, why: &str) {
        if self.refused.set(1) == 0 {
            tracing::error!("the new certificate is not used, the old one stays: {why}");
        }
    }

    /// Looks at the files until `stop` changes.
    pub async fn watch(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stop.changed() => return,
            }
            let looking = Arc::clone(&self);
            // Fails only when the look panics; the next one is as good.
            let _ = tokio::task::spawn_blocking(move || looking.look()).await;
        }
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current))
    }
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificates").finish_non_exhaustive()
    }
}

/// A handshake that a client does not finish in time.
pub fn late() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the TLS handshake took too long")
}
