//! What a test compares: all objects before and after.

use anyhow::Result;
use serde_json::Value;
use tests::rig::plane::{LISTS, Objects, Plane};
use tests::rig::wait;

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

/// What the objects say.
pub async fn dump(plane: &Plane) -> Result<Objects> {
    let mut found = plane.said().await?;
    for object in found.values_mut() {
        // That the record is there counts; it also tells its own history.
        if let Some(record) = object.pointer_mut("/data/inventory.json") {
            record.take();
        }
    }
    Ok(found)
}

/// Changes whenever anything is written, whatever it says.
pub async fn versions(plane: &Plane) -> Result<Objects> {
    let mut found = plane.objects().await?;
    for object in found.values_mut() {
        *object = object["metadata"]["resourceVersion"].take();
    }
    Ok(found)
}

/// Makes the objects of a kind again, which went with its definition.
pub async fn bring_back(plane: &Plane, before: &Objects, plural: &str) -> Result<()> {
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
pub async fn settled(plane: &Plane, before: &Objects) -> Result<()> {
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
