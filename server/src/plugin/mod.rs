//! What the OpenShift console is told of the plugin: its manifest in two shapes, what it adds to the console, and the flags
//! that switch parts of that off.
//!
//! All of it is made once at start from settings alone, so that all replicas answer the same bytes: every open console asks
//! about every 15 s and offers a reload when the version changes. It must never depend on a request or on the cluster:
//! whether a kind exists there is found out by the console itself.

mod extensions;

use axum::http::HeaderValue;
use bytes::Bytes;
use catalog::{Catalog, export::overview::overview};
use serde_json::{Value, json};

use crate::{
    config::{ManifestShape, PluginPart, ServeConfig, UpstreamKind},
    route::etag,
};

/// As in the ConsolePlugin's `metadata.name`.
const NAME: &str = "servelens";
const DISPLAY_NAME: &str = "Servelens";
const DESCRIPTION: &str = "What the model-serving platform is doing: models, routing, GPUs.";

/// Bytes and their tag.
pub struct Fixed {
    pub body: Bytes,
    pub etag: HeaderValue,
}

impl Fixed {
    fn new(value: &Value) -> Fixed {
        let body = Bytes::from(value.to_string());
        let etag = etag(&body);
        Fixed { body, etag }
    }
}

pub struct Plugin {
    pub manifest: Fixed,
    pub flags: Fixed,
}

impl Plugin {
    /// The error is one sentence: the shipped catalogue cannot be bound.
    pub fn new(config: &ServeConfig, build_hash: &str) -> Result<Plugin, String> {
        let extensions = if config.plugin_extensions.is_empty() {
            json!([])
        } else {
            // Of the shipped catalogue, not of an administrator's own: its queries must be those of the entry script.
            let catalog = Catalog::embedded().map_err(|fault| fault.to_string())?;
            extensions::all(&overview(&catalog).map_err(|fault| fault.to_string())?)
        };
        Ok(Plugin {
            manifest: Fixed::new(&manifest(config, &extensions, build_hash)),
            flags: Fixed::new(&flags(config)),
        })
    }
}

fn manifest(config: &ServeConfig, extensions: &Value, build_hash: &str) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    // Any console: what cannot work is refused by the shape already.
    let dependencies = json!({"@console/pluginAPI": "*"});
    match config.manifest_shape {
        ManifestShape::Legacy => json!({
            "name": NAME,
            "version": version,
            "displayName": DISPLAY_NAME,
            "description": DESCRIPTION,
            "dependencies": dependencies,
            "extensions": extensions,
        }),
        ManifestShape::Standard => json!({
            "name": NAME,
            "version": version,
            // The console reads it from the root of its host, not from where its own addresses begin.
            "baseURL": format!("{}api/plugins/{NAME}/", config.console_base_path),
            "loadScripts": ["plugin-entry.js"],
            "registrationMethod": "callback",
            "buildHash": build_hash,
            "customProperties": {"console": {"displayName": DISPLAY_NAME, "description": DESCRIPTION}},
            "dependencies": dependencies,
            "extensions": extensions,
        }),
    }
}

/// The console's flag for each part; what asks the console's own store makes sense only where Servelens reads that one, too.
fn flags(config: &ServeConfig) -> Value {
    let own_store = config.upstream.kind == UpstreamKind::Thanos;
    let flag = |part: &PluginPart| {
        let on = config.plugin_extensions.has(*part) && (own_store || !part.asks_the_console());
        (part.flag().to_owned(), Value::from(on))
    };
    Value::Object(PluginPart::ALL.iter().map(flag).collect())
}
