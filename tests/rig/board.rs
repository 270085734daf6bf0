//! A board of forty panels over the one metric that the rig's stores have: each panel asks something else.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::http::Answer;

pub const PANELS: usize = 40;

fn id(number: usize) -> String {
    format!("rig.load_{number}")
}

/// A folder for `--dashboards`.
pub fn write() -> Result<TempDir> {
    let mut text = r#"
[[family]]
id = "rig"
title = "Rig"
[family.labels]
namespace = ["namespace"]

[[concept]]
id = "rig_load"
family = "rig"
type = "gauge"
unit = "count"
names = ["rig_load"]
"#
    .to_owned();
    for number in 1..=PANELS {
        write!(
            text,
            r#"
[[panel]]
id = "{}"
title = "Load, {number} times"
tells = "One."
when_bad = "Two."
unit = "count"
kind = "line"
queries = [{{ expr = "max by (namespace, pod) ({{{{rig_load}}}}) * {number}", legend = "{{pod}}" }}]
"#,
            id(number)
        )?;
    }
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("board.toml"), text)?;
    Ok(folder)
}

/// The whole board over the hour before `to`.
pub fn request(namespace: Option<&str>, to: i64) -> Value {
    let panels: Vec<String> = (1..=PANELS).map(id).collect();
    let vars = namespace.map_or_else(|| json!({}), |namespace| json!({"namespace": [namespace]}));
    json!({"panels": panels, "vars": vars, "from": to - 3600, "to": to, "width": 120})
}

/// Every panel of a board's answer is whole and shows something.
pub fn is_whole(answer: &Answer) -> Result<()> {
    ensure!(answer.status.is_success(), "{}: {}", answer.status, answer.text());
    let records = answer.ndjson()?;
    let (done, panels) = records.split_last().context("no record")?;
    ensure!(done.get("done") == Some(&Value::Bool(true)), "{done}");
    ensure!(panels.len() == PANELS, "{} panels", panels.len());
    for panel in panels {
        ensure!(panel.get("state") == Some(&json!("ok")), "{panel}");
    }
    Ok(())
}
