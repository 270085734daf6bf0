//! What a kubelet and a Prometheus ask. No sign-in, no detail.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
};

use crate::app::App;

pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The upstream has no part in it: when the store is away, every replica would be taken out, and nobody would be left
/// to say so.
pub async fn readyz(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    if app.is_ready() {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping\n")
    }
}

pub async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    let open_metrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, open_metrics)], app.metrics.render())
}
