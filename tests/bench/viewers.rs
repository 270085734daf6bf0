//! `viewers <people>`: that many callers who share nothing open a board of forty panels at once, before a store of canned
//! answers; prints times and the server's peak memory as JSON. For `cargo xtask bench`; judges nothing but that every panel
//! has come.

use std::io::Write as _;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;
use serde_json::json;
use tests::rig::serve::serve_with_assets;
use tests::rig::{board, canned, http, small_dist};

#[tokio::main]
async fn main() -> Result<()> {
    let people: usize = std::env::args().nth(1).context("give the number of people")?.parse()?;
    let (store, assets, boards) = (canned::start().await?, small_dist::write()?, board::write()?);
    let folder = boards.path().to_string_lossy().into_owned();
    let settings = ["--dashboards", &folder, "--queue-timeout", "1m"];
    let server = serve_with_assets(assets.path(), &store.url, &settings).await?;
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let url = format!("{}/api/panels", server.url);
    let request = board::request(None, now.div_euclid(3600) * 3600);
    let began = Instant::now();
    let looks = (0..people).map(async |person| {
        let since = Instant::now();
        let bearer = format!("Bearer p{person}");
        let answer = http::post_json(&url, &[("authorization", &bearer)], &request).await?;
        board::is_whole(&answer)?;
        anyhow::Ok(since.elapsed().as_secs_f64())
    });
    let mut took = try_join_all(looks).await?;
    took.sort_by(f64::total_cmp);
    let at = |part: usize| took.get(took.len() * part / 100).copied();
    let (p50, p99) = (at(50).context("nobody came")?, at(99).context("nobody came")?);
    ensure!(p50 > 0.0, "nobody waited");
    let figures = json!({
        "p50_s": p50,
        "p99_s": p99,
        "whole_s": began.elapsed().as_secs_f64(),
        "peak_kib": server.child.peak_kib()?,
    });
    writeln!(std::io::stdout(), "{figures}")?;
    Ok(())
}
