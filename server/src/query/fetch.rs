//! One question to the upstream, from its text to its decoded answer.

use bytes::Bytes;
use server_api::Frame;

use super::{
    Eyes,
    decode::{self, Columns, Decoded},
    panel::Asking,
};
use crate::{
    app::App,
    config::UpstreamKind,
    error::Fault,
    upstream::{Api, LabelName, Params},
};

/// Longer answers are decoded on a thread of their own, so that other requests are not kept waiting.
const LONG: usize = 256 << 10;

/// Asks one door and gives the body of a good answer.
pub async fn body(app: &App, eyes: &Eyes, api: &Api, params: Params) -> Result<Bytes, Fault> {
    let params = match app.upstream.kind() {
        UpstreamKind::Prometheus => params,
        // Replicas counted once, and a dead store gives a warning instead of no answer; said, because a querier's
        // flags can change what it does unasked.
        UpstreamKind::Thanos => params.with("dedup", "true").with("partial_response", "true"),
    };
    eyes.ask(app, api, params).await?.bytes().await
}

/// A range query on the grid.
pub async fn range(
    app: &App,
    eyes: &Eyes,
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
    let body = body(app, eyes, &Api::QueryRange, params).await?;
    decoded(body, move |body| decode::matrix(body, query, columns)).await
}

/// The distribution over a whole range, asked at its end.
pub async fn distribution(
    app: &App,
    eyes: &Eyes,
    expr: String,
    query: usize,
    at: Columns,
) -> Result<Decoded<Vec<Frame>>, Fault> {
    let params = Params::default().with("query", expr).with("time", at.start.to_string());
    let body = body(app, eyes, &Api::Query, params).await?;
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

/// Whether the store shows any scrape between two instants; when it cannot be asked, it shows none.
pub async fn any_scrape(asking: &Asking, start: i64, end: i64) -> bool {
    let (Ok(eyes), Some(job)) = (asking.eyes(), LabelName::new("job")) else {
        return false;
    };
    let params = Params::default()
        .with("match[]", "up")
        .with("start", start.to_string())
        .with("end", end.to_string())
        .with("limit", "1");
    let Ok(_through) = asking.app.gate.enter().await else {
        return false;
    };
    let Ok(body) = body(&asking.app, eyes, &Api::LabelValues(job), params).await else {
        return false;
    };
    decoded(body, decode::strings)
        .await
        .is_ok_and(|jobs| !jobs.data.is_empty())
}
