//! The cluster-monitoring-operator: reads its two ConfigMaps strictly, makes or takes away the Prometheus of the user
//! workloads with OpenShift's restrictions, and says in the ClusterOperator `monitoring` what it thinks of the texts.
//!
//! Left out are everything of the platform's own monitoring, the rule evaluator and the alert manager of user workloads, the
//! four tries before a fault is told, the admission webhook, and all keys but the ones named here. Pods run nowhere: where
//! no real prometheus-operator does it, the servers are told to be available as soon as they are wanted.

use std::sync::Arc;

use anyhow::Result;
use serde_json::{Value, json};

use super::{Played, again, play, status};
use crate::rig::plane::Plane;

pub const USER_WORKLOAD: &str = "openshift-user-workload-monitoring";
const PLATFORM: &str = "openshift-monitoring";
const PROMETHEUSES: &str = "apis/monitoring.coreos.com/v1/namespaces/openshift-user-workload-monitoring/prometheuses";
const OPERATORS: &str = "apis/config.openshift.io/v1/clusteroperators";
/// Of the many that the real one knows: what setting up and its tests write.
const PLATFORM_KEYS: [&str; 3] = ["enableUserWorkload", "prometheusK8s", "alertmanagerMain"];
const USER_KEYS: [&str; 3] = ["prometheus", "thanosRuler", "alertmanager"];

/// Who tells that the Prometheus servers are available.
#[derive(Debug, Clone)]
pub enum Servers {
    /// This one, at once.
    Played,
    /// The real prometheus-operator; these fields are merged into its object, so that it works without a cluster around it.
    Real(Value),
}

/// Starts it with the kinds that it needs; what it made stays when it stops.
pub async fn monitoring(plane: &'static Plane, servers: Servers) -> Result<Played> {
    plane.define("monitoring.coreos.com", "prometheuses").await?;
    if plane.get(&format!("{OPERATORS}/monitoring")).await?.is_none() {
        let operator = json!({
            "apiVersion": "config.openshift.io/v1", "kind": "ClusterOperator",
            "metadata": {"name": "monitoring"}, "spec": {},
        });
        plane.create(OPERATORS, operator).await?;
    }
    let servers = Arc::new(servers);
    Ok(play(move || again(async move || step(plane, &servers).await)))
}

async fn step(plane: &Plane, servers: &Servers) -> Result<()> {
    let platform = read(plane, PLATFORM, "cluster-monitoring-config", &PLATFORM_KEYS).await?;
    let user = read(plane, USER_WORKLOAD, "user-workload-monitoring-config", &USER_KEYS).await?;
    let fault = match (&platform, &user) {
        (Err(fault), _) => Some(("InvalidConfiguration", fault)),
        (_, Err(fault)) => Some(("UserWorkloadInvalidConfiguration", fault)),
        _ => None,
    };
    told(plane, fault).await?;
    // While a text is broken, what runs goes on running as it is.
    let (Ok(platform), Ok(user)) = (platform, user) else {
        return Ok(());
    };
    let path = format!("{PROMETHEUSES}/user-workload");
    let there = plane.get(&path).await?;
    if platform.get("enableUserWorkload") != Some(&Value::Bool(true)) {
        if there.is_some() {
            plane.delete(&path).await?;
        }
        return Ok(());
    }
    let wanted = prometheus(&user, servers);
    let Some(there) = there else {
        plane.create(PROMETHEUSES, wanted).await?;
        return Ok(());
    };
    if there.pointer("/spec/retention") != wanted.pointer("/spec/retention") {
        let retention = json!({"spec": {"retention": wanted.pointer("/spec/retention")}});
        plane.merge(&path, &retention).await?;
    }
    if let Servers::Played = servers {
        status(plane, &path, &there, available(&there)).await?;
    }
    Ok(())
}

