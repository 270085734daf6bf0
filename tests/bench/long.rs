//! `long-dashboard`: a dashboard of 40 panels over 7 days at 1,000 series, through Servelens and as the same queries sent one
//! by one straight to Prometheus; then refreshed as time goes on. Prints, as JSON, times in milliseconds, bytes, and samples
//! that Prometheus has read.
//!
//! For `cargo xtask bench`. Only measures, and judges nothing.

use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tests::rig::child::{self, Tied};
use tests::rig::go_tool::PROMETHEUS_3;
use tests::rig::serve::{free_port, serve};
use tests::rig::{http, paths, wait};

const PANELS: usize = 40;
const DAYS: i64 = 7;
const PODS: usize = 10;
/// Seconds between two scrapes.
const SCRAPE: i64 = 60;
/// Seconds between two instants of a chart of this width.
const STEP: i64 = DAYS * 86_400 / 600;
const ROUNDS: usize = 5;
const REFRESHES: i64 = 3;
/// The dashboard that has so many.
const DASHBOARD: &str = "vllm";
const FRAMES: &str = "application/vnd.servelens.frames;v=1";

const GAUGES: [&str; 4] = [
    "num_requests_running",
    "num_requests_waiting",
    "kv_cache_usage_perc",
    "engine_sleep_state",
];
const COUNTERS: [(&str, &str); 7] = [
    ("request_success_total", ",finished_reason=\"stop\""),
    ("request_success_total", ",finished_reason=\"error\""),
    ("generation_tokens_total", ""),
    ("prompt_tokens_total", ""),
    ("prefix_cache_queries_total", ""),
    ("prefix_cache_hits_total", ""),
    ("num_preemptions_total", ""),
];
const HISTOGRAMS: [&str; 8] = [
    "time_to_first_token_seconds",
    "inter_token_latency_seconds",
    "e2e_request_latency_seconds",
    "request_queue_time_seconds",
    "request_inference_time_seconds",
    "request_prefill_time_seconds",
    "request_decode_time_seconds",
    "request_prompt_tokens",
];
const BOUNDS: [&str; 9] = ["0.001", "0.01", "0.1", "0.5", "1.0", "2.5", "10.0", "80.0", "+Inf"];

#[derive(Serialize, Deserialize)]
struct Times {
    panels: usize,
    series: usize,
    /// Of the panels.
    queries: usize,
    /// Beside them, which a warm dashboard does not ask.
    extra: usize,
    cold_ms: f64,
    warm_ms: f64,
    bytes: usize,
    one_by_one_ms: f64,
    one_by_one_bytes: usize,
    first_samples: f64,
    refresh_ms: f64,
    refresh_samples: f64,
}

/// Name and further labels of one pod's series, and how fast each grows; 0 for a gauge.
fn series() -> Vec<(String, String, f64)> {
    let mut all: Vec<(String, String, f64)> = Vec::new();
    all.extend(GAUGES.map(|name| (format!("vllm:{name}"), String::new(), 0.0)));
    all.extend(COUNTERS.map(|(name, labels)| (format!("vllm:{name}"), labels.to_owned(), 3.0)));
    for name in HISTOGRAMS {
        let bounds = (1_u32..).zip(BOUNDS);
        all.extend(bounds.map(|(rank, le)| (format!("vllm:{name}_bucket"), format!(",le=\"{le}\""), f64::from(rank))));
        for (part, pace) in [("sum", 4.0), ("count", 9.0)] {
            all.push((format!("vllm:{name}_{part}"), String::new(), pace));
        }
    }
    all.push(("up".to_owned(), String::new(), 0.0));
    all
}

