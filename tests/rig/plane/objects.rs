//! All objects that setting up may touch.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Plane;

/// Path of each list, and the kind's plural.
pub const LISTS: [(&str, &str); 21] = [
    ("api/v1", "namespaces"),
    ("api/v1", "configmaps"),
    ("api/v1", "secrets"),
    ("api/v1", "serviceaccounts"),
    ("api/v1", "services"),
    ("apis/rbac.authorization.k8s.io/v1", "rolebindings"),
    ("apis/rbac.authorization.k8s.io/v1", "clusterroles"),
    ("apis/rbac.authorization.k8s.io/v1", "clusterrolebindings"),
    ("apis/networking.k8s.io/v1", "networkpolicies"),
    ("apis/monitoring.coreos.com/v1", "servicemonitors"),
    ("apis/monitoring.coreos.com/v1", "podmonitors"),
    ("apis/monitoring.coreos.com/v1", "prometheusrules"),
    ("apis/grafana.integreatly.org/v1beta1", "grafanas"),
    ("apis/grafana.integreatly.org/v1beta1", "grafanafolders"),
    ("apis/grafana.integreatly.org/v1beta1", "grafanadatasources"),
    ("apis/grafana.integreatly.org/v1beta1", "grafanadashboards"),
    ("apis/operators.coreos.com/v1", "operatorgroups"),
    ("apis/operators.coreos.com/v1alpha1", "subscriptions"),
    ("apis/operators.coreos.com/v1alpha1", "clusterserviceversions"),
    ("apis/operator.openshift.io/v1", "consoles"),
    ("apis/serving.kserve.io/v1beta1", "inferenceservices"),
];

/// Changes by itself with each writing.
const MOVING: [&str; 5] = [
    "resourceVersion",
    "managedFields",
    "uid",
    "creationTimestamp",
    "generation",
];

/// By plural, namespace and name.
pub type Objects = BTreeMap<String, Value>;

impl Plane {
    /// As they are.
    pub async fn objects(&self) -> Result<Objects> {
        let mut found = Objects::new();
        for (group, plural) in LISTS {
            let Some(mut list) = self.get(&format!("{group}/{plural}")).await? else {
                continue;
            };
            let items = list.pointer_mut("/items").and_then(Value::as_array_mut);
            for object in items.context("a list")? {
                let text = |path: &str| object.pointer(path).and_then(Value::as_str).unwrap_or_default();
                let key = format!("{plural} {}/{}", text("/metadata/namespace"), text("/metadata/name"));
                found.insert(key, object.take());
            }
        }
        Ok(found)
    }

    /// Without what changes by itself.
    pub async fn said(&self) -> Result<Objects> {
        let mut found = self.objects().await?;
        for object in found.values_mut() {
            if let Some(metadata) = object.pointer_mut("/metadata").and_then(Value::as_object_mut) {
                metadata.retain(|key, _| !MOVING.contains(&key.as_str()));
            }
        }
        Ok(found)
    }

    /// What tests share, and the definitions: all but their own accounts, which harm nobody.
    pub(super) async fn shared(&self) -> Result<Objects> {
        let mut found = self.said().await?;
        let of_an_account = |key: &str, object: &Value| {
            let subjects = object.get("subjects").and_then(Value::as_array);
            let mut subjects = subjects.into_iter().flatten();
            let is_ours = |subject: &Value| subject.get("namespace").is_some_and(|namespace| namespace == "rig");
            key.starts_with("serviceaccounts rig/") || subjects.any(is_ours)
        };
        found.retain(|key, object| !of_an_account(key, object));
        let path = "apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        let definitions = self.get(path).await?.context("no definitions at all")?;
        let definitions = definitions.get("items").and_then(Value::as_array);
        for definition in definitions.context("a list")? {
            let name = definition.pointer("/metadata/name").and_then(Value::as_str);
            let name = name.unwrap_or_default();
            found.insert(format!("customresourcedefinitions {name}"), Value::Null);
        }
        Ok(found)
    }
}

/// Names of what was taken away, changed or added since. What stands in a namespace of a test's own harms nobody.
pub(super) fn different(untouched: &Objects, now: &Objects) -> Vec<String> {
    let is_own = |key: &str| {
        let (plural, place) = key.split_once(' ').unwrap_or_default();
        let (namespace, name) = place.split_once('/').unwrap_or_default();
        let namespace = if plural == "namespaces" { name } else { namespace };
        !namespace.is_empty() && !untouched.contains_key(&format!("namespaces /{namespace}"))
    };
    let keys = untouched
        .keys()
        .chain(now.keys().filter(|key| !untouched.contains_key(*key)));
    keys.filter(|key| !is_own(key) && untouched.get(*key) != now.get(*key))
        .cloned()
        .collect()
}
