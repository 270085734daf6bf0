//! User workload monitoring: on, well, keeping samples long enough, and not told to leave a namespace out.

use serde_json::Value;

use super::Checks;
use super::seen::{Look, Seen};
use crate::provision::facts::text;
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
    let new = seen.look("new config").value();
    if new.is_some_and(|object| text(object, "/spec/userDefined/mode") == "NamespaceIsolated") {
        checks.good("user workload monitoring is on (ClusterMonitoring)");
        return true;
    }
    let hint = "`servelens apply` switches it on; that needs an administrator of the cluster";
    match seen.look("config") {
        Look::Found(object) => match tree(text(object, "/data/config.yaml")) {
            Ok(tree) if get(&tree, &["enableUserWorkload"]) == Some(&Value::Bool(true)) => {
                checks.good("user workload monitoring is on (cluster-monitoring-config)");
                return true;
            }
            Ok(_) => checks.error("uwm", "user workload monitoring is off", hint),
            Err(fault) => checks.error(
                "uwm-config",
                format!("the cluster's monitoring configuration cannot be read: {fault}"),
                "mend it with `oc -n openshift-monitoring edit configmap cluster-monitoring-config`",
            ),
        },
        Look::Absent => checks.error("uwm", "user workload monitoring is off", hint),
        Look::Hidden => {
            // Whoever sees its Prometheus knows all the same.
            if seen.look("prometheus").value().is_some() {
                checks.good("user workload monitoring is on (its Prometheus is there)");
                return true;
            }
            checks.warning(
                "rights",
                "you may not see whether user workload monitoring is on",
                "an administrator can see it with `servelens check`",
            );
        }
    }
    false
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
                "make it, or name another with --namespace",
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
