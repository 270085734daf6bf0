//! NetworkPolicies that keep the scraper out.

use serde_json::Value;

use super::Checks;
use crate::cluster::{Kind, NETWORK_POLICY};
use crate::provision::facts::{Facts, NAME, text};
use crate::provision::settings::Settings;

pub const KINDS: [&Kind; 1] = [&NETWORK_POLICY];
const MONITORING: &str = "/namespaceSelector/matchLabels/network.openshift.io~1policy-group";

pub fn checks(settings: &Settings, facts: &Facts) -> Checks {
    let mut checks = Checks::new("network");
    for namespace in &settings.namespaces {
        let here = facts.within(&NETWORK_POLICY, namespace);
        let closing = here.iter().find(|policy| closes_all(policy));
        let opened = here.iter().any(lets_monitoring_in);
        match closing {
            Some(policy) if !opened => checks.error(
                "network",
                format!(
                    "the NetworkPolicy {} of {namespace} keeps the scraper out",
                    text(policy, NAME)
                ),
                "allow ingress from namespaces with the label network.openshift.io/policy-group: monitoring",
            ),
            _ if !facts.sees(&NETWORK_POLICY, namespace) => checks.warning(
                "rights",
                format!("you may not see the NetworkPolicies of {namespace}"),
                "one that closes the namespace would keep the scraper out",
            ),
            _ => checks.good(format!("no NetworkPolicy of {namespace} keeps the scraper out")),
        }
    }
    checks
}

/// Whether it chooses every pod and lets in at most some.
fn closes_all(policy: &Value) -> bool {
    let spec = |path: &str| policy.pointer(path);
    let every = spec("/spec/podSelector").is_none_or(|selector| selector == &serde_json::json!({}));
    let types = spec("/spec/policyTypes").and_then(Value::as_array);
    let ingress = types.is_none_or(|types| types.iter().any(|kind| kind == "Ingress"));
    let open = rules(policy).any(|rule| rule.get("from").and_then(Value::as_array).is_none_or(Vec::is_empty));
    every && ingress && !open
}

fn lets_monitoring_in(policy: &Value) -> bool {
    rules(policy)
        .filter_map(|rule| rule.get("from")?.as_array())
        .flatten()
        .any(|from| {
            let all =
                from.get("namespaceSelector") == Some(&serde_json::json!({})) && from.get("podSelector").is_none();
            let named = from
                .pointer("/namespaceSelector/matchLabels/kubernetes.io~1metadata.name")
                .and_then(Value::as_str);
            all || text(from, MONITORING) == "monitoring" || named == Some("openshift-user-workload-monitoring")
        })
}

fn rules(policy: &Value) -> impl Iterator<Item = &Value> {
    let list = policy.pointer("/spec/ingress").and_then(Value::as_array);
    list.into_iter().flatten()
}
