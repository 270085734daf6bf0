//! `servelens export prometheus-rule` and `prometheus`: what they write is taken by the real promtool. Needs Prometheus's
//! tools.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests::rig::paths;
use tests::rig::serve::run;

fn export(target: &str, more: &[&str]) -> Result<(tempfile::TempDir, Value)> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().to_string_lossy().into_owned();
    let mut args = vec!["export", target, "--out", &out, "--output", "json"];
    args.extend_from_slice(more);
    let output = run(&args, &[])?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok((folder, serde_json::from_slice(&output.stdout)?))
}

/// Promtool's own words about a file that it accepts.
fn promtool(folder: &Path, check: &str, file: &str) -> Result<String> {
    let output = Command::new(paths::promtool())
        .current_dir(folder)
        .args(["check", check, file])
        .output()
        .context("`cargo xtask setup` installs promtool")?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(said)
}

#[test]
fn the_configuration_of_a_rhel_ai_host_is_accepted_whole() -> Result<()> {
    let (folder, report) = export(
        "prometheus",
        &["--host", "gpu-1", "--cluster", "lab", "--environment", "test"],
    )?;
    assert_eq!(report["files"], json!(["prometheus.yaml", "servelens-rules.yaml"]));
    let rules = report["rules"].as_u64().context("no count of rules")?;
    let said = promtool(folder.path(), "config", "prometheus.yaml")?;
    assert!(said.contains(&format!("SUCCESS: {rules} rules found")), "{said}");
    insta::assert_snapshot!(std::fs::read_to_string(folder.path().join("prometheus.yaml"))?);
    Ok(())
}

#[test]
fn an_installations_addresses_labels_and_limits_are_in_its_rules() -> Result<()> {
    let (folder, _) = export(
        "prometheus",
        &[
            "--runbook-url",
            "https://docs.example/runbooks",
            "--servelens-url",
            "https://lens.example/",
            "--label",
            "team=ai",
            "--limit",
            "SlowFirstToken.slowest=20",
        ],
    )?;
    promtool(folder.path(), "rules", "servelens-rules.yaml")?;
    let text = std::fs::read_to_string(folder.path().join("servelens-rules.yaml"))?;
    let rule = text
        .split("- alert: ")
        .find(|rule| rule.starts_with("SlowFirstToken\n"));
    let rule = rule.context("no such alert")?;
    for part in [
        "runbook_url: https://docs.example/runbooks/SlowFirstToken.md",
        "https://lens.example/servelens{{ with",
        "team: ai",
        "> 20",
    ] {
        assert!(rule.contains(part), "{part} is not in {rule}");
    }
    Ok(())
}

#[test]
fn objects_lie_in_a_folder_for_each_namespace_and_hold_what_promtool_accepts() -> Result<()> {
    let (folder, report) = export(
        "prometheus-rule",
        &[
            "--namespace",
            "chat",
            "--namespace",
            "search",
            "--gpu-namespace",
            "gpus",
            "--service-namespace",
            "gateway=ingress",
        ],
    )?;
    let files: Vec<&str> = report["files"]
        .as_array()
        .context("no files")?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let folders: std::collections::BTreeSet<_> = files.iter().filter_map(|file| file.split('/').next()).collect();
    let expected = [
        "chat",
        "gpus",
        "ingress",
        "litellm",
        "llm-load-test",
        "openshift-kueue-operator",
        "search",
    ];
    assert_eq!(Vec::from_iter(folders), expected);
    for file in files {
        let text = std::fs::read_to_string(folder.path().join(file))?;
        // What stands below `spec:` is a rule file.
        let (head, spec) = text.split_once("\nspec:\n").context("no spec")?;
        let namespace = file.split('/').next().unwrap_or_default();
        assert!(head.contains(&format!("\n  namespace: {namespace}\n")), "{head}");
        let rules: String = spec
            .lines()
            .map(|line| format!("{}\n", line.strip_prefix("  ").unwrap_or(line)))
            .collect();
        std::fs::write(folder.path().join("check.yaml"), rules)?;
        promtool(folder.path(), "rules", "check.yaml").with_context(|| file.to_owned())?;
    }
    Ok(())
}

#[test]
fn wrong_use_ends_with_2_and_writes_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("rules");
    let out = out.to_string_lossy();
    for (more, said) in [
        (&["--limit", "SlowFirstToken.speed=3"][..], "there is no limit"),
        (&["--limit", "SlowFirstToken.slowest"], "Alert.limit=number"),
        (&["--limit", "SlowFirstToken.slowest=NaN"], "SlowFirstToken.slowest"),
        (&["--label", "severity=low"], "cannot be a label"),
        (&["--runbook-url", "javascript:x"], "http or https"),
        (&["--namespace", "../.."], "lower-case letters"),
        (&["--gpu-namespace", "/etc"], "lower-case letters"),
        (&["--service-namespace", "gateway=/etc"], "lower-case letters"),
        (&["--service-namespace", "vllm=a"], "choose of gpus, gateway"),
    ] {
        let mut args = vec!["export", "prometheus-rule", "--out", &out];
        args.extend_from_slice(more);
        let output = run(&args, &[])?;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
        assert!(stderr.contains(said), "{args:?}: {stderr}");
        assert!(!folder.path().join("rules").exists(), "{args:?}");
    }
    Ok(())
}
