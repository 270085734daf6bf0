//! Custom resource definitions: the platform's own, from the folder that `SERVELENS_CRDS` names, else the project's small
//! ones.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::Https;
use crate::rig::{paths, wait};

/// The definition of `plural` of `group`, as YAML.
pub fn text(group: &str, plural: &str) -> Result<String> {
    let name = format!("{group}_{plural}.yaml");
    let small = paths::checkout().join("tests/fixtures/crds").join(&name);
    let real = std::env::var_os("SERVELENS_CRDS").map(|folder| PathBuf::from(folder).join(&name));
    let file = real.filter(|file| file.is_file()).unwrap_or(small);
    fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))
}

/// Applies the definition, and returns when the API server serves its objects.
pub async fn apply(https: &Https, url: &str, root: &str, group: &str, plural: &str) -> Result<()> {
    let text = text(group, plural)?;
    let path = format!("{url}/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.{group}");
    https.apply(&path, root, text).await?;
    let established = "/status/conditions";
    wait::until(
        "the definition is established",
        async || https.get(&path, root).await?.json(),
        |definition| {
            let conditions = definition.pointer(established).and_then(|list| list.as_array());
            conditions.is_some_and(|list| {
                list.iter()
                    .any(|condition| condition["type"] == "Established" && condition["status"] == "True")
            })
        },
    )
    .await?;
    Ok(())
}
