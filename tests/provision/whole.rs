//! From a cluster without anything to one that is set up and back, with controllers that react to every step.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::rig::plane::{Plane, plane};
use tests::rig::played::{Servers, deploy, grafana, monitoring, undeploy};
use tests::rig::wait;

use super::dump::{dump, settled};
use super::states::model;
use super::{change, servelens};

const CONFIG: &str = "api/v1/namespaces/openshift-monitoring/configmaps/cluster-monitoring-config";

/// What `servelens check` finds, by description.
async fn checks(plane: &Plane, args: &[String]) -> Result<Vec<(String, String)>> {
    let mut all = vec!["check", "--output", "json"];
    all.extend(args.iter().map(String::as_str));
    let said = servelens(&plane.admin()?, &all).await?;
    let said: Value = serde_json::from_str(&said.out).with_context(|| format!("{said:?}"))?;
    let categories = said["categories"].as_array().context("no categories")?;
    let checks = categories
        .iter()
        .filter_map(|category| category["checks"].as_array())
        .flatten();
    let text = |check: &Value, key: &str| check[key].as_str().unwrap_or_default().to_owned();
    Ok(checks
        .map(|check| (text(check, "result"), text(check, "description")))
        .collect())
}

async fn until_told(plane: &Plane, args: &[String], result: &str, what: &[&str]) -> Result<()> {
    wait::until(
        "the checks say so",
        async || checks(plane, args).await,
        |seen| {
            let told = |what: &&str| seen.iter().any(|(level, text)| level == result && text.contains(*what));
            what.iter().all(told)
        },
    )
    .await?;
    Ok(())
}

#[tokio::test]
async fn what_is_applied_comes_alive_is_checked_and_leaves_nothing() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let mut args = model(plane, "whole").await?.to_vec();
    args.extend(["--grafana".to_owned(), "namespace".to_owned()]);
    let _monitoring = monitoring(plane, Servers::Played).await?;
    let _grafana = grafana(plane);
    deploy(plane).await?;
    let before = dump(plane).await?;
    until_told(
        plane,
        &args,
        "error",
        &["user workload monitoring is off", "is not there"],
    )
    .await?;

    let admin = plane.admin()?;
    let run = async |command: &'static str| change(&admin, command, &args, &[]).await;
    let apply = run("apply").await?;
    assert_eq!(apply.code, 0, "{apply:?}");
    let alive = [
        "user workload monitoring is on",
        "its Prometheus servers are available",
        "the cluster's monitoring is well",
        "samples of user workloads are kept for 7d",
        "is scraped by PodMonitor servelens-granite",
        "Grafana servelens-grafana/rhoai-grafana is ready",
    ];
    until_told(plane, &args, "success", &alive).await?;
    let again = run("apply").await?;
    assert_eq!(again.code, 0, "{again:?}");

    // Somebody breaks the text afterwards: the operator says so, and so do the checks.
    let whole = plane.get(CONFIG).await?.context("no configuration")?;
    plane
        .merge(
            CONFIG,
            &json!({"data": {"config.yaml": "enableUserWorkload: true\nunheardOf: 1\n"}}),
        )
        .await?;
    until_told(plane, &args, "error", &["degraded (InvalidConfiguration)"]).await?;
    plane.merge(CONFIG, &json!({"data": whole["data"]})).await?;
    until_told(plane, &args, "success", &["the cluster's monitoring is well"]).await?;

    let remove = run("remove").await?;
    assert_eq!(remove.code, 0, "{remove:?}");
    settled(plane, &before).await?;
    until_told(plane, &args, "error", &["user workload monitoring is off"]).await?;
    let prometheus = "apis/monitoring.coreos.com/v1/namespaces/openshift-user-workload-monitoring/prometheuses";
    let left = async || plane.get(prometheus).await;
    wait::until("its Prometheus is gone", left, |list| {
        list.as_ref().is_none_or(|list| list["items"] == json!([]))
    })
    .await?;
    undeploy(plane).await?;
    plane
        .delete("apis/config.openshift.io/v1/clusteroperators/monitoring")
        .await
}
