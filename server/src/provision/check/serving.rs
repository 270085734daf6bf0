//! The models: which are there, which are scraped and by whom, and what LLMInferenceServices need beside them.

use super::Checks;
use super::seen::Seen;
use crate::cluster::{INFERENCE_SERVICE, POD_MONITOR, SERVICE_MONITOR};
use crate::provision::facts::{Facts, NAME, Workload, text};
use crate::provision::settings::Settings;

pub fn checks(
    settings: &Settings,
    facts: &Facts,
    workloads: &[Workload],
    seen: &Seen,
    distributed: Option<&Seen>,
) -> Checks {
    let mut checks = Checks::new("serving");
    if facts.absent.contains(INFERENCE_SERVICE.kind) {
        checks.warning(
            "kserve",
            "KServe is not installed",
            "set kserve to Managed in the DataScienceCluster, or bring monitors for model servers of your own",
        );
    } else {
        checks.good("KServe is installed");
    }
    for kind in [&SERVICE_MONITOR, &POD_MONITOR] {
        if facts.absent.contains(kind.kind) {
            checks.error(
                "monitors",
                format!("this cluster has no {}s", kind.kind),
                "its monitoring comes with OpenShift, or with the prometheus-operator",
            );
        }
    }
    for namespace in &settings.namespaces {
        if !facts.sees(&POD_MONITOR, namespace) || !facts.sees(&SERVICE_MONITOR, namespace) {
            checks.warning(
                "rights",
                format!("you may not see the monitors of {namespace}"),
                format!("oc adm policy add-role-to-user monitoring-edit <user> -n {namespace}"),
            );
        }
    }
    for namespace in &settings.namespaces {
        monitors(facts, namespace, &mut checks);
    }
    for workload in workloads {
        let name = format!("{}/{}", workload.namespace, workload.name);
        let by: Vec<String> = workload
            .covered
            .by
            .iter()
            .map(|cover| match cover.prefixed {
                true => format!("{} {}, under names that begin with kserve_", cover.kind, cover.name),
                false => format!("{} {}", cover.kind, cover.name),
            })
            .collect();
        let plain = workload.covered.by.iter().filter(|cover| !cover.prefixed).count();
        match (by.is_empty(), workload.covered.broken.first()) {
            (false, _) if plain > 1 => checks.warning(
                "twice",
                format!("{name} is scraped twice: {}", by.join("; ")),
                "its rates count double: remove the monitor that is not the platform's",
            ),
            (false, _) => checks.good(format!("{name} is scraped by {}", by.join("; "))),
            (true, Some(broken)) => checks.error(
                "monitors",
                format!("{name}: the monitor {broken} finds no Service with its port"),
                "its runtime names no prometheus.io/port: `servelens apply` adds a monitor that finds the pods",
            ),
            (true, None) => checks.error(
                "monitors",
                format!("{name} is scraped by nobody"),
                "`servelens apply` makes a monitor for it",
            ),
        }
    }
    elsewhere(facts, &mut checks);
    if let Some(own) = distributed {
        super::llm::checks(settings, facts, seen, own, &mut checks);
    }
    checks
}

/// Names that are told at once.
const FEW: usize = 5;

fn monitors(facts: &Facts, namespace: &str, checks: &mut Checks) {
    let kinds = [&SERVICE_MONITOR, &POD_MONITOR].into_iter();
    let names: Vec<&str> = kinds
        .flat_map(|kind| facts.within(kind, namespace))
        .map(|monitor| text(monitor, NAME))
        .collect();
    if !names.is_empty() {
        let shown = few(names.iter().copied());
        checks.good(format!("the monitors of {namespace} ({}): {shown}", names.len()));
    }
}

/// The first of them, and whether there are more.
fn few<'a>(mut names: impl Iterator<Item = &'a str>) -> String {
    let mut shown = names.by_ref().take(FEW).collect::<Vec<_>>().join(", ");
    if names.next().is_some() {
        shown.push_str(", …");
    }
    shown
}

/// Models in namespaces that nobody has named.
fn elsewhere(facts: &Facts, checks: &mut Checks) {
    let Some(others) = facts
        .elsewhere
        .get(INFERENCE_SERVICE.kind)
        .filter(|others| !others.is_empty())
    else {
        return;
    };
    let shown = few(others.iter().map(String::as_str));
    checks.warning(
        "namespace",
        format!("models are served in {} more namespaces: {shown}", others.len()),
        "set them up, too: name several, with commas between them",
    );
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::Level;
    use super::*;
    use crate::provision::facts::workloads;
    use crate::provision::settings::{Layer, read};

    /// What is told of one model with these monitors, as signs and texts.
    fn told(monitors: &[(&str, &str)]) -> Vec<(Level, String)> {
        let text = "namespace = [\"a\"]\n".to_owned();
        let settings = read(&Layer::default(), Ok(Some(("setup.toml".to_owned(), text)))).unwrap();
        let service = json!({
            "metadata": {"name": "granite", "namespace": "a"},
            "spec": {"predictor": {"model": {"modelFormat": {"name": "vLLM"}}}},
        });
        let monitor = |name: &str, prefix: &str| -> Value {
            let rules = match prefix {
                "" => json!([]),
                prefix => json!([{"sourceLabels": ["__name__"], "replacement": format!("{prefix}$1")}]),
            };
            json!({
                "metadata": {"name": name, "namespace": "a"},
                "spec": {
                    "selector": {"matchLabels": {"serving.kserve.io/inferenceservice": "granite"}},
                    "podMetricsEndpoints": [{"port": "http", "metricRelabelings": rules}],
                },
            })
        };
        let list = monitors.iter().map(|(name, prefix)| monitor(name, prefix)).collect();
        let facts = Facts::of_lists([("InferenceService", vec![service]), ("PodMonitor", list)]);
        let workloads = workloads(&facts, &settings);
        let checks = checks(&settings, &facts, &workloads, &Seen::of(vec![]), None);
        checks.list.into_iter().map(|check| (check.level, check.what)).collect()
    }

    #[test]
    fn a_model_is_scraped_once_twice_or_by_nobody() {
        for (monitors, level, what) in [
            (&[][..], Level::Error, "a/granite is scraped by nobody"),
            (&[("one", "")], Level::Good, "a/granite is scraped by PodMonitor one"),
            (
                &[("one", ""), ("two", "")],
                Level::Warning,
                "a/granite is scraped twice: PodMonitor one; PodMonitor two",
            ),
            // The platform's own pair: names with and without the prefix are different series.
            (
                &[("one", ""), ("two", "kserve_")],
                Level::Good,
                "a/granite is scraped by PodMonitor one; PodMonitor two, under names that begin with kserve_",
            ),
        ] {
            let found = told(monitors);
            assert!(found.contains(&(level, what.to_owned())), "{found:?}");
        }
        let found = told(&["1", "2", "3", "4", "5", "6"].map(|name| (name, "")));
        assert!(
            found.contains(&(Level::Good, "the monitors of a (6): 1, 2, 3, 4, 5, …".to_owned())),
            "{found:?}"
        );
    }
}
