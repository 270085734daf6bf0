//! Many people before one server: what is asked of the store for them, that nobody is turned away below the limits, and that
//! beyond them it is said at once. Counts and states only: seconds are the machine's.

mod front;
mod strangers;

use std::collections::BTreeMap;

use anyhow::Result;
use tests::rig::http;
use tests::rig::serve::Serve;

/// The server's own count of good questions to the store, by door.
async fn asked(server: &Serve) -> Result<BTreeMap<String, u64>> {
    let metrics = http::get(&format!("{}/metrics", server.metrics_url)).await?.text();
    let counted = metrics.lines().filter_map(|line| {
        let rest = line.strip_prefix("servelens_upstream_requests_total{api=\"")?;
        let (api, rest) = rest.split_once("\",outcome=\"ok\"} ")?;
        Some((api.to_owned(), rest.parse().ok()?))
    });
    Ok(counted.collect())
}
