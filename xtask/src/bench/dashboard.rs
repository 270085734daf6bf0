//! A dashboard of twelve panels over 24 hours, from the request to the last byte of the last panel, and how much of that is
//! Prometheus's. Drawing is the browser's: see [`super::browser`].

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};

use super::demo::Demo;
use super::http::{self, Answer};
use super::table::Table;

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

/// Requests that are timed, after one that is not.
const ROUNDS: usize = 11;

/// The sum of all times that the server has waited for its upstream, on its own metrics.
const UPSTREAM_SECONDS: &str = "servelens_upstream_request_duration_seconds_sum";

pub fn measure(demo: &Demo, table: &mut Table) -> Result<()> {
    let address = host(&demo.addresses.servelens)?;
    let to = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let request =
        serde_json::json!({"panels": PANELS, "vars": {}, "from": to - 86_400, "to": to, "width": 600}).to_string();
    let ask = || -> Result<Answer> {
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
    ask()?;
    let before = upstream_seconds(demo)?;
    let (mut firsts, mut lasts, mut bytes) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let answer = ask()?;
        firsts.push(millis(&answer, first_record(&answer.body)));
        lasts.push(millis(&answer, answer.body.len()));
        bytes = answer.body.len();
    }
    let upstream = (upstream_seconds(demo)? - before) * 1e3 / ROUNDS as f64;
    let what = format!("Dashboard, {} panels, 24 h: request to", PANELS.len());
    table.report(
        &format!("{what} first panel (median of {ROUNDS})"),
        "",
        format!("{:.0} ms", super::median(firsts)),
    );
    table.report(
        &format!("{what} last panel"),
        "",
        format!("{:.0} ms", super::median(lasts)),
    );
    table.report(
        "… of that waiting for Prometheus, all panels added up",
        "",
        format!("{upstream:.0} ms"),
    );
    table.report("… on the wire, frames", "", format!("{:.0} KiB", bytes as f64 / 1024.0));
    Ok(())
}

fn host(url: &str) -> Result<&str> {
    Ok(url
        .strip_prefix("http://")
        .context("not an http:// address")?
        .trim_end_matches('/'))
}

/// Length of the first record with its prefix (u32, little-endian).
fn first_record(body: &[u8]) -> usize {
    let prefix = body.first_chunk().copied().unwrap_or_default();
    4 + usize::try_from(u32::from_le_bytes(prefix)).unwrap_or(usize::MAX - 4)
}

fn millis(answer: &Answer, bytes: usize) -> f64 {
    answer.arrived(bytes).as_secs_f64() * 1e3
}

fn upstream_seconds(demo: &Demo) -> Result<f64> {
    let (address, path) = host(&demo.addresses.metrics)?
        .split_once('/')
        .unwrap_or((host(&demo.addresses.metrics)?, "metrics"));
    let answer = http::get(address, &format!("/{path}"))?;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let lines = text.lines().filter(|line| line.starts_with(UPSTREAM_SECONDS));
    let values: Vec<f64> = lines.filter_map(|line| line.rsplit(' ').next()?.parse().ok()).collect();
    if values.is_empty() {
        bail!("the server's metrics have no {UPSTREAM_SECONDS}");
    }
    Ok(values.iter().sum())
}
