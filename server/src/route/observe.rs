//! Names, times, counts and logs every request. Neither its query string nor any header is ever logged.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument as _;

use crate::{app::App, telemetry::RequestId};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub async fn observe(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = RequestId::next();
    let method = request.method().clone();
    // The template, so that neither logs nor metrics hold what a client made up.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    let span = tracing::info_span!("request", request_id = %id);
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let (status, took) = (response.status(), began.elapsed());
    app.metrics.request(route, &method, status, took);
    tracing::info!(
        request_id = %id,
        %method,
        route,
        status = status.as_u16(),
        duration_ms = took.as_secs_f64() * 1e3,
        "answered"
    );
    response
}
