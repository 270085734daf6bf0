//! What LLMInferenceServices need beside themselves: the cluster's version, the gateway and its way in, and the seven
//! things that signing in at it rests on (Connectivity Link with its Authorino).
//!
//! Read only where such services are: nobody else's cluster is asked for these.

use serde_json::Value;

use super::Checks;
use super::cluster::numbers;
use super::seen::{Look, Seen};
use crate::cluster::LLM_INFERENCE_SERVICE;
use crate::provision::facts::{Facts, NAME, NAMESPACE, text};
use crate::provision::settings::Settings;

/// Where Connectivity Link and its Authorino are.
pub const LINK: &str = "kuadrant-system";
pub const AUTHORINO_SERVICE: &str = "authorino-authorino-authorization";
pub const AUTHORINO_CERTIFICATE: &str = "authorino-server-cert";
const SERVING_CERTIFICATE: &str = "service.beta.openshift.io/serving-cert-secret-name";
/// The oldest Connectivity Link that they work with.
const OLDEST_LINK: [u32; 3] = [1, 1, 1];
/// They look once, when they start, whether the cluster knows policies of sign-in.
const CONTROLLERS: [&str; 2] = ["kserve-controller-manager", "odh-model-controller"];
const WITHOUT_SIGN_IN: &str = "security.opendatahub.io/enable-auth";

pub fn checks(settings: &Settings, facts: &Facts, seen: &Seen, own: &Seen, checks: &mut Checks) {
    version(seen, checks);
    gateway(own, checks);
    match seen.look("groups") {
        Look::Found(_) => checks.good("the LeaderWorkerSet operator is installed"),
        Look::Hidden => {}
        Look::Absent => checks.warning(
            "llm-d",
            "the LeaderWorkerSet operator is not installed",
            "a model that is spread over several nodes needs it",
        ),
    }
    if own.first("mesh").is_some() {
        checks.error(
            "llm-d",
            "Service Mesh 2 is installed, and the gateway cannot run beside it",
            "remove it, or move to Service Mesh 3",
        );
    }
    let open: Vec<String> = facts
        .of(&LLM_INFERENCE_SERVICE)
        .iter()
        .filter(|service| annotation(service, WITHOUT_SIGN_IN) == Some("false"))
        .map(|service| format!("{}/{}", text(service, NAMESPACE), text(service, NAME)))
        .collect();
    if !open.is_empty() {
        checks.warning(
            "llm-d-sign-in",
            format!("whoever reaches the gateway may ask {}", open.join(", ")),
            format!("set the annotation {WITHOUT_SIGN_IN} to \"true\""),
        );
    }
    if open.len() < facts.of(&LLM_INFERENCE_SERVICE).len() {
        sign_in(settings, own, checks);
    }
}

