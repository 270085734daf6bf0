//! How the server's own ports are encrypted: which files, which versions, which ciphers.

use std::{path::PathBuf, sync::Arc};

use rustls::{CipherSuite, SupportedCipherSuite, crypto::CryptoProvider};

use super::{Layer, TlsVersion, read::Reader, value};

/// With both files every port speaks HTTPS, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsConfig {
    pub cert_file: PathBuf,
    pub key_file: PathBuf,
    pub min_version: TlsVersion,
    /// In the order of preference.
    pub ciphers: Vec<CipherSuite>,
}

/// The one cryptography of the program.
pub fn provider() -> CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

impl TlsConfig {
    /// The provider with the chosen ciphers alone.
    pub fn provider(&self) -> Arc<CryptoProvider> {
        let all = provider();
        let find = |wanted: &CipherSuite| all.cipher_suites.iter().find(|suite| suite.suite() == *wanted).copied();
        Arc::new(CryptoProvider {
            cipher_suites: self.ciphers.iter().filter_map(find).collect(),
            ..all
        })
    }
}

/// IANA's name, as clusters' TLS profiles have it: `TLS_AES_128_GCM_SHA256`.
fn name(suite: &SupportedCipherSuite) -> String {
    let name = suite.suite().as_str().unwrap_or_default();
    name.replacen("TLS13_", "TLS_", 1)
}

fn version(suite: &SupportedCipherSuite) -> TlsVersion {
    match suite {
        SupportedCipherSuite::Tls13(_) => TlsVersion::V13,
        SupportedCipherSuite::Tls12(_) => TlsVersion::V12,
    }
}

/// Names between commas. Ones that are not safe enough to exist here are a fault.
fn ciphers(text: &str) -> Result<Vec<SupportedCipherSuite>, String> {
    let known = provider().cipher_suites;
    let chosen = text.split(',').map(str::trim).map(|wanted| {
        let found = known.iter().find(|suite| name(suite) == wanted);
        found.copied().ok_or_else(|| {
            let names: Vec<_> = known.iter().map(name).collect();
            format!("give names between commas, of: {}", names.join(", "))
        })
    });
    chosen.collect()
}

impl Reader<'_> {
    /// `Some(None)`: without a certificate the ports speak plain HTTP.
    pub(super) fn tls(&mut self) -> Option<Option<TlsConfig>> {
        let cert_file = self.optional("tls-cert-file", |l| &l.tls_cert_file, value::path);
        let key_file = self.optional("tls-key-file", |l| &l.tls_key_file, value::path);
        let min_version = self.setting(
            "tls-min-version",
            |l| &l.tls_min_version,
            Some("1.2"),
            TlsVersion::parse,
        );
        let chosen = match self.find("tls-ciphers", |l| &l.tls_ciphers) {
            Some((text, source)) => self.parse(&text, &source, ciphers),
            None => Some(provider().cipher_suites),
        };
        let (min_version, chosen) = (min_version?, chosen?);
        let usable: Vec<_> = chosen
            .into_iter()
            .filter(|suite| version(suite) >= min_version)
            .map(|suite| suite.suite())
            .collect();
        if usable.is_empty() {
            self.fault(
                "--tls-ciphers: none of them belongs to --tls-min-version or a later one; add one or leave it out",
            );
            return None;
        }
        match (cert_file, key_file) {
            (None, None) => Some(None),
            (Some(cert_file), Some(key_file)) => Some(Some(TlsConfig {
                cert_file,
                key_file,
                min_version,
                ciphers: usable,
            })),
            (cert_file, _) => {
                let (there, missing, field): (_, _, fn(&Layer) -> &Option<String>) = if cert_file.is_some() {
                    ("tls-cert-file", "tls-key-file", |l| &l.tls_key_file)
                } else {
                    ("tls-key-file", "tls-cert-file", |l| &l.tls_cert_file)
                };
                if !self.may_hide(missing, field) {
                    self.fault(&format!(
                        "--{missing} is missing: --{there} is given, and a port needs both"
                    ));
                }
                None
            }
        }
    }
}
