//! `/api/setup/…`: checks, plans and proof as JSON; apply, repair and remove as server-sent events, one for each thing that
//! happens.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension, Json,
    extract::{RawQuery, State},
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, stream};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::{
    app::App,
    cluster::Cause,
    error::Fault,
    identity::Caller,
    provision::{Means, Setup, SetupError},
};

type Query = RawQuery;

pub async fn checks(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): Query,
) -> Result<Json<Value>, Fault> {
    Ok(Json(setup(&app, &caller, query)?.checks().await.map_err(fault)?))
}

pub async fn plan(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): Query,
) -> Result<Json<Value>, Fault> {
    Ok(Json(setup(&app, &caller, query)?.plan().await.map_err(fault)?))
}

pub async fn verify(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): Query,
) -> Result<Json<Value>, Fault> {
    let means = Means {
        upstream: Arc::clone(&app.upstream),
        caller: Caller::clone(&caller),
        catalog: Arc::clone(&app.catalog.now().catalog),
    };
    let answer = setup(&app, &caller, query)?.verify(means).await;
    Ok(Json(answer.map_err(fault)?))
}

pub async fn apply(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): Query,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Fault> {
    Ok(events(setup(&app, &caller, query)?.apply()))
}

pub async fn repair(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): Query,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Fault> {
    Ok(events(setup(&app, &caller, query)?.repair()))
}

/// What a removal would take away.
pub async fn removal(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): Query,
) -> Result<Json<Value>, Fault> {
    Ok(Json(setup(&app, &caller, query)?.removal().await.map_err(fault)?))
}

pub async fn remove(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): Query,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Fault> {
    Ok(events(setup(&app, &caller, query)?.remove()))
}

fn setup(app: &App, caller: &Caller, query: Option<String>) -> Result<Setup, Fault> {
    // A plain Prometheus has no cluster to set up.
    let cluster = app.cluster.as_ref().ok_or(Fault::NoCluster)?;
    Setup::new(cluster.hands(caller), &query.unwrap_or_default()).map_err(fault)
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
        other => Fault::SetupRefused(other.to_string()),
    }
}

fn events(told: UnboundedReceiver<Value>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = stream::unfold(told, async |mut told| {
        let event = told.recv().await?;
        Some((Ok(Event::default().data(event.to_string())), told))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}