fn version(seen: &Seen, checks: &mut Checks) {
    let Look::Found(version) = seen.look("version") else {
        return;
    };
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

fn gateway(own: &Seen, checks: &mut Checks) {
    let gateway = match own.look("gateway") {
        Look::Found(gateway) => gateway,
        Look::Hidden => {
            return hidden(checks, "the Gateway openshift-ai-inference in openshift-ingress");
        }
        Look::Absent => {
            return checks.error(
                "llm-d",
                "there is no Gateway openshift-ai-inference in openshift-ingress",
                "LLMInferenceServices are reached through it: make a GatewayClass and the Gateway",
            );
        }
    };
    checks.good("the Gateway openshift-ai-inference is there");
    let class = text(gateway, "/spec/gatewayClassName");
    let classes = own.look("classes").value().and_then(Value::as_array);
    match classes.map(|list| list.iter().find(|one| text(one, NAME) == class)) {
        Some(None) => checks.error(
            "llm-d",
            format!("its GatewayClass {class} is not there"),
            "make it; OpenShift's own has the controller openshift.io/gateway-controller/v1",
        ),
        Some(Some(found)) if !is(found, "Accepted") => checks.error(
            "llm-d",
            format!("no controller has accepted its GatewayClass {class}"),
            format!("look at `oc get gatewayclass {class} -o yaml`"),
        ),
        Some(Some(_)) => checks.good(format!("its GatewayClass {class} is accepted")),
        None => {}
    }
    let addresses = gateway.pointer("/status/addresses").and_then(Value::as_array);
    if addresses.is_none_or(Vec::is_empty) {
        checks.error(
            "llm-d",
            "the Gateway has no address, so nobody outside the cluster reaches the models",
            "its Service needs a load balancer; on bare metal that is MetalLB",
        );
    } else {
        checks.good("the Gateway has an address");
    }
}

/// One after the other, as they build on each other: the first that is missing is the one to mend.
fn sign_in(settings: &Settings, own: &Seen, checks: &mut Checks) {
    link(own, checks);
    match own.look("kuadrant") {
        Look::Hidden => hidden(checks, "Kuadrant kuadrant"),
        Look::Absent => checks.error(
            "llm-d-sign-in",
            format!("there is no Kuadrant in {LINK}"),
            format!("install Connectivity Link 1.1.1 or newer, then make a Kuadrant named kuadrant in {LINK}"),
        ),
        Look::Found(kuadrant) => {
            checks.good("the Kuadrant is there");
            if is(kuadrant, "Ready") {
                checks.good("the Kuadrant is ready");
            } else {
                checks.error(
                    "llm-d-sign-in",
                    format!("the Kuadrant is not ready: {}", said(kuadrant, "Ready")),
                    format!("look at `oc -n {LINK} get kuadrant kuadrant -o yaml`"),
                );
            }
        }
    }
    certificate(own, checks);
    listener(own, checks);
    restarted(settings, own, checks);
}

fn link(own: &Seen, checks: &mut Checks) {
    let list = own.look("link").value().and_then(Value::as_array);
    let mut versions = list.into_iter().flatten();
    let Some(found) = versions.find(|version| text(version, NAME).starts_with("rhcl-operator.")) else {
        return;
    };
    let version = text(found, "/spec/version");
    let numbers: Vec<u32> = version
        .split(['.', '-', '+'])
        .map_while(|part| part.parse().ok())
        .collect();
    if numbers.as_slice() < OLDEST_LINK.as_slice() {
        checks.error(
            "llm-d-sign-in",
            format!("Connectivity Link {version} is older than 1.1.1"),
            "update its operator",
        );
    } else {
        checks.good(format!("Connectivity Link {version}"));
    }
}

fn certificate(own: &Seen, checks: &mut Checks) {
    match own.look("authorino service") {
        Look::Hidden => hidden(checks, &format!("the Service {AUTHORINO_SERVICE}")),
        Look::Absent => checks.error(
            "llm-d-sign-in",
            format!("there is no Service {AUTHORINO_SERVICE} in {LINK}"),
            "a Kuadrant that is ready brings it",
        ),
        Look::Found(service) if annotation(service, SERVING_CERTIFICATE) == Some(AUTHORINO_CERTIFICATE) => {
            checks.good("Authorino's Service asks for a serving certificate");
        }
        Look::Found(_) => checks.error(
            "llm-d-sign-in",
            "Authorino's Service asks for no serving certificate",
            format!("oc -n {LINK} annotate service {AUTHORINO_SERVICE} {SERVING_CERTIFICATE}={AUTHORINO_CERTIFICATE}"),
        ),
    }
    match own.look("authorino certificate") {
        Look::Found(_) => checks.good("Authorino's certificate is there"),
        Look::Hidden => hidden(checks, &format!("the Secret {AUTHORINO_CERTIFICATE}")),
        Look::Absent => checks.error(
            "llm-d-sign-in",
            format!("there is no Secret {AUTHORINO_CERTIFICATE} in {LINK}"),
            "OpenShift makes it once the Service asks for a serving certificate",
        ),
    }
}

fn listener(own: &Seen, checks: &mut Checks) {
    match own.look("authorino") {
        Look::Hidden => hidden(checks, "Authorino authorino"),
        Look::Absent => checks.error(
            "llm-d-sign-in",
            format!("there is no Authorino in {LINK}"),
            "a Kuadrant that is ready brings it",
        ),
        Look::Found(authorino) => {
            let on = authorino.pointer("/spec/listener/tls/enabled") == Some(&Value::Bool(true));
            let name = text(authorino, "/spec/listener/tls/certSecretRef/name");
            if on && name == AUTHORINO_CERTIFICATE {
                checks.good("Authorino listens with TLS");
            } else {
                checks.error(
                    "llm-d-sign-in",
                    "Authorino does not listen with that certificate, so the gateway cannot ask it",
                    format!(
                        "set spec.listener.tls of the Authorino in {LINK}: enabled true, certSecretRef.name \
                         {AUTHORINO_CERTIFICATE}"
                    ),
                );
            }
        }
    }
    match own.look("authorino pods") {
        Look::Hidden => hidden(checks, &format!("the Deployments of {LINK}")),
        Look::Absent => checks.error(
            "llm-d-sign-in",
            format!("Authorino does not run in {LINK}"),
            "a Kuadrant that is ready brings it",
        ),
        Look::Found(deployment) => {
            let number = |path: &str| deployment.pointer(path).and_then(Value::as_u64).unwrap_or_default();
            let (want, have) = (number("/spec/replicas").max(1), number("/status/readyReplicas"));
            if have >= want {
                checks.good("Authorino's pods are ready");
            } else {
                checks.error(
                    "llm-d-sign-in",
                    format!("{have} of {want} of Authorino's pods are ready"),
                    format!("look at `oc -n {LINK} get pods`"),
                );
            }
        }
    }
}

/// Controllers that started before the cluster knew the policies never protect a model.
fn restarted(settings: &Settings, own: &Seen, checks: &mut Checks) {
    let place = &settings.kserve_namespace;
    let (Look::Found(policies), Some(pods)) = (
        own.look("policies"),
        own.look("controllers").value().and_then(Value::as_array),
    ) else {
        if *own.look("policies") == Look::Hidden || *own.look("controllers") == Look::Hidden {
            hidden(
                checks,
                &format!("whether the controllers of {place} know the policies of sign-in"),
            );
        }
        return;
    };
    let since = text(policies, "/metadata/creationTimestamp");
    let early: Vec<&str> = CONTROLLERS
        .into_iter()
        .filter(|name| {
            let mut own = pods
                .iter()
                .filter(|pod| text(pod, NAME).starts_with(&format!("{name}-")));
            // Both are written by the cluster in the same form, in UTC, and so sort as they follow each other.
            own.any(|pod| text(pod, "/status/startTime") < since)
        })
        .collect();
    if early.is_empty() {
        checks.good("the controllers know the policies of sign-in");
    } else {
        checks.error(
            "llm-d-sign-in",
            format!("{} started before Connectivity Link was installed", early.join(" and ")),
            format!("oc -n {place} rollout restart deployment {}", early.join(" ")),
        );
    }
}

fn hidden(checks: &mut Checks, what: &str) {
    checks.warning(
        "rights",
        format!("you may not see {what}"),
        "LLMInferenceServices need it; an administrator can see it with `servelens check`",
    );
}

fn annotation<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.pointer("/metadata/annotations")?.get(name)?.as_str()
}

