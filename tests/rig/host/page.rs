//! The console's own page and its scripts.

use std::path::Path;
use std::sync::Arc;

use axum::extract::{self, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, SET_COOKIE};
use axum::response::{AppendHeaders, IntoResponse, Response};

use super::Shared;
use super::bridge::{CSRF, SESSION};

/// One bundle of `tests/host`.
pub(super) async fn bundle(bundles: &'static Path, extract::Path(file): extract::Path<String>) -> Response {
    match tokio::fs::read(bundles.join(file)).await {
        Ok(text) => ([(CONTENT_TYPE, "text/javascript"), (CACHE_CONTROL, "no-store")], text).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The page, for every address that is nobody else's. The console sends its policy as report-only; here it is enforced.
pub(super) async fn index(State(shared): State<Arc<Shared>>) -> Response {
    let console = shared.console;
    let (base, nonce) = (console.base_path, shared.next_nonce());
    let policy = format!(
        "base-uri 'self'; default-src 'self' console.redhat.com; img-src 'self' data:; font-src 'self' data:; \
         script-src 'self' console.redhat.com 'unsafe-eval' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; \
         connect-src 'self' console.redhat.com; object-src 'self'; frame-src 'none'; frame-ancestors 'none'"
    );
    let page = format!(
        r#"<!doctype html>
<html lang="en" data-release="{release}" data-sdk="{sdk}">
<head>
  <base href="{base}">
  <title>A console {release}</title>
  <link rel="icon" href="data:,">
  <style>nav a, nav button {{ display: inline-block; line-height: 24px }}</style>
  <script nonce="{nonce}">window.SERVER_FLAGS = {{ basePath: '{base}', releaseVersion: '{release}.0' }};</script>
  <script src="{base}host/watch.js"></script>
  <script src="{base}host/{bundle}.js" defer></script>
</head>
<body><div id="app"></div></body>
</html>
"#,
        release = console.release,
        sdk = if console.shares_sdk { "shared" } else { "none" },
        bundle = console.bundle,
    );
    let head = AppendHeaders([
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CONTENT_SECURITY_POLICY, policy),
        (CACHE_CONTROL, "no-store".to_owned()),
        (SET_COOKIE, format!("{SESSION}; Path=/; HttpOnly; SameSite=Lax")),
        (SET_COOKIE, format!("csrf-token={CSRF}; Path=/; SameSite=Strict")),
    ]);
    (head, page).into_response()
}
