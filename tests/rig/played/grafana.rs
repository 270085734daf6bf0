//! The Grafana operator: an instance becomes complete, and what is meant for it is told to be there.
//!
//! Left out are Grafana itself, its Deployment, Service and Route, the selection of instances by labels, and every check of
//! what a dashboard or a data source says.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::{Played, again, play, status};
use crate::rig::plane::Plane;

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
            let told = json!({"conditions": [condition(kind, &object)]});
            status(plane, &path(plural, &object)?, &object, told).await?;
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
