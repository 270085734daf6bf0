//! Every object that can be made is one that the platform's API server takes: strict, with the rules of the definitions.

use std::fs;

use anyhow::{Context as _, Result};
use serde_json::Value;
use tests::rig::plane::plane;
use tests::rig::serve::run;

/// The path of an object in the API.
fn path(object: &Value) -> Result<String> {
    let text = |at: &str| object.pointer(at).and_then(Value::as_str).unwrap_or_default();
    let (version, kind) = (text("/apiVersion"), text("/kind"));
    let plural = match kind {
        "NetworkPolicy" => "networkpolicies".to_owned(),
        kind => format!("{}s", kind.to_lowercase()),
    };
    let root = if version.contains('/') { "apis" } else { "api" };
    let place = match text("/metadata/namespace") {
        "" => String::new(),
        namespace => format!("namespaces/{namespace}/"),
    };
    let name = Some(text("/metadata/name")).filter(|name| !name.is_empty());
    Ok(format!("{root}/{version}/{place}{plural}/{}", name.context("a name")?))
}

#[tokio::test]
async fn every_rendered_object_passes_a_strict_dry_run() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    for namespace in ["render-a", "render-b", "servelens-grafana"] {
        plane.namespace(namespace).await?;
    }
    let folder = tempfile::tempdir()?;
    let mut kinds = std::collections::BTreeMap::new();
    for (view, name) in [("namespace", "one"), ("cluster", "two")] {
        let file = folder.path().join(format!("{name}.toml"));
        fs::write(
            &file,
            format!(
                "namespace = [\"render-a\", \"render-b\"]\ninstance = \"{name}\"\ngrafana = \"{view}\"\n\
                 console-dashboards = true\nservelens-url = \"https://servelens.example\"\n"
            ),
        )?;
        let output = run(&["render", "--config", &file.to_string_lossy()], &[])?;
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout)?;
        for document in text.split("\n---\n").skip(1) {
            let object: Value = serde_saphyr::from_str(document)?;
            plane.dry_run(&path(&object)?, document.to_owned()).await?;
            let kind = object["kind"].as_str().unwrap_or_default().to_owned();
            *kinds.entry(kind).or_insert(0) += 1;
        }
    }
    // Of both installations together: so that a kind that is no longer made is noticed.
    let kinds: Vec<String> = kinds.into_keys().collect();
    insta::assert_snapshot!(kinds.join(" "), @"ConfigMap Grafana GrafanaDashboard GrafanaDatasource GrafanaFolder Namespace NetworkPolicy OperatorGroup PrometheusRule RoleBinding ServiceAccount Subscription");
    plane.delete("api/v1/namespaces/servelens-grafana").await?;
    plane.gone("servelens-grafana").await
}
