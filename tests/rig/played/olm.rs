//! OLM: on a Subscription it brings the operator's definitions and a version that has succeeded.
//!
//! Left out are catalogues, install plans, the operator's own Deployment, and the removal of a version with its Subscription.

use anyhow::Result;
use serde_json::json;

use super::{Played, again, play, status};
use crate::rig::plane::Plane;

const OLM: &str = "apis/operators.coreos.com/v1alpha1/namespaces";
const VERSION: &str = "grafana-operator.v5.24.0";

/// Installs the Grafana operator where `namespace` subscribes to it, with the definitions `kinds` of `group`.
pub fn olm(
    plane: &'static Plane,
    namespace: &'static str,
    group: &'static str,
    kinds: &'static [&'static str],
) -> Played {
    play(move || again(async move || step(plane, namespace, group, kinds).await))
}

async fn step(plane: &Plane, namespace: &str, group: &str, kinds: &[&str]) -> Result<()> {
    let place = format!("{OLM}/{namespace}");
    let path = format!("{place}/subscriptions/grafana-operator");
    let Some(subscription) = plane.get(&path).await? else {
        return Ok(());
    };
    if subscription.pointer("/status/installedCSV").is_some() {
        return Ok(());
    }
    for plural in kinds {
        plane.define(group, plural).await?;
    }
    let version = json!({
        "apiVersion": "operators.coreos.com/v1alpha1", "kind": "ClusterServiceVersion", "metadata": {"name": VERSION},
        "spec": {"displayName": "Grafana Operator", "install": {"strategy": "deployment", "spec": {"deployments": []}}},
    });
    let versions = format!("{place}/clusterserviceversions");
    let made = plane.create(&versions, version).await?;
    status(
        plane,
        &format!("{versions}/{VERSION}"),
        &made,
        json!({"phase": "Succeeded"}),
    )
    .await?;
    let now = "2026-01-01T00:00:00Z";
    let installed = json!({"installedCSV": VERSION, "state": "AtLatestKnown", "lastUpdated": now});
    status(plane, &path, &subscription, installed).await
}
