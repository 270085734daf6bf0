//! `/plugin-manifest.json` and `/plugin-flags.json`: what the console reads of the plugin. A copy is checked each time and
//! costs an answer without a body.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{
        HeaderMap, HeaderValue, Response, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG},
    },
};

use super::assets::not_modified;
use crate::{app::App, plugin::Fixed};

pub async fn plugin_manifest(State(app): State<Arc<App>>, request: HeaderMap) -> Response<Body> {
    answer(&app.plugin.manifest, &request)
}

pub async fn plugin_flags(State(app): State<Arc<App>>, request: HeaderMap) -> Response<Body> {
    answer(&app.plugin.flags, &request)
}

fn answer(fixed: &Fixed, request: &HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(ETAG, fixed.etag.clone());
    if not_modified(request, &fixed.etag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.body_mut() = Body::from(fixed.body.clone());
    response
}