/// Blocks of the days before `end` below `data`, made day by day so that the text in between stays small; how many series
/// there are.
fn world(data: &Path, end: i64) -> Result<usize> {
    let start = end - DAYS * 86_400;
    let series = series();
    let text = data.join("day.om");
    for day in 0..DAYS {
        let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(&text)?);
        for (name, labels, pace) in &series {
            for pod in 0..PODS {
                let head = format!(
                    "{name}{{namespace=\"a\",pod=\"p{pod}\",instance=\"p{pod}:8000\",job=\"a/engine\",model_name=\"m{}\"{labels}}}",
                    pod % 4
                );
                for at in (start + day * 86_400..start + (day + 1) * 86_400).step_by(usize::try_from(SCRAPE)?) {
                    let scrapes = (at - start) / SCRAPE;
                    // Gauges go up and down, counters by a pace that does, too.
                    let wave = (scrapes * 7 + i64::try_from(pod)? * 13) % 60;
                    let value = if *pace > 0.0 {
                        scrapes as f64 * pace + wave as f64 / 60.0
                    } else {
                        wave as f64 / 60.0
                    };
                    writeln!(out, "{head} {value} {at}")?;
                }
            }
        }
        out.write_all(b"# EOF\n")?;
        out.into_inner().context("writing a day")?;
        let made = Command::new(paths::promtool())
            .args([
                "tsdb",
                "create-blocks-from",
                "--max-block-duration=24h",
                "openmetrics",
                "--quiet",
            ])
            .args([&text, &data.to_path_buf()])
            .output()
            .context("running promtool: `cargo xtask setup` installs it")?;
        ensure!(
            made.status.success(),
            "promtool: {}",
            String::from_utf8_lossy(&made.stderr)
        );
    }
    std::fs::remove_file(&text)?;
    Ok((series.len() - 1) * PODS)
}

async fn prometheus(data: &Path) -> Result<(String, Tied)> {
    let config = data.join("prometheus.yml");
    std::fs::write(&config, "{}\n")?;
    let address = format!("127.0.0.1:{}", free_port()?);
    let flags = [
        format!("--config.file={}", config.display()),
        format!("--storage.tsdb.path={}", data.display()),
        format!("--web.listen-address={address}"),
        "--storage.tsdb.retention.time=100y".to_owned(),
        "--log.level=error".to_owned(),
    ];
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let child = child::start_kept(&PROMETHEUS_3.path()?, &flags, &[])?;
    let url = format!("http://{address}");
    wait::until(
        "Prometheus is ready",
        async || http::get(&format!("{url}/-/ready")).await,
        |answer| answer.status.is_success(),
    )
    .await?;
    Ok((url, child))
}

/// A question to Prometheus.
#[derive(Clone)]
struct Asked {
    method: Method,
    target: String,
    body: Bytes,
}

impl Asked {
    async fn send(&self, to: &str) -> Result<http::Answer> {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let headers = if self.body.is_empty() { &[][..] } else { &form[..] };
        http::send(
            self.method.clone(),
            &format!("{to}{}", self.target),
            headers,
            self.body.clone(),
        )
        .await
    }

    /// Which names exist, and the probe.
    fn is_extra(&self) -> bool {
        let text = format!("{} {}", self.target, String::from_utf8_lossy(&self.body));
        text.contains("/series") || text.contains("count_over_time%28up") || text.contains("count_over_time(up")
    }
}

