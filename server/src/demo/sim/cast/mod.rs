//! The fleet's cast: names, places and sizes of everything that is simulated, and under which jobs and labels a cluster's
//! Prometheus would scrape it. Data only.

mod around;
mod gpus;
mod pods;
mod processes;

pub use self::around::{OTHERS, TESTED, WATCHED};
pub use self::gpus::{BOARDS, GPUS, Vendor};
pub use self::pods::{NODE_PLACES, NodePlace, PODS, PodPlace, QUOTAS, Quota, Runs};
pub use self::processes::{Job, Process, Role, processes};

use super::autoscaler::AutoscalerSpec;
use super::classic::{ServerSpec, TimeBy};
use super::engine::EngineSpec;
use super::engine::stats::Generation;
use super::engine::step::Cost;
use crate::demo::exporters::buckets;
use crate::demo::exporters::{epp, gateway, litellm};

/// A served model.
#[derive(Debug, Clone, Copy)]
pub struct Workload {
    pub name: &'static str,
    pub namespace: &'static str,
    pub model: &'static str,
    pub pods: &'static [&'static str],
}

const GRANITE_POD_0: &str = "granite-33-8b-kserve-5c9d8b7f6d-7kq2x";
const GRANITE_POD_1: &str = "granite-33-8b-kserve-5c9d8b7f6d-m4r9t";
const MISTRAL_POD: &str = "mistral-7b-predictor-6b9f8d7c55-q8zlv";
const QWEN_POD: &str = "qwen-coder-7b-predictor-7d5c6f9b48-x2mtn";
const LLAMA_POD: &str = "llama-31-8b-predictor-68c4d9b7f6-t2xkd";
const PHI_POD: &str = "phi-4-predictor-7b5f9c6d84-v8m3q";
const NOMIC_POD: &str = "nomic-embed-text-predictor-84f7c9d6b5-p5h7c";
const FRAUD_POD: &str = "fraud-xgb-predictor-59c7d8f6b4-w9d2k";

pub const GRANITE: Workload = Workload {
    name: "granite-33-8b",
    namespace: "llm-prod",
    model: "granite-3.3-8b-instruct",
    pods: &[GRANITE_POD_0, GRANITE_POD_1],
};
pub const MISTRAL: Workload = Workload {
    name: "mistral-7b",
    namespace: "llm-legacy",
    model: "mistral-7b",
    pods: &[MISTRAL_POD],
};
pub const QWEN: Workload = Workload {
    name: "qwen-coder-7b",
    namespace: "llm-legacy",
    model: "qwen-coder-7b",
    pods: &[QWEN_POD],
};
/// On an AMD GPU.
pub const LLAMA: Workload = Workload {
    name: "llama-31-8b",
    namespace: "llm-lab",
    model: "llama-3.1-8b-instruct",
    pods: &[LLAMA_POD],
};
/// On a Gaudi card.
pub const PHI: Workload = Workload {
    name: "phi-4",
    namespace: "llm-lab",
    model: "phi-4",
    pods: &[PHI_POD],
};
pub const NOMIC: Workload = Workload {
    name: "nomic-embed-text",
    namespace: "predictive",
    model: "nomic-embed-text",
    pods: &[NOMIC_POD],
};
pub const FRAUD: Workload = Workload {
    name: "fraud-xgb",
    namespace: "predictive",
    model: "fraud-xgb",
    pods: &[FRAUD_POD],
};

pub const EPP: epp::Names = epp::Names {
    model: GRANITE.model,
    pool: "granite-33-8b-inference-pool",
    namespace: GRANITE.namespace,
    pods: GRANITE.pods,
};
const EPP_POD: &str = "granite-33-8b-kserve-router-scheduler-6f7b9c5d84-2xw8n";

pub const GATEWAY: gateway::Names = gateway::Names {
    gateway: "openshift-ai-inference-openshift-default",
    service: GRANITE.name,
    namespace: GRANITE.namespace,
    model: GRANITE.model,
    route: "llm-prod/granite-33-8b-kserve-route",
};
/// Granite's and mistral's.
pub const DEPLOYMENTS: [litellm::Deployment; 2] = [
    litellm::Deployment {
        requested: GRANITE.model,
        litellm_model: "hosted_vllm/granite-3.3-8b-instruct",
        id: "granite-gateway",
        api_base: "https://inference.apps.example.com/llm-prod/granite-33-8b/v1",
    },
    litellm::Deployment {
        requested: MISTRAL.model,
        litellm_model: "hosted_vllm/mistral-7b",
        id: "mistral-direct",
        api_base: "http://mistral-7b-predictor.llm-legacy.svc:8080/v1",
    },
];

