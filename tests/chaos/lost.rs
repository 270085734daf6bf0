//! Real stores that are lost behind a real querier: it warns for a while, and then answers with nothing, as if there were
//! nothing. Servelens does not call that "no data".

use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests::rig::front_door::{LoneStores, User, front};
use tests::rig::serve::serve_with;
use tests::rig::{board, http, small_dist};

/// The querier drops a store that does not answer after some ten seconds, and then says nothing of it any more.
const SILENT_AFTER: Duration = Duration::from_secs(20);

#[tokio::test]
async fn promise_18_stores_that_are_lost_without_a_word_are_not_called_no_data() -> Result<()> {
    let front = front()?;
    let mut stores = LoneStores::start().await?;
    let (assets, boards) = (small_dist::write()?, board::write()?);
    let settings = [
        "--upstream",
        "thanos",
        "--cluster-url",
        &stores.url,
        "--tenancy-url",
        &stores.url,
        "--rules-url",
        &stores.url,
        "--kube-url",
        &front.kube.url,
        "--ca-file",
        &front.ca_file.to_string_lossy(),
        "--dashboards",
        &boards.path().to_string_lossy(),
        "--refresh",
        "1s",
        "--scrape-interval",
        "1s",
    ];
    let server = serve_with(assets.path(), &settings).await?;
    let bearer = format!("Bearer {}", front.kube.token(User::Admin));
    let look = async || {
        let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
        // Short, so that soon nothing of before the loss is left in it.
        let request = json!({"panels": ["rig.load_1"], "vars": {}, "from": now - 10, "to": now, "width": 600});
        let url = format!("{}/api/panels", server.url);
        let answer = http::post_json(&url, &[("authorization", &bearer)], &request).await?;
        let record = answer.ndjson()?.first().cloned().context("no record")?;
        let state = record["state"].as_str().unwrap_or_default().to_owned();
        anyhow::Ok((state, record))
    };
    let (state, record) = look().await?;
    ensure!(state == "ok", "{record}");
    stores.lose();
    let since = Instant::now();
    let mut seen = BTreeSet::new();
    let mut silent = None;
    while since.elapsed() < SILENT_AFTER {
        let (state, record) = look().await?;
        ensure!(state != "no_samples", "after {:?}: {record}", since.elapsed());
        if record["warnings"].to_string().contains("not even a scrape") {
            silent = Some(record);
        }
        seen.insert(state);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let silent = silent.with_context(|| format!("the querier was never silent; states seen: {seen:?}"))?;
    assert_eq!(silent["state"], "unknown", "{silent}");
    println!("after the loss: {seen:?}");
    Ok(())
}
