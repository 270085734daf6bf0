//! Turns a fault into its answer: the one place where faults are logged and put into words.
//!
//! A handler returns a [`Fault`]; it travels in the response's extensions until the outer layer gives it a body in the
//! shape of the door it came from.

use std::any::Any;

use axum::{
    body::Body,
    extract::Request,
    http::{
        HeaderValue, Method, Response, StatusCode,
        header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::IntoResponse,
};
use serde::Serialize;

use crate::{error::Fault, telemetry::RequestId};

impl IntoResponse for Fault {
    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.public().status;
        response.extensions_mut().insert(self);
        response
    }
}

/// The layer's handler for panics; what the panic said goes to standard error by Rust's own hook.
pub fn panicked(_: Box<dyn Any + Send>) -> Response<Body> {
    Fault::Internal("a handler panicked".to_owned()).into_response()
}

/// The error object inside `/api/v1`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PrometheusError {
    status: &'static str,
    error_type: &'static str,
    error: String,
}

impl PrometheusError {
    fn of(fault: &Fault) -> PrometheusError {
        PrometheusError {
            status: "error",
            error_type: fault.prometheus_type(),
            error: fault.prometheus_text(),
        }
    }
}

/// Whether the path lies behind `/api/v1/`, at the root or below a namespace: its clients expect Prometheus's own errors.
fn is_prometheus(path: &str) -> bool {
    let below = path.strip_prefix("/ns/").and_then(|path| path.split_once('/'));
    below
        .map_or(path, |(_, below)| below)
        .trim_start_matches('/')
        .starts_with("api/v1/")
}

/// Where a browser itself comes by, and a person reads the answer.
fn is_for_eyes(request: &Request) -> bool {
    let accepted = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
    request.method() == Method::GET
        && request.uri().path().starts_with("/auth/")
        && accepted.is_some_and(|accept| accept.contains("text/html"))
}

/// A page without script or style: it says what happened and offers another try.
fn page(fault: &Fault, id: &str) -> String {
    let escape = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
    };
    let public = fault.public();
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Servelens: sign-in</title>\
         <h1>{}</h1><p>{}</p><p><a href=\"{}\">Sign in</a></p><p>Request {id}</p></html>",
        escape(&public.message),
        escape(&public.next_step),
        super::sign_in::SIGN_IN,
    )
}

/// Gives every fault its body.
pub async fn faults(request: Request, next: Next) -> Response<Body> {
    let is_prometheus = is_prometheus(request.uri().path());
    let may_be_a_page = is_for_eyes(&request);
    let id = request.extensions().get::<RequestId>().cloned();
    let mut response = next.run(request).await;
    let Some(fault) = response.extensions_mut().remove::<Fault>() else {
        return response;
    };
    // The port of metrics names no requests by itself.
    let id = id.unwrap_or_else(RequestId::next);
    let id = id.as_str();
    if fault.is_ours() {
        tracing::warn!(request_id = id, "request failed: {fault}");
    } else {
        tracing::debug!(request_id = id, "request refused: {fault}");
    }
    // Without sessions there is nothing to sign in at.
    let is_page = may_be_a_page && fault != Fault::NotFound;
    let body = if is_page {
        Ok(page(&fault, id))
    } else if is_prometheus {
        serde_json::to_string(&PrometheusError::of(&fault))
    } else {
        serde_json::to_string(&fault.to_api(id))
    };
    let headers = response.headers_mut();
    let kind = if is_page {
        "text/html; charset=utf-8"
    } else {
        "application/json"
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if fault.public().status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = fault.retry_after_s() {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    // Strings only: writing them as JSON does not fail.
    *response.body_mut() = Body::from(body.unwrap_or_default());
    response
}
