//! The platform's and the user workloads' Prometheus, each with a Thanos sidecar, and the querier over both.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::control_plane::last_words;
use crate::rig::child::{self, Tied};
use crate::rig::go_tool::{PROMETHEUS_3, THANOS};
use crate::rig::serve::free_port;
use crate::rig::{http, wait};

/// Gives the querier's address.
pub(super) async fn start(folder: &Path, target: SocketAddr, children: &mut Vec<Tied>) -> Result<String> {
    let scraped = |labels: Value| json!({"targets": [target.to_string()], "labels": labels});
    // The target is told for whom it speaks.
    let pod = |namespace: &str, pod: &str| {
        scraped(json!({"namespace": namespace, "pod": pod, "instance": pod, "__param_of": pod}))
    };
    let platform = [
        scraped(json!({"instance": "node-0"})),
        scraped(json!({"namespace": "openshift-monitoring", "pod": "p-0", "instance": "p-0"})),
        // As an exporter of GPUs without relabelling: the workload stands where no tenant is looked for.
        scraped(json!({"namespace": "gpu-operator", "exported_namespace": "team-a", "instance": "gpu-0"})),
    ];
    let teams = [pod("team-a", "a-0"), pod("team-a", "a-1"), pod("team-b", "b-0")];
    let platform = store(folder, "openshift-monitoring/k8s", &platform, &[], children).await?;
    let rules = ["team-a", "team-b"];
    let teams = store(
        folder,
        "openshift-user-workload-monitoring/user-workload",
        &teams,
        &rules,
        children,
    )
    .await?;
    let port = free_port()?;
    let grpc = free_port()?;
    children.push(child::start_kept(
        &THANOS.path()?,
        &[
            "query",
            "--log.level=warn",
            &format!("--http-address=127.0.0.1:{port}"),
            &format!("--grpc-address=127.0.0.1:{grpc}"),
            "--query.replica-label=prometheus_replica",
            "--query.replica-label=thanos_ruler_replica",
            &format!("--endpoint={platform}"),
            &format!("--endpoint={teams}"),
            "--query.auto-downsampling",
        ],
        &[],
    )?);
    let url = format!("http://127.0.0.1:{port}");
    // Six targets, an alert for each team, through both sidecars.
    let seen = format!("{url}/api/v1/query?query=count(rig_load)");
    let all = wait::until(
        "the querier sees every target",
        async || http::get_json(&seen).await,
        |answer| answer.pointer("/data/result/0/value/1") == Some(&json!("6")),
    )
    .await;
    all.with_context(|| last_words(children))?;
    let alerts = format!("{url}/api/v1/query?query=count(ALERTS)");
    wait::until(
        "the querier sees every alert",
        async || http::get_json(&alerts).await,
        |answer| answer.pointer("/data/result/0/value/1") == Some(&json!("2")),
    )
    .await?;
    Ok(url)
}

/// A Prometheus and its sidecar; gives the sidecar's gRPC address.
async fn store(
    folder: &Path,
    name: &str,
    targets: &[Value],
    rules: &[&str],
    children: &mut Vec<Tied>,
) -> Result<String> {
    let home = folder.join(name.replace('/', "-"));
    fs::create_dir_all(&home)?;
    let (config, rule_file, data) = (home.join("prometheus.yml"), home.join("rules.yml"), home.join("data"));
    let alerts: Vec<Value> = rules
        .iter()
        .map(|team| {
            let expr = format!("rig_load{{namespace=\"{team}\",pod=~\".-0\"}} > 0");
            json!({"alert": format!("Load-{team}"), "expr": expr, "labels": {"namespace": team, "severity": "none"}})
        })
        .collect();
    // JSON is YAML.
    fs::write(
        &rule_file,
        json!({"groups": [{"name": "rig", "interval": "1s", "rules": alerts}]}).to_string(),
    )?;
    let text = json!({
        "global": {
            "scrape_interval": "1s",
            "external_labels": {"prometheus": name, "prometheus_replica": "prometheus-0"},
        },
        "rule_files": [rule_file],
        "scrape_configs": [{"job_name": "rig", "static_configs": targets}],
    });
    fs::write(&config, text.to_string())?;
    let web = free_port()?;
    children.push(child::start_kept(
        &PROMETHEUS_3.path()?,
        &[
            &format!("--config.file={}", config.to_string_lossy()),
            &format!("--storage.tsdb.path={}", data.to_string_lossy()),
            &format!("--web.listen-address=127.0.0.1:{web}"),
            "--storage.tsdb.min-block-duration=2h",
            "--storage.tsdb.max-block-duration=2h",
            "--log.level=warn",
        ],
        &[],
    )?);
    let url = format!("http://127.0.0.1:{web}");
    ready(&url, children).await?;
    let (port, grpc) = (free_port()?, free_port()?);
    children.push(child::start_kept(
        &THANOS.path()?,
        &[
            "sidecar",
            "--log.level=warn",
            &format!("--prometheus.url={url}"),
            &format!("--tsdb.path={}", data.to_string_lossy()),
            &format!("--http-address=127.0.0.1:{port}"),
            &format!("--grpc-address=127.0.0.1:{grpc}"),
            "--prometheus.get_config_interval=1s",
        ],
        &[],
    )?);
    ready(&format!("http://127.0.0.1:{port}"), children).await?;
    Ok(format!("127.0.0.1:{grpc}"))
}

async fn ready(url: &str, children: &[Tied]) -> Result<()> {
    let ready = format!("{url}/-/ready");
    let answer = wait::until(
        "a store is ready",
        async || http::get(&ready).await,
        |answer| answer.status.is_success(),
    );
    answer.await.with_context(|| last_words(children))?;
    Ok(())
}
