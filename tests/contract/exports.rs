//! What `servelens export` writes: taken by Grafana's own types and by Prometheus, and the report of what is left out.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use catalog::Catalog;
use serde_json::{Value, json};
use tests::rig::{
    go_tool::{PERSES_CHECK, PERSES_SCHEMAS, module},
    host_build, paths,
    serve::run,
};

/// Exports into a fresh folder and returns it with the report.
fn export(target: &str, more: &[&str]) -> Result<(tempfile::TempDir, Value)> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().to_string_lossy().into_owned();
    let mut args = vec!["export", target, "--out", &out, "--output", "json"];
    args.extend_from_slice(more);
    let output = run(&args, &[])?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok((folder, serde_json::from_slice(&output.stdout)?))
}

/// The dashboards of the folder; those of the console lie in ConfigMaps as text.
fn files(folder: &Path) -> Result<Vec<Value>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        files.push(if path.extension().is_some_and(|kind| kind == "yaml") {
            let (_, lines) = text
                .split_once(".json: |-\n")
                .context("a ConfigMap without a dashboard")?;
            let lines: Vec<_> = lines.lines().map(|line| line.trim_start_matches("    ")).collect();
            serde_json::from_str(&lines.join("\n"))?
        } else {
            serde_json::from_str(&text)?
        });
    }
    Ok(files)
}

/// Every text under one of `keys`, anywhere in the file.
fn texts<'a>(value: &'a Value, keys: &[&str], found: &mut Vec<&'a str>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if keys.contains(&key.as_str()) => found.push(text),
                    value => texts(value, keys, found),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| texts(value, keys, found)),
        _ => {}
    }
}

/// The queries as the other program sends them when everything is chosen, for which it puts `all`.
fn sent(expr: &str, variables: &BTreeSet<&str>, all: &str) -> String {
    variables.iter().fold(
        expr.replace("$__rate_interval", "5m")
            .replace("$__interval", "5m")
            .replace("$__range", "3600s"),
        |expr, name| expr.replace(&format!("\"${name}\""), &format!("\"{all}\"")),
    )
}

#[test]
fn grafanas_own_types_take_every_exported_dashboard() -> Result<()> {
    let (folder, report) = export("grafana", &["--servelens-url", "https://servelens.example"])?;
    let source = paths::checkout().join("tests/grafana-schema");
    let modules = host_build::modules(&source)?;
    let output = Command::new("node")
        .arg(source.join("check.mjs"))
        .arg(&modules)
        .arg(folder.path())
        .output()
        .context("`cargo xtask setup` installs node")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let count = report["files"].as_array().context("no files")?.len();
    assert_eq!(
        said.trim(),
        format!("{count} dashboards, 0 faults"),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

#[test]
fn every_exported_query_is_accepted_by_the_real_promtool() -> Result<()> {
    accepted("grafana", ".*")?;
    accepted("perses", ".*")?;
    accepted("console-dashboard", ".+")
}

/// What Perses's own types and the schemas of its plugins say of the folder's dashboards.
fn perses_says(folder: &Path) -> Result<(String, String)> {
    let mut command = Command::new(PERSES_CHECK.path()?);
    for schema in PERSES_SCHEMAS {
        command.arg(module(schema)?);
    }
    command.arg("--");
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            command.arg(path);
        }
    }
    let output = command.output()?;
    let [said, faults] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).trim().to_owned());
    Ok((said, faults))
}

#[test]
fn perses_and_its_plugins_take_every_exported_dashboard() -> Result<()> {
    let (folder, report) = export(
        "perses",
        &["--servelens-url", "https://servelens.example", "--datasource", "thanos"],
    )?;
    // Each lies there twice: as a file of Perses and as an object.
    let count = report["files"].as_array().context("no files")?.len() / 2;
    let (said, faults) = perses_says(folder.path())?;
    assert_eq!(
        (said, faults),
        (format!("{count} dashboards, 7 plugins, 0 faults"), String::new())
    );
    Ok(())
}

