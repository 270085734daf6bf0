//! The real prometheus-operator, run beside the control plane instead of in a cluster, and a real Prometheus with the
//! configuration that it writes.
//!
//! Left out is the pod around both: the config reloader's work (unpacking, names of the pod, rule files) is done here.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

use super::child::{self, Tied};
use super::go_tool::{PROMETHEUS_3, PROMETHEUS_OPERATOR, PROMTOOL};
use super::plane::Plane;
use super::played::USER_WORKLOAD;
use super::serve::free_port;
use super::{http, wait};

/// Starts it for the Prometheus of the user workloads and nothing else.
pub async fn operator(plane: &Plane) -> Result<Tied> {
    for plural in ["prometheuses", "probes"] {
        plane.define("monitoring.coreos.com", plural).await?;
    }
    let kubeconfig = plane.kube.kubeconfig.to_string_lossy().into_owned();
    let web = free_port()?;
    let child = child::start_kept(
        &PROMETHEUS_OPERATOR.path()?,
        &[
            &format!("--prometheus-instance-namespaces={USER_WORKLOAD}"),
            &format!("--alertmanager-instance-namespaces={USER_WORKLOAD}"),
            &format!("--thanos-ruler-instance-namespaces={USER_WORKLOAD}"),
            "--kubelet-endpoints=false",
            "--kubelet-endpointslice=false",
            "--disable-unmanaged-prometheus-configuration=true",
            "--log-level=warn",
            &format!("--web.listen-address=127.0.0.1:{web}"),
        ],
        &[("KUBECONFIG", &kubeconfig)],
    )?;
    let health = format!("http://127.0.0.1:{web}/healthz");
    let answers = wait::until(
        "the prometheus-operator answers",
        async || http::get(&health).await,
        |answer| answer.status.is_success(),
    )
    .await;
    answers.with_context(|| child.stderr())?;
    Ok(child)
}

/// A configuration of the operator, unpacked as its pod would have it.
#[derive(Debug)]
pub struct Config {
    pub text: String,
    /// Files with rules that belong to it.
    pub rules: usize,
    file: PathBuf,
    folder: TempDir,
}

impl Config {
    /// The newest one; an error while there is none.
    pub async fn read(plane: &Plane) -> Result<Config> {
        let path = format!("api/v1/namespaces/{USER_WORKLOAD}/secrets/prometheus-user-workload");
        let secret = plane.get(&path).await?.context("there is no configuration yet")?;
        let packed = secret.pointer("/data/prometheus.yaml.gz").and_then(Value::as_str);
        let packed = base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD,
            packed.context("the Secret holds no prometheus.yaml.gz")?,
        )?;
        let mut text = String::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text)?;
        let folder = tempfile::tempdir()?;
        let rules = folder.path().to_string_lossy().into_owned();
        // What the reloader beside Prometheus replaces, and where the pod has its rules.
        let text = text
            .replace("$(POD_NAME)", "prometheus-user-workload-0")
            .replace("$(SHARD)", "0")
            .replace("/etc/prometheus/rules", &rules);
        let file = folder.path().join("prometheus.yaml");
        fs::write(&file, &text)?;
        let maps = plane
            .get(&format!("api/v1/namespaces/{USER_WORKLOAD}/configmaps"))
            .await?;
        let maps = maps.as_ref().and_then(|list| list.get("items")?.as_array());
        let mut rules = 0;
        for map in maps.into_iter().flatten() {
            let name = map
                .pointer("/metadata/name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            if name.starts_with("prometheus-user-workload-rulefiles-") {
                rules += write_rules(&folder.path().join(name), map)?;
            }
        }
        Ok(Config {
            text,
            rules,
            file,
            folder,
        })
    }

    /// What the current promtool says of a configuration that it accepts, rules included.
    pub fn check(&self) -> Result<String> {
        let output = Command::new(PROMTOOL.path()?)
            .args(["check", "config", &self.file.to_string_lossy()])
            .output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(
            output.status.success(),
            "{said}{}\n{}",
            String::from_utf8_lossy(&output.stderr),
            self.text
        );
        Ok(said)
    }

    /// A Prometheus that runs with it; gives its address.
    pub async fn run(&self) -> Result<(String, Tied)> {
        let web = free_port()?;
        let child = child::start_kept(
            &PROMETHEUS_3.path()?,
            &[
                &format!("--config.file={}", self.file.to_string_lossy()),
                &format!(
                    "--storage.tsdb.path={}",
                    self.folder.path().join("data").to_string_lossy()
                ),
                &format!("--web.listen-address=127.0.0.1:{web}"),
                "--log.level=warn",
            ],
            &[],
        )?;
        let url = format!("http://127.0.0.1:{web}");
        let ready = format!("{url}/-/ready");
        let answers = wait::until(
            "Prometheus is ready",
            async || http::get(&ready).await,
            |answer| answer.status.is_success(),
        )
        .await;
        answers.with_context(|| child.stderr())?;
        Ok((url, child))
    }
}

/// Gives how many there are.
fn write_rules(folder: &Path, map: &Value) -> Result<usize> {
    fs::create_dir_all(folder)?;
    let files = map.get("data").and_then(Value::as_object);
    for (name, text) in files.into_iter().flatten() {
        fs::write(folder.join(name), text.as_str().unwrap_or_default())?;
    }
    Ok(files.map_or(0, serde_json::Map::len))
}