/// The text of a ConfigMap, read strictly; its fault as the operator would tell it.
async fn read(plane: &Plane, namespace: &str, name: &str, known: &[&str]) -> Result<Result<Value, String>> {
    let object = plane
        .get(&format!("api/v1/namespaces/{namespace}/configmaps/{name}"))
        .await?;
    let text = object.as_ref().and_then(|object| object.pointer("/data/config.yaml"));
    let text = text.and_then(Value::as_str).unwrap_or_default();
    if text.trim().is_empty() {
        return Ok(Ok(json!({})));
    }
    Ok(match serde_saphyr::from_str::<Value>(text) {
        Err(fault) => Err(format!("{name}: error unmarshaling: {fault}")),
        Ok(tree) => match tree.as_object() {
            None => Err(format!("{name}: this is no map")),
            Some(map) => match map.keys().find(|key| !known.contains(&key.as_str())) {
                Some(key) => Err(format!("{name}: unknown field {key:?}")),
                None => Ok(tree),
            },
        },
    })
}

async fn told(plane: &Plane, fault: Option<(&str, &String)>) -> Result<()> {
    let path = format!("{OPERATORS}/monitoring");
    let Some(operator) = plane.get(&path).await? else {
        return Ok(());
    };
    let condition = |kind: &str, on: bool, reason: &str, message: &str| {
        json!({
            "type": kind, "status": if on { "True" } else { "False" }, "reason": reason, "message": message,
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        })
    };
    let (reason, message) = fault.map_or(("", ""), |(reason, fault)| (reason, fault.as_str()));
    let conditions = json!({"conditions": [
        condition("Available", fault.is_none(), reason, message),
        condition("Degraded", fault.is_some(), reason, message),
    ]});
    status(plane, &path, &operator, conditions).await
}

/// As OpenShift restricts it: no files of the pod, no other namespace than the monitor's own, no labels of the exporter over
/// the platform's.
fn prometheus(user: &Value, servers: &Servers) -> Value {
    let watched = json!({"matchExpressions": [
        {"key": "openshift.io/cluster-monitoring", "operator": "NotIn", "values": ["true"]},
        {"key": "openshift.io/user-monitoring", "operator": "NotIn", "values": ["false"]},
    ]});
    let chosen = json!({"matchExpressions": [
        {"key": "openshift.io/user-monitoring", "operator": "NotIn", "values": ["false"]},
    ]});
    let retention = user.pointer("/prometheus/retention").and_then(Value::as_str);
    let mut object = json!({
        "apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus",
        "metadata": {"name": "user-workload", "namespace": USER_WORKLOAD},
        "spec": {
            "replicas": 2, "retention": retention.unwrap_or("24h"), "scrapeInterval": "30s",
            "externalLabels": {}, "serviceAccountName": "default",
            "arbitraryFSAccessThroughSMs": {"deny": true},
            "ignoreNamespaceSelectors": true, "overrideHonorLabels": true, "overrideHonorTimestamps": true,
            "enforcedNamespaceLabel": "namespace",
            "serviceMonitorSelector": chosen, "serviceMonitorNamespaceSelector": watched,
            "podMonitorSelector": chosen, "podMonitorNamespaceSelector": watched,
            "probeSelector": chosen, "probeNamespaceSelector": watched,
            "ruleSelector": chosen, "ruleNamespaceSelector": watched,
        },
    });
    if let (Servers::Real(more), Some(spec)) = (servers, object.get_mut("spec").and_then(Value::as_object_mut)) {
        spec.extend(more.as_object().cloned().unwrap_or_default());
    }
    object
}

fn available(object: &Value) -> Value {
    let condition = |kind: &str| {
        json!({
            "type": kind, "status": "True", "observedGeneration": object.pointer("/metadata/generation"),
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        })
    };
    let replicas = object.pointer("/spec/replicas");
    json!({
        "paused": false, "replicas": replicas, "updatedReplicas": replicas, "availableReplicas": replicas,
        "unavailableReplicas": 0, "conditions": [condition("Reconciled"), condition("Available")],
    })
}
