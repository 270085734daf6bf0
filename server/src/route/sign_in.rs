//! The doors of sign-in: to the issuer, back from it, and out. They exist with `--identity session` only.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Body,
    extract::{RawQuery, State},
    http::{
        HeaderMap, HeaderValue, Response, StatusCode,
        header::{CACHE_CONTROL, LOCATION, SET_COOKIE},
    },
    response::IntoResponse as _,
    routing::{get, post},
};
use serde::Serialize;

use crate::{
    app::App,
    error::{Fault, clip},
    identity::{Redirect, Sessions},
};

/// Where a browser begins; named in every 401 of this mode.
pub const SIGN_IN: &str = "/auth/login";
pub const SIGN_OUT: &str = "/auth/logout";

pub fn doors() -> Router<Arc<App>> {
    Router::new()
        .route(SIGN_IN, get(login))
        .route("/auth/callback", get(callback))
        .route(SIGN_OUT, post(logout))
}

async fn login(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Result<Response<Body>, Fault> {
    let back = parameter(query.as_deref(), "return");
    sessions(&app)?
        .begin(back.as_deref(), app.now())
        .await
        .and_then(redirect)
}

async fn callback(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response<Body>, Fault> {
    let sessions = sessions(&app)?;
    if let Some(error) = parameter(query.as_deref(), "error") {
        return Err(Fault::SignInFailed(format!("the issuer says {:?}", clip(&error, 80))));
    }
    let (Some(code), Some(state)) = (
        parameter(query.as_deref(), "code"),
        parameter(query.as_deref(), "state"),
    ) else {
        return Err(Fault::SignInFailed("the issuer sent no code".to_owned()));
    };
    sessions
        .finish(&headers, &code, &state, app.now())
        .await
        .and_then(redirect)
}

#[derive(Serialize)]
struct SignedOut {
    /// Whether the issuer has taken the token back; else it ends by its own expiry.
    revoked: bool,
}

async fn logout(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response<Body>, Fault> {
    let (revoked, cookies) = sessions(&app)?.end(&headers, app.now()).await?;
    let mut response = Json(SignedOut { revoked }).into_response();
    keep(&mut response, cookies);
    Ok(response)
}

fn sessions(app: &App) -> Result<&Sessions, Fault> {
    app.identity.sessions().ok_or(Fault::NotFound)
}

fn redirect(to: Redirect) -> Result<Response<Body>, Fault> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let location = HeaderValue::try_from(to.to)
        .map_err(|_| Fault::SignInFailed("the issuer names an address that no header may hold".to_owned()))?;
    response.headers_mut().insert(LOCATION, location);
    keep(&mut response, to.cookies);
    Ok(response)
}

fn keep(response: &mut Response<Body>, cookies: Vec<HeaderValue>) {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for cookie in cookies {
        headers.append(SET_COOKIE, cookie);
    }
}

/// The one value of this name; given twice it is none.
fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut found = form_urlencoded::parse(query?.as_bytes()).filter(|(key, _)| key == name);
    let (_, value) = found.next()?;
    found.next().is_none().then(|| value.into_owned())
}
