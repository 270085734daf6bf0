//! NetworkPolicies that keep the scraper out of the models' pods.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Checks;
use crate::cluster::{Kind, NETWORK_POLICY};
use crate::provision::facts::{Facts, Labels, NAME, Workload, selects, text};
use crate::provision::settings::Settings;

pub const KINDS: [&Kind; 1] = [&NETWORK_POLICY];
const MONITORING: &str = "/namespaceSelector/matchLabels/network.openshift.io~1policy-group";

pub fn checks(settings: &Settings, facts: &Facts, workloads: &[Workload]) -> Checks {
    let mut checks = Checks::new("network");
    for namespace in &settings.namespaces {
        let policies = facts.within(&NETWORK_POLICY, namespace);
        let closed = closed(policies, workloads.iter().filter(|one| &one.namespace == namespace));
        for (policy, names) in &closed {
            checks.error(
                "network",
                match names.join(", ") {
                    none if none.is_empty() => {
                        format!("the NetworkPolicy {policy} of {namespace} keeps the scraper out")
                    }
                    names => format!("the NetworkPolicy {policy} of {namespace} keeps the scraper out of {names}"),
                },
                "allow ingress from namespaces with the label network.openshift.io/policy-group: monitoring",
            );
        }
        if !facts.sees(&NETWORK_POLICY, namespace) {
            checks.warning(
                "rights",
                format!("you may not see the NetworkPolicies of {namespace}"),
                "one that closes the namespace would keep the scraper out",
            );
        } else if closed.is_empty() {
            checks.good(format!("no NetworkPolicy of {namespace} keeps the scraper out"));
        }
    }
    checks
}

/// The first policy that closes each workload, with the workloads it closes. Pods that are to come, of whose labels nothing is
/// known, stand for a namespace without any.
fn closed<'a>(policies: &[Value], workloads: impl Iterator<Item = &'a Workload>) -> BTreeMap<String, Vec<&'a str>> {
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut any = false;
    for workload in workloads {
        any = true;
        if let Some(policy) = closing(policies, &workload.pod) {
            found.entry(policy.to_owned()).or_default().push(&workload.name);
        }
    }
    if let Some(policy) = closing(policies, &Labels::new()).filter(|_| !any) {
        found.insert(policy.to_owned(), Vec::new());
    }
    found
}

/// A pod that no policy selects is open; one that some select lets in what any of them does.
fn closing<'a>(policies: &'a [Value], pod: &Labels) -> Option<&'a str> {
    let mut choosing = policies.iter().filter(|policy| {
        let selector = policy.pointer("/spec/podSelector");
        is_of_ingress(policy) && selector.is_none_or(|selector| selects(selector, pod))
    });
    let first = choosing.clone().next()?;
    (!choosing.any(lets_monitoring_in)).then(|| text(first, NAME))
}

fn is_of_ingress(policy: &Value) -> bool {
    let types = policy.pointer("/spec/policyTypes").and_then(Value::as_array);
    types.is_none_or(|types| types.iter().any(|kind| kind == "Ingress"))
}

fn lets_monitoring_in(policy: &Value) -> bool {
    let rules = policy.pointer("/spec/ingress").and_then(Value::as_array);
    rules.into_iter().flatten().any(|rule| {
        let from = rule.get("from").and_then(Value::as_array);
        from.is_none_or(|from| from.is_empty() || from.iter().any(is_monitoring))
    })
}

fn is_monitoring(from: &Value) -> bool {
    let all = from.get("namespaceSelector") == Some(&serde_json::json!({})) && from.get("podSelector").is_none();
    let named = from
        .pointer("/namespaceSelector/matchLabels/kubernetes.io~1metadata.name")
        .and_then(Value::as_str);
    all || text(from, MONITORING) == "monitoring" || named == Some("openshift-user-workload-monitoring")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn policy(name: &str, spec: Value) -> Value {
        json!({"metadata": {"name": name}, "spec": spec})
    }

    #[test]
    fn a_pod_is_closed_by_those_that_choose_it_and_opened_by_any_of_them() {
        let pod = |label: &str| Labels::from([("app".to_owned(), label.to_owned())]);
        let chosen = json!({"matchLabels": {"app": "a"}});
        let monitoring = json!([{"from": [{"namespaceSelector": {"matchLabels": {"network.openshift.io/policy-group": "monitoring"}}}]}]);
        let same = json!([{"from": [{"podSelector": {}}]}]);
        for (what, policies, closed) in [
            ("none", vec![], [None, None]),
            (
                "all",
                vec![policy("all", json!({"podSelector": {}}))],
                [Some("all"), Some("all")],
            ),
            (
                "one",
                vec![policy("one", json!({"podSelector": chosen}))],
                [Some("one"), None],
            ),
            (
                "only its own namespace",
                vec![policy("own", json!({"podSelector": chosen, "ingress": same}))],
                [Some("own"), None],
            ),
            (
                "egress",
                vec![policy("out", json!({"podSelector": {}, "policyTypes": ["Egress"]}))],
                [None, None],
            ),
            (
                "everybody may come",
                vec![policy("open", json!({"podSelector": {}, "ingress": [{}]}))],
                [None, None],
            ),
            (
                "a second one opens one pod",
                vec![
                    policy("all", json!({"podSelector": {}})),
                    policy("scraper", json!({"podSelector": chosen, "ingress": monitoring})),
                ],
                [None, Some("all")],
            ),
            (
                "by an expression",
                vec![policy(
                    "set",
                    json!({"podSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["b"]}]}}),
                )],
                [None, Some("set")],
            ),
        ] {
            let found = ["a", "b"].map(|label| closing(&policies, &pod(label)));
            assert_eq!(found, closed, "{what}");
        }
    }
}
