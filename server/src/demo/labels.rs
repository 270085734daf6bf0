//! What Prometheus does to an exporter's labels when it scrapes a target with `honor_labels: false`, done the same way
//! for the history, so that a series made by `history` and the one scraped live a moment later are one series.

use std::borrow::Cow;

use super::sim::{Job, Process};

/// A label as an exporter writes it.
pub type Exposed = (Cow<'static, str>, Cow<'static, str>);

/// The labels that every series of this target carries, sorted by name. `job` and `instance` are always among them:
/// Prometheus would otherwise set `instance` from the address, which is another one at each start.
pub fn target_labels(process: &Process, job: &Job) -> Vec<(String, String)> {
    let mut labels: Vec<_> = job
        .labels
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .cloned()
        .collect();
    for (name, value) in [("job", &job.job), ("instance", &process.name)] {
        if !labels.iter().any(|(present, _)| present == name) {
            labels.push((name.to_owned(), value.clone()));
        }
    }
    labels.sort();
    labels
}

/// The labels of a scraped series, sorted by name. A label of the exporter that a target label hides is kept under
/// `exported_<name>`, with the prefix repeated while that name is taken; shorter names choose first, as in Prometheus.
/// Labels with an empty value do not exist.
pub fn merge(exposed: &[Exposed], target: &[(String, String)]) -> Vec<(String, String)> {
    let mut merged = target.to_vec();
    let mut hidden = Vec::new();
    for (name, value) in exposed.iter().filter(|(_, value)| !value.is_empty()) {
        let label = (name.to_string(), value.to_string());
        if target.iter().any(|(taken, _)| taken == name) {
            hidden.push(label);
        } else {
            merged.push(label);
        }
    }
    hidden.sort_by_key(|(name, _)| name.len());
    for (mut name, value) in hidden {
        while merged.iter().any(|(taken, _)| *taken == name) {
            name.insert_str(0, "exported_");
        }
        merged.push((name, value));
    }
    merged.sort();
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(exposed: &[(&'static str, &'static str)], target: &[(&str, &str)], expect: &str) {
        let exposed: Vec<Exposed> = exposed
            .iter()
            .map(|&(name, value)| (name.into(), value.into()))
            .collect();
        let target: Vec<_> = target
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let merged: Vec<_> = merge(&exposed, &target)
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(merged.join(" "), expect);
    }

    #[test]
    fn labels_of_both_sides_are_joined_by_name() {
        check(&[("le", "0.5")], &[("pod", "p"), ("job", "j")], "job=j le=0.5 pod=p");
    }

    #[test]
    fn the_target_wins_and_the_exporters_label_is_kept_as_exported() {
        check(
            &[("namespace", "llm-prod"), ("gpu", "0")],
            &[("namespace", "nvidia-gpu-operator")],
            "exported_namespace=llm-prod gpu=0 namespace=nvidia-gpu-operator",
        );
    }

    #[test]
    fn a_taken_exported_name_is_prefixed_once_more() {
        check(
            &[("pod", "a"), ("exported_pod", "b")],
            &[("pod", "t")],
            "exported_exported_pod=a exported_pod=b pod=t",
        );
        check(
            &[("exported_pod", "b"), ("pod", "a")],
            &[("pod", "t"), ("exported_pod", "u")],
            "exported_exported_exported_pod=b exported_exported_pod=a exported_pod=u pod=t",
        );
    }

    #[test]
    fn an_empty_label_does_not_exist() {
        check(&[("pod", ""), ("container", "")], &[("pod", "t")], "pod=t");
    }

    #[test]
    fn a_target_without_an_instance_is_named_after_its_process() {
        let job = Job {
            job: "dcgm".into(),
            interval_s: 30,
            labels: vec![("node".into(), "a".into())],
            rename_prefix: None,
        };
        let process = Process {
            name: "dcgm-a".into(),
            jobs: Vec::new(),
        };
        insta::assert_debug_snapshot!(target_labels(&process, &job), @r#"
        [
            (
                "instance",
                "dcgm-a",
            ),
            (
                "job",
                "dcgm",
            ),
            (
                "node",
                "a",
            ),
        ]
        "#);
    }
}
