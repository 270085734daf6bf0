//! The whole demo as a program: however it is told to end, no process and no file of it is left.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests::rig::{child, demo, http, paths};

/// A warm start takes seconds; a loaded machine may need more.
const PATIENCE: Duration = Duration::from_secs(120);

/// Starts a demo on the history that the shared one has made, sends `signal` to it (and, as Ctrl-C in a terminal does, to
/// its Prometheus), and looks at what is left.
fn check(signal: &str, reaches_prometheus: bool) -> Result<()> {
    demo::demo()?;
    let (assets, cache) = (paths::dist()?, paths::cache()?.join("demo"));
    let [assets, cache] = [&assets, &cache].map(|path| path.to_string_lossy().into_owned());
    let args = [
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--assets",
        &assets,
        "--cache",
        &cache,
    ];
    let mut program = child::start(&paths::servelens()?, &args, &[])?;
    program.wait_line(PATIENCE, |line| {
        line.starts_with("ready http://127.0.0.1:").then_some(())
    })?;

    let (own, prometheus) = (program.id(), prometheus_of(program.id())?);
    let process = PathBuf::from(format!("/proc/{prometheus}"));
    let folder = fs::read_link(process.join("cwd"))?;
    ensure!(
        folder.join("prometheus.yml").is_file(),
        "{} holds no run",
        folder.display()
    );

    let mut kill = Command::new("kill");
    kill.args(["-s", signal, &own.to_string()]);
    if reaches_prometheus {
        kill.arg(prometheus.to_string());
    }
    ensure!(kill.status()?.success(), "{kill:?}");
    assert_eq!(program.end(PATIENCE)?.code(), Some(0), "{signal} is no fault");
    assert!(!process.exists(), "Prometheus outlives the demo");
    assert!(!folder.exists(), "{} is left", folder.display());
    Ok(())
}

/// The one child that a demo has.
fn prometheus_of(parent: u32) -> Result<u32> {
    // Each thread has the children that it has started.
    let of_threads: String = fs::read_dir(format!("/proc/{parent}/task"))?
        .filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok())
        .collect();
    let all: Vec<u32> = of_threads
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok())
        .collect();
    ensure!(all.len() == 1, "the demo has the children {all:?}");
    let only = *all.first().context("no child")?;
    let name = fs::read_to_string(Path::new("/proc").join(only.to_string()).join("comm"))?;
    ensure!(name.trim() == "prometheus", "the demo's child is {name}");
    Ok(only)
}

#[test]
fn a_demo_that_is_told_to_end_leaves_nothing() -> Result<()> {
    check("TERM", false)
}

#[test]
fn a_demo_ended_in_its_terminal_leaves_nothing() -> Result<()> {
    check("INT", true)
}

#[test]
fn a_demo_whose_terminal_is_closed_leaves_nothing() -> Result<()> {
    check("HUP", false)
}

#[tokio::test]
async fn a_model_with_lora_adapters_names_those_that_its_store_has_seen() -> Result<()> {
    let body = http::get_json(&format!("{}/api/models", demo::demo()?.servelens)).await?;
    let models = body["models"].as_array().context("no list")?;
    let adapters: BTreeMap<_, _> = models
        .iter()
        .filter(|model| model["adapters"].as_array().is_some_and(|all| !all.is_empty()))
        .map(|model| (model["model"].as_str().unwrap_or_default(), &model["adapters"]))
        .collect();
    assert_eq!(
        adapters,
        BTreeMap::from([("phi-4", &json!(["contracts", "support-de"]))])
    );
    Ok(())
}
