//! The doors of the page's files.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, STRICT_TRANSPORT_SECURITY, VARY,
        },
    },
};

use super::{Asset, conditional::not_modified, encoding::Encoding};
use crate::{app::App, error::Fault};

/// A name with its content's hash in it never changes its bytes.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Asked for again each time, answered with 304 while nothing has changed.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// What the page may do when it stands at its own address; in the console, the console's own rules hold. What holds for
/// every answer stands in [`crate::route`].
const STANDALONE: [(HeaderName, HeaderValue); 2] = [
    (
        HeaderName::from_static("content-security-policy"),
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self' data:; \
             style-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        ),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Said where this server itself ends the encryption: whoever has come by https comes so again.
const A_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// `/` and every page address: which page it is, the page itself reads from the address.
pub async fn index(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response<Body>, Fault> {
    let mut response = send(&app, "index.html", &headers, ASK_AGAIN)?;
    response.headers_mut().extend(STANDALONE);
    if app.is_https {
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, A_YEAR);
    }
    Ok(response)
}

pub async fn entry(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response<Body>, Fault> {
    send(&app, "plugin-entry.js", &headers, ASK_AGAIN)
}

pub async fn asset_manifest(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response<Body>, Fault> {
    send(&app, "asset-manifest.json", &headers, ASK_AGAIN)
}

/// `/assets/<name>.<hash>.<ext>`.
pub async fn asset(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response<Body>, Fault> {
    send(&app, &format!("assets/{name}"), &headers, FOREVER)
}

/// `/locales/<language>/plugin__servelens.json`: for the console, and for the page itself.
pub async fn locale(
    State(app): State<Arc<App>>,
    Path((language, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response<Body>, Fault> {
    send(&app, &format!("locales/{language}/{name}"), &headers, ASK_AGAIN)
}

fn send(app: &App, name: &str, request: &HeaderMap, caching: HeaderValue) -> Result<Response<Body>, Fault> {
    let asset = app.assets.get(name).ok_or(Fault::NotFound)?;
    answer(asset, request, caching).ok_or_else(|| Fault::Internal(format!("{name} has no plain variant")))
}

fn answer(asset: &Asset, request: &HeaderMap, caching: HeaderValue) -> Option<Response<Body>> {
    let accept = request
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let variant = Encoding::BY_PREFERENCE
        .into_iter()
        .filter(|encoding| encoding.is_accepted(accept))
        .find_map(|encoding| asset.variants.iter().find(|variant| variant.encoding == encoding))?;
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, caching);
    headers.insert(ETAG, variant.etag.clone());
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if not_modified(request, &variant.etag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Some(response);
    }
    headers.insert(CONTENT_TYPE, asset.content_type.clone());
    if let Some(token) = variant.encoding.token() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(token));
    }
    *response.body_mut() = Body::from(variant.bytes.clone());
    Some(response)
}
