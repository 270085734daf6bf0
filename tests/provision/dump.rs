//! All objects that setting up may touch, without what changes by itself.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::Value;
use tests::rig::plane::Plane;
use tests::rig::wait;

/// Path of each list, by the kind's plural.
const LISTS: [(&str, &str); 21] = [
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

/// The group of a kind that a test takes away.
pub fn group(plural: &str) -> &'static str {
    match plural {
        "consoles" => "operator.openshift.io",
        "consoleplugins" => "console.openshift.io",
        "clusterversions" | "clusteroperators" => "config.openshift.io",
        "servingruntimes" | "clusterservingruntimes" | "inferenceservices" | "llminferenceservices" => {
            "serving.kserve.io"
        }
        "clusterpolicies" => "nvidia.com",
        _ => "monitoring.coreos.com",
    }
}

type Dump = BTreeMap<String, Value>;

async fn all(plane: &Plane) -> Result<Dump> {
    let mut found = Dump::new();
    for (group, plural) in LISTS {
        let Some(mut list) = plane.get(&format!("{group}/{plural}")).await? else {
            continue;
        };
        for object in list["items"].as_array_mut().context("a list")? {
            let text = |path: &str| object.pointer(path).and_then(Value::as_str).unwrap_or_default();
            let key = format!("{plural} {}/{}", text("/metadata/namespace"), text("/metadata/name"));
            found.insert(key, object.take());
        }
    }
    Ok(found)
}

/// What the objects say.
pub async fn dump(plane: &Plane) -> Result<Dump> {
    const MOVING: [&str; 5] = [
        "resourceVersion",
        "managedFields",
        "uid",
        "creationTimestamp",
        "generation",
    ];
    let mut found = all(plane).await?;
    for object in found.values_mut() {
        if let Some(metadata) = object["metadata"].as_object_mut() {
            metadata.retain(|key, _| !MOVING.contains(&key.as_str()));
        }
        // That the record is there counts; it also tells its own history.
        if let Some(record) = object.pointer_mut("/data/inventory.json") {
            record.take();
        }
    }
    Ok(found)
}

/// Changes whenever anything is written, whatever it says.
pub async fn versions(plane: &Plane) -> Result<Dump> {
    let mut found = all(plane).await?;
    for object in found.values_mut() {
        *object = object["metadata"]["resourceVersion"].take();
    }
    Ok(found)
}

/// Makes the objects of a kind again, which went with its definition.
pub async fn bring_back(plane: &Plane, before: &Dump, plural: &str) -> Result<()> {
    for (group, _) in LISTS.iter().filter(|(_, kind)| *kind == plural) {
        let theirs = before.iter().filter(|(key, _)| key.split(' ').next() == Some(plural));
        for object in theirs.map(|(_, object)| object) {
            let path = match object.pointer("/metadata/namespace").and_then(Value::as_str) {
                Some(namespace) => format!("{group}/namespaces/{namespace}/{plural}"),
                None => format!("{group}/{plural}"),
            };
            plane.create(&path, object.clone()).await?;
        }
    }
    Ok(())
}

/// Waits until everything is as it was: a namespace takes some seconds to go.
pub async fn settled(plane: &Plane, before: &Dump) -> Result<()> {
    let differs = async || {
        let now = dump(plane).await?;
        let keys = before.keys().chain(now.keys());
        let different = keys.filter(|key| before.get(*key) != now.get(*key));
        Ok::<Vec<String>, anyhow::Error>(
            different
                .map(|key| format!("{key}: {:?} → {:?}", before.get(key), now.get(key)))
                .collect(),
        )
    };
    wait::until("the cluster is as it was", differs, Vec::is_empty).await?;
    Ok(())
}
