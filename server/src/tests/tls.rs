//! HTTPS of our own ports, and certificates that change while we run.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::{CipherSuite, ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion, version};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::harness::{Server, assets, catalog, config, good, server_with};
use crate::{
    config::{ServeConfig, TlsConfig, TlsVersion, provider},
    start_with,
};

fn pair() -> CertifiedKey<KeyPair> {
    generate_simple_self_signed(["localhost".to_owned()]).unwrap()
}

/// A Secret as a kubelet mounts it: the files are links through `..data`, which is a link to a folder with a date.
struct Mounted {
    folder: TempDir,
    turn: u32,
}

impl Mounted {
    fn new() -> Mounted {
        let mut mounted = Mounted {
            folder: tempfile::tempdir().unwrap(),
            turn: 0,
        };
        let first = pair();
        mounted.put(&first.cert.pem(), &first.signing_key.serialize_pem());
        for name in ["tls.crt", "tls.key"] {
            symlink(Path::new("..data").join(name), mounted.path(name)).unwrap();
        }
        mounted
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Both files change at once, by the swap of the one link.
    fn put(&mut self, cert: &str, key: &str) {
        self.turn += 1;
        let dated = format!("..{}", self.turn);
        fs::create_dir(self.path(&dated)).unwrap();
        fs::write(self.path(&dated).join("tls.crt"), cert).unwrap();
        fs::write(self.path(&dated).join("tls.key"), key).unwrap();
        symlink(&dated, self.path("..data_tmp")).unwrap();
        fs::rename(self.path("..data_tmp"), self.path("..data")).unwrap();
    }

    fn config(&self) -> TlsConfig {
        let all = provider().cipher_suites;
        TlsConfig {
            cert_file: self.path("tls.crt"),
            key_file: self.path("tls.key"),
            min_version: TlsVersion::V12,
            ciphers: all.iter().map(|suite| suite.suite()).collect(),
        }
    }

    /// The certificate that the files hold now.
    fn cert(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_file(self.path("tls.crt")).unwrap()
    }
}

async fn https(mounted: &Mounted, change: impl FnOnce(&mut TlsConfig)) -> Server {
    let mut tls = mounted.config();
    change(&mut tls);
    server_with(good, |config: &mut ServeConfig| config.tls = Some(tls)).await
}

const BOTH: &[&SupportedProtocolVersion] = &[&version::TLS12, &version::TLS13];

async fn shake(
    server: &Server,
    trusted: &CertificateDer<'static>,
    versions: &[&'static SupportedProtocolVersion],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(server.running.addr).await.unwrap();
    let name = "localhost".try_into().unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn healthy(stream: &mut TlsStream<TcpStream>) {
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    let mut got = Vec::new();
    while !got.ends_with(b"ok\n") {
        assert_ne!(stream.read_buf(&mut got).await.unwrap(), 0);
    }
}

fn look(server: &Server) {
    server.running.certificates.as_ref().unwrap().look();
}

#[tokio::test]
async fn promise_21_a_new_certificate_is_used_and_no_connection_is_dropped() {
    let mut mounted = Mounted::new();
    let server = https(&mounted, |_| {}).await;
    let first = mounted.cert();
    let mut old = shake(&server, &first, BOTH).await.unwrap();
    healthy(&mut old).await;
    // Kubelets swap twice and more; between the swaps, many clients come.
    for _ in 0..5 {
        let next = pair();
        mounted.put(&next.cert.pem(), &next.signing_key.serialize_pem());
        look(&server);
        let now = mounted.cert();
        for _ in 0..20 {
            healthy(&mut shake(&server, &now, BOTH).await.unwrap()).await;
        }
        assert!(
            shake(&server, &first, BOTH).await.is_err(),
            "the old one is not shown any more"
        );
        healthy(&mut old).await;
    }
    assert_eq!(server.running.app.metrics.certificate_refused.get(), 0);
}

#[tokio::test]
async fn promise_21_a_pair_that_cannot_be_used_leaves_the_old_one_and_is_told() {
    let mut mounted = Mounted::new();
    let server = https(&mounted, |_| {}).await;
    let first = mounted.cert();
    let refused = || server.running.app.metrics.certificate_refused.get();
    let (one, other) = (pair(), pair());
    let half = &one.cert.pem()[..200];
    let bad = [
        (one.cert.pem(), other.signing_key.serialize_pem()),
        (half.to_owned(), one.signing_key.serialize_pem()),
        (String::new(), String::new()),
        (
            one.cert.pem(),
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".to_owned(),
        ),
    ];
    for (cert, key) in bad {
        mounted.put(&cert, &key);
        look(&server);
        look(&server);
        assert_eq!(refused(), 1, "{cert}");
        healthy(&mut shake(&server, &first, BOTH).await.unwrap()).await;
    }
    fs::remove_file(mounted.path("..data")).unwrap();
    look(&server);
    healthy(&mut shake(&server, &first, BOTH).await.unwrap()).await;
    mounted.put(&one.cert.pem(), &one.signing_key.serialize_pem());
    look(&server);
    assert_eq!(refused(), 0);
    healthy(&mut shake(&server, &mounted.cert(), BOTH).await.unwrap()).await;
}

#[tokio::test]
async fn promise_23_only_the_versions_and_ciphers_that_are_allowed_are_spoken() {
    let mounted = Mounted::new();
    let cert = mounted.cert();
    let (old, new): (&[_], &[_]) = (&[&version::TLS12], &[&version::TLS13]);
    let spoken = async |server: &Server, versions: &[&'static SupportedProtocolVersion]| {
        let stream = shake(server, &cert, versions).await.ok()?;
        let (_, session) = stream.get_ref();
        Some((
            session.protocol_version().unwrap(),
            session.negotiated_cipher_suite().unwrap().suite(),
        ))
    };
    let usual = https(&mounted, |_| {}).await;
    assert_eq!(spoken(&usual, old).await.unwrap().0, ProtocolVersion::TLSv1_2);
    assert_eq!(spoken(&usual, BOTH).await.unwrap().0, ProtocolVersion::TLSv1_3);
    let modern = https(&mounted, |tls| tls.min_version = TlsVersion::V13).await;
    assert_eq!(spoken(&modern, old).await, None);
    assert_eq!(spoken(&modern, new).await.unwrap().0, ProtocolVersion::TLSv1_3);
    let one = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    let narrow = https(&mounted, |tls| tls.ciphers = vec![one]).await;
    assert_eq!(spoken(&narrow, old).await, Some((ProtocolVersion::TLSv1_2, one)));
    assert_eq!(spoken(&narrow, new).await, None);
}

#[tokio::test]
async fn promise_13_a_handshake_that_does_not_come_holds_no_connection() {
    let mounted = Mounted::new();
    let tls = mounted.config();
    let server = server_with(good, |config| {
        config.tls = Some(tls);
        config.limits.connections.header_timeout = Duration::from_millis(100);
    })
    .await;
    let mut silent = TcpStream::connect(server.running.addr).await.unwrap();
    assert_eq!(silent.read(&mut [0; 1]).await.unwrap(), 0);
    // Plain HTTP gets an alert, or nothing, and no answer.
    let mut plain = TcpStream::connect(server.running.addr).await.unwrap();
    plain
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    let mut got = Vec::new();
    let _ = plain.read_to_end(&mut got).await;
    assert!(!got.starts_with(b"HTTP"), "{got:?}");
}

#[tokio::test]
async fn files_that_are_no_pair_are_a_wrong_configuration_and_say_which() {
    let mut mounted = Mounted::new();
    let assets = assets();
    let folder = mounted.folder.path().display().to_string();
    let start = async |tls: TlsConfig| {
        let mut config = config(assets.path().to_owned(), ([127, 0, 0, 1], 9).into());
        config.tls = Some(tls);
        let fault = start_with(config, catalog()).await.err().unwrap();
        assert_eq!(fault.exit_code(), 2);
        fault.to_string().replace(&folder, "<dir>")
    };
    let (one, other) = (pair(), pair());
    let mut told = Vec::new();
    for (cert, key) in [
        (one.cert.pem(), other.signing_key.serialize_pem()),
        ("none".to_owned(), one.signing_key.serialize_pem()),
        (one.cert.pem(), "none".to_owned()),
    ] {
        mounted.put(&cert, &key);
        told.push(start(mounted.config()).await);
    }
    told.push(
        start(TlsConfig {
            key_file: mounted.path("nowhere"),
            ..mounted.config()
        })
        .await,
    );
    insta::assert_snapshot!(told.join("\n"), @r"
    the configuration has a fault: --tls-key-file <dir>/tls.key: does not belong to the certificate of --tls-cert-file
    the configuration has a fault: --tls-cert-file <dir>/tls.crt: holds no certificate; give a PEM file
    the configuration has a fault: --tls-key-file <dir>/tls.key: holds no private key in PEM
    the configuration has a fault: --tls-key-file <dir>/nowhere: No such file or directory (os error 2)
    ");
}
