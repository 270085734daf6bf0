//! One question to the upstream, from its text to its decoded answer.

use bytes::Bytes;
use server_api::Frame;

use super::decode::{self, Columns, Decoded};
use crate::{
    app::App,
    config::UpstreamKind,
    error::Fault,
    identity::Caller,
    upstream::{Api, Params},
};

/// Longer answers are decoded on a thread of their own, so that other requests are not kept waiting.
const LONG: usize = 256 << 10;

/// Asks one door and gives the body of a good answer.
pub async fn body(app: &App, caller: &Caller, api: &Api, params: Params) -> Result<Bytes, Fault> {
    let params = match app.upstream.kind() {
        UpstreamKind::Prometheus => params,
        // Replicas counted once, and a dead store gives a warning instead of no answer; said, because a querier's
        // flags can change what it does unasked.
        UpstreamKind::Thanos => params.with("dedup", "true").with("partial_response", "true"),
    };
    app.upstream.ask(caller, api, &params).await?.bytes().await
}

/// A range query on the grid.
pub async fn range(
    app: &App,
    caller: &Caller,
    expr: String,
    query: usize,
    columns: Columns,
) -> Result<Decoded<Vec<Frame>>, Fault> {
    let steps = i64::try_from(columns.len.saturating_sub(1)).unwrap_or(0);
    let end = columns
        .start
        .saturating_add(steps.saturating_mul(i64::from(columns.step)));
    let params = Params::default()
        .with("query", expr)
        .with("start", columns.start.to_string())
        .with("end", end.to_string())
        .with("step", columns.step.to_string());
    let body = body(app, caller, &Api::QueryRange, params).await?;
    decoded(body, move |body| decode::matrix(body, query, columns)).await
}

/// The distribution over a whole range, asked at its end.
pub async fn distribution(
    app: &App,
    caller: &Caller,
    expr: String,
    query: usize,
    at: Columns,
) -> Result<Decoded<Vec<Frame>>, Fault> {
    let params = Params::default().with("query", expr).with("time", at.start.to_string());
    let body = body(app, caller, &Api::Query, params).await?;
    decoded(body, move |body| decode::buckets(body, query, at)).await
}

/// Decodes here or, when it takes long, on a thread of its own.
pub async fn decoded<T: Send + 'static>(
    body: Bytes,
    decode: impl FnOnce(&[u8]) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    if body.len() <= LONG {
        return decode(&body);
    }
    tokio::task::spawn_blocking(move || decode(&body))
        .await
        .map_err(|cause| Fault::Internal(format!("decoding: {cause}")))?
}