fn condition<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    let list = object.pointer("/status/conditions")?.as_array()?;
    list.iter().find(|one| text(one, "/type") == kind)
}

fn is(object: &Value, kind: &str) -> bool {
    condition(object, kind).is_some_and(|one| text(one, "/status") == "True")
}

fn said<'a>(object: &'a Value, kind: &str) -> &'a str {
    condition(object, kind).map_or("it has not said why", |one| text(one, "/message"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::provision::check::{Level, report};
    use crate::provision::settings::{Layer, read};

    fn ready(kind: &str, is: &str) -> Value {
        json!({"conditions": [{"type": kind, "status": is, "message": "Authorino is missing"}]})
    }

    /// A cluster where everything is as it should be.
    fn good() -> Vec<(&'static str, Look)> {
        let found = |value: Value| Look::Found(value);
        vec![
            (
                "gateway",
                found(
                    json!({"spec": {"gatewayClassName": "openshift-default"}, "status": {"addresses": [{"value": "192.0.2.1"}]}}),
                ),
            ),
            (
                "classes",
                found(json!([{"metadata": {"name": "openshift-default"}, "status": ready("Accepted", "True")}])),
            ),
            ("mesh", Look::Absent),
            (
                "link",
                found(json!([{"metadata": {"name": "rhcl-operator.v1.2.0"}, "spec": {"version": "1.2.0"}}])),
            ),
            ("kuadrant", found(json!({"status": ready("Ready", "True")}))),
            (
                "authorino service",
                found(json!({"metadata": {"annotations": {SERVING_CERTIFICATE: AUTHORINO_CERTIFICATE}}})),
            ),
            ("authorino certificate", found(json!({}))),
            (
                "authorino",
                found(
                    json!({"spec": {"listener": {"tls": {"enabled": true, "certSecretRef": {"name": AUTHORINO_CERTIFICATE}}}}}),
                ),
            ),
            (
                "authorino pods",
                found(json!({"spec": {"replicas": 2}, "status": {"readyReplicas": 2}})),
            ),
            (
                "policies",
                found(json!({"metadata": {"creationTimestamp": "2026-03-01T10:00:00Z"}})),
            ),
            (
                "controllers",
                found(json!([
                    {"metadata": {"name": "odh-model-controller-7d-x"}, "status": {"startTime": "2026-03-01T10:05:00Z"}},
                    {"metadata": {"name": "kserve-controller-manager-5f-y"}, "status": {"startTime": "2026-03-02T00:00:00Z"}},
                    {"metadata": {"name": "rhods-dashboard-1"}, "status": {"startTime": "2026-01-01T00:00:00Z"}},
                ])),
            ),
        ]
    }

    /// What is told of a good cluster with one thing changed.
    fn told(change: Option<(&'static str, Look)>) -> Vec<super::super::Check> {
        let settings = read(&Layer::default(), Ok(None)).unwrap();
        let mut looks = good();
        if let Some((key, look)) = change {
            looks.iter_mut().find(|(known, _)| *known == key).unwrap().1 = look;
        }
        let own = Seen::of(looks);
        let cluster = Seen::of(vec![
            (
                "version",
                Look::Found(json!({"status": {"desired": {"version": "4.20.1"}}})),
            ),
            ("groups", Look::Found(json!([]))),
        ]);
        let services = vec![json!({"metadata": {"name": "qwen", "namespace": "chat"}})];
        let facts = Facts::of_lists([(LLM_INFERENCE_SERVICE.kind, services)]);
        let mut all = Checks::new("serving");
        checks(&settings, &facts, &cluster, &own, &mut all);
        all.list
    }

    #[test]
    fn all_of_them_are_told_where_all_are_good() {
        insta::assert_snapshot!(report::text(&told(None)));
    }

    #[test]
    fn each_of_them_is_told_when_it_fails_and_all_others_stay_good() {
        let many = told(None).len();
        let found = |value: Value| Look::Found(value);
        for (key, look, says) in [
            ("gateway", Look::Absent, "no Gateway"),
            (
                "gateway",
                found(json!({"spec": {"gatewayClassName": "openshift-default"}})),
                "has no address",
            ),
            (
                "classes",
                found(json!([])),
                "GatewayClass openshift-default is not there",
            ),
            (
                "classes",
                found(json!([{"metadata": {"name": "openshift-default"}}])),
                "no controller has accepted",
            ),
            ("mesh", found(json!([{}])), "Service Mesh 2"),
            (
                "link",
                found(json!([{"metadata": {"name": "rhcl-operator.v1.1.0"}, "spec": {"version": "1.1.0"}}])),
                "older than 1.1.1",
            ),
            ("kuadrant", Look::Absent, "no Kuadrant"),
            (
                "kuadrant",
                found(json!({"status": ready("Ready", "False")})),
                "not ready: Authorino is missing",
            ),
            (
                "authorino service",
                found(json!({"metadata": {}})),
                "asks for no serving certificate",
            ),
            ("authorino certificate", Look::Absent, "no Secret authorino-server-cert"),
            (
                "authorino",
                found(json!({"spec": {"listener": {"tls": {"enabled": false}}}})),
                "does not listen",
            ),
            (
                "authorino pods",
                found(json!({"spec": {"replicas": 2}, "status": {"readyReplicas": 1}})),
                "1 of 2",
            ),
            (
                "policies",
                found(json!({"metadata": {"creationTimestamp": "2026-03-01T12:00:00Z"}})),
                "odh-model-controller started before",
            ),
        ] {
            let all = told(Some((key, look)));
            let bad: Vec<_> = all.iter().filter(|check| check.level == Level::Error).collect();
            assert_eq!(bad.len(), 1, "{key}: {bad:?}");
            assert!(bad[0].what.contains(says) && !bad[0].hint.is_empty(), "{key}: {bad:?}");
            assert!(all.len() + 3 > many, "{key} hides others: {all:?}");
        }
    }

    #[test]
    fn what_may_not_be_seen_is_no_error_of_the_cluster() {
        for (key, _) in good() {
            let all = told(Some((key, Look::Hidden)));
            assert!(all.iter().all(|check| check.level != Level::Error), "{key}: {all:?}");
        }
    }
}
