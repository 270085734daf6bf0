//! A dashboard of twelve panels over 24 hours, from the request to the last byte of the last panel, and how much of that is
//! Prometheus's. Drawing is the browser's: see [`super::browser`].

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail};

use super::demo::Demo;
use super::http::{self, Answer};
use super::release::Server;
use super::table::Table;
use crate::place::Place;

const PANELS: [&str; 12] = [
    "vllm.requests",
    "vllm.ttft",
    "vllm.generation_tokens",
    "vllm.waiting",
    "vllm.kv_cache",
    "vllm.prompt_length",
    "gpu.utilization",
    "gpu.memory_used",
    "gpu.temperature",
    "gpu.power",
    "gpu.nvlink",
    "gpu.pcie",
];

/// Servers that are asked, each twice: with nothing kept, and once more.
const ROUNDS: usize = 5;

/// The sum of all times that the server has waited for its upstream, on its own metrics.
const UPSTREAM_SECONDS: &str = "servelens_upstream_request_duration_seconds_sum";

pub fn measure(place: &Place, server: &Server, demo: &Demo, table: &mut Table) -> Result<()> {
    let to = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let request =
        serde_json::json!({"panels": PANELS, "vars": {}, "from": to - 86_400, "to": to, "width": 600}).to_string();
    let ask = |address: &str| -> Result<Answer> {
        let answer = http::post(address, "/api/panels", "application/vnd.servelens.frames;v=1", &request)?;
        if answer.status != 200 {
            bail!(
                "POST /api/panels: {} {}",
                answer.status,
                String::from_utf8_lossy(&answer.body)
            );
        }
        Ok(answer)
    };
    let (mut firsts, mut lasts, mut again, mut upstream, mut bytes) = (vec![], vec![], vec![], vec![], 0);
    for _ in 0..ROUNDS {
        let served = server.serve(place, &demo.addresses.prometheus, &["--identity", "demo"])?;
        let before = upstream_seconds(&served.metrics)?;
        let cold = ask(&served.address)?;
        upstream.push((upstream_seconds(&served.metrics)? - before) * 1e3);
        firsts.push(millis(&cold, first_record(&cold.body)));
        lasts.push(millis(&cold, cold.body.len()));
        let warm = ask(&served.address)?;
        again.push(millis(&warm, warm.body.len()));
        bytes = warm.body.len();
    }
    let mut row = |what: &str, ms: Vec<f64>| table.report(what, "", format!("{:.0} ms", super::median(ms)));
    let count = PANELS.len();
    row(
        &format!(
            "Dashboard, {count} panels, 24 h, release profile, nothing kept: request to first panel (median of {ROUNDS})"
        ),
        firsts,
    );
    row("… to last panel", lasts);
    row("… waiting for Prometheus meanwhile, all questions added up", upstream);
    row("… to last panel, asked once more", again);
    table.report("… on the wire, frames", "", format!("{:.0} KiB", bytes as f64 / 1024.0));
    Ok(())
}

/// Length of the first record with its prefix (u32, little-endian).
fn first_record(body: &[u8]) -> usize {
    let prefix = body.first_chunk().copied().unwrap_or_default();
    4 + usize::try_from(u32::from_le_bytes(prefix)).unwrap_or(usize::MAX - 4)
}

fn millis(answer: &Answer, bytes: usize) -> f64 {
    answer.arrived(bytes).as_secs_f64() * 1e3
}

fn upstream_seconds(metrics: &str) -> Result<f64> {
    let answer = http::get(metrics, "/metrics")?;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let lines = text.lines().filter(|line| line.starts_with(UPSTREAM_SECONDS));
    // Before the first question there is none.
    Ok(lines
        .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
        .sum())
}
