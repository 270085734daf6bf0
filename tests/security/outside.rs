//! The built program from outside: where it asks, and what it takes of the machine.

use std::fs;

use anyhow::{Context as _, Result};
use axum::http::Method;
use futures_util::future::try_join_all;
use tests::rig::serve::{Serve, free_port, serve_under, serve_with_assets};
use tests::rig::upstream::Upstream;
use tests::rig::{http, small_dist, wait};

const VECTOR: &str = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;
const BEARER: (&str, &str) = ("authorization", "Bearer canary-of-alice");

#[tokio::test]
async fn promise_07_no_proxy_of_the_environment_is_used() -> Result<()> {
    let store = Upstream::always(200, "application/json", VECTOR).await?;
    let proxy = Upstream::always(200, "application/json", VECTOR).await?;
    let proxies: Vec<(&str, &str)> = [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ]
    .map(|name| (name, proxy.url.as_str()))
    .into();
    let assets = small_dist::write()?;
    let plain = ["--upstream", "prometheus", "--cluster-url", &store.url];
    let server = serve_under(free_port()?, assets.path(), &plain, &proxies).await?;
    let url = format!("{}/api/v1/query?query=up", server.url);
    let answer = http::send(Method::GET, &url, &[BEARER], bytes::Bytes::new()).await?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!((store.asked().len(), proxy.asked().len()), (1, 0));
    Ok(())
}

/// The program's own process: the child is its keeper.
fn process(server: &Serve) -> Result<String> {
    let port = server.url.rsplit(':').next().context("a port")?.to_owned();
    for entry in fs::read_dir("/proc")?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let args: Vec<_> = line.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
        let is_program = args.first().is_some_and(|program| program.ends_with("servelens"));
        if is_program && args.iter().any(|arg| arg.ends_with(&format!(":{port}"))) {
            return Ok(name);
        }
    }
    anyhow::bail!("no process listens on {port}")
}

/// Resident memory in KiB, and how many descriptors are open.
fn usage(process: &str) -> Result<(u64, usize)> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .context("VmRSS")?;
    let kib = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok((kib, fs::read_dir(format!("/proc/{process}/fd"))?.count()))
}

/// A short look at what a soak shows in full: at rest it is small, a crowd costs what its limits say, and what a crowd took
/// is given back.
#[tokio::test]
async fn promise_35_memory_is_bounded_and_descriptors_come_back() -> Result<()> {
    let store = Upstream::always(200, "application/json", VECTOR).await?;
    let assets = small_dist::write()?;
    let server = serve_with_assets(assets.path(), &store.url, &[]).await?;
    let process = process(&server)?;
    let (at_rest, open) = usage(&process)?;
    assert!(at_rest <= 64 << 10, "{at_rest} KiB at rest");
    let url = format!("{}/api/v1/query?query=up", server.url);
    let mut most = 0;
    for _ in 0..10 {
        let crowd = (0..200).map(|_| http::send(Method::GET, &url, &[BEARER], bytes::Bytes::new()));
        for answer in try_join_all(crowd).await? {
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        most = most.max(usage(&process)?.0);
    }
    assert!(most <= 350 << 10, "{most} KiB under 200 callers at once");
    println!("{at_rest} KiB at rest, {most} KiB at most");
    // Its connections to the store stay for a while: those are the pool's 32.
    wait::until(
        "descriptors are given back",
        async || usage(&process),
        |(_, now)| *now <= open + 40,
    )
    .await?;
    Ok(())
}
