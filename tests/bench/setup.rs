//! `setup-times`: `servelens check` and a second `apply` on a cluster with many namespaces, models and pods. Prints, as JSON,
//! its size and times in milliseconds.
//!
//! For `cargo xtask bench`. Only measures, and judges nothing but that the commands do their work.

use std::io::Write as _;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests::rig::many::{LARGE, fill};
use tests::rig::plane::plane;
use tests::rig::serve::run;

const ROUNDS: usize = 5;

#[tokio::main]
async fn main() -> Result<()> {
    let plane = plane()?;
    let names = fill(plane, "many", LARGE).await?;
    let kubeconfig = plane.admin()?.to_string_lossy().into_owned();
    // Blocks this thread, which has nothing else to do meanwhile.
    let timed = |command: &[&str], namespaces: &str, codes: &[i32]| -> Result<f64> {
        let more = ["--kubeconfig", &kubeconfig, "--namespace", namespaces];
        let since = Instant::now();
        let output = run(&[command, &more].concat(), &[])?;
        let took = since.elapsed().as_secs_f64() * 1000.0;
        let code = output.status.code().unwrap_or(-1);
        ensure!(
            codes.contains(&code),
            "{command:?} ended with {code}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(took)
    };
    let median = |command: &[&str], namespaces: &str, codes: &[i32]| -> Result<f64> {
        let all: Result<Vec<f64>> = (0..ROUNDS).map(|_| timed(command, namespaces, codes)).collect();
        let mut all = all?;
        all.sort_by(f64::total_cmp);
        all.get(ROUNDS / 2).copied().context("no round")
    };
    let first = names.first().context("no namespace")?.as_str();
    let all = names.join(",");
    let (check, apply) = (&["check"][..], &["apply", "--yes"][..]);
    // Before anything has been asked of this API server.
    let cold_ms = timed(check, &all, &[0, 1])?;
    let check_ms = median(check, first, &[0, 1])?;
    let check_all_ms = median(check, &all, &[0, 1])?;
    timed(apply, first, &[0])?;
    let again_ms = median(apply, first, &[0])?;
    timed(&["remove", "--yes"], first, &[0])?;
    let apply_all_ms = timed(apply, &all, &[0])?;
    let again_all_ms = median(apply, &all, &[0])?;
    let times = json!({
        "namespaces": LARGE.namespaces, "models": LARGE.models, "pods": LARGE.pods,
        "cold_ms": cold_ms, "check_ms": check_ms, "check_all_ms": check_all_ms, "again_ms": again_ms, "apply_all_ms": apply_all_ms,
        "again_all_ms": again_all_ms,
    });
    writeln!(std::io::stdout(), "{times}")?;
    Ok(())
}
