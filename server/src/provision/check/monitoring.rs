//! User workload monitoring: on, well, keeping samples long enough, and not told to leave a namespace out.

use serde_json::Value;

use super::Checks;
use super::seen::{Look, Seen};
use crate::provision::facts::{Switch, text, user_workload};
use crate::provision::settings::{Settings, seconds};
use crate::provision::text::{get, tree};

/// What Prometheus keeps where nothing is said.
const DEFAULT_RETENTION: &str = "24h";

pub fn checks(settings: &Settings, seen: &Seen) -> Checks {
    let mut checks = Checks::new("monitoring");
    let on = switched_on(seen, &mut checks);
    if on {
        retention(settings, seen, &mut checks);
        health(seen, &mut checks);
    }
    for namespace in &settings.namespaces {
        opted_out(namespace, seen, &mut checks);
    }
    checks
}

fn switched_on(seen: &Seen, checks: &mut Checks) -> bool {
    let config = seen.look("config");
    let said = config
        .value()
        .map(|object| text(object, "/data/config.yaml"))
        .unwrap_or_default();
    match user_workload(said, seen.look("new config").value()) {
        Ok(Switch::Text) => checks.good("user workload monitoring is on (cluster-monitoring-config)"),
        Ok(Switch::Object) => checks.good("user workload monitoring is on (ClusterMonitoring)"),
        // Whoever sees its Prometheus knows all the same.
        Ok(Switch::Off) if config == &Look::Hidden && seen.look("prometheus").value().is_some() => {
            checks.good("user workload monitoring is on (its Prometheus is there)");
        }
        Ok(Switch::Off) if config == &Look::Hidden => {
            checks.warning(
                "rights",
                "you may not see whether user workload monitoring is on",
                "an administrator can see it with `servelens check`",
            );
            return false;
        }
        Ok(Switch::Off) => {
            checks.error(
                "uwm",
                "user workload monitoring is off",
                "`servelens apply` switches it on; that needs an administrator of the cluster",
            );
            return false;
        }
        Err(fault) => {
            checks.error(
                "uwm-config",
                format!("the cluster's monitoring configuration cannot be read: {fault}"),
                "mend it with `oc -n openshift-monitoring edit configmap cluster-monitoring-config`",
            );
            return false;
        }
    }
    true
}

fn retention(settings: &Settings, seen: &Seen, checks: &mut Checks) {
    let config = match seen.look("user config") {
        Look::Hidden => {
            return checks.warning(
                "rights",
                "you may not see how long samples of user workloads are kept",
                "an administrator can see it with `servelens check`",
            );
        }
        look => look
            .value()
            .map(|object| text(object, "/data/config.yaml"))
            .unwrap_or_default(),
    };
    let tree = match tree(config) {
        Ok(tree) => tree,
        Err(fault) => {
            return checks.error(
                "uwm-config",
                format!("the configuration of user workload monitoring cannot be read: {fault}"),
                "mend it with `oc -n openshift-user-workload-monitoring edit configmap user-workload-monitoring-config`",
            );
        }
    };
    let kept = get(&tree, &["prometheus", "retention"]).and_then(Value::as_str);
    let kept = kept.unwrap_or(DEFAULT_RETENTION);
    match &settings.uwm_retention {
        Some(wanted) if seconds(kept) < seconds(wanted) => checks.warning(
            "retention",
            format!("samples of user workloads are kept for {kept}, wanted are {wanted}"),
            "`servelens apply` sets it; charts reach no further back than this",
        ),
        _ => checks.good(format!("samples of user workloads are kept for {kept}")),
    }
    if get(&tree, &["prometheus", "volumeClaimTemplate"]).is_none() {
        checks.warning(
            "retention",
            "they are kept on the nodes' own disks and are lost with the pod",
            "set prometheus.volumeClaimTemplate in user-workload-monitoring-config",
        );
    }
}

fn health(seen: &Seen, checks: &mut Checks) {
    if let Some(prometheus) = seen.look("prometheus").value() {
        let number = |path: &str| prometheus.pointer(path).and_then(Value::as_u64);
        let (want, have) = (number("/spec/replicas"), number("/status/availableReplicas"));
        if want.is_some() && want == have {
            checks.good("its Prometheus servers are available");
        } else {
            checks.error(
                "uwm-health",
                format!(
                    "{} of {} of its Prometheus servers are available",
                    have.unwrap_or_default(),
                    want.unwrap_or_default()
                ),
                "look at `oc -n openshift-user-workload-monitoring get pods`",
            );
        }
    }
    if let Some(operator) = seen.look("monitoring").value() {
        let list = operator.pointer("/status/conditions").and_then(Value::as_array);
        let mut conditions = list.into_iter().flatten();
        let degraded = conditions.find(|one| text(one, "/type") == "Degraded" && text(one, "/status") == "True");
        match degraded {
            None => checks.good("the cluster's monitoring is well"),
            Some(condition) => checks.error(
                "uwm-health",
                format!(
                    "the cluster's monitoring is degraded ({}): {}",
                    text(condition, "/reason"),
                    text(condition, "/message")
                ),
                "look at `oc get clusteroperator monitoring -o yaml`",
            ),
        }
    }
}

