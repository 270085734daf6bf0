//! The remains of the two systems that others set this up with by hand: they stay as they are, whatever comes beside them.

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::plane::{Plane, plane};
use tests::rig::played::{grafana, is_calm};
use tests::rig::wait;

use super::states::{model, round_with};

const RBAC: &str = "apis/rbac.authorization.k8s.io/v1";
const GRAFANA: &str = "apis/grafana.integreatly.org/v1beta1/namespaces";
const OLM: &str = "apis/operators.coreos.com";

/// An object of a group and kind, under a name.
fn object(version: &str, kind: &str, name: &str, rest: Value) -> Value {
    let mut object = rest;
    object["apiVersion"] = version.into();
    object["kind"] = kind.into();
    object["metadata"]["name"] = name.into();
    object
}

fn binding(role: &str, account: &str, namespace: &str) -> Value {
    json!({
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": namespace}],
    })
}

/// What both leave of Grafana: the instance, an account with a token that never ends, and its cluster-wide right.
async fn dashboards(plane: &Plane, namespace: &str, instance: &str, account: &str, right: &str) -> Result<()> {
    let version = "grafana.integreatly.org/v1beta1";
    let chosen = json!({"matchLabels": {"dashboards": instance}});
    for (plural, kind, spec) in [
        (
            "grafanas",
            "Grafana",
            json!({"config": {"security": {"admin_user": "admin"}}}),
        ),
        ("grafanafolders", "GrafanaFolder", json!({"instanceSelector": chosen})),
        (
            "grafanadatasources",
            "GrafanaDatasource",
            json!({"instanceSelector": chosen, "datasource": {"name": "prometheus", "type": "prometheus", "access": "proxy"}}),
        ),
        (
            "grafanadashboards",
            "GrafanaDashboard",
            json!({"instanceSelector": chosen, "json": "{\"title\": \"theirs\"}"}),
        ),
    ] {
        let rest = json!({"metadata": {"labels": {"dashboards": instance}}, "spec": spec});
        plane
            .create(
                &format!("{GRAFANA}/{namespace}/{plural}"),
                object(version, kind, instance, rest),
            )
            .await?;
    }
    let core = format!("api/v1/namespaces/{namespace}");
    plane
        .create(
            &format!("{core}/serviceaccounts"),
            json!({"metadata": {"name": account}}),
        )
        .await?;
    let token = json!({
        "metadata": {
            "name": format!("{account}-token"), "annotations": {"kubernetes.io/service-account.name": account},
        },
        "type": "kubernetes.io/service-account-token",
    });
    plane.create(&format!("{core}/secrets"), token).await?;
    let mut wide = binding("cluster-monitoring-view", account, namespace);
    wide["metadata"] = json!({"name": right});
    plane.create(&format!("{RBAC}/clusterrolebindings"), wide).await?;
    Ok(())
}

/// Of the role for OpenShift AI: everything in the namespace of the models, the operator included.
async fn of_the_role(plane: &Plane, namespace: &str) -> Result<()> {
    let monitoring = "monitoring.coreos.com/v1";
    let monitors = |namespace: &str| format!("apis/{monitoring}/namespaces/{namespace}/servicemonitors");
    for name in ["vllm-models", "openvino-models"] {
        let spec = json!({"spec": {
            "selector": {"matchLabels": {"serving.kserve.io/inferenceservice": "gone"}},
            "endpoints": [{"port": "http", "path": "/metrics"}],
        }});
        plane
            .create(&monitors(namespace), object(monitoring, "ServiceMonitor", name, spec))
            .await?;
    }
    let spec = json!({"spec": {
        "selector": {"matchLabels": {"app": "nvidia-dcgm-exporter"}}, "endpoints": [{"port": "gpu-metrics"}],
    }});
    let exporter = object(monitoring, "ServiceMonitor", "nvidia-dcgm-exporter", spec);
    plane.create(&monitors("nvidia-gpu-operator"), exporter).await?;
    let label = json!({"metadata": {"labels": {"openshift.io/user-monitoring": "true"}}});
    plane.merge(&format!("api/v1/namespaces/{namespace}"), &label).await?;
    dashboards(plane, namespace, "grafana", "grafana-sa", "cluster-monitoring-view").await?;
    let core = format!("api/v1/namespaces/{namespace}");
    let secret = json!({"metadata": {"name": "grafana-proxy"}, "stringData": {"session_secret": "theirs"}});
    plane.create(&format!("{core}/secrets"), secret).await?;
    let certificates = json!({
        "metadata": {"name": "ocp-injected-certs", "labels": {"config.openshift.io/inject-trusted-cabundle": "true"}},
    });
    plane.create(&format!("{core}/configmaps"), certificates).await?;
    let role = json!({
        "metadata": {"name": "grafana-proxy"},
        "rules": [{"apiGroups": ["authentication.k8s.io"], "resources": ["tokenreviews"], "verbs": ["create"]}],
    });
    plane.create(&format!("{RBAC}/clusterroles"), role).await?;
    for (name, role) in [("grafana-proxy", "grafana-proxy"), ("grafana-admin", "admin")] {
        let mut narrow = binding(role, "grafana-sa", namespace);
        narrow["metadata"] = json!({"name": name});
        plane
            .create(&format!("{RBAC}/namespaces/{namespace}/rolebindings"), narrow)
            .await?;
    }
    let group = json!({"spec": {"targetNamespaces": [namespace]}});
    let group = object(
        "operators.coreos.com/v1",
        "OperatorGroup",
        "grafana-operator-group",
        group,
    );
    plane
        .create(&format!("{OLM}/v1/namespaces/{namespace}/operatorgroups"), group)
        .await?;
    let subscription = json!({"spec": {
        "name": "grafana-operator", "channel": "v5", "source": "community-operators",
        "sourceNamespace": "openshift-marketplace",
    }});
    let subscription = object("operators.coreos.com/v1alpha1", "Subscription", "grafana", subscription);
    plane.create(&subscriptions(namespace), subscription).await?;
    Ok(())
}

fn subscriptions(namespace: &str) -> String {
    format!("{OLM}/v1alpha1/namespaces/{namespace}/subscriptions")
}

#[tokio::test]
async fn the_remains_of_other_installers_stay_as_they_are() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let namespace = "state-remains";
    let mut args = model(plane, namespace).await?.to_vec();
    of_the_role(plane, namespace).await?;
    // Of the scripts for llm-d: everything in a namespace of its own.
    let theirs = "llm-d-monitoring";
    plane.namespace(theirs).await?;
    let right = "grafana-thanos-cluster-monitoring-view";
    dashboards(plane, theirs, "llm-d-grafana", "grafana-thanos", right).await?;

    let _grafana = grafana(plane);
    let calm = async || wait::until("the operator is calm", async || is_calm(plane).await, |()| true).await;
    round_with(plane, &args, calm).await?;
    // Ours beside theirs, with the operator that they have installed.
    args.extend(["--grafana", "namespace"].map(str::to_owned));
    let (first, _) = round_with(plane, &args, calm).await?;
    assert!(!first.out.contains("OperatorGroup servelens-grafana"), "{}", first.out);

    // What belongs to the whole cluster must not be in the way of other tests.
    plane.delete(&format!("{}/grafana", subscriptions(namespace))).await?;
    plane
        .delete("apis/monitoring.coreos.com/v1/namespaces/nvidia-gpu-operator/servicemonitors/nvidia-dcgm-exporter")
        .await
}
