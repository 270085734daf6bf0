//! A server that nobody has asked anything yet: what it holds, and what the console's poll of the plugin's manifest costs.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::table::Table;
use super::{http, median};
use crate::child::Running;
use crate::place::{self, Place};

/// 64 MiB, in the kibibytes of `/proc`.
const BUDGET: f64 = 64.0 * 1024.0;
const MANIFESTS: usize = 201;

/// Starts the server against a store that is not there, and reads its resident set once it answers.
pub fn measure(place: &Place, table: &mut Table) -> Result<()> {
    let (listen, metrics) = (http::free_address()?, http::free_address()?);
    let mut serve = Command::new(place.servelens());
    place::clean(&mut serve);
    serve
        .args(["serve", "--listen", &listen, "--metrics-listen", &metrics, "--assets"])
        .arg(place.dist())
        .args(["--upstream", "prometheus", "--cluster-url", "http://127.0.0.1:9"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut running = Running::start(&mut serve)?;
    let since = Instant::now();
    while !http::get(&listen, "/healthz").is_ok_and(|answer| answer.status == 200) {
        if let Some(status) = running.process().try_wait()? {
            bail!("servelens serve ended with {status}");
        }
        if since.elapsed() > Duration::from_secs(30) {
            bail!("servelens serve does not answer");
        }
        thread::sleep(Duration::from_millis(20));
    }
    let resident = resident(running.process().id())?;
    table.budget("Server at rest, resident", BUDGET, resident, |kib| {
        format!("{:.0} MiB", kib / 1024.0)
    });
    manifest(&listen, table)
}

/// Every open console tab asks for it every 15 s. The time holds a new connection, which the console's bridge does not make.
fn manifest(address: &str, table: &mut Table) -> Result<()> {
    let mut times = Vec::new();
    let mut bytes = 0;
    for _ in 0..MANIFESTS {
        let since = Instant::now();
        let answer = http::get(address, "/plugin-manifest.json")?;
        times.push(since.elapsed().as_secs_f64());
        bytes = answer.body.len();
    }
    table.report(
        &format!(
            "Plugin manifest of {} KiB, a new connection each (median of {MANIFESTS})",
            bytes.div_ceil(1024)
        ),
        "1 ms",
        format!("{:.2} ms", median(times) * 1e3),
    );
    Ok(())
}

/// Kibibytes of physical memory that a process holds.
fn resident(process: u32) -> Result<f64> {
    let about = fs::read_to_string(format!("/proc/{process}/status")).context("memory is only measured on Linux")?;
    let line = about
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