fn opted_out(namespace: &str, seen: &Seen, checks: &mut Checks) {
    let object = match seen.look(&format!("namespace {namespace}")) {
        Look::Found(object) => object,
        Look::Absent => {
            return checks.error(
                "namespace",
                format!("there is no namespace {namespace}"),
                "make it, or name another namespace",
            );
        }
        Look::Hidden => return,
    };
    let label = |name: &str| {
        object
            .pointer("/metadata/labels")
            .and_then(|labels| labels.get(name)?.as_str())
    };
    if label("openshift.io/cluster-monitoring") == Some("true") {
        checks.error(
            "namespace",
            format!("{namespace} is watched by the platform's monitoring, so user workload monitoring leaves it out"),
            format!("oc label namespace {namespace} openshift.io/cluster-monitoring-"),
        );
    } else if label("openshift.io/user-monitoring") == Some("false") {
        checks.error(
            "namespace",
            format!("{namespace} has opted out of user workload monitoring"),
            format!("oc label namespace {namespace} openshift.io/user-monitoring-"),
        );
    } else {
        checks.good(format!("{namespace} is scraped"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Level, seen::Seen};
    use super::*;

    fn config(text: &str) -> Look {
        Look::Found(json!({"data": {"config.yaml": text}}))
    }

    /// The first thing that is told, and how bad it is.
    fn first(looks: Vec<(&str, Look)>) -> (Level, String) {
        let mut checks = Checks::new("monitoring");
        switched_on(&Seen::of(looks), &mut checks);
        let check = checks.list.remove(0);
        (check.level, check.what)
    }

    #[test]
    fn switched_on_is_told_from_both_places_and_the_text_wins() {
        let object = || {
            (
                "new config",
                Look::Found(json!({"spec": {"userDefined": {"mode": "NamespaceIsolated"}}})),
            )
        };
        let prometheus = || ("prometheus", Look::Found(json!({})));
        for (looks, level, what) in [
            (
                vec![("config", config("enableUserWorkload: true"))],
                Level::Good,
                "on (cluster-monitoring-config)",
            ),
            (vec![object()], Level::Good, "on (ClusterMonitoring)"),
            (
                vec![("config", config("a: 1")), object()],
                Level::Good,
                "on (ClusterMonitoring)",
            ),
            (
                vec![("config", config("enableUserWorkload: false")), object()],
                Level::Error,
                "is off",
            ),
            (vec![], Level::Error, "is off"),
            (vec![("config", config("a: ["))], Level::Error, "cannot be read"),
            (vec![("config", Look::Hidden)], Level::Warning, "you may not see"),
            (
                vec![("config", Look::Hidden), prometheus()],
                Level::Good,
                "its Prometheus is there",
            ),
        ] {
            let told = first(looks);
            assert_eq!(told.0, level, "{told:?}");
            assert!(told.1.contains(what), "{told:?} {what}");
        }
    }

    #[test]
    fn a_namespace_that_opted_out_is_named_with_the_line_that_brings_it_back() {
        for (labels, level, what) in [
            (json!({}), Level::Good, "a is scraped"),
            (
                json!({"openshift.io/user-monitoring": "true"}),
                Level::Good,
                "a is scraped",
            ),
            (
                json!({"openshift.io/user-monitoring": "false"}),
                Level::Error,
                "openshift.io/user-monitoring-",
            ),
            (
                json!({"openshift.io/cluster-monitoring": "true"}),
                Level::Error,
                "openshift.io/cluster-monitoring-",
            ),
        ] {
            let mut checks = Checks::new("monitoring");
            let namespace = Look::Found(json!({"metadata": {"labels": labels}}));
            opted_out("a", &Seen::of(vec![("namespace a", namespace)]), &mut checks);
            let check = checks.list.remove(0);
            assert_eq!(check.level, level, "{check:?}");
            assert!(check.what.contains(what) || check.hint.contains(what), "{check:?}");
        }
    }
}