#[test]
fn perses_would_say_what_it_does_not_know() -> Result<()> {
    for (from, to, fault) in [
        ("\"unit\": \"seconds\"", "\"unit\": \"fortnights\"", "spec.yAxis.format"),
        ("\"areaOpacity\"", "\"areaOpacities\"", "field not allowed"),
        ("\"minStep\": \"30s\"", "\"minStep\": \"soon\"", "spec.minStep"),
        ("\"allowAllValue\": true", "\"allowAllValue\": false", "customAllValue"),
        ("\"refreshInterval\"", "\"refreshRate\"", "/spec/refreshRate is unknown"),
        ("#/spec/panels/", "#/spec/charts/", "\"panels\""),
    ] {
        let (folder, _) = export("perses", &["--dashboard", "overview"])?;
        let file = folder.path().join("overview.json");
        let text = std::fs::read_to_string(&file)?;
        assert!(text.contains(from), "{from}");
        std::fs::write(&file, text.replace(from, to))?;
        let (said, faults) = perses_says(folder.path())?;
        assert!(!said.ends_with(" 0 faults") && faults.contains(fault), "{to}: {faults}");
    }
    Ok(())
}

fn accepted(target: &str, all: &str) -> Result<()> {
    let catalog = Catalog::embedded()?;
    let variables = catalog.variables();
    let mut exprs = Vec::new();
    let (folder, report) = export(target, &[])?;
    let dashboards = files(folder.path())?;
    for dashboard in &dashboards {
        texts(dashboard, &["expr", "query"], &mut exprs);
    }
    // What lists a variable's values in a form of the program's own is no PromQL.
    exprs.retain(|expr| {
        !expr.starts_with("label_values(") && !expr.starts_with("query_result(") && *expr != "prometheus"
    });
    let mut rules = "groups:\n- name: exports\n  rules:\n".to_owned();
    for (index, expr) in exprs.iter().enumerate() {
        let expr = sent(expr, &variables, all);
        ensure!(
            !expr.contains("=~\"$") && !expr.contains("[$"),
            "a variable is left in {expr}"
        );
        rules += &format!("  - record: exported:{index}\n    expr: {}\n", json!(expr));
    }
    let panels = report["panels"].as_u64().context("no panels")?;
    ensure!(
        exprs.len() as u64 >= panels && panels > 0,
        "{} queries of {panels} panels",
        exprs.len()
    );
    let file = folder.path().join("rules.yaml");
    std::fs::write(&file, rules)?;
    let output = Command::new(paths::promtool())
        .args(["check", "rules"])
        .arg(&file)
        .output()?;
    assert!(
        output.status.success(),
        "{target}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

#[test]
fn the_report_names_what_is_not_shown_as_it_is_here() -> Result<()> {
    let (_folder, report) = export("grafana", &["--dashboard", "models"])?;
    assert_eq!(report["files"], json!(["models.json"]));
    assert_eq!(
        report["notes"],
        json!([{
            "dashboard": "models",
            "panel": "vllm.prompt_length",
            "outcome": "changed",
            "reason": "drawn as a bar gauge, whose bars lie on their side",
        }])
    );
    Ok(())
}

#[test]
fn wrong_use_ends_with_2_and_a_folder_that_cannot_be_written_with_3() -> Result<()> {
    for (args, code, said) in [
        (&["export", "grafana"][..], 2, "--out"),
        (&["export", "no-such-target", "--out", "/tmp"], 2, "no-such-target"),
        (
            &["export", "grafana", "--out", "/tmp", "--dashboard", "none"],
            2,
            "there is no dashboard \"none\"",
        ),
        (
            &[
                "export",
                "grafana",
                "--out",
                "/tmp",
                "--servelens-url",
                "javascript:alert(1)",
            ],
            2,
            "http or https",
        ),
        (
            &["export", "grafana", "--out", "/dev/null/x"],
            3,
            "/dev/null/x cannot be written",
        ),
    ] {
        let output = run(args, &[])?;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {stderr}");
        assert!(stderr.contains(said), "{args:?}: {stderr}");
    }
    Ok(())
}
