//! `/api/setup/…`: checks, plans and proof as JSON; apply, repair and remove as server-sent events, one for each thing that
//! happens.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderMap, Method, header::ACCEPT, request::Parts},
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::{
    app::App,
    cluster::Cause,
    error::Fault,
    identity::{Caller, is_from_elsewhere, is_same_origin},
    provision::{Means, Setup, SetupError},
};

const EVENTS: &str = "text/event-stream";

/// The setting up as the caller, with the options of the query.
pub struct Asked {
    setup: Setup,
    means: Means,
    /// Whether it may change something; else it only tells what it would change.
    acts: bool,
}

impl FromRequestParts<Arc<App>> for Asked {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Asked, Fault> {
        let caller = parts.extensions.get::<Arc<Caller>>().ok_or(Fault::NoCaller)?;
        let acts = acts(&parts.method, &parts.headers, caller.has_session())?;
        // A plain Prometheus has no cluster to set up.
        let cluster = app.cluster.as_ref().ok_or(Fault::NoCluster)?;
        let query = parts.uri.query().unwrap_or_default();
        // Held until the run has ended, which goes on when nobody listens any more.
        let pass = app.setups.enter(caller.key()).await?;
        Ok(Asked {
            setup: Setup::new(cluster.hands(caller, pass), query).map_err(fault)?,
            means: Means {
                upstream: Arc::clone(&app.upstream),
                caller: Caller::clone(caller),
                catalog: Arc::clone(&app.catalog.now().catalog),
            },
            acts,
        })
    }
}

/// A POST acts. So does a GET for events, as an `EventSource` sends it: no link, picture or form of another page can ask for
/// that type, and where a script of another page does, the browser says so. With a session it has to be proven: the cookie
/// comes by itself. (A POST with one was looked at before.)
fn acts(method: &Method, headers: &HeaderMap, session: bool) -> Result<bool, Fault> {
    let accepted = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let events = accepted.is_some_and(|accept| accept.trim().eq_ignore_ascii_case(EVENTS));
    if method != Method::GET || !events {
        return Ok(method == Method::POST);
    }
    if is_from_elsewhere(headers) || (session && !is_same_origin(headers)) {
        return Err(Fault::CrossSite);
    }
    Ok(true)
}

pub async fn checks(Asked { setup, means, .. }: Asked) -> Result<Json<Value>, Fault> {
    Ok(Json(setup.checks(means).await.map_err(fault)?))
}

pub async fn plan(asked: Asked) -> Result<Json<Value>, Fault> {
    Ok(Json(asked.setup.plan().await.map_err(fault)?))
}

pub async fn verify(Asked { setup, means, .. }: Asked) -> Result<Json<Value>, Fault> {
    Ok(Json(setup.verify(means).await.map_err(fault)?))
}

pub async fn apply(asked: Asked) -> Result<Response, Fault> {
    match asked.acts {
        true => Ok(events(asked.setup.apply().await.map_err(fault)?)),
        false => plan(asked).await.map(Json::into_response),
    }
}

pub async fn repair(asked: Asked) -> Result<Response, Fault> {
    match asked.acts {
        true => Ok(events(asked.setup.repair().await.map_err(fault)?)),
        false => plan(asked).await.map(Json::into_response),
    }
}

pub async fn remove(asked: Asked) -> Result<Response, Fault> {
    match asked.acts {
        true => Ok(events(asked.setup.remove().await.map_err(fault)?)),
        false => Ok(Json(asked.setup.removal().await.map_err(fault)?).into_response()),
    }
}

fn fault(cause: SetupError) -> Fault {
    match cause {
        SetupError::Refused(refusal) => match refusal.cause {
            Cause::NotSignedIn => Fault::TokenRefused,
            Cause::Forbidden => Fault::SetupDenied(refusal.message),
            Cause::Failed => Fault::SetupFailed(refusal.message),
            Cause::Absent | Cause::Conflict | Cause::Exists | Cause::Invalid => Fault::SetupRefused(refusal.message),
        },
        SetupError::Metrics { fault, .. } => *fault,
        SetupError::Settings(faults) => Fault::SetupRefused(faults.0.join("; ")),
        other => Fault::SetupRefused(other.to_string()),
    }
}

fn events(told: UnboundedReceiver<Value>) -> Response {
    let stream = stream::unfold(told, async |mut told| {
        let event = told.recv().await?;
        Some((Ok::<_, Infallible>(Event::default().data(event.to_string())), told))
    });
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn promise_26_only_a_post_or_a_get_for_events_from_the_page_itself_changes_something() {
        let with = |session: bool, method: Method, accept: &'static str, site: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            if let Some(site) = site {
                headers.insert("sec-fetch-site", HeaderValue::from_static(site));
            }
            acts(&method, &headers, session).map_err(|fault| fault.public().code)
        };
        let check = |method, accept, site| with(false, method, accept, site);
        let events = "text/event-stream";
        assert_eq!(check(Method::POST, "*/*", None), Ok(true));
        assert_eq!(check(Method::GET, events, None), Ok(true));
        assert_eq!(check(Method::GET, events, Some("same-origin")), Ok(true));
        assert_eq!(check(Method::HEAD, events, None), Ok(false));
        for accept in ["*/*", "text/html,text/event-stream;q=0.9", "application/json"] {
            assert_eq!(check(Method::GET, accept, None), Ok(false), "{accept}");
        }
        for site in ["cross-site", "same-site", "none"] {
            assert_eq!(check(Method::GET, events, Some(site)), Err("cross_site"), "{site}");
        }
        // A cookie comes by itself, from an old browser without a word on where from.
        assert_eq!(with(true, Method::GET, events, None), Err("cross_site"));
        assert_eq!(with(true, Method::GET, events, Some("same-origin")), Ok(true));
        assert_eq!(with(true, Method::GET, "*/*", None), Ok(false));
    }
}
