//! Bytes for each sample on the wire: binary frames, lines of JSON, and the JSON that Prometheus itself answers with, all of
//! the same board.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::demo::Demo;
use super::table::Table;
use super::{budgets, http};

const PANELS: usize = 40;

/// The shipped dashboards' panels, in their order, each once.
fn board(address: &str) -> Result<Vec<String>> {
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

pub fn measure(demo: &Demo, table: &mut Table) -> Result<()> {
    let address = demo.addresses.servelens.trim_start_matches("http://");
    let panels = board(address)?;
    let to = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let request = json!({"panels": panels, "vars": {}, "from": to - 86_400, "to": to, "width": 600}).to_string();
    let ask = |accept: &str| -> Result<Vec<u8>> {
        let answer = http::post(address, "/api/panels", accept, &request)?;
        ensure!(answer.status == 200, "{}", String::from_utf8_lossy(&answer.body));
        Ok(answer.body)
    };
    let lines = ask("application/x-ndjson")?;
    let frames = ask("application/vnd.servelens.frames;v=1")?;
    let packed = ask("application/vnd.servelens.frames;v=1;packed=1")?;
    let (theirs, samples) = as_prometheus(&lines)?;
    let each = |bytes: &[u8]| bytes.len() as f64 / samples;
    let mut row = |what: &str, aim: Option<(&str, f64)>, body: &[u8], beside: f64| -> Result<()> {
        let packed = gzip(body)?;
        let ratio = if beside > 0.0 {
            format!(" (**{:.1} × smaller**)", beside / each(body))
        } else {
            String::new()
        };
        let measured = format!("{:.1}{ratio}; gzip {:.1}", each(body), each(&packed));
        match aim {
            Some((aim, budget)) => table.ratio(what, aim, budget, each(body) / beside, measured),
            None => table.report(what, "", measured),
        }
        Ok(())
    };
    let whole = format!("A sample on the wire, board of {} panels, 24 h, bytes:", panels.len());
    row(&format!("{whole} Prometheus's JSON"), None, &theirs, 0.0)?;
    row("… our lines of JSON", None, &lines, each(&theirs))?;
    row("… our frames, columns as they are", None, &frames, each(&theirs))?;
    row(
        "… our frames as the page asks for them, packed",
        Some(("4.5 × smaller or more", budgets::PACKED)),
        &packed,
        each(&theirs),
    )
}

/// The same series as Prometheus would send them, and how many samples they are.
fn as_prometheus(lines: &[u8]) -> Result<(Vec<u8>, f64)> {
    let (mut text, mut samples) = (Vec::new(), 0.0);
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let record: Value = serde_json::from_slice(line)?;
        let frames = record.get("frames").and_then(Value::as_array).into_iter().flatten();
        let mut result = Vec::new();
        for frame in frames {
            let number = |name: &str| {
                frame
                    .get(name)
                    .and_then(Value::as_i64)
                    .context("a frame without its grid")
            };
            let (start, step) = (number("start")?, number("step")?);
            let values = frame.get("values").and_then(Value::as_array).into_iter().flatten();
            let values: Vec<Value> = (0..)
                .zip(values)
                .filter(|(_, value)| !value.is_null())
                .map(|(index, value)| {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    json!([start + index * step, text])
                })
                .collect();
            samples += values.len() as f64;
            result.push(json!({"metric": frame.get("labels"), "values": values}));
        }
        if !result.is_empty() {
            let data = json!({"resultType": "matrix", "result": result});
            serde_json::to_writer(&mut text, &json!({"status": "success", "data": data}))?;
        }
    }
    ensure!(samples > 0.0, "the board shows nothing");
    Ok((text, samples))
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
