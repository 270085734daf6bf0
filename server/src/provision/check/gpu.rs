//! GPUs: the operator, whether its exporter is scraped, and what the exporter collects.

use futures_util::future::join;
use serde_json::Value;

use super::Checks;
use super::seen::{Look, Seen};
use crate::cluster::{CONFIG_MAP, Hands, Refusal, SERVICE};
use crate::provision::facts::text;
use crate::provision::plan::counters::{KEY as COUNTERS, LIST, missing};
use crate::provision::settings::Settings;

/// The Service that the GPU operator makes for its exporter, and the port that its monitor asks for.
const EXPORTER: &str = "nvidia-dcgm-exporter";
const PORT: &str = "gpu-metrics";

/// What the exporter of the cluster's own ClusterPolicy collects, and where it serves it.
pub struct Exporter {
    /// The ConfigMap that the ClusterPolicy names.
    list: Look,
    service: Look,
}

impl Exporter {
    pub async fn read(hands: &Hands, settings: &Settings, seen: &Seen) -> Result<Exporter, Refusal> {
        let mut exporter = Exporter {
            list: Look::Absent,
            service: Look::Absent,
        };
        let Some(policy) = seen.first("gpu").filter(|_| settings.gpu) else {
            return Ok(exporter);
        };
        let home = Some(settings.gpu_namespace.as_str());
        let name = text(policy, LIST);
        let service = hands.get(&SERVICE, home, EXPORTER);
        if name.is_empty() {
            exporter.service = Look::of(service.await)?;
        } else {
            let (list, service) = join(hands.get(&CONFIG_MAP, home, name), service).await;
            exporter.list = Look::of(list)?;
            exporter.service = Look::of(service)?;
        }
        Ok(exporter)
    }
}

pub fn checks(settings: &Settings, seen: &Seen, exporter: &Exporter) -> Checks {
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
    if let Look::Found(service) = &exporter.service {
        port(settings, service, &mut checks);
    }
    match text(policy, LIST) {
        "" => checks.warning(
            "gpu-counters",
            "the exporter collects its built-in list: no ECC errors, retired pages, SM occupancy or fan speed",
            "`servelens plan` shows a ConfigMap with them, to be named in spec.dcgmExporter.config.name of the ClusterPolicy",
        ),
        name => counters(name, &exporter.list, &mut checks),
    }
    checks
}

fn port(settings: &Settings, service: &Value, checks: &mut Checks) {
    let ports = service.pointer("/spec/ports").and_then(Value::as_array);
    let mut ports = ports.into_iter().flatten();
    let named = ports.find(|port| text(port, "/name") == PORT);
    let found = named.and_then(|port| port.get("port")?.as_u64());
    match found {
        Some(found) if found == u64::from(settings.dcgm_port) => {
            checks.good(format!("its exporter serves at port {found}"));
        }
        Some(found) => checks.warning(
            "gpu-monitor",
            format!(
                "the GPU exporter serves at port {found}, and --dcgm-port says {}",
                settings.dcgm_port
            ),
            format!("say --dcgm-port {found}, or look who has changed the Service {EXPORTER}"),
        ),
        None => checks.error(
            "gpu-monitor",
            format!("the Service {EXPORTER} has no port {PORT}, which the exporter's monitor asks for"),
            "the GPU operator makes it: look at its pods",
        ),
    }
}

fn counters(name: &str, list: &Look, checks: &mut Checks) {
    let list = match list {
        Look::Found(list) => list.pointer("/data").and_then(|data| data.get(COUNTERS)?.as_str()),
        Look::Hidden => {
            return checks.warning(
                "rights",
                format!("you may not see what the ConfigMap {name} lists for the GPU exporter"),
                "an administrator can see it with `servelens check`",
            );
        }
        Look::Absent => {
            return checks.error(
                "gpu-counters",
                format!("the ConfigMap {name} that the ClusterPolicy names is not there, so the exporter cannot start"),
                "make it, or take its name out of spec.dcgmExporter.config of the ClusterPolicy",
            );
        }
    };
    let Some(list) = list else {
        return checks.error(
            "gpu-counters",
            format!("the ConfigMap {name} holds no {COUNTERS}, which the GPU exporter reads"),
            "give it that key; NVIDIA's default list is a start",
        );
    };
    let missing = missing(list);
    if missing.is_empty() {
        checks.good(format!(
            "the exporter collects all that the charts show (ConfigMap {name})"
        ));
    } else {
        checks.warning(
            "gpu-counters",
            format!("the ConfigMap {name} does not list {}", missing.join(", ")),
            "`servelens apply` adds them; charts of what is not collected stay empty",
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Level;
    use super::*;
    use crate::provision::settings::{Layer, read};

    /// The last of what is told of a cluster with the GPU operator.
    fn told(config: Value, list: Look, service: Look) -> Vec<(Level, String)> {
        let settings = read(&Layer::default(), Ok(None)).unwrap();
        let policy = json!([{"spec": {"dcgmExporter": {"serviceMonitor": {"enabled": true}, "config": config}}}]);
        let seen = Seen::of(vec![("gpu", Look::Found(policy))]);
        let checks = checks(&settings, &seen, &Exporter { list, service });
        checks
            .list
            .into_iter()
            .skip(2)
            .map(|check| (check.level, check.what))
            .collect()
    }

    #[test]
    fn the_list_is_read_and_not_believed_for_being_named() {
        let named = || json!({"name": "mine"});
        let list = |text: &str| Look::Found(json!({"data": {"dcgm-metrics.csv": text}}));
        let whole = missing("")
            .iter()
            .map(|field| format!("{field}, gauge, x\n"))
            .collect::<String>();
        for (config, found, level, what) in [
            (Value::Null, Look::Absent, Level::Warning, "built-in list"),
            (named(), Look::Absent, Level::Error, "is not there"),
            (named(), Look::Hidden, Level::Warning, "you may not see"),
            (
                named(),
                Look::Found(json!({"data": {"other.csv": ""}})),
                Level::Error,
                "holds no dcgm-metrics.csv",
            ),
            (
                named(),
                list(""),
                Level::Warning,
                "does not list DCGM_FI_DEV_ECC_SBE_VOL_TOTAL",
            ),
            (
                named(),
                list("# DCGM_FI_DEV_FAN_SPEED, gauge, x\n"),
                Level::Warning,
                "DCGM_FI_DEV_FAN_SPEED",
            ),
            (named(), list(&whole), Level::Good, "all that the charts show"),
        ] {
            let told = told(config, found, Look::Absent);
            let last = told.last().unwrap();
            assert!(last.0 == level && last.1.contains(what), "{last:?} {what}");
        }
    }

    #[test]
    fn the_exporters_port_is_compared_with_the_one_of_the_settings() {
        let service = |name: &str, port: u16| Look::Found(json!({"spec": {"ports": [{"name": name, "port": port}]}}));
        for (found, level, what) in [
            (service("gpu-metrics", 9400), Level::Good, "port 9400"),
            (
                service("gpu-metrics", 9500),
                Level::Warning,
                "port 9500, and --dcgm-port says 9400",
            ),
            (service("other", 9400), Level::Error, "has no port gpu-metrics"),
        ] {
            let told = told(Value::Null, Look::Absent, found);
            let first = told.first().unwrap();
            assert!(first.0 == level && first.1.contains(what), "{first:?} {what}");
        }
    }
}
