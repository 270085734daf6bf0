//! From each state that a cluster can be in: apply, apply again, remove, and the cluster is as it was.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::rig::plane::{Plane, plane};

use super::dump::{bring_back, dump, settled};
use super::{Said, servelens};

const CONFIG: &str = "api/v1/namespaces/openshift-monitoring/configmaps";
const USER_CONFIG: &str = "api/v1/namespaces/openshift-user-workload-monitoring/configmaps";
pub const ISVC: &str = "apis/serving.kserve.io/v1beta1/namespaces";

/// A namespace with one model that nobody scrapes; gives the settings for it.
pub async fn model(plane: &Plane, namespace: &str) -> Result<[String; 2]> {
    plane.namespace(namespace).await?;
    let service = json!({
        "apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "metadata": {"name": "granite"},
        "spec": {"predictor": {"model": {"modelFormat": {"name": "vLLM"}}}},
    });
    plane
        .create(&format!("{ISVC}/{namespace}/inferenceservices"), service)
        .await?;
    Ok(["--namespace".to_owned(), namespace.to_owned()])
}

/// Puts a text into the cluster's monitoring configuration, as an administrator would.
async fn config(plane: &Plane, text: &str) -> Result<()> {
    plane
        .create(
            CONFIG,
            json!({"metadata": {"name": "cluster-monitoring-config"}, "data": {"config.yaml": text}}),
        )
        .await?;
    Ok(())
}

async fn config_now(plane: &Plane) -> Result<String> {
    let object = plane.get(&format!("{CONFIG}/cluster-monitoring-config")).await?;
    let text = object.as_ref().and_then(|object| object.pointer("/data/config.yaml"));
    Ok(text.and_then(Value::as_str).unwrap_or_default().to_owned())
}

/// Apply, apply again, plan, remove; gives what the first apply has said.
pub async fn round(plane: &Plane, more: &[String]) -> Result<(Said, String)> {
    round_with(plane, more, async || Ok(())).await
}

/// As [`round`]; `calm` returns when the played controllers have done what the first apply makes them do.
pub async fn round_with(plane: &Plane, more: &[String], calm: impl AsyncFn() -> Result<()>) -> Result<(Said, String)> {
    let admin = plane.admin()?;
    let args = |command: &'static str| -> Vec<String> {
        let mut args = vec![
            command.to_owned(),
            "--yes".to_owned(),
            "--output".to_owned(),
            "json".to_owned(),
        ];
        args.extend(more.iter().cloned());
        args
    };
    let run = async |command: &'static str| {
        let args = args(command);
        servelens(&admin, &args.iter().map(String::as_str).collect::<Vec<_>>()).await
    };
    calm().await?;
    let before = dump(plane).await?;
    let first = run("apply").await?;
    ensure!(first.code == 0, "apply: {first:?}");
    calm().await?;
    let (made, versions) = (dump(plane).await?, super::dump::versions(plane).await?);
    ensure!(made != before, "apply made nothing");
    let text = config_now(plane).await?;
    let second = run("apply").await?;
    ensure!(second.code == 0, "the second apply: {second:?}");
    assert_eq!(second.last()?["done"], 0, "{second:?}");
    assert_eq!(
        super::dump::versions(plane).await?,
        versions,
        "the second apply wrote something"
    );
    let plan = run("plan").await?;
    assert_eq!((plan.code, plan.err.as_str()), (0, ""), "{}", plan.out);
    let removed = run("remove").await?;
    ensure!(removed.code == 0, "remove: {removed:?}");
    settled(plane, &before).await?;
    let nothing = run("remove").await?;
    assert_eq!((nothing.code, &nothing.last()?["done"]), (0, &json!(0)));
    Ok((first, text))
}

#[tokio::test]
async fn from_an_empty_cluster_and_back() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = model(plane, "state-empty").await?;
    let (_, text) = round(plane, &args).await?;
    assert_eq!(text, "enableUserWorkload: true\n");
    Ok(())
}

