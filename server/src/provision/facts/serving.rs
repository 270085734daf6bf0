//! The workloads that serve models, where their metrics are, and which of them nobody scrapes.

use serde_json::Value;

use super::cover::{Covered, cover};
use super::labels::{Labels, labels};
use super::{Facts, NAME, NAMESPACE, text};
use crate::cluster::{CLUSTER_SERVING_RUNTIME, INFERENCE_SERVICE, LLM_INFERENCE_SERVICE, SERVING_RUNTIME};
use crate::provision::desired::monitors::{COMPONENT, ENGINES, ISVC_LABEL, LLM_PART_OF, SCHEDULER};
use crate::provision::settings::{Endpoint, Runtime, Settings};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkloadKind {
    InferenceService,
    /// The engines of all LLMInferenceServices of a namespace.
    LlmEngines,
    /// Their schedulers.
    LlmSchedulers,
}

/// One workload, or all of one kind that one monitor scrapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    pub kind: WorkloadKind,
    pub namespace: String,
    pub name: String,
    /// Of an InferenceService: `None` where nothing tells it.
    pub runtime: Option<Runtime>,
    /// What the runtime itself says, else the settings.
    pub endpoint: Option<Endpoint>,
    pub covered: Covered,
    /// What is known of its pods' labels before the first of them runs.
    pub pod: Labels,
}

/// A workload that nobody else scrapes, and why it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    pub workload: Workload,
    pub reason: String,
}

/// All workloads of the settings' namespaces and models.
#[must_use]
pub fn workloads(facts: &Facts, settings: &Settings) -> Vec<Workload> {
    let mut found = Vec::new();
    for service in facts.of(&INFERENCE_SERVICE) {
        let (namespace, name) = (text(service, NAMESPACE), text(service, NAME));
        let wanted = settings.models.is_empty() || settings.models.iter().any(|model| model == name);
        if !wanted || !settings.namespaces.iter().any(|known| known == namespace) {
            continue;
        }
        let (runtime, endpoint) = runtime(facts, settings, service);
        let pod: Labels = [
            (ISVC_LABEL.to_owned(), name.to_owned()),
            ("component".to_owned(), "predictor".to_owned()),
            ("app".to_owned(), format!("isvc.{name}-predictor")),
        ]
        .into();
        found.push(Workload {
            kind: WorkloadKind::InferenceService,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            runtime,
            endpoint,
            covered: cover(facts, &settings.instance, namespace, &pod),
            pod,
        });
    }
    for namespace in &settings.namespaces {
        let Some(first) = facts.within(&LLM_INFERENCE_SERVICE, namespace).first() else {
            continue;
        };
        for (kind, name, component) in [
            (WorkloadKind::LlmEngines, "llm-engines", ENGINES[0]),
            (WorkloadKind::LlmSchedulers, "llm-schedulers", SCHEDULER),
        ] {
            let pod: Labels = [
                (LLM_PART_OF.0.to_owned(), LLM_PART_OF.1.to_owned()),
                (COMPONENT.to_owned(), component.to_owned()),
                ("app.kubernetes.io/name".to_owned(), text(first, NAME).to_owned()),
            ]
            .into();
            found.push(Workload {
                kind,
                namespace: namespace.clone(),
                name: name.to_owned(),
                runtime: None,
                endpoint: None,
                covered: cover(facts, &settings.instance, namespace, &pod),
                pod,
            });
        }
    }
    found
}

/// Those of `workloads` that no monitor but our own scrapes, as far as the settings want them scraped.
#[must_use]
pub fn gaps(workloads: &[Workload], settings: &Settings) -> Vec<Gap> {
    if !settings.kserve {
        return Vec::new();
    }
    let mut gaps = Vec::new();
    for workload in workloads {
        if workload.covered.by_others() {
            continue;
        }
        let wanted = match workload.kind {
            WorkloadKind::InferenceService => workload
                .runtime
                .is_some_and(|runtime| settings.runtimes.contains(&runtime)),
            // LLMInferenceServices run vLLM and nothing else.
            WorkloadKind::LlmEngines | WorkloadKind::LlmSchedulers => settings.runtimes.contains(&Runtime::Vllm),
        };
        if !wanted {
            continue;
        }
        let reason = match workload.covered.broken.first() {
            Some(monitor) => format!("the monitor {monitor} finds no Service with its port"),
            None => "no monitor scrapes it".to_owned(),
        };
        gaps.push(Gap {
            workload: workload.clone(),
            reason,
        });
    }
    gaps
}

/// What serves, by the runtime's own mark, else by the model's format; and where its metrics are.
fn runtime(facts: &Facts, settings: &Settings, service: &Value) -> (Option<Runtime>, Option<Endpoint>) {
    let named = text(service, "/spec/predictor/model/runtime");
    let format = text(service, "/spec/predictor/model/modelFormat/name");
    let own = facts.within(&SERVING_RUNTIME, text(service, NAMESPACE)).iter();
    let mut all = own.chain(facts.of(&CLUSTER_SERVING_RUNTIME));
    let object = all.find(|runtime| text(runtime, NAME) == named);
    // The platform's templates write them for the pods, and the first also for themselves.
    let notes = |name: &str| {
        let places = ["/spec/annotations", "/metadata/annotations"].into_iter();
        let mut texts = places.filter_map(|place| labels(object?, place).remove(name));
        texts.next()
    };
    let mark = notes("opendatahub.io/kserve-runtime");
    let kind = [mark.as_deref().unwrap_or_default(), named, format]
        .into_iter()
        .find_map(known);
    let endpoint = kind.map(|kind| {
        let default = settings.endpoint(kind);
        Endpoint {
            port: notes("prometheus.io/port")
                .and_then(|port| port.parse().ok())
                .unwrap_or(default.port),
            path: notes("prometheus.io/path").unwrap_or(default.path),
        }
    });
    (kind, endpoint)
}

fn known(text: &str) -> Option<Runtime> {
    let text = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["vllm"]) {
        Some(Runtime::Vllm)
    } else if has(&["ovms", "openvino", "onnx"]) {
        Some(Runtime::OpenVino)
    } else if has(&["mlserver", "sklearn", "xgboost", "lightgbm"]) {
        Some(Runtime::MlServer)
    } else {
        None
    }
}
