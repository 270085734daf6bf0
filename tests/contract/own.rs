//! An administrator's own dashboards: laid over the shipped ones while the server runs, and never in their way.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::rig::serve::{Serve, run};
use tests::rig::{http, wait};

use super::{NOBODY, small_server};

const GOOD: &str = r#"
[[panel]]
id = "own.full"
title = "Own"
tells = "How full the cache of the fullest replica is."
when_bad = "Add a replica."
unit = "ratio"
kind = "line"
queries = [{ expr = "max({{kv_cache_usage}})", legend = "full" }]
[[dashboard]]
id = "own"
title = "Own"
tells = "Is there room?"
panels = ["own.full", "vllm.ttft"]
"#;

/// What of the catalogue is not the program's own, and the faults.
async fn own(server: &Serve) -> Result<Value> {
    let answer = http::get_json(&format!("{}/api/catalog", server.url)).await?;
    let ids = |key: &str, own: fn(&Value) -> bool| -> Vec<Value> {
        let all = answer[key].as_array().into_iter().flatten();
        all.filter(|entry| own(entry))
            .map(|entry| entry["id"].clone())
            .collect()
    };
    let panels = ids("panels", |panel| {
        panel["title"].as_str().is_some_and(|title| title.starts_with("Own"))
    });
    let dashboards = ids("dashboards", |board| board["title"] == "Own");
    let faults: Vec<String> = answer["faults"]
        .as_array()
        .context("no faults")?
        .iter()
        .map(|fault| {
            let [file, reason] = ["file", "reason"].map(|key| fault[key].as_str().unwrap_or_default());
            format!("{file}:{}: {reason}", fault["line"])
        })
        .collect();
    Ok(json!({"panels": panels, "dashboards": dashboards, "faults": faults}))
}

/// As a kubelet does it: the files in a folder of their own, a link to that folder, and a link for each file. A new state
/// is a new folder, to which the one link is moved.
fn mount(folder: &Path, state: &str, files: &[(&str, &str)]) -> Result<()> {
    let data = folder.join(format!("..{state}"));
    fs::create_dir(&data)?;
    for (name, text) in files {
        fs::write(data.join(name), text)?;
        let link = folder.join(name);
        if !link.is_symlink() {
            symlink(Path::new("..data").join(name), link)?;
        }
    }
    let fresh = folder.join("..data_tmp");
    symlink(format!("..{state}"), &fresh)?;
    fs::rename(fresh, folder.join("..data"))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with("..") && !files.iter().any(|(file, _)| *file == name) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn own_dashboards_follow_their_config_map_and_a_broken_file_takes_nothing_away() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().to_string_lossy().into_owned();
    let broken = GOOD
        .replace("own", "other")
        .replace("{{kv_cache_usage}}", "{{kv_cache}}");
    let not_promql = GOOD
        .replace("own", "third")
        .replace("max({{kv_cache_usage}})", "max({{kv_cache_usage}}) by");
    mount(
        folder.path(),
        "1",
        &[("a.toml", GOOD), ("b.toml", &broken), ("c.toml", &not_promql)],
    )?;
    let (server, _assets) = small_server(NOBODY, &["--identity", "demo", "--dashboards", &path]).await?;
    assert_eq!(
        own(&server).await?,
        json!({
            "panels": ["own.full"],
            "dashboards": ["own"],
            "faults": [
                "b.toml:9: the panel other.full: there is no concept \"kv_cache\"",
                "c.toml:9: the panel third.full: The query is not PromQL that Servelens can check: invalid promql query",
            ],
        })
    );
    let expect = async |what: &str, expected: Value| {
        wait::until(what, async || own(&server).await, |seen| *seen == expected).await
    };
    mount(
        folder.path(),
        "2",
        &[(
            "b.toml",
            &GOOD.replace("own.full", "vllm.ttft").replace(", \"vllm.ttft\"", ""),
        )],
    )?;
    expect(
        "a panel is replaced and the broken files are gone",
        json!({"panels": ["vllm.ttft"], "dashboards": ["own"], "faults": []}),
    )
    .await?;
    mount(folder.path(), "3", &[])?;
    expect(
        "all is as shipped",
        json!({"panels": [], "dashboards": [], "faults": []}),
    )
    .await?;
    Ok(())
}

#[test]
fn a_folder_that_is_not_there_is_told_at_the_start() -> Result<()> {
    let assets = tests::rig::small_dist::write()?;
    let output = run(
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--assets",
            &assets.path().to_string_lossy(),
            "--upstream",
            "prometheus",
            "--cluster-url",
            NOBODY,
            "--dashboards",
            "/nowhere",
        ],
        &[],
    )?;
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("--dashboards /nowhere is no folder"), "{said}");
    Ok(())
}
