//! Which monitors scrape a workload: decided from selectors alone, so that it is known before the first pod runs.

use serde_json::Value;

use super::labels::{Labels, labels, selects};
use super::{Facts, NAME, text};
use crate::cluster::{Kind, POD_MONITOR, SERVICE, SERVICE_MONITOR};
use crate::provision::object::is_ours;

/// A monitor that scrapes a workload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    pub kind: &'static str,
    pub name: String,
    pub ours: bool,
    /// Whether it puts `kserve_` before every name.
    pub prefixed: bool,
}

/// What is known of a workload's scraping.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Covered {
    pub by: Vec<Cover>,
    /// Monitors that mean it, and whose Service or port is not there.
    pub broken: Vec<String>,
}

impl Covered {
    /// Whether somebody else's monitor already does it.
    #[must_use]
    pub fn by_others(&self) -> bool {
        self.by.iter().any(|cover| !cover.ours)
    }
}

/// The monitors of a namespace that choose pods with these labels.
#[must_use]
pub fn cover(facts: &Facts, instance: &str, namespace: &str, pod: &Labels) -> Covered {
    let mut covered = Covered::default();
    for monitor in facts.within(&POD_MONITOR, namespace) {
        if selector(monitor).is_some_and(|selector| selects(selector, pod)) {
            covered.by.push(told(&POD_MONITOR, monitor, instance));
        }
    }
    let services = facts.within(&SERVICE, namespace);
    for monitor in facts.within(&SERVICE_MONITOR, namespace) {
        let Some(selector) = selector(monitor) else { continue };
        let chosen = services
            .iter()
            .filter(|service| selects(selector, &labels(service, "/metadata/labels")));
        let chosen: Vec<_> = chosen.filter(|service| leads_to(service, pod)).collect();
        if chosen.is_empty() {
            // The platform makes the monitor always, and its Service only where the runtime names a port.
            let means = pod.get(crate::provision::desired::monitors::ISVC_LABEL);
            if means.is_some_and(|service| text(monitor, NAME) == format!("{service}-metrics")) {
                covered.broken.push(text(monitor, NAME).to_owned());
            }
        } else if chosen.iter().any(|service| has_port(service, monitor)) {
            covered.by.push(told(&SERVICE_MONITOR, monitor, instance));
        } else {
            covered.broken.push(text(monitor, NAME).to_owned());
        }
    }
    covered
}

fn selector(monitor: &Value) -> Option<&Value> {
    // OpenShift's user workload monitoring leaves such monitors out.
    let label = monitor.pointer("/metadata/labels/openshift.io~1user-monitoring");
    if label.and_then(Value::as_str) == Some("false") {
        return None;
    }
    monitor.pointer("/spec/selector")
}

fn leads_to(service: &Value, pod: &Labels) -> bool {
    let wanted = labels(service, "/spec/selector");
    !wanted.is_empty() && wanted.iter().all(|(key, value)| pod.get(key) == Some(value))
}

fn has_port(service: &Value, monitor: &Value) -> bool {
    let list = |object: &'_ Value, path: &str| -> Vec<Value> {
        object
            .pointer(path)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let ports = list(service, "/spec/ports");
    list(monitor, "/spec/endpoints").iter().any(|endpoint| {
        let wanted = endpoint.get("port").and_then(Value::as_str);
        // By number it means the pod's own port.
        wanted.is_none_or(|wanted| ports.iter().any(|port| text(port, "/name") == wanted))
    })
}

fn told(kind: &'static Kind, monitor: &Value, instance: &str) -> Cover {
    let endpoints = ["/spec/endpoints", "/spec/podMetricsEndpoints"].into_iter();
    let mut rules = endpoints
        .filter_map(|path| monitor.pointer(path)?.as_array())
        .flatten()
        .filter_map(|endpoint| endpoint.get("metricRelabelings")?.as_array())
        .flatten();
    Cover {
        kind: kind.kind,
        name: text(monitor, NAME).to_owned(),
        ours: is_ours(monitor, instance),
        prefixed: rules.any(|rule| text(rule, "/replacement").starts_with("kserve_")),
    }
}
