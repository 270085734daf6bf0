//! The models: which are there, which are scraped and by whom, and what LLMInferenceServices need beside them.

use super::Checks;
use super::seen::Seen;
use crate::cluster::{INFERENCE_SERVICE, POD_MONITOR, SERVICE_MONITOR};
use crate::provision::facts::{self, Facts};
use crate::provision::settings::Settings;

pub fn checks(settings: &Settings, facts: &Facts, seen: &Seen, distributed: Option<&Seen>) -> Checks {
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
    for workload in facts::workloads(facts, settings) {
        let name = format!("{}/{}", workload.namespace, workload.name);
        let by: Vec<String> = workload
            .covered
            .by
            .iter()
            .map(|cover| {
                let prefix = if cover.prefixed {
                    ", under names that begin with kserve_"
                } else {
                    ""
                };
                format!("{} {}{prefix}", cover.kind, cover.name)
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

/// Models in namespaces that nobody has named.
fn elsewhere(facts: &Facts, checks: &mut Checks) {
    let Some(others) = facts
        .elsewhere
        .get(INFERENCE_SERVICE.kind)
        .filter(|others| !others.is_empty())
    else {
        return;
    };
    let shown: Vec<&str> = others.iter().take(5).map(String::as_str).collect();
    let more = if others.len() > shown.len() { ", …" } else { "" };
    checks.warning(
        "namespace",
        format!(
            "models are served in {} more namespaces: {}{more}",
            others.len(),
            shown.join(", ")
        ),
        "name them too with --namespace, with commas between them",
    );
}
