//! `servelens` run to its end, and `servelens serve` kept running.

use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use super::child::{self, Tied};
use super::{http, paths, wait};

/// Below those that a system gives to connections by itself, so that no connection takes one between question and use.
const PORTS: Range<u32> = 12_000..30_000;

/// A port that is free, and that this process gives to nobody else; others begin elsewhere.
pub fn free_port() -> Result<u16> {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id().wrapping_mul(331);
    for _ in PORTS {
        let place = first.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed)) % (PORTS.end - PORTS.start);
        let port = u16::try_from(PORTS.start + place)?;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port is free")
}

/// Runs the program to its end with an empty environment but for `env` and what finding programs needs.
pub fn run(args: &[&str], env: &[(&str, &str)]) -> Result<Output> {
    let program = paths::servelens()?;
    Command::new(&program)
        .args(args)
        .env_clear()
        .envs(std::env::vars().filter(|(name, _)| matches!(name.as_str(), "PATH" | "HOME")))
        .envs(env.iter().copied())
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("running {}", program.display()))
}

/// A running `servelens serve`.
#[derive(Debug)]
pub struct Serve {
    /// Base address, without a slash at the end.
    pub url: String,
    pub metrics_url: String,
    pub child: Tied,
}

impl Serve {
    /// One value of its own metrics, by name and labels; 0 where it has none yet.
    pub async fn metric(&self, name: &str) -> Result<f64> {
        let metrics = http::get(&format!("{}/metrics", self.metrics_url)).await?.text();
        let line = metrics
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(Ok(0.0), |value| {
            value.parse().with_context(|| format!("{name} {value}"))
        })
    }
}

/// Starts `servelens serve` against a plain Prometheus at `upstream`, on free ports, and waits for its readiness.
pub async fn serve(upstream: &str, more: &[&str]) -> Result<Serve> {
    serve_with_assets(&paths::dist()?, upstream, more).await
}

/// As [`serve`], with the assets in `assets`.
pub async fn serve_with_assets(assets: &Path, upstream: &str, more: &[&str]) -> Result<Serve> {
    let plain = [&["--upstream", "prometheus", "--cluster-url", upstream], more].concat();
    serve_with(assets, &plain).await
}

/// As [`serve`], with all settings but those of the page and the ports.
pub async fn serve_with(assets: &Path, more: &[&str]) -> Result<Serve> {
    serve_at(free_port()?, assets, more).await
}

/// As [`serve_with`], where others must know the port before.
pub async fn serve_at(port: u16, assets: &Path, more: &[&str]) -> Result<Serve> {
    serve_under(port, assets, more, &[]).await
}

/// As [`serve_at`], with more variables in its environment.
pub async fn serve_under(port: u16, assets: &Path, more: &[&str], env: &[(&str, &str)]) -> Result<Serve> {
    let (listen, metrics) = (format!("127.0.0.1:{port}"), format!("127.0.0.1:{}", free_port()?));
    let assets = assets.to_string_lossy();
    let mut args = vec![
        "serve",
        "--listen",
        &listen,
        "--metrics-listen",
        &metrics,
        "--assets",
        &assets,
    ];
    args.extend_from_slice(more);
    let child = child::start_kept(&paths::servelens()?, &args, env)?;
    let serve = Serve {
        url: format!("http://{listen}"),
        metrics_url: format!("http://{metrics}"),
        child,
    };
    let health = format!("{}/healthz", serve.url);
    wait::until(
        "servelens serve answers",
        async || http::get(&health).await,
        |answer| answer.status.is_success(),
    )
    .await
    .with_context(|| format!("its standard error:\n{}", serve.child.stderr()))?;
    Ok(serve)
}

/// A request body for `POST /api/panels` over the hour before `to`.
#[must_use]
pub fn panels_request(panels: &[&str], to: i64) -> serde_json::Value {
    json!({"panels": panels, "vars": {}, "from": to - 3600, "to": to, "width": 600})
}
