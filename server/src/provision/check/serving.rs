//! The models: which are there, which are scraped and by whom, and what LLMInferenceServices need beside them.

use std::collections::BTreeSet;

use super::Checks;
use super::cluster::numbers;
use super::seen::{Look, Seen};
use crate::cluster::{INFERENCE_SERVICE, LLM_INFERENCE_SERVICE, POD_MONITOR, SERVICE_MONITOR};
use crate::provision::facts::{self, Facts, NAMESPACE, text};
use crate::provision::settings::Settings;

pub fn checks(settings: &Settings, facts: &Facts, seen: &Seen) -> Checks {
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
    elsewhere(settings, seen, &mut checks);
    llm(facts, seen, &mut checks);
    checks
}

/// Models in namespaces that nobody has named.
fn elsewhere(settings: &Settings, seen: &Seen, checks: &mut Checks) {
    let all = seen.look("services").value().and_then(|list| list.as_array());
    let places: BTreeSet<&str> = all
        .into_iter()
        .flatten()
        .map(|service| text(service, NAMESPACE))
        .collect();
    let others: Vec<&str> = places
        .into_iter()
        .filter(|place| !settings.namespaces.iter().any(|known| known == place))
        .collect();
    if !others.is_empty() {
        let shown: Vec<&str> = others.iter().take(5).copied().collect();
        checks.warning(
            "namespace",
            format!(
                "models are served in {} more namespaces: {}",
                others.len(),
                shown.join(", ")
            ),
            "name them too with --namespace, with commas between them",
        );
    }
}

/// What distributed serving needs.
fn llm(facts: &Facts, seen: &Seen, checks: &mut Checks) {
    if facts.of(&LLM_INFERENCE_SERVICE).is_empty() {
        return;
    }
    if let Look::Found(version) = seen.look("version") {
        let found = text(version, "/status/desired/version");
        let patch = found
            .split(['.', '-'])
            .nth(2)
            .and_then(|patch| patch.parse::<u32>().ok());
        let good = numbers(found).is_some_and(|of| of > (4, 19) || (of == (4, 19) && patch >= Some(9)));
        if !good {
            checks.error(
                "llm-d",
                format!("LLMInferenceServices need OpenShift 4.19.9 or newer; this is {found}"),
                "update the cluster",
            );
        }
    }
    match seen.look("gateway") {
        Look::Found(_) => checks.good("the Gateway openshift-ai-inference is there"),
        Look::Hidden => {}
        Look::Absent => checks.error(
            "llm-d",
            "there is no Gateway openshift-ai-inference in openshift-ingress",
            "LLMInferenceServices are reached through it: make a GatewayClass and the Gateway",
        ),
    }
    match seen.look("groups") {
        Look::Found(_) => checks.good("the LeaderWorkerSet operator is installed"),
        Look::Hidden => {}
        Look::Absent => checks.warning(
            "llm-d",
            "the LeaderWorkerSet operator is not installed",
            "a model that is spread over several nodes needs it",
        ),
    }
}
