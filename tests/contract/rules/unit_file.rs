//! Makes promtool's unit-test files of the cases. JSON is YAML, too.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use catalog::export::prometheus_rule::{Group, Rule};
use serde_json::{Value, json};

use super::cases::{Case, series};

/// Which of the cases to ask.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wanted {
    AsTheCasesSay,
    /// Only that the silent ones are silent: of rules that are broken on purpose.
    Silence,
    /// Only that the suppressed ones are silent.
    Suppression,
}

pub fn test_file(rules: &str, group: &Group, cases: &[&Case], wanted: Wanted) -> Result<String> {
    let mut tests = Vec::new();
    for case in cases {
        if wanted == Wanted::AsTheCasesSay {
            tests.push(test(case, &case.fires, &expected(group, case)?)?);
        }
        if wanted != Wanted::Suppression {
            tests.push(test(case, &case.silent, &[])?);
        }
        if wanted != Wanted::Silence {
            for input in &case.suppressed {
                tests.push(test(case, input, &[])?);
            }
        }
    }
    // Those of the objectives look over hours.
    let every = if group.name.ends_with("objectives") { "5m" } else { "1m" };
    let file = json!({ "rule_files": [rules], "evaluation_interval": every, "tests": tests });
    Ok(file.to_string())
}

fn test(case: &Case, input: &[String], expected: &[Value]) -> Result<Value> {
    let series: Vec<_> = input
        .iter()
        .map(|text| series(text).map(|(series, values)| json!({ "series": series, "values": values })))
        .collect::<Result<_>>()?;
    Ok(json!({
        "interval": "1m",
        "input_series": series,
        "alert_rule_test": [{ "eval_time": case.at, "alertname": case.alert, "exp_alerts": expected }],
    }))
}

/// The alert as it must arrive: labels of the case, words as a person reads them.
fn expected(group: &Group, case: &Case) -> Result<Vec<Value>> {
    let mut found = Vec::new();
    for rule in &group.rules {
        let Rule::Alert {
            alert,
            labels,
            annotations,
            ..
        } = rule
        else {
            continue;
        };
        let window = labels.get("window").filter(|_| !case.windows.is_empty());
        if *alert != case.alert || window.is_some_and(|window| !case.windows.contains(window)) {
            continue;
        }
        let mut labels = labels.clone();
        labels.extend(case.labels.clone());
        let words: BTreeMap<_, _> = annotations
            .iter()
            .map(|(name, text)| Ok((name.clone(), read(text, case)?)))
            .collect::<Result<_>>()?;
        for text in words.values() {
            assert!(!text.contains(['{', '}']), "{alert}: {text:?} has a brace left");
        }
        found.push(json!({ "exp_labels": labels, "exp_annotations": words }));
    }
    assert_eq!(found.len(), case.windows.len().max(1), "{}", case.alert);
    Ok(found)
}

/// The text as Prometheus fills it in, by the few forms that the export uses.
fn read(text: &str, case: &Case) -> Result<String> {
    let label = |name: &str| case.labels.get(name).cloned().unwrap_or_default();
    let namespace = match label("namespace").as_str() {
        "" => String::new(),
        namespace => format!("/ns/{namespace}"),
    };
    let model = match label("model_name").as_str() {
        "" => String::new(),
        model => format!("&model={model}"),
    };
    let text = text
        .replace("{{ with $labels.namespace }}/ns/{{ . }}{{ end }}", &namespace)
        .replace(
            "{{ with $labels.model_name }}&model={{ . | urlquery }}{{ end }}",
            &model,
        );
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("{{ ") {
        let (inside, behind) = after.split_once(" }}").context("a template without its end")?;
        out += before;
        match inside.strip_prefix("$labels.") {
            Some(name) => {
                assert!(case.labels.contains_key(name), "{}: no label {name}", case.alert);
                out += &label(name);
            }
            None => out += &case.value,
        }
        rest = behind;
    }
    Ok(out + rest)
}
