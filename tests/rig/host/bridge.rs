//! The two ways through the console's bridge: a plugin's files, and its API. What each adds, drops and refuses is
//! what the real one does.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use super::{Passed, Shared};

/// The cookie of a signed-in user.
pub(super) const SESSION: &str = "openshift-session-token=session-of-alice";
/// The value of the cookie that a changing request must repeat in a header.
pub(super) const CSRF: &str = "csrf-of-alice";
/// What the session of a test without a cluster is exchanged for.
pub(super) const TOKEN: &str = "canary-of-alice";

const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrftoken");
const FILES: &str = "/api/plugins/servelens";
const BACKEND: &str = "/api/proxy/plugin/servelens/backend";
/// What the bridge takes out of every answer.
const FILTERED: [&str; 10] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "server",
];

/// `GET /api/plugins/servelens/…`: the query string does not get through.
pub(super) async fn assets(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    if request.method() != Method::GET {
        return (StatusCode::METHOD_NOT_ALLOWED, [("allow", "GET")]).into_response();
    }
    let path = request.uri().path().to_owned();
    let target = path.strip_prefix(FILES).unwrap_or(&path).to_owned();
    let mut answer = pass(&shared, request, &path, &target).await;
    if shared.console.no_store {
        let forbid = HeaderValue::from_static("no-cache, no-store, must-revalidate");
        answer.headers_mut().insert(CACHE_CONTROL, forbid);
    }
    answer
}

/// `/api/proxy/plugin/servelens/backend/…` with `authorization: UserToken`.
pub(super) async fn api(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let changes = !matches!(request.method().as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE");
    let sent = request.headers().get(CSRF_HEADER).map(HeaderValue::as_bytes);
    if changes && sent != Some(CSRF.as_bytes()) {
        note(&shared, &request, &path, StatusCode::FORBIDDEN);
        return (
            StatusCode::FORBIDDEN,
            "invalid CSRFToken: the header does not match the cookie",
        )
            .into_response();
    }
    let rest = path.strip_prefix(BACKEND).unwrap_or(&path);
    let target = match request.uri().query() {
        Some(query) => format!("{rest}?{query}"),
        None => rest.to_owned(),
    };
    let mut answer = pass(&shared, request, &path, &target).await;
    let sandbox = HeaderValue::from_static("sandbox;");
    answer.headers_mut().append(CONTENT_SECURITY_POLICY, sandbox);
    answer
}

fn note(shared: &Shared, request: &Request, path: &str, status: StatusCode) {
    shared.note(Passed {
        method: request.method().to_string(),
        path: path.to_owned(),
        status: status.as_u16(),
    });
}

/// Sends the request on with the user's token in the place of the session's cookie, and streams the answer back.
async fn pass(shared: &Shared, mut request: Request, path: &str, target: &str) -> Response {
    let signed_in = request
        .headers()
        .get_all(COOKIE)
        .iter()
        .any(|cookies| cookies.to_str().is_ok_and(|cookies| cookies.contains(SESSION)));
    if !signed_in {
        note(shared, &request, path, StatusCode::UNAUTHORIZED);
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(uri) = format!("{}{target}", shared.servelens).parse::<Uri>() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let headers = request.headers_mut();
    for dropped in [COOKIE, CSRF_HEADER, ORIGIN, HOST] {
        headers.remove(dropped);
    }
    if let Ok(bearer) = format!("Bearer {}", shared.token).parse() {
        headers.insert(AUTHORIZATION, bearer);
    }
    headers.insert("x-forwarded-for", HeaderValue::from_static("192.0.2.1"));
    let method = request.method().to_string();
    *request.uri_mut() = uri;

    let answer = match Client::builder(TokioExecutor::new())
        .build_http()
        .request(request)
        .await
    {
        Ok(answer) => answer.map(Body::new),
        Err(fault) => (StatusCode::BAD_GATEWAY, format!("the bridge: {fault}")).into_response(),
    };
    shared.note(Passed {
        method,
        path: path.to_owned(),
        status: answer.status().as_u16(),
    });
    filter(answer)
}

fn filter(mut answer: Response) -> Response {
    let headers: &mut HeaderMap = answer.headers_mut();
    for name in FILTERED {
        headers.remove(name);
    }
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("x-dns-prefetch-control", "off"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
    ] {
        headers.append(name, HeaderValue::from_static(value));
    }
    answer
}
