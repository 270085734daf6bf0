//! Every door and every layer, in one place.

mod answer;
mod api;
mod assets;
mod body;
mod health;
mod identify;
mod manifest;
mod observe;
mod panels;
mod prometheus;
mod setup;
mod sign_in;
mod watched;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderName, HeaderValue, Response},
    middleware::{Next, from_fn, from_fn_with_state},
    routing::{get, post},
};
use tower_http::{catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer};

pub use api::catalog_answer;
pub use assets::{Assets, etag};
pub use sign_in::{SIGN_IN, SIGN_OUT};

use crate::{app::App, error::Fault};

/// The page's and the API's port.
pub fn router(app: Arc<App>) -> Router {
    let mut doors = open().merge(with_caller(&app));
    if app.identity.sessions().is_some() {
        doors = doors.merge(sign_in::doors());
    }
    outer(doors, app)
}

/// What goes around every door.
fn outer(doors: Router<Arc<App>>, app: Arc<App>) -> Router {
    doors
        .fallback(async || Fault::NotFound)
        .method_not_allowed_fallback(async || Fault::MethodNotAllowed)
        // From the inside out: a panic becomes a fault, a fault becomes its text, and everything is counted.
        .layer(CatchPanicLayer::custom(answer::panicked))
        .layer(from_fn(answer::faults))
        .layer(from_fn_with_state(Arc::clone(&app), observe::observe))
        .layer(from_fn(guarded))
        .with_state(app)
}

/// What every answer says to a browser, the refusals and the page's files included, unless its door says more.
const GUARDS: [(HeaderName, HeaderValue); 4] = [
    // A type is what we say it is: nothing that is served becomes a script or a style by its looks.
    (
        HeaderName::from_static("x-content-type-options"),
        HeaderValue::from_static("nosniff"),
    ),
    // Opened by itself, an answer runs nothing, loads nothing and stands in no frame.
    (
        HeaderName::from_static("content-security-policy"),
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    // Addresses hold names of namespaces and models.
    (
        HeaderName::from_static("referrer-policy"),
        HeaderValue::from_static("no-referrer"),
    ),
    // The console serves the plugin's files as its own, so that no other origin ever needs them.
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

async fn guarded(request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in GUARDS {
        headers.entry(name).or_insert(value);
    }
    response
}

/// Without a caller: health, and the page's files, which are the same for everybody.
fn open() -> Router<Arc<App>> {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/plugin-manifest.json", get(manifest::plugin_manifest))
        .route("/plugin-flags.json", get(manifest::plugin_flags))
        .route("/plugin-entry.js", get(assets::entry))
        .route("/asset-manifest.json", get(assets::asset_manifest))
        .route("/assets/{name}", get(assets::asset))
        .route("/locales/{language}/{name}", get(assets::locale))
        .route("/", get(assets::index))
        .route("/servelens", get(assets::index))
        .route("/servelens/", get(assets::index))
        .route("/servelens/{*page}", get(assets::index))
}

/// With a caller only; no handler can be reached without one.
fn with_caller(app: &Arc<App>) -> Router<Arc<App>> {
    let header = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::overriding(HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    Router::new()
        .route("/api/catalog", get(api::catalog))
        .route("/api/me", get(api::me))
        .route("/api/models", get(api::models))
        .route("/api/panels", post(panels::panels))
        .route("/api/slos", post(panels::slos))
        .route("/api/setup/checks", get(setup::checks))
        .route("/api/setup/plan", get(setup::plan))
        .route("/api/setup/verify", get(setup::verify))
        // GET tells what would be done; see there when it is done.
        .route("/api/setup/apply", get(setup::apply).post(setup::apply))
        .route("/api/setup/repair", get(setup::repair).post(setup::repair))
        .route("/api/setup/remove", get(setup::remove).post(setup::remove))
        .merge(metrics_api("/api/v1"))
        .merge(metrics_api("/ns/{namespace}/api/v1"))
        .route_layer(from_fn_with_state(Arc::clone(app), identify::identify))
        // One caller's data: kept by nobody, and never anything a browser would run.
        .layer(header("cache-control", "no-store"))
        .layer(header("content-security-policy", "sandbox"))
}

/// Prometheus's own HTTP API below `base`: of everything, or confined to the namespace that `base` names.
fn metrics_api(base: &str) -> Router<Arc<App>> {
    let door = |path: &str| format!("{base}/{path}");
    Router::new()
        .route(&door("query"), get(prometheus::query).post(prometheus::query))
        .route(
            &door("query_range"),
            get(prometheus::query_range).post(prometheus::query_range),
        )
        .route(&door("series"), get(prometheus::series).post(prometheus::series))
        .route(&door("labels"), get(prometheus::labels).post(prometheus::labels))
        .route(
            &door("label/{name}/values"),
            get(prometheus::label_values).post(prometheus::label_values),
        )
        .route(&door("rules"), get(prometheus::rules).post(prometheus::rules))
        .route(&door("alerts"), get(prometheus::alerts).post(prometheus::alerts))
}

/// The port of the server's own metrics.
pub fn metrics_router(app: Arc<App>) -> Router {
    Router::new()
        .route("/metrics", get(health::metrics))
        .fallback(async || Fault::NotFound)
        .method_not_allowed_fallback(async || Fault::MethodNotAllowed)
        .layer(from_fn(answer::faults))
        .layer(from_fn(guarded))
        .with_state(app)
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;
    use crate::tests::harness;

    #[tokio::test]
    async fn promise_34_a_panic_in_a_handler_is_one_internal_error_and_the_next_request_is_served() {
        let assets = harness::assets();
        let config = harness::config(assets.path().to_owned(), ([127, 0, 0, 1], 9).into());
        let app = Arc::new(App::new(&config, crate::own::Served::fixed(harness::catalog()).unwrap()).unwrap());
        let door = get(async || -> &'static str { panic!("secret") });
        let router = outer(Router::new().route("/panics", door).merge(open()), app);
        let ask = async |path: &str| {
            let request = axum::http::Request::get(path).body(Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
            let status = answer.status().as_u16();
            let body = answer.into_body().collect().await.unwrap().to_bytes();
            (status, String::from_utf8(body.to_vec()).unwrap().replace(&id, "<id>"))
        };
        let (status, body) = ask("/panics").await;
        assert_eq!(status, 500);
        insta::assert_snapshot!(body, @r#"{"code":"internal","message":"Servelens failed to answer.","next_step":"Try again; if it stays so, report this with the request id.","request_id":"<id>"}"#);
        assert_eq!(ask("/healthz").await, (200, "ok\n".to_owned()));
    }
}