const NODES: [&str; 4] = ["gpu-node-a", "gpu-node-b", "amd-node-a", "gaudi-node-a"];

/// An A100 of 40 GB. The KV cache is what 16 GB of weights leave of it, at 160 KB a token.
const A100_40: EngineSpec = EngineSpec {
    pod: "",
    generation: Generation::V1,
    created: true,
    blocks: 5_900,
    blocks_text: "5900",
    max_sequences: 64,
    max_batched_tokens: 2048,
    cost: Cost {
        step_s: 0.0135,
        per_sequence_s: 0.00018,
        per_context_token_s: 4.5e-8,
        per_prefill_token_s: 0.000_085,
    },
    patience_s: 90.0,
    adapters: &[],
};

/// A slice with three sevenths of an A100's arithmetic.
const SLICE_3G: EngineSpec = EngineSpec {
    blocks: 6_200,
    blocks_text: "6200",
    cost: Cost {
        step_s: 0.024,
        per_sequence_s: 0.0004,
        per_context_token_s: 9.0e-8,
        per_prefill_token_s: 0.000_19,
    },
    ..A100_40
};

/// An MI300X.
const MI300X: EngineSpec = EngineSpec {
    created: false,
    blocks: 61_000,
    blocks_text: "61000",
    cost: Cost {
        step_s: 0.0092,
        per_sequence_s: 0.00012,
        per_context_token_s: 2.2e-8,
        per_prefill_token_s: 0.000_045,
    },
    ..A100_40
};
/// A Gaudi 3 with a model of 14 B.
const GAUDI_3: EngineSpec = EngineSpec {
    blocks: 27_000,
    blocks_text: "27000",
    cost: Cost {
        step_s: 0.0175,
        per_sequence_s: 0.000_25,
        per_context_token_s: 4.0e-8,
        per_prefill_token_s: 0.000_08,
    },
    ..MI300X
};

/// The engines, with the workload that each one serves.
pub const ENGINES: [(Workload, EngineSpec); 6] = [
    (
        GRANITE,
        EngineSpec {
            pod: GRANITE_POD_0,
            ..A100_40
        },
    ),
    (
        GRANITE,
        EngineSpec {
            pod: GRANITE_POD_1,
            ..A100_40
        },
    ),
    (
        MISTRAL,
        EngineSpec {
            pod: MISTRAL_POD,
            generation: Generation::V0,
            ..SLICE_3G
        },
    ),
    (
        QWEN,
        EngineSpec {
            pod: QWEN_POD,
            ..SLICE_3G
        },
    ),
    (
        LLAMA,
        EngineSpec {
            pod: LLAMA_POD,
            ..MI300X
        },
    ),
    (
        PHI,
        EngineSpec {
            pod: PHI_POD,
            adapters: &["contracts", "support-de"],
            ..GAUDI_3
        },
    ),
];
/// The first engines are the router's; this one is lost every day, and the bypass goes to the other.
pub const REPLICAS: usize = 2;
pub const LOST_REPLICA: usize = 1;
pub const BYPASSED_REPLICA: usize = 0;
pub const MISTRAL_ENGINE: usize = 2;
pub const LLAMA_ENGINE: usize = 4;
pub const PHI_ENGINE: usize = 5;

pub const OVMS: ServerSpec = ServerSpec {
    pod: NOMIC_POD,
    streams: 4,
    service_s: (0.021, 0.45),
    grpc: 0.25,
    failing: 0.002,
    request_bytes: 3_100.0,
    time_by: TimeBy::Interface,
    bounds: buckets::ovms::MICROSECONDS,
    units_per_second: 1e6,
};
pub const MLSERVER: ServerSpec = ServerSpec {
    pod: FRAUD_POD,
    streams: 2,
    service_s: (0.0065, 0.35),
    grpc: 0.0,
    failing: 0.003,
    request_bytes: 1_200.0,
    time_by: TimeBy::Outcome,
    bounds: buckets::python::DEFAULT,
    units_per_second: 1.0,
};

/// KEDA's: it counts the requests that wait at both replicas.
pub const AUTOSCALER: AutoscalerSpec = AutoscalerSpec {
    namespace: GRANITE.namespace,
    name: "keda-hpa-granite-33-8b",
    deployment: "granite-33-8b-kserve",
    min: 2,
    max: 4,
    target: 5.0,
};
