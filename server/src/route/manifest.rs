//! `/plugin-manifest.json`: what the console reads before it loads the plugin.
//!
//! Built once at start from the two settings, so that all replicas answer the same bytes: every open console asks
//! about every 15 s and offers a reload when the version changes. 4.14 takes the legacy shape only, 4.22 the
//! standard one only, and both refuse what they do not know.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{
        HeaderMap, HeaderValue, Response, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG},
    },
};
use bytes::Bytes;
use serde_json::{Value, json};

use super::assets::{etag, not_modified};
use crate::{
    app::App,
    config::{ManifestShape, PluginExtensions},
};

const NAME: &str = "servelens";
const DISPLAY_NAME: &str = "Servelens";
const DESCRIPTION: &str = "What the model-serving platform is doing: models, routing, GPUs.";

/// The manifest's bytes and their tag.
pub struct Manifest {
    body: Bytes,
    etag: HeaderValue,
}

impl Manifest {
    #[must_use]
    pub fn new(shape: ManifestShape, extensions: PluginExtensions, build_hash: &str) -> Manifest {
        let body = Bytes::from(manifest(shape, extensions, build_hash).to_string());
        let etag = etag(&body);
        Manifest { body, etag }
    }
}

fn manifest(shape: ManifestShape, which: PluginExtensions, build_hash: &str) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let extensions = match which {
        PluginExtensions::All => extensions(),
        PluginExtensions::None => json!([]),
    };
    // Any console: what cannot work is refused by the shape already.
    let dependencies = json!({"@console/pluginAPI": "*"});
    match shape {
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
            "baseURL": format!("/api/plugins/{NAME}/"),
            "loadScripts": ["plugin-entry.js"],
            "registrationMethod": "callback",
            "buildHash": build_hash,
            "customProperties": {"console": {"displayName": DISPLAY_NAME, "description": DESCRIPTION}},
            "dependencies": dependencies,
            "extensions": extensions,
        }),
    }
}

/// One entry in the administrator's Observe section, and the page behind it.
///
/// The console knows the namespace only in `/<one segment>/ns/<ns>` and `/<one segment>/all-namespaces`; `namespaced`
/// links there. Without `exact` a route holds for everything below it.
fn extensions() -> Value {
    json!([
        {
            "type": "console.navigation/href",
            "properties": {
                "id": NAME,
                "perspective": "admin",
                "section": "observe",
                "name": "Model serving",
                "href": "/servelens",
                "namespaced": true,
                "insertAfter": ["dashboards", "metrics"],
            },
        },
        {
            "type": "console.page/route",
            "properties": {
                "path": ["/servelens", "/servelens/ns/:ns", "/servelens/all-namespaces"],
                "component": {"$codeRef": "pages"},
            },
        },
    ])
}

pub async fn plugin_manifest(State(app): State<Arc<App>>, request: HeaderMap) -> Response<Body> {
    let manifest = &app.manifest;
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(ETAG, manifest.etag.clone());
    if not_modified(&request, &manifest.etag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.body_mut() = Body::from(manifest.body.clone());
    response
}
