//! How much the browser really fetches before the first page stands.

use anyhow::Result;
use serde::Deserialize;
use tests::rig::session::browse;

use super::open;

/// Every file of the first page, as it comes over the wire.
const BUDGET: u64 = 300 * 1024;

#[derive(Debug, Deserialize)]
struct Fetched {
    path: String,
    bytes: u64,
}

#[tokio::test]
async fn the_first_page_is_fetched_within_its_budget() -> Result<()> {
    browse("weight", async |session| {
        open(session, "overview?refresh=off").await?;
        let files: Vec<Fetched> = session
            .eval(
                "return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
                    .map(entry => ({ path: new URL(entry.name).pathname, bytes: entry.encodedBodySize }))
                    .filter(entry => !entry.path.startsWith('/api/'))",
            )
            .await?;
        assert!(
            files.iter().any(|file| file.path.ends_with(".wasm") && file.bytes > 0),
            "{files:?}"
        );
        let sum: u64 = files.iter().map(|file| file.bytes).sum();
        assert!(sum <= BUDGET, "{sum} bytes of {BUDGET}: {files:#?}");
        Ok(())
    })
    .await
}
