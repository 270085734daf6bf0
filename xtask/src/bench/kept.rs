//! A board of forty panels over seven days, first from nothing and then again: what the store has to do for it.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::demo::Demo;
use super::http;
use super::release::Server;
use super::table::Table;
use crate::place::Place;

const PANELS: usize = 40;
const DAYS: u64 = 7;
const COLD: usize = 3;
const WARM: usize = 5;
/// Prometheus's own count of the samples that its queries have loaded.
const SAMPLES: &str = "prometheus_engine_query_samples_total ";

/// The shipped dashboards' panels, in their order, each once.
pub fn board(address: &str) -> Result<Vec<String>> {
    let answer = http::get(address, "/api/catalog")?;
    let catalog: Value = serde_json::from_slice(&answer.body)?;
    let mut panels: Vec<String> = Vec::new();
    let dashboards = catalog.get("dashboards").and_then(Value::as_array);
    for dashboard in dashboards.context("the catalogue has no dashboards")? {
        let ids = dashboard.get("panels").and_then(Value::as_array).into_iter().flatten();
        for id in ids.filter_map(Value::as_str) {
            if panels.len() < PANELS && !panels.iter().any(|panel| panel == id) {
                panels.push(id.to_owned());
            }
        }
    }
    ensure!(panels.len() == PANELS, "the catalogue has {} panels", panels.len());
    Ok(panels)
}

pub fn measure(place: &Place, server: &Server, demo: &Demo, table: &mut Table) -> Result<()> {
    let store = demo.addresses.prometheus.trim_start_matches("http://");
    let panels = board(demo.addresses.servelens.trim_start_matches("http://"))?;
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    for _ in 0..COLD {
        let settings = ["--identity", "demo", "--refresh", "1s"];
        let served = server.serve(place, &demo.addresses.prometheus, &settings)?;
        cold.push(look(&served.address, store, &panels)?);
        for _ in 0..WARM {
            // Answers serve again for a second; this look is one after that.
            thread::sleep(Duration::from_millis(1100));
            warm.push(look(&served.address, store, &panels)?);
        }
    }
    let samples = |looks: &[Look]| super::median(looks.iter().map(|look| look.samples).collect());
    let time = |looks: &[Look]| super::median(looks.iter().map(|look| look.ms).collect());
    let (cold_samples, warm_samples) = (samples(&cold), samples(&warm));
    table.report(
        &format!(
            "Board of {PANELS} panels, {DAYS} days (one of which the store has): samples that the store loads, again"
        ),
        "0.1 × the first time or less",
        format!(
            "{warm_samples:.0}; first {cold_samples:.0} (**{:.3} ×**)",
            warm_samples / cold_samples
        ),
    );
    let (cold_time, warm_time) = (time(&cold), time(&warm));
    table.report(
        "… time to the last panel, again (release profile)",
        "0.2 × the first time or less",
        format!(
            "{warm_time:.0} ms; first {cold_time:.0} ms (**{:.3} ×**)",
            warm_time / cold_time
        ),
    );
    Ok(())
}

struct Look {
    samples: f64,
    ms: f64,
}

fn look(address: &str, store: &str, panels: &[String]) -> Result<Look> {
    let to = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let request = json!({"panels": panels, "vars": {}, "from": to - DAYS * 86_400, "to": to, "width": 600});
    let before = loaded(store)?;
    let since = Instant::now();
    let answer = http::post(address, "/api/panels", "application/x-ndjson", &request.to_string())?;
    let ms = since.elapsed().as_secs_f64() * 1e3;
    let text = String::from_utf8(answer.body)?;
    ensure!(
        answer.status == 200 && text.ends_with("{\"done\":true}\n"),
        "{}: {text}",
        answer.status
    );
    ensure!(!text.contains("\"state\":\"error\""), "a panel failed: {text}");
    Ok(Look {
        samples: loaded(store)? - before,
        ms,
    })
}

fn loaded(store: &str) -> Result<f64> {
    let answer = http::get(store, "/metrics")?;
    let text = String::from_utf8(answer.body)?;
    let line = text.lines().find_map(|line| line.strip_prefix(SAMPLES));
    Ok(line.with_context(|| format!("the store has no {SAMPLES}"))?.parse()?)
}