#[tokio::test]
async fn texts_of_administrators_are_edited_in_place_and_given_back() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = model(plane, "state-texts").await?;
    for (before, during) in [
        ("enableUserWorkload: true\n", "enableUserWorkload: true\n"),
        (
            "# ours\nprometheusK8s:\n  retention: 15d # keep\n\nenableUserWorkload: false # not yet\n",
            "# ours\nprometheusK8s:\n  retention: 15d # keep\n\nenableUserWorkload: true # not yet\n",
        ),
        (
            "{prometheusK8s: {retention: 15d}} # flow\n",
            "{enableUserWorkload: true, prometheusK8s: {retention: 15d}} # flow\n",
        ),
        ("", "enableUserWorkload: true\n"),
    ] {
        config(plane, before).await?;
        let (_, text) = round(plane, &args).await?;
        assert_eq!(text, during, "{before:?}");
        assert_eq!(config_now(plane).await?, before);
        plane.delete(&format!("{CONFIG}/cluster-monitoring-config")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_broken_text_is_reported_and_stays_and_all_else_is_done() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = model(plane, "state-broken").await?;
    let broken = "prometheusK8s: [\nenableUserWorkload: {";
    config(plane, broken).await?;
    let admin = plane.admin()?;
    let apply = servelens(&admin, &["apply", "--yes", &args[0], &args[1]]).await?;
    assert_eq!(apply.code, 3, "{apply:?}");
    assert!(apply.out.contains("it is no valid YAML"), "{}", apply.out);
    assert_eq!(config_now(plane).await?, broken);
    let monitor = "apis/monitoring.coreos.com/v1/namespaces/state-broken/podmonitors/servelens-granite";
    assert!(plane.get(monitor).await?.is_some(), "{}", apply.out);
    let remove = servelens(&admin, &["remove", "--yes", &args[0], &args[1]]).await?;
    assert_eq!(remove.code, 0, "{remove:?}");
    assert_eq!(config_now(plane).await?, broken);
    plane.delete(&format!("{CONFIG}/cluster-monitoring-config")).await
}

#[tokio::test]
async fn what_others_add_to_an_edited_text_stays_when_ours_is_taken_out() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = model(plane, "state-shared").await?;
    config(plane, "a: 1\n").await?;
    let admin = plane.admin()?;
    let apply = servelens(&admin, &["apply", "--yes", &args[0], &args[1]]).await?;
    assert_eq!(apply.code, 0, "{apply:?}");
    let shared = "a: 1\nenableUserWorkload: true\nb: 2 # theirs\n";
    plane
        .merge(
            &format!("{CONFIG}/cluster-monitoring-config"),
            &json!({"data": {"config.yaml": shared}}),
        )
        .await?;
    let remove = servelens(&admin, &["remove", "--yes", &args[0], &args[1]]).await?;
    assert_eq!(remove.code, 0, "{remove:?}");
    assert_eq!(config_now(plane).await?, "a: 1\nb: 2 # theirs\n");
    plane.delete(&format!("{CONFIG}/cluster-monitoring-config")).await?;
    plane
        .delete(&format!("{USER_CONFIG}/user-workload-monitoring-config"))
        .await
}

#[tokio::test]
async fn a_model_that_the_platform_scrapes_gets_no_second_monitor() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let namespace = "state-platform";
    let args = model(plane, namespace).await?;
    // As odh-model-controller makes them.
    plane
        .create(
            &format!("api/v1/namespaces/{namespace}/services"),
            json!({
                "metadata": {"name": "granite-metrics", "labels": {"name": "granite-metrics"}},
                "spec": {
                    "selector": {"serving.kserve.io/inferenceservice": "granite"},
                    "ports": [{"name": "vllm-metrics", "port": 8080}],
                },
            }),
        )
        .await?;
    plane
        .create(
            &format!("apis/monitoring.coreos.com/v1/namespaces/{namespace}/servicemonitors"),
            json!({
                "apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor",
                "metadata": {"name": "granite-metrics"},
                "spec": {
                    "selector": {"matchLabels": {"name": "granite-metrics"}},
                    "endpoints": [{"port": "vllm-metrics", "scheme": "http"}],
                },
            }),
        )
        .await?;
    let (first, _) = round(plane, &args).await?;
    assert!(!first.out.contains("Monitor"), "{}", first.out);
    Ok(())
}

