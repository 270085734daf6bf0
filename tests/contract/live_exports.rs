//! `servelens export … --from-live`: the files hold what the store has, and show in another program what Servelens shows.
//! Against the demo's real Prometheus.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use catalog::Catalog;
use serde_json::{Value, json};
use tests::rig::demo::{Addresses, demo};
use tests::rig::{http, serve::run};

fn export(target: &str, store: &str, out: &Path, more: &[&str]) -> Result<Value> {
    let out = out.to_string_lossy().into_owned();
    let mut args = vec![
        "export",
        target,
        "--out",
        &out,
        "--output",
        "json",
        "--from-live",
        "--cluster-url",
        store,
    ];
    args.extend_from_slice(more);
    let output = run(&args, &[])?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Title to queries of every panel of an exported Grafana dashboard.
fn panels(folder: &Path, board: &str) -> Result<BTreeMap<String, Vec<String>>> {
    let board: Value = serde_json::from_slice(&std::fs::read(folder.join(format!("{board}.json")))?)?;
    let all = board["panels"].as_array().context("no panels")?;
    let queries = |panel: &Value| -> Vec<String> {
        let targets = panel["targets"].as_array().into_iter().flatten();
        targets
            .filter_map(|target| target["expr"].as_str().map(str::to_owned))
            .collect()
    };
    Ok(all
        .iter()
        .map(|panel| (panel["title"].as_str().unwrap_or_default().to_owned(), queries(panel)))
        .filter(|(_, queries)| !queries.is_empty())
        .collect())
}

/// As Grafana sends it when everything is chosen and a rate looks back this long.
fn sent(expr: &str, window_s: i64) -> String {
    let mut sent = expr.replace("$__rate_interval", &format!("{window_s}s"));
    for name in ["namespace", "model", "pod"] {
        sent = sent.replace(&format!("\"${name}\""), "\".*\"");
    }
    sent
}

async fn instant(demo: &Addresses, expr: &str, at: i64) -> Result<BTreeMap<String, f64>> {
    let form = http::query(&[("query", expr.to_owned()), ("time", at.to_string())].into());
    let answer = http::get_json(&format!("{}/api/v1/query?{form}", demo.prometheus)).await?;
    ensure!(answer["status"] == "success", "{expr}: {answer}");
    let series = answer["data"]["result"].as_array().context("no vector")?;
    Ok(series
        .iter()
        .map(|one| {
            let value = one["value"][1].as_str().unwrap_or_default();
            (one["metric"].to_string(), value.parse().unwrap_or(f64::NAN))
        })
        .collect())
}

#[tokio::test]
async fn a_file_from_live_has_the_names_of_this_store_alone_and_shows_what_servelens_shows() -> Result<()> {
    let demo = demo()?;
    let folder = tempfile::tempdir()?;
    let report = export(
        "grafana",
        &demo.prometheus,
        folder.path(),
        &["--dashboard", "vllm", "--dashboard", "epp"],
    )?;
    assert_eq!(report["files"], json!(["vllm.json", "epp.json"]));

    let known = http::get_json(&format!("{}/api/v1/label/__name__/values", demo.prometheus)).await?;
    let known: BTreeSet<&str> = known["data"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let catalog = Catalog::embedded()?;
    let ever: BTreeSet<String> = catalog.concepts().flat_map(|concept| concept.names.clone()).collect();
    let dropped: BTreeSet<&str> = report["notes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|note| note["outcome"] == "dropped")
        .filter_map(|note| note["panel"].as_str())
        .collect();
    let at = now()? - 120;
    let (mut compared, mut texts) = (0, String::new());
    for board in ["vllm", "epp"] {
        let files = panels(folder.path(), board)?;
        for id in &catalog.dashboard(board).context("no such board")?.panels {
            let panel = catalog.panel(id.as_str()).context("no such panel")?;
            let Some(exprs) = files.get(&panel.title) else {
                assert!(
                    dropped.contains(id.as_str()),
                    "{id} is neither in the file nor in the report"
                );
                continue;
            };
            texts.extend(exprs.iter().map(String::as_str));
            // A file's steps are the other program's.
            let steps = panel.queries.iter().any(|query| query.expr.text().contains("[$step]"));
            if steps || !matches!(panel.kind, catalog::Kind::Line | catalog::Kind::Area) {
                continue;
            }
            let body = json!({"panels": [id.as_str()], "from": at - 3_600, "to": at, "width": 300});
            let answer = http::post_json(&format!("{}/api/panels", demo.servelens), &[], &body)
                .await?
                .ndjson()?;
            let answer = answer
                .iter()
                .find(|line| line["panel"] == id.as_str())
                .context("no answer")?;
            let frames = answer["frames"].as_array().context("no frames")?;
            let Some(frame) = frames.first() else { continue };
            let values = frame["values"].as_array().context("no values")?;
            let last = frame["start"].as_i64().context("no start")?
                + frame["step"].as_i64().context("no step")? * (i64::try_from(values.len())? - 1);
            let window = answer["window_s"].as_i64().unwrap_or(120);
            for (query, expr) in exprs.iter().enumerate() {
                let theirs = instant(demo, &sent(expr, window), last).await.context(id.to_string())?;
                let ours: BTreeMap<String, f64> = frames
                    .iter()
                    .filter(|frame| frame["query"] == query)
                    .filter_map(|frame| {
                        let value = frame["values"].as_array()?.last()?.as_f64()?;
                        Some((frame["labels"].to_string(), value))
                    })
                    .collect();
                for (labels, value) in &ours {
                    let other = theirs
                        .get(labels)
                        .with_context(|| format!("{id}: no {labels} in {theirs:?}"))?;
                    assert!(
                        (value - other).abs() <= 1e-6 * value.abs().max(1e-9),
                        "{id} {labels}: {value} and {other}"
                    );
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 60, "{compared} values compared");
    for name in ever {
        let is_in = texts.contains(&name) && !known.iter().any(|known| known.contains(&name));
        assert!(!is_in, "{name} is in the files and not in the store");
    }
    Ok(())
}

/// Unix seconds.
fn now() -> Result<i64> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    Ok(i64::try_from(since.as_secs())?)
}

#[tokio::test]
async fn every_target_can_look_and_one_namespace_is_enough() -> Result<()> {
    let demo = demo()?;
    let everything = |target: &str| -> Result<usize> {
        let folder = tempfile::tempdir()?;
        let report = export(target, &demo.prometheus, folder.path(), &[])?;
        let notes = report["notes"].as_array().map_or(0, Vec::len);
        let panels = report["panels"].as_u64().context("no count")?;
        ensure!(panels > 50, "{target}: {panels} panels, {notes} notes");
        Ok(notes)
    };
    for target in ["grafana", "perses", "console-dashboard"] {
        everything(target)?;
    }
    let folder = tempfile::tempdir()?;
    let report = export("grafana", &demo.prometheus, folder.path(), &["--namespace", "nowhere"])?;
    // What has no namespace, such as a proxy's or a host's metrics, stays.
    let files: BTreeSet<&str> = report["files"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let of_namespaces = ["vllm.json", "epp.json", "openvino.json", "mlserver.json"];
    assert!(files.contains("litellm.json"), "{files:?}");
    assert!(!of_namespaces.iter().any(|file| files.contains(file)), "{files:?}");
    Ok(())
}

#[test]
fn without_a_store_or_a_token_it_says_what_to_do_and_writes_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("out");
    let text = out.to_string_lossy().into_owned();
    let empty = folder.path().join("token");
    std::fs::write(&empty, "two words\n")?;
    let token = empty.to_string_lossy().into_owned();
    for (more, code, said) in [
        (&[][..], 2, "give its address with --cluster-url"),
        (&["--cluster-url", "ftp://x"][..], 2, "give an address such as"),
        (&["--cluster-url", "http://127.0.0.1:1"][..], 3, "nothing was written"),
        (
            &["--cluster-url", "http://127.0.0.1:1", "--token-file", &token][..],
            2,
            "holds no token",
        ),
    ] {
        let mut args = vec!["export", "grafana", "--from-live", "--out", &text];
        args.extend_from_slice(more);
        let output = run(&args, &[])?;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{more:?}: {stderr}");
        assert!(stderr.contains(said), "{more:?}: {stderr}");
        assert!(!stderr.contains("two words") && !out.exists(), "{more:?}");
    }
    Ok(())
}
