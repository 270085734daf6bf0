//! The Grafana operator: an instance becomes complete, what is meant for it is told to be there and gets the operator's
//! finalizer, which is taken away when the object goes.
//!
//! Left out are Grafana itself, its Deployment, Service and Route, the selection of instances by labels, and every check of
//! what a dashboard or a data source says.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::{Played, again, play, status};
use crate::rig::plane::Plane;

const OPERATOR: &str = "grafana-operator-controller-manager-v5";
const DEPLOYMENTS: &str = "apis/apps/v1/namespaces/rig/deployments";
const FINALIZER: &str = "operator.grafana.com/finalizer";
const GROUP: &str = "apis/grafana.integreatly.org/v1beta1";
/// Plural, and the condition that tells of success.
const PARTS: [(&str, &str); 3] = [
    ("grafanafolders", "FolderSynchronized"),
    ("grafanadatasources", "DatasourceSynchronized"),
    ("grafanadashboards", "DashboardSynchronized"),
];

pub fn grafana(plane: &'static Plane) -> Played {
    play(move || again(async move || step(plane).await))
}

/// What an installation that is not by OLM leaves to see; it stays when the played operator stops.
pub async fn deploy(plane: &Plane) -> Result<()> {
    let labels = json!({"app.kubernetes.io/name": "grafana-operator"});
    let deployment = json!({
        "metadata": {"name": OPERATOR, "labels": labels},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "manager", "image": "example.com/operator"}]},
            },
        },
    });
    plane.create(DEPLOYMENTS, deployment).await?;
    Ok(())
}

pub async fn undeploy(plane: &Plane) -> Result<()> {
    plane.delete(&format!("{DEPLOYMENTS}/{OPERATOR}")).await
}

/// Whether everything that is meant for a Grafana has been seen to, so that nothing more is written by itself.
pub async fn is_calm(plane: &Plane) -> Result<()> {
    for object in list(plane, "grafanas").await? {
        ensure!(object.pointer("/status/stage").is_some(), "grafanas: {object}");
    }
    for (plural, _) in PARTS {
        for object in list(plane, plural).await? {
            ensure!(
                object.pointer("/status/conditions").is_some() && is_held(&object),
                "{plural}: {object}"
            );
        }
    }
    Ok(())
}

fn is_held(object: &Value) -> bool {
    let finalizers = object.pointer("/metadata/finalizers").and_then(Value::as_array);
    finalizers.is_some_and(|list| list.iter().any(|one| one == FINALIZER))
}

async fn step(plane: &Plane) -> Result<()> {
    for object in list(plane, "grafanas").await? {
        let ready = json!({
            "stage": "complete", "stageStatus": "success", "version": "12.0.0",
            "conditions": [condition("GrafanaReady", &object)],
        });
        status(plane, &path("grafanas", &object)?, &object, ready).await?;
    }
    for (plural, kind) in PARTS {
        for object in list(plane, plural).await? {
            let path = path(plural, &object)?;
            if object.pointer("/metadata/deletionTimestamp").is_some() {
                plane.merge(&path, &json!({"metadata": {"finalizers": null}})).await?;
                continue;
            }
            let told = json!({"conditions": [condition(kind, &object)]});
            status(plane, &path, &object, told).await?;
            if !is_held(&object) {
                plane
                    .merge(&path, &json!({"metadata": {"finalizers": [FINALIZER]}}))
                    .await?;
            }
        }
    }
    Ok(())
}

async fn list(plane: &Plane, plural: &str) -> Result<Vec<Value>> {
    let list = plane.get(&format!("{GROUP}/{plural}")).await?;
    let items = list.and_then(|mut list| list.get_mut("items").map(Value::take));
    Ok(items.and_then(|items| items.as_array().cloned()).unwrap_or_default())
}

fn path(plural: &str, object: &Value) -> Result<String> {
    let text = |at: &str| object.pointer(at).and_then(Value::as_str);
    let namespace = text("/metadata/namespace").context("an object without a namespace")?;
    let name = text("/metadata/name").context("an object without a name")?;
    Ok(format!("{GROUP}/namespaces/{namespace}/{plural}/{name}"))
}

fn condition(kind: &str, object: &Value) -> Value {
    json!({
        "type": kind, "status": "True", "reason": "ApplySuccessful", "message": "",
        "observedGeneration": object.pointer("/metadata/generation"), "lastTransitionTime": "2026-01-01T00:00:00Z",
    })
}
