//! Namespaces, roles, accounts and their tokens, with the names and rules that OpenShift's monitoring brings.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::control_plane::{ControlPlane, ROOT};
use super::prepared::Content;
use super::{Https, User, definitions};
use crate::rig::wait;

/// The custom resources that Servelens reads.
pub(super) const KINDS: [(&str, &str); 2] = [
    ("serving.kserve.io", "inferenceservices"),
    ("serving.kserve.io", "llminferenceservices"),
];

const RBAC: &str = "apis/rbac.authorization.k8s.io/v1";

/// Makes everything, and returns when the controllers have done their part.
pub(super) async fn make(plane: &ControlPlane, content: Content) -> Result<()> {
    let (https, url) = (&plane.https, plane.url.as_str());
    let create = async |path: &str, object: Value| {
        // Until the controllers have made a namespace's accounts, admission may refuse what is put into it.
        wait::until(
            "an object is made",
            async || https.create(&format!("{url}/{path}"), ROOT, &object).await,
            |_| true,
        )
        .await
    };
    let namespaces = [&["rig", "openshift-monitoring", "team-a", "team-b"], content.namespaces].concat();
    for namespace in &namespaces {
        create("api/v1/namespaces", json!({"metadata": {"name": namespace}})).await?;
    }
    for (name, labels, rules) in roles() {
        let role = json!({"metadata": {"name": name, "labels": labels}, "rules": rules});
        create(&format!("{RBAC}/clusterroles"), role).await?;
    }
    for user in User::ALL {
        let account = json!({"metadata": {"name": user.account()}});
        create("api/v1/namespaces/rig/serviceaccounts", account).await?;
    }
    for (user, role) in [
        (User::Admin, "cluster-admin"),
        (User::Viewer, "cluster-monitoring-view"),
    ] {
        create(&format!("{RBAC}/clusterrolebindings"), binding(user, role)).await?;
    }
    for (user, role, namespace) in [
        (User::One, "view", "team-a"),
        (User::Two, "view", "team-a"),
        (User::Two, "view", "team-b"),
        (User::Two, "monitoring-rules-view", "team-a"),
    ] {
        create(
            &format!("{RBAC}/namespaces/{namespace}/rolebindings"),
            binding(user, role),
        )
        .await?;
    }
    for (group, plural) in KINDS.iter().chain(content.kinds) {
        definitions::apply(https, url, ROOT, group, plural).await?;
    }
    view_is_filled(https, url, &tokens(https, url).await?).await?;
    for namespace in &namespaces {
        let account = format!("{url}/api/v1/namespaces/{namespace}/serviceaccounts/default");
        wait::until(
            "a namespace is whole",
            async || https.get(&account, ROOT).await,
            |answer| answer.status.is_success(),
        )
        .await?;
    }
    Ok(())
}

/// A token for each user, good for two hours.
pub(super) async fn tokens(https: &Https, url: &str) -> Result<Vec<(User, String)>> {
    let mut tokens = Vec::new();
    for user in User::ALL {
        let url = format!("{url}/api/v1/namespaces/rig/serviceaccounts/{}/token", user.account());
        let asked = json!({"spec": {"expirationSeconds": 7200}});
        let answer = https.create(&url, ROOT, &asked).await?;
        let token = answer.pointer("/status/token").and_then(Value::as_str);
        tokens.push((user, token.context("a token")?.to_owned()));
    }
    Ok(tokens)
}

/// The proxies keep a denial for half a minute: nobody may ask them before the roles are whole.
async fn view_is_filled(https: &Https, url: &str, tokens: &[(User, String)]) -> Result<()> {
    let token = tokens.iter().find(|(user, _)| *user == User::Two);
    let (_, token) = token.context("the developer's token")?;
    for namespace in ["team-a", "team-b"] {
        let attributes = json!({"verb": "get", "group": "metrics.k8s.io", "resource": "pods", "namespace": namespace});
        let review = json!({"spec": {"resourceAttributes": attributes}});
        let path = format!("{url}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews");
        wait::until(
            "`view` holds the metrics' rights",
            async || https.create(&path, token, &review).await,
            |answer| answer.pointer("/status/allowed") == Some(&json!(true)),
        )
        .await?;
    }
    Ok(())
}

fn binding(user: User, role: &str) -> Value {
    json!({
        "metadata": {"name": format!("{}-{role}", user.account())},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": user.account(), "namespace": "rig"}],
    })
}

fn roles() -> [(&'static str, Value, Value); 4] {
    let aggregated = ["view", "edit", "admin"].map(|to| {
        (
            format!("rbac.authorization.k8s.io/aggregate-to-{to}"),
            Value::from("true"),
        )
    });
    let aggregated = Value::Object(aggregated.into_iter().collect());
    let prometheus = |resource: &str, verbs: &[&str]| json!({"apiGroups": ["monitoring.coreos.com"], "resources": [resource], "verbs": verbs});
    [
        (
            "cluster-monitoring-view",
            json!({}),
            json!([
                {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"]},
                prometheus("prometheuses/api", &["get", "create", "update"]),
            ]),
        ),
        (
            "kserve-view",
            aggregated.clone(),
            json!([{"apiGroups": ["serving.kserve.io"], "resources": ["inferenceservices", "llminferenceservices"], "verbs": ["get", "list", "watch"]}]),
        ),
        (
            "system:aggregated-metrics-reader",
            aggregated,
            json!([{"apiGroups": ["metrics.k8s.io"], "resources": ["pods", "nodes"], "verbs": ["get", "list", "watch"]}]),
        ),
        (
            "monitoring-rules-view",
            json!({}),
            json!([prometheus("prometheusrules", &["get", "list", "watch"])]),
        ),
    ]
}