#[derive(Clone)]
struct Recorder {
    to: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

async fn record(State(recorder): State<Recorder>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let asked = Asked {
        method: head.method,
        target: head.uri.to_string(),
        body: body.collect().await.map(|body| body.to_bytes()).unwrap_or_default(),
    };
    recorder
        .asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(asked.clone());
    let mut answer = Response::new(Body::empty());
    match asked.send(&recorder.to).await {
        Ok(got) => {
            *answer.status_mut() = got.status;
            let kept = [CONTENT_TYPE, CONTENT_ENCODING];
            let kept = kept
                .into_iter()
                .filter_map(|name| Some((name.clone(), got.headers.get(name)?.clone())));
            answer.headers_mut().extend(kept);
            *answer.body_mut() = Body::from(got.body);
        }
        Err(_) => *answer.status_mut() = StatusCode::BAD_GATEWAY,
    }
    answer
}

/// What a cold dashboard asks of its store.
async fn questions(prometheus: &str, request: &serde_json::Value) -> Result<Vec<Asked>> {
    let recorder = Recorder {
        to: prometheus.to_owned(),
        asked: Arc::default(),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = Router::new().fallback(record).with_state(recorder.clone());
    let task = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
    let server = serve(&url, &["--identity", "demo"]).await?;
    dashboard(&server.url, request).await?;
    task.abort();
    let asked: Vec<Asked> = recorder.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let own = asked.iter().filter(|asked| !asked.is_extra()).count();
    ensure!(own >= PANELS, "the board has asked {own} questions of its panels");
    Ok(asked)
}

async fn dashboard(server: &str, request: &serde_json::Value) -> Result<(f64, usize)> {
    let since = Instant::now();
    let answer = http::post_json(&format!("{server}/api/panels"), &[("accept", FRAMES)], request).await?;
    ensure!(answer.status.is_success(), "{}: {}", answer.status, answer.text());
    Ok((since.elapsed().as_secs_f64() * 1e3, answer.body.len()))
}

async fn one_by_one(prometheus: &str, questions: &[Asked]) -> Result<(f64, usize)> {
    let since = Instant::now();
    let mut bytes = 0;
    for asked in questions.iter().filter(|asked| !asked.is_extra()) {
        let answer = asked.send(prometheus).await?;
        ensure!(answer.status.is_success(), "{}: {}", answer.status, answer.text());
        bytes += answer.body.len();
    }
    Ok((since.elapsed().as_secs_f64() * 1e3, bytes))
}

/// The samples that Prometheus has read for queries since its start.
async fn samples(prometheus: &str) -> Result<f64> {
    let metrics = http::get(&format!("{prometheus}/metrics")).await?.text();
    let mut lines = metrics.lines();
    let line = lines.find_map(|line| line.strip_prefix("prometheus_engine_query_samples_total "));
    Ok(line.context("Prometheus does not count its samples")?.parse()?)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[tokio::main]
async fn main() -> Result<()> {
    let data = tempfile::tempdir()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let end = i64::try_from(now)? / SCRAPE * SCRAPE;
    let series = world(data.path(), end)?;
    let (prometheus, _child) = prometheus(data.path()).await?;
    let catalog = serve(&prometheus, &["--identity", "demo"]).await?;
    let catalog = http::get_json(&format!("{}/api/catalog", catalog.url)).await?;
    let boards = catalog
        .get("dashboards")
        .and_then(serde_json::Value::as_array)
        .context("no dashboards")?;
    let board = boards
        .iter()
        .find(|board| board.get("id").is_some_and(|id| id == DASHBOARD));
    let panels = board
        .and_then(|board| board.get("panels")?.as_array())
        .context("no such dashboard")?;
    let panels: Vec<_> = panels.iter().take(PANELS).collect();
    // The last steps are for the refreshes.
    let at = |step: i64| {
        let to = end - (REFRESHES + 1 - step) * STEP;
        json!({"panels": panels, "vars": {}, "from": to - DAYS * 86_400, "to": to, "width": 600})
    };
    let request = at(0);

    let questions = questions(&prometheus, &request).await?;
    let (mut cold, mut warm, mut straight) = (Vec::new(), Vec::new(), Vec::new());
    let (mut read_first, mut refreshed, mut read_again) = (Vec::new(), Vec::new(), Vec::new());
    let (mut bytes, mut straight_bytes) = (0, 0);
    for _ in 0..ROUNDS {
        let server = serve(&prometheus, &["--identity", "demo"]).await?;
        let before = samples(&prometheus).await?;
        let (time, length) = dashboard(&server.url, &request).await?;
        read_first.push(samples(&prometheus).await? - before);
        cold.push(time);
        bytes = length;
        warm.push(dashboard(&server.url, &request).await?.0);
        for step in 1..=REFRESHES {
            let before = samples(&prometheus).await?;
            refreshed.push(dashboard(&server.url, &at(step)).await?.0);
            read_again.push(samples(&prometheus).await? - before);
        }
        let (time, length) = one_by_one(&prometheus, &questions).await?;
        straight.push(time);
        straight_bytes = length;
    }
    let extra = questions.iter().filter(|asked| asked.is_extra()).count();
    let times = Times {
        panels: panels.len(),
        series,
        queries: questions.len() - extra,
        extra,
        first_samples: median(read_first),
        refresh_ms: median(refreshed),
        refresh_samples: median(read_again),
        cold_ms: median(cold),
        warm_ms: median(warm),
        bytes,
        one_by_one_ms: median(straight),
        one_by_one_bytes: straight_bytes,
    };
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&times)?)?;
    Ok(())
}
