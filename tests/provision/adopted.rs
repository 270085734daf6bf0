//! Objects of others that are taken over on request, and given back as they were, whatever became of the record.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::rig::plane::{Plane, plane};

use super::dump::{dump, settled};
use super::states::model;
use super::{Said, change};

/// Without edits of texts: those cannot be known again once the record is lost.
const QUIET: [&str; 4] = ["--enable-uwm", "false", "--uwm-retention", "keep"];

async fn run(plane: &Plane, command: &str, args: &[String], more: &[&str]) -> Result<Said> {
    change(&plane.admin()?, command, args, &[&QUIET, more].concat()).await
}

/// A monitor that nobody is written down as the owner of, so that an apply finds no conflict.
async fn unowned_monitor(plane: &Plane, namespace: &str) -> Result<String> {
    let path = format!("apis/monitoring.coreos.com/v1/namespaces/{namespace}/podmonitors");
    let foreign = json!({
        "apiVersion": "monitoring.coreos.com/v1", "kind": "PodMonitor",
        "metadata": {"name": "servelens-granite", "labels": {"team": "theirs"}},
        "spec": {
            "selector": {"matchLabels": {"app": "other"}},
            "podMetricsEndpoints": [{"port": "http", "interval": "15s"}],
        },
    });
    plane.create(&path, foreign).await?;
    let path = format!("{path}/servelens-granite");
    let owner = json!([{
        "manager": "theirs", "operation": "Update", "apiVersion": "monitoring.coreos.com/v1",
        "time": "2026-01-01T00:00:00Z", "fieldsType": "FieldsV1",
        "fieldsV1": {"f:metadata": {"f:labels": {".": {}, "f:team": {}}}},
    }]);
    plane
        .merge(&path, &json!({"metadata": {"managedFields": owner}}))
        .await?;
    Ok(path)
}

#[tokio::test]
async fn an_adopted_object_is_given_back_and_is_a_foreign_one_again() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = model(plane, "adopted").await?;
    let path = unowned_monitor(plane, "adopted").await?;
    let before = dump(plane).await?;
    let interval = async || -> Result<Value> {
        let monitor = plane.get(&path).await?.context("the monitor is gone")?;
        Ok(monitor["spec"]["podMetricsEndpoints"][0]["interval"].clone())
    };
    let apply = run(plane, "apply", &args, &["--adopt", "true"]).await?;
    assert_eq!(apply.code, 0, "{apply:?}");
    assert_eq!(interval().await?, "30s");
    // What stood there first is given back, not what stood there last.
    let apply = run(plane, "apply", &args, &["--scrape-interval", "45s"]).await?;
    assert_eq!((apply.code, interval().await?), (0, json!("45s")), "{apply:?}");
    let again = run(plane, "apply", &args, &["--scrape-interval", "45s"]).await?;
    assert!(again.out.contains("Nothing to change"), "{again:?}");
    let remove = run(plane, "remove", &args, &[]).await?;
    assert_eq!(remove.code, 0, "{remove:?}");
    settled(plane, &before).await?;

    let apply = run(plane, "apply", &args, &["--scrape-interval", "1m"]).await?;
    assert_eq!(apply.code, 3, "{apply:?}");
    assert!(apply.out.contains("belongs to"), "{}", apply.out);
    assert_eq!(interval().await?, "15s");
    let remove = run(plane, "remove", &args, &[]).await?;
    assert_eq!(remove.code, 0, "{remove:?}");
    settled(plane, &before).await?;
    plane.delete(&path).await
}

#[tokio::test]
async fn a_lost_record_is_written_anew_and_an_adopted_object_stays_one() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = model(plane, "lost").await?;
    // Rules under our name, with a group of theirs: ours come beside it.
    let rule = json!({
        "apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": {"name": "servelens-vllm"},
        "spec": {"groups": [{"name": "theirs", "rules": [{"alert": "Theirs", "expr": "up == 0"}]}]},
    });
    let rules = "apis/monitoring.coreos.com/v1/namespaces/lost/prometheusrules";
    plane.create(rules, rule).await?;
    let before = dump(plane).await?;
    let apply = run(plane, "apply", &args, &["--adopt", "true"]).await?;
    assert_eq!(apply.code, 0, "{apply:?}");
    let made = dump(plane).await?;
    plane
        .delete("api/v1/namespaces/lost/configmaps/servelens-inventory")
        .await?;
    let nothing = run(plane, "remove", &args, &[]).await?;
    assert_eq!(nothing.code, 0, "{nothing:?}");
    assert!(
        nothing.out.contains("`servelens apply` writes it anew"),
        "{}",
        nothing.out
    );

    let apply = run(plane, "apply", &args, &[]).await?;
    assert!(apply.code == 0 && apply.out.contains("Nothing to change"), "{apply:?}");
    settled(plane, &made).await?;
    let remove = run(plane, "remove", &args, &[]).await?;
    assert_eq!(remove.code, 0, "{remove:?}");
    settled(plane, &before).await?;
    plane.delete(&format!("{rules}/servelens-vllm")).await
}

#[tokio::test]
async fn an_object_of_another_installation_is_never_taken_over() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = model(plane, "another").await?;
    let path = "apis/monitoring.coreos.com/v1/namespaces/another/prometheusrules";
    let rule = json!({
        "apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule",
        "metadata": {
            "name": "servelens-vllm",
            "labels": {"app.kubernetes.io/managed-by": "servelens", "servelens.io/instance": "older"},
        },
        "spec": {"groups": []},
    });
    plane.create(path, rule).await?;
    let before = dump(plane).await?;
    let apply = run(plane, "apply", &args, &["--adopt", "true"]).await?;
    assert_eq!(apply.code, 3, "{apply:?}");
    assert!(apply.out.contains("another installation of Servelens"), "{}", apply.out);
    let remove = run(plane, "remove", &args, &[]).await?;
    assert_eq!(remove.code, 0, "{remove:?}");
    settled(plane, &before).await?;
    plane.delete(&format!("{path}/servelens-vllm")).await
}
