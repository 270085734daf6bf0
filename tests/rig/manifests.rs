//! The manifests of `manifests/plugin`, rendered by kustomize's and Helm's own libraries.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::go_tool::MANIFESTS;
use super::paths;

/// Every overlay.
pub const OVERLAYS: [&str; 4] = ["openshift", "openshift-4.14", "standalone", "plain-kubernetes"];

/// The objects of an overlay, in the order in which they are applied.
pub fn kustomize(overlay: &str) -> Result<Vec<Value>> {
    kustomize_folder(&paths::checkout().join("manifests/plugin/overlays").join(overlay))
}

/// As [`kustomize`], of any folder.
pub fn kustomize_folder(folder: &Path) -> Result<Vec<Value>> {
    render(&["kustomize", &folder.to_string_lossy()])
}

/// The objects of the Helm chart, installed into `namespace` with `values`.
pub fn helm(namespace: &str, values: &Value) -> Result<Vec<Value>> {
    let chart = paths::checkout().join("manifests/plugin/chart");
    render(&["helm", &chart.to_string_lossy(), namespace, &values.to_string()])
}

fn render(args: &[&str]) -> Result<Vec<Value>> {
    let output = Command::new(MANIFESTS.path()?)
        .args(args)
        .output()
        .context("running the renderer")?;
    ensure!(
        output.status.success(),
        "{}: {}",
        args.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).context("the rendered objects are no JSON")
}
