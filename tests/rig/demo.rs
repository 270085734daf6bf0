//! `servelens demo`, once for a whole run: the fleet, the real Prometheus and Servelens in front of it.

use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use serde::Deserialize;

use super::child::{self, Tied};
use super::paths;

/// A cold start makes a day of history first.
const PATIENCE: Duration = Duration::from_secs(600);

/// Base addresses of the parts, without a slash at the end.
#[derive(Debug, Clone, Deserialize)]
pub struct Addresses {
    pub servelens: String,
    pub prometheus: String,
    /// The simulated exporters; `/truth` tells what really happened.
    pub fleet: String,
    /// Servelens's own metrics.
    pub metrics: String,
}

/// The demo that all tests share. It ends with this process.
pub fn demo() -> Result<&'static Addresses> {
    static DEMO: OnceLock<Result<(Addresses, Mutex<Tied>), String>> = OnceLock::new();
    DEMO.get_or_init(|| {
        start()
            .map(|(addresses, child)| (addresses, Mutex::new(child)))
            .map_err(|fault| format!("{fault:#}"))
    })
    .as_ref()
    .map(|(addresses, _)| addresses)
    .map_err(|fault| anyhow!("the demo did not start: {fault}"))
}

fn start() -> Result<(Addresses, Tied)> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("addresses.json");
    let program = paths::servelens()?;
    let (dist, cache) = (paths::dist()?, paths::cache()?.join("demo"));
    let [dist, cache, addresses] = [&dist, &cache, &file].map(|path| path.to_string_lossy().into_owned());
    let mut child = child::start(
        &program,
        &[
            "demo",
            "--listen",
            "127.0.0.1:0",
            "--assets",
            &dist,
            "--cache",
            &cache,
            "--addresses",
            &addresses,
            "--exit-with-stdin",
        ],
        &[],
    )?;
    let ready = child.wait_line(PATIENCE, |line| line.strip_prefix("ready ").map(str::to_owned))?;
    let text = std::fs::read(&file).context("reading the addresses")?;
    let mut addresses: Addresses = serde_json::from_slice(&text).context("reading the addresses")?;
    for address in [
        &mut addresses.servelens,
        &mut addresses.prometheus,
        &mut addresses.fleet,
        &mut addresses.metrics,
    ] {
        address.truncate(address.trim_end_matches('/').len());
        if !address.contains("://") {
            address.insert_str(0, "http://");
        }
    }
    ensure!(
        ready.trim_end_matches('/') == addresses.servelens,
        "`ready` names {ready}, the addresses name {}",
        addresses.servelens
    );
    Ok((addresses, child))
}
