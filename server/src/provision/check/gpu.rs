//! GPUs: the operator, whether its exporter is scraped, and what the exporter collects.

use serde_json::Value;

use super::Checks;
use super::seen::{Look, Seen};
use crate::provision::facts::text;
use crate::provision::settings::Settings;

pub fn checks(settings: &Settings, seen: &Seen) -> Checks {
    let mut checks = Checks::new("gpu");
    if !settings.gpu {
        return checks;
    }
    let policy = match (seen.look("gpu"), seen.first("gpu")) {
        (_, Some(policy)) => policy,
        (Look::Hidden, _) => {
            checks.warning(
                "rights",
                "you may not see the GPU operator",
                "an administrator can see it with `servelens check`",
            );
            return checks;
        }
        _ => {
            checks.warning(
                "gpu",
                "the GPU operator is not installed",
                "without GPUs of NVIDIA this is as it should be: say --gpu false",
            );
            return checks;
        }
    };
    checks.good("the GPU operator is installed");
    let scraped = policy.pointer("/spec/dcgmExporter/serviceMonitor/enabled");
    if scraped == Some(&Value::Bool(true)) {
        checks.good("its exporter has a monitor");
    } else {
        checks.error(
            "gpu-monitor",
            "the GPU exporter has no monitor",
            "set spec.dcgmExporter.serviceMonitor.enabled to true in the ClusterPolicy; an administrator can",
        );
    }
    if let Look::Found(namespace) = seen.look("gpu namespace") {
        let label = namespace.pointer("/metadata/labels/openshift.io~1cluster-monitoring");
        if label.and_then(Value::as_str) == Some("true") {
            checks.good(format!("the platform's monitoring watches {}", settings.gpu_namespace));
        } else {
            checks.error(
                "gpu-monitor",
                format!("the platform's monitoring does not watch {}", settings.gpu_namespace),
                format!(
                    "oc label namespace {} openshift.io/cluster-monitoring=true",
                    settings.gpu_namespace
                ),
            );
        }
    }
    match text(policy, "/spec/dcgmExporter/config/name") {
        "" => checks.warning(
            "gpu-counters",
            "the exporter collects its built-in list: no ECC errors, retired pages, SM occupancy or fan speed",
            "give it a list of your own: a ConfigMap named in spec.dcgmExporter.config.name of the ClusterPolicy",
        ),
        name => checks.good(format!("the exporter collects what the ConfigMap {name} lists")),
    }
    checks
}
