//! Every alert rule that is exported, proven with the real `promtool`: it is accepted, fires when it should with the words it
//! should, stays silent when it should, and is not silent by accident. Needs Prometheus's tools.

mod cases;
mod covered;
mod mutants;
mod runbooks;
mod unit_file;

use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context as _, Result};
use catalog::Catalog;
use catalog::export::prometheus_rule::{Group, Rule, RuleSettings, groups, objects, plain, scrape};
use tests::rig::paths;

use cases::{Case, cases};
use unit_file::{Wanted, test_file};

fn run(folder: &Path, arguments: &[&str], files: &[String]) -> Result<Output> {
    Command::new(paths::promtool())
        .current_dir(folder)
        .args(arguments)
        .args(files)
        .output()
        .context("`cargo xtask setup` installs promtool")
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn settings(cases: &[Case]) -> RuleSettings {
    RuleSettings {
        runbook_url: "https://docs.example/runbooks/".to_owned(),
        servelens_url: "https://lens.example".to_owned(),
        labels: [("team".to_owned(), "ai".to_owned())].into(),
        limits: cases
            .iter()
            .flat_map(|case| {
                let name = &case.alert;
                case.limits
                    .iter()
                    .map(move |(limit, value)| (format!("{name}.{limit}"), *value))
            })
            .collect(),
    }
}

fn of(groups: &[Group], alert: &str) -> usize {
    let has = |rule: &Rule| matches!(rule, Rule::Alert { alert: name, .. } if name == alert);
    groups.iter().filter(|group| group.rules.iter().any(has)).count()
}

/// Writes one rule file and one test file for each group.
fn prepare(folder: &Path, groups: &[Group], cases: &[Case], wanted: Wanted) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for group in groups {
        let rules = format!("{}.rules.yaml", group.name);
        std::fs::write(folder.join(&rules), plain(std::slice::from_ref(group))?.text)?;
        let mine: Vec<_> = cases
            .iter()
            .filter(|case| of(std::slice::from_ref(group), &case.alert) > 0)
            .collect();
        let file = format!("{}.test.yaml", group.name);
        std::fs::write(folder.join(&file), test_file(&rules, group, &mine, wanted)?)?;
        files.push(file);
    }
    Ok(files)
}

#[test]
fn promtool_accepts_every_file_of_the_export() -> Result<()> {
    let catalog = Catalog::embedded()?;
    let groups = groups(&catalog, &RuleSettings::default())?;
    let folder = tempfile::tempdir()?;
    let rules = plain(&groups)?;
    std::fs::write(folder.path().join(&rules.path), &rules.text)?;
    let checked = run(folder.path(), &["check", "rules"], std::slice::from_ref(&rules.path))?;
    assert!(checked.status.success(), "{}", said(&checked));
    let count: usize = groups.iter().map(|group| group.rules.len()).sum();
    assert!(
        said(&checked).contains(&format!("SUCCESS: {count} rules found")),
        "{}",
        said(&checked)
    );
    let config = scrape("rhel-ai-1", "lab", "test")?;
    std::fs::write(folder.path().join(&config.path), &config.text)?;
    let checked = run(folder.path(), &["check", "config"], &[config.path])?;
    assert!(checked.status.success(), "{}", said(&checked));
    Ok(())
}

#[test]
fn an_object_holds_one_group_and_is_where_its_series_are() -> Result<()> {
    let catalog = Catalog::embedded()?;
    let groups = groups(&catalog, &RuleSettings::default())?;
    let elsewhere = [("servelens-gpus".to_owned(), "gpu-operator".to_owned())].into();
    let files = objects(&groups, &["a".to_owned(), "b".to_owned()], &elsewhere)?;
    let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
    let of_models = [
        "vllm",
        "disaggregated",
        "routing",
        "pods",
        "predictive",
        "quality",
        "responsible-ai",
        "objectives",
    ];
    let mut expected: Vec<_> = of_models
        .iter()
        .flat_map(|group| ["a", "b"].map(|namespace| format!("{namespace}/servelens-{group}.yaml")))
        .collect();
    let of_services = [
        (6, "gpu-operator/servelens-gpus.yaml"),
        (13, "openshift-ingress/servelens-gateway.yaml"),
        (14, "litellm/servelens-proxy.yaml"),
        (17, "openshift-kueue-operator/servelens-queues.yaml"),
        (18, "llm-load-test/servelens-load-tests.yaml"),
    ];
    for (at, path) in of_services {
        expected.insert(at, path.to_owned());
    }
    assert_eq!(paths, expected);
    let file = files.iter().find(|file| file.path == "b/servelens-quality.yaml");
    let text = file.map_or("", |file| &file.text);
    let object = [
        "apiVersion: monitoring.coreos.com/v1",
        "kind: PrometheusRule",
        "metadata:",
        "  name: servelens-quality",
        "  namespace: b",
    ];
    let first: Vec<_> = text.lines().take(object.len()).collect();
    assert_eq!(first, object);
    for line in ["    - alert: ModelAccuracyDegraded", "      for: 30m"] {
        assert!(text.lines().any(|found| found == line), "{line:?} in:\n{text}");
    }
    Ok(())
}

#[test]
fn each_alert_fires_and_is_silent_as_its_cases_say() -> Result<()> {
    let catalog = Catalog::embedded()?;
    let cases = cases()?;
    let groups = groups(&catalog, &settings(&cases))?;
    for case in &cases {
        assert_eq!(
            of(&groups, &case.alert),
            1,
            "{}: cases of an alert that is not there",
            case.alert
        );
    }
    for group in &groups {
        for rule in &group.rules {
            if let Rule::Alert { alert, .. } = rule {
                assert!(cases.iter().any(|case| case.alert == *alert), "{alert} has no cases");
            }
        }
    }
    let folder = tempfile::tempdir()?;
    let files = prepare(folder.path(), &groups, &cases, Wanted::AsTheCasesSay)?;
    let tested = run(folder.path(), &["test", "rules"], &files)?;
    assert!(tested.status.success(), "{}", said(&tested));
    Ok(())
}
