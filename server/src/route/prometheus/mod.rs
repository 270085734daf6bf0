//! Prometheus's own HTTP API, forwarded with the caller's token. Seven exact paths, each also below `/ns/<namespace>`, where
//! the question is confined before it is asked; everything else is not there.

mod namespace;
mod params;
mod relay;

use std::sync::Arc;

use axum::{
    Extension,
    body::Body,
    extract::{Path, Request, State, rejection::PathRejection},
    http::Response,
};
use serde::Deserialize;

pub use self::namespace::Namespace;
use self::params::{Naming, Read};
use crate::{
    app::App,
    error::{Fault, clip},
    identity::Caller,
    query::{Author, Eyes},
    upstream::{Api, LabelName},
};

/// What the address says beside the door's own name.
#[derive(Deserialize)]
pub struct Place {
    namespace: Option<String>,
    name: Option<String>,
}

type Asked = (
    State<Arc<App>>,
    Extension<Arc<Caller>>,
    Result<Path<Place>, PathRejection>,
    Request,
);
type Forwarded = Result<Response<Body>, Fault>;

pub async fn query(asked: Asked) -> Forwarded {
    forward(asked, |_| Ok(Api::Query)).await
}

pub async fn query_range(asked: Asked) -> Forwarded {
    forward(asked, |_| Ok(Api::QueryRange)).await
}

pub async fn series(asked: Asked) -> Forwarded {
    forward(asked, |_| Ok(Api::Series)).await
}

pub async fn labels(asked: Asked) -> Forwarded {
    forward(asked, |_| Ok(Api::Labels)).await
}

pub async fn label_values(asked: Asked) -> Forwarded {
    forward(asked, |name| {
        let name = name.unwrap_or_default();
        let known = LabelName::new(name).map(Api::LabelValues);
        known.ok_or_else(|| match name {
            // A way to another address rather than a name.
            ".." | "." | "" => Fault::NotFound,
            name if name.contains('/') => Fault::NotFound,
            name => Fault::BadRequest(format!("{:?} is no name of a label", clip(name, 80))),
        })
    })
    .await
}

pub async fn rules(asked: Asked) -> Forwarded {
    forward(asked, |_| Ok(Api::Rules)).await
}

pub async fn alerts(asked: Asked) -> Forwarded {
    forward(asked, |_| Ok(Api::Alerts)).await
}

async fn forward(
    (State(app), Extension(caller), place, request): Asked,
    api: impl FnOnce(Option<&str>) -> Result<Api, Fault>,
) -> Forwarded {
    let Path(place) = place.map_err(|_| Fault::NotFound)?;
    let namespace = match &place.namespace {
        Some(name) => Some(Namespace::read(name, request.uri().path())?),
        None => None,
    };
    let api = api(place.name.as_deref())?;
    let naming = match (&namespace, &app.cluster) {
        (Some(_), _) => Naming::Address,
        (None, Some(_)) => Naming::Parameter,
        (None, None) => Naming::Nowhere,
    };
    let Read { params, named } = params::read(&app, &api, naming, request).await?;
    let namespace = match named {
        Some(name) => Some(Namespace::named(name)?),
        None => namespace,
    };
    let chosen: Vec<String> = namespace
        .iter()
        .map(|namespace| namespace.as_str().to_owned())
        .collect();
    let eyes = if api.is_rules() {
        Eyes::open_rules(&app, &caller, &chosen).await?
    } else {
        Eyes::open(&app, &caller, &chosen).await?.within(&chosen)
    };
    let pass = app.gate.enter(caller.key()).await?;
    if api.is_rules()
        && let Some(narrowed) = eyes.rules(&app, &api, &params).await?
    {
        return Ok(relay::json(Body::from(narrowed), None));
    }
    let reply = eyes.ask(&app, &api, params, Author::Foreign).await?;
    relay::relay(reply, pass).await
}
