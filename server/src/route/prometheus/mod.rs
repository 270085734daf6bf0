//! Prometheus's own HTTP API, forwarded with the caller's token. Five exact paths; everything else is not there.

mod params;
mod relay;

use std::sync::Arc;

use axum::{
    Extension,
    body::Body,
    extract::{Path, Request, State},
    http::Response,
};

use crate::{
    app::App,
    error::Fault,
    identity::Caller,
    upstream::{Api, LabelName},
};

type Asked = (State<Arc<App>>, Extension<Arc<Caller>>, Request);

pub async fn query(app: State<Arc<App>>, caller: Extension<Arc<Caller>>, request: Request) -> Forwarded {
    forward((app, caller, request), Api::Query).await
}

pub async fn query_range(app: State<Arc<App>>, caller: Extension<Arc<Caller>>, request: Request) -> Forwarded {
    forward((app, caller, request), Api::QueryRange).await
}

pub async fn series(app: State<Arc<App>>, caller: Extension<Arc<Caller>>, request: Request) -> Forwarded {
    forward((app, caller, request), Api::Series).await
}

pub async fn labels(app: State<Arc<App>>, caller: Extension<Arc<Caller>>, request: Request) -> Forwarded {
    forward((app, caller, request), Api::Labels).await
}

pub async fn label_values(
    app: State<Arc<App>>,
    caller: Extension<Arc<Caller>>,
    Path(name): Path<String>,
    request: Request,
) -> Forwarded {
    let name = LabelName::new(&name).ok_or(Fault::NotFound)?;
    forward((app, caller, request), Api::LabelValues(name)).await
}

type Forwarded = Result<Response<Body>, Fault>;

async fn forward((State(app), Extension(caller), request): Asked, api: Api) -> Forwarded {
    let params = params::read(&api, app.upstream.kind(), request).await?;
    let permit = app.gate.enter().await?;
    let reply = app.upstream.ask(&caller, &api, &params).await?;
    relay::relay(reply, permit).await
}
