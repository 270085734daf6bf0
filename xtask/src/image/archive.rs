//! The OCI image layout in one tar: blobs by digest, the configuration, the index. Readable by podman and skopeo
//! (`oci-archive:`), and by `docker load`, which finds its own list beside it.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::layer::{self, Files, PAGE, PROGRAM, header};
use crate::build::{gzip, hex};

/// Nobody's: an image that ran as root would be refused by the manifests.
const USER: &str = "65532:65532";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
/// No build's own time: it would make two builds of one source different.
const CREATED: &str = "1970-01-01T00:00:00Z";

/// The archive's bytes.
pub fn write(files: &Files, architecture: &str, version: &str) -> Result<Vec<u8>> {
    let layer = layer::tar(files)?;
    let packed = gzip(&layer)?;
    let mut blobs = Blobs::default();
    let layer_at = blobs.add(LAYER, packed);
    let config = config(architecture, version, &digest(&layer));
    let config_at = blobs.add(CONFIG, text(&config)?);
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config_at,
        "layers": [layer_at],
    });
    let mut manifest_at = blobs.add(MANIFEST, text(&manifest)?);
    if let Some(entry) = manifest_at.as_object_mut() {
        entry.insert(
            "platform".to_owned(),
            json!({"architecture": architecture, "os": "linux"}),
        );
        let named = json!({"org.opencontainers.image.ref.name": version});
        entry.insert("annotations".to_owned(), named);
    }
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [manifest_at]});
    let for_docker = json!([{
        "Config": blob(&config_at),
        "RepoTags": [format!("servelens:{version}")],
        "Layers": [blob(&layer_at)],
    }]);

    let mut entries = blobs.0;
    entries.insert("oci-layout".to_owned(), text(&json!({"imageLayoutVersion": "1.0.0"}))?);
    entries.insert("index.json".to_owned(), text(&index)?);
    entries.insert("manifest.json".to_owned(), text(&for_docker)?);
    let mut tar = tar::Builder::new(Vec::new());
    for (path, bytes) in &entries {
        let mut header = header(0o644, tar::EntryType::Regular, bytes.len() as u64);
        tar.append_data(&mut header, path, bytes.as_slice())?;
    }
    Ok(tar.into_inner()?)
}

fn config(architecture: &str, version: &str, layer: &str) -> Value {
    json!({
        "architecture": architecture,
        "os": "linux",
        "created": CREATED,
        "config": {
            "User": USER,
            "WorkingDir": "/",
            "Entrypoint": [format!("/{PROGRAM}")],
            "Cmd": ["serve"],
            "Env": [format!("SERVELENS_ASSETS=/{PAGE}")],
            "ExposedPorts": {"8443/tcp": {}, "8478/tcp": {}},
            "StopSignal": "SIGTERM",
            "Labels": {
                "org.opencontainers.image.title": "Servelens",
                "org.opencontainers.image.description": "What a model-serving platform is doing.",
                "org.opencontainers.image.version": version,
                "org.opencontainers.image.licenses": "Apache-2.0",
            },
        },
        "rootfs": {"type": "layers", "diff_ids": [layer]},
        "history": [{"created": CREATED, "created_by": "cargo xtask image"}],
    })
}

/// Path in the archive → bytes.
#[derive(Default)]
struct Blobs(BTreeMap<String, Vec<u8>>);

impl Blobs {
    /// Keeps the bytes; gives their descriptor.
    fn add(&mut self, kind: &str, bytes: Vec<u8>) -> Value {
        let descriptor = json!({"mediaType": kind, "digest": digest(&bytes), "size": bytes.len()});
        self.0.insert(blob(&descriptor), bytes);
        descriptor
    }
}

/// Where the bytes of a descriptor are.
fn blob(descriptor: &Value) -> String {
    let digest = descriptor.get("digest").and_then(Value::as_str).unwrap_or_default();
    format!("blobs/{}", digest.replace(':', "/"))
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(bytes)))
}

fn text(value: &Value) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(value)?)
}