#[tokio::test]
async fn an_object_of_others_under_our_name_is_left_alone_and_named() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let namespace = "state-foreign";
    let args = model(plane, namespace).await?;
    let path = format!("apis/monitoring.coreos.com/v1/namespaces/{namespace}/podmonitors");
    // It scrapes something else, under the name that ours would have.
    let foreign = json!({
        "apiVersion": "monitoring.coreos.com/v1", "kind": "PodMonitor", "metadata": {"name": "servelens-granite"},
        "spec": {"selector": {"matchLabels": {"app": "other"}}, "podMetricsEndpoints": [{"port": "http"}]},
    });
    plane.create(&path, foreign).await?;
    let before = dump(plane).await?;
    let admin = plane.admin()?;
    let apply = servelens(&admin, &["apply", "--yes", &args[0], &args[1]]).await?;
    assert_eq!(apply.code, 3, "{apply:?}");
    assert!(
        apply.out.contains("it is there already and belongs to"),
        "{}",
        apply.out
    );
    let remove = servelens(&admin, &["remove", "--yes", &args[0], &args[1]]).await?;
    assert_eq!(remove.code, 0, "{remove:?}");
    settled(plane, &before).await
}

#[tokio::test]
async fn drift_is_repaired_and_a_field_that_somebody_else_took_is_named() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let namespace = "state-drift";
    let args = model(plane, namespace).await?;
    let before = dump(plane).await?;
    let admin = plane.admin()?;
    let run = async |command: &'static str| servelens(&admin, &[command, "--yes", &args[0], &args[1]]).await;
    let none = run("repair").await?;
    assert_eq!(none.code, 2, "{none:?}");
    assert_eq!(run("apply").await?.code, 0);
    let made = dump(plane).await?;
    let monitors = format!("apis/monitoring.coreos.com/v1/namespaces/{namespace}/podmonitors");
    plane.delete(&format!("{monitors}/servelens-granite")).await?;
    plane
        .merge(
            &format!("{CONFIG}/cluster-monitoring-config"),
            &json!({"data": {"config.yaml": "enableUserWorkload: false\n"}}),
        )
        .await?;
    let repair = run("repair").await?;
    assert_eq!(repair.code, 0, "{repair:?}");
    settled(plane, &made).await?;
    // A list without keys belongs as a whole to whoever wrote it last.
    plane
        .merge(
            &format!("{monitors}/servelens-granite"),
            &json!({"spec": {"podMetricsEndpoints": [{"port": "theirs"}]}}),
        )
        .await?;
    let repair = run("repair").await?;
    assert_eq!(repair.code, 3, "{repair:?}");
    assert!(repair.out.contains("somebody"), "{}", repair.out);
    assert_eq!(run("remove").await?.code, 0);
    settled(plane, &before).await
}

#[tokio::test]
async fn a_missing_kind_blocks_its_own_steps_alone() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = model(plane, "state-kinds").await?;
    let before = dump(plane).await?;
    let admin = plane.admin()?;
    for plural in [
        "podmonitors",
        "servicemonitors",
        "prometheusrules",
        "consoles",
        "consoleplugins",
        "clusterversions",
        "clusteroperators",
        "servingruntimes",
        "clusterservingruntimes",
        "llminferenceservices",
        "clusterpolicies",
        // With the model itself.
        "inferenceservices",
    ] {
        let group = super::dump::group(plural);
        plane.undefine(group, plural).await?;
        let apply = servelens(&admin, &["apply", "--yes", &args[0], &args[1]]).await?;
        let named = apply.out.contains("what brings it is not installed");
        let needed = matches!(plural, "podmonitors" | "prometheusrules");
        assert_eq!(
            (apply.code, named),
            if needed { (3, true) } else { (0, false) },
            "{plural}: {apply:?}"
        );
        let remove = servelens(&admin, &["remove", "--yes", &args[0], &args[1]]).await?;
        assert_eq!(remove.code, 0, "{plural}: {remove:?}");
        plane.define(group, plural).await?;
        bring_back(plane, &before, plural).await?;
    }
    settled(plane, &before).await
}
