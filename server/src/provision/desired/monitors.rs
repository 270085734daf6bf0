//! Monitors for workloads that the platform leaves unscraped. Called for gaps only: a second monitor doubles every rate.

use serde_json::{Value, json};

use crate::cluster::{CLUSTER_ROLE, CLUSTER_ROLE_BINDING, POD_MONITOR, SECRET, SERVICE_ACCOUNT, SERVICE_MONITOR};
use crate::provision::object::{Object, Phase};
use crate::provision::settings::{Endpoint, Settings};

/// What KServe puts on the pods of an InferenceService.
pub const ISVC_LABEL: &str = "serving.kserve.io/inferenceservice";
/// Of an LLMInferenceService's pods and Services.
pub const LLM_PART_OF: (&str, &str) = ("app.kubernetes.io/part-of", "llminferenceservice");
pub const COMPONENT: &str = "app.kubernetes.io/component";
pub const SCHEDULER: &str = "llminferenceservice-router-scheduler";
/// The pods that run an engine, alone or as part of a larger deployment.
pub const ENGINES: [&str; 6] = [
    "llminferenceservice-workload",
    "llminferenceservice-workload-prefill",
    "llminferenceservice-workload-worker",
    "llminferenceservice-workload-leader",
    "llminferenceservice-workload-worker-prefill",
    "llminferenceservice-workload-leader-prefill",
];

/// By its number: what a container calls its port is the runtime's own. `portNumber` is the newer name for this field, and the
/// definitions of older supported releases do not have it; KServe's own monitors use the older one, too.
const PORT: &str = "targetPort";

/// For one InferenceService.
pub fn of_service(settings: &Settings, namespace: &str, service: &str, endpoint: &Endpoint, reason: &str) -> Object {
    let name = super::own_name(settings, service);
    let mut scraped = times(settings);
    crate::provision::object::merge(
        &mut scraped,
        &json!({PORT: endpoint.port, "path": endpoint.path, "scheme": "http"}),
    );
    let spec = json!({"spec": {
        "selector": {"matchLabels": {ISVC_LABEL: service}},
        "podMetricsEndpoints": [scraped],
    }});
    Object::new(settings, &POD_MONITOR, Some(namespace), &name, spec).at(Phase::Monitors, reason)
}

/// For the engines of all LLMInferenceServices of a namespace, with the labels that KServe's own monitor gives.
pub fn of_llm_engines(settings: &Settings, namespace: &str, reason: &str) -> Object {
    let mut scraped = times(settings);
    let more = json!({
        PORT: 8000, "path": "/metrics", "scheme": "https",
        // The engines make their certificates themselves.
        "tlsConfig": {"insecureSkipVerify": true},
        "relabelings": relabelings("pod"),
    });
    crate::provision::object::merge(&mut scraped, &more);
    let spec = json!({"spec": {
        "selector": {
            "matchLabels": {LLM_PART_OF.0: LLM_PART_OF.1},
            "matchExpressions": [{"key": COMPONENT, "operator": "In", "values": ENGINES}],
        },
        "podMetricsEndpoints": [scraped],
    }});
    let name = super::own_name(settings, "llm-engines");
    Object::new(settings, &POD_MONITOR, Some(namespace), &name, spec).at(Phase::Monitors, reason)
}

/// For the schedulers of a namespace, which ask every scraper for a token; with the account that has one.
pub fn of_llm_schedulers(settings: &Settings, namespace: &str, reason: &str) -> Vec<Object> {
    let name = super::own_name(settings, "llm-schedulers");
    let global = format!("{name}-{namespace}");
    let token = format!("{name}-token");
    let mut scraped = times(settings);
    let more = json!({
        "port": "metrics", "path": "/metrics", "scheme": "http",
        "authorization": {"type": "Bearer", "credentials": {"name": token, "key": "token"}},
        "relabelings": relabelings("service"),
    });
    crate::provision::object::merge(&mut scraped, &more);
    let spec = json!({"spec": {
        "selector": {"matchLabels": {LLM_PART_OF.0: LLM_PART_OF.1, COMPONENT: SCHEDULER}},
        "endpoints": [scraped],
    }});
    let rules = json!({"rules": [{"nonResourceURLs": ["/metrics"], "verbs": ["get"]}]});
    let binding = json!({
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": global},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
    });
    // The monitor needs a Secret of its own namespace; Kubernetes fills this one and takes it away with the account.
    let secret = json!({
        "metadata": {"annotations": {"kubernetes.io/service-account.name": name}},
        "type": "kubernetes.io/service-account-token",
    });
    let access = |object: Object| object.at(Phase::Access, "the schedulers ask whoever scrapes them for a token");
    vec![
        access(Object::new(
            settings,
            &SERVICE_ACCOUNT,
            Some(namespace),
            &name,
            json!({}),
        )),
        access(Object::new(settings, &CLUSTER_ROLE, None, &global, rules)),
        access(Object::new(settings, &CLUSTER_ROLE_BINDING, None, &global, binding)),
        access(Object::new(settings, &SECRET, Some(namespace), &token, secret)),
        Object::new(settings, &SERVICE_MONITOR, Some(namespace), &name, spec).at(Phase::Monitors, reason),
    ]
}

fn times(settings: &Settings) -> Value {
    json!({
        "interval": format!("{}s", settings.scrape_interval_s),
        "scrapeTimeout": format!("{}s", settings.scrape_timeout_s),
    })
}

/// The names that the catalogue knows these workloads by.
fn relabelings(role: &str) -> Value {
    let from = |label: &str, to: &str| {
        let source = format!("__meta_kubernetes_{role}_label_app_kubernetes_io_{label}");
        json!({"action": "replace", "sourceLabels": [source], "targetLabel": to})
    };
    json!([
        from("name", "llm_isvc_name"),
        from("component", "llm_isvc_component"),
        json!({
            "action": "replace",
            "sourceLabels": [format!("__meta_kubernetes_{role}_label_llm_d_ai_role")],
            "targetLabel": "llm_isvc_role",
        }),
    ])
}
