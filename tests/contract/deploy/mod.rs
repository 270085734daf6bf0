//! What `manifests/plugin` installs, as kustomize and Helm render it. Needs the rig's renderer.

mod chart;
mod objects;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// The one object of a kind.
fn one<'a>(objects: &'a [Value], kind: &str) -> Result<&'a Value> {
    let mut found = objects.iter().filter(|object| object["kind"] == kind);
    let first = found.next().with_context(|| format!("there is no {kind}"))?;
    assert!(found.next().is_none(), "there is more than one {kind}");
    Ok(first)
}

/// The pod that the Deployment makes.
fn pod(objects: &[Value]) -> Result<&Value> {
    Ok(&one(objects, "Deployment")?["spec"]["template"]["spec"])
}

fn arguments(objects: &[Value]) -> Result<Vec<&str>> {
    let arguments = pod(objects)?["containers"][0]["args"].as_array();
    Ok(arguments
        .context("the container has no arguments")?
        .iter()
        .filter_map(Value::as_str)
        .collect())
}
