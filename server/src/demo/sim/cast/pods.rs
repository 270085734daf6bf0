//! The pods of the fleet as Kubernetes knows them: where each one runs, what it asked for, which labels it has, and what
//! its process costs its node. Data only.

use super::{
    EPP_POD, FRAUD, FRAUD_POD, GRANITE, GRANITE_POD_0, GRANITE_POD_1, LLAMA, LLAMA_POD, MISTRAL, MISTRAL_POD, NODES,
    NOMIC, NOMIC_POD, PHI, PHI_POD, QWEN, QWEN_POD,
};
use crate::demo::sim::container::Cost;

/// What runs in a pod's main container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runs {
    Engine(usize),
    Router,
    Ovms,
    MlServer,
}

/// A resource with what the container asked for and where it is cut off; cores, bytes or devices.
#[derive(Debug, Clone, Copy)]
pub struct Resource {
    /// As kube-state-metrics writes it.
    pub name: &'static str,
    pub unit: &'static str,
    pub request: f64,
    pub limit: Option<f64>,
}

#[derive(Debug, Clone, Copy)]
pub struct PodPlace {
    pub namespace: &'static str,
    pub pod: &'static str,
    pub container: &'static str,
    pub uid: &'static str,
    pub node: &'static str,
    pub deployment: &'static str,
    pub replica_set: &'static str,
    pub runs: Runs,
    pub resources: &'static [Resource],
    /// As `kube_pod_labels` shows them.
    pub labels: &'static [(&'static str, &'static str)],
    pub cost: Cost,
}

impl PodPlace {
    /// Cores at which the kernel stops it.
    pub fn cpu_limit(&self) -> Option<f64> {
        self.resources.iter().find(|resource| resource.name == "cpu")?.limit
    }
}

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;
const MIB: f64 = 1024.0 * 1024.0;

const fn cpu(request: f64, limit: Option<f64>) -> Resource {
    Resource {
        name: "cpu",
        unit: "core",
        request,
        limit,
    }
}

const fn memory(request: f64, limit: Option<f64>) -> Resource {
    Resource {
        name: "memory",
        unit: "byte",
        request,
        limit,
    }
}

/// Devices are always limited to what was asked for.
const fn devices(name: &'static str, count: f64) -> Resource {
    Resource {
        name,
        unit: "integer",
        request: count,
        limit: Some(count),
    }
}

/// An engine process keeps a core busy while the GPU works, tokenises, and writes one event for each token.
pub const ENGINE_COST: Cost = Cost {
    idle_cores: 0.06,
    busy_cores: 1.05,
    per_request_s: 0.004,
    per_token_s: 2.2e-4,
    loading_cores: 1.4,
    base_bytes: 6.1 * GIB,
    per_request_bytes: 2.0 * MIB,
    sent_per_request: 900.0,
    sent_per_token: 185.0,
    bursts: false,
};
const ROUTER_COST: Cost = Cost {
    idle_cores: 0.02,
    busy_cores: 0.0,
    per_request_s: 0.0042,
    base_bytes: 180.0 * MIB,
    per_request_bytes: 0.1 * MIB,
    sent_per_request: 1_100.0,
    sent_per_token: 0.0,
    ..ENGINE_COST
};
/// Four threads work on each inference, so it needs more than the limit allows within one period of the scheduler.
const OVMS_COST: Cost = Cost {
    idle_cores: 0.01,
    busy_cores: 4.0,
    per_request_s: 0.0005,
    base_bytes: 1.3 * GIB,
    per_request_bytes: 1.5 * MIB,
    sent_per_request: 8_300.0,
    bursts: true,
    ..ROUTER_COST
};
const MLSERVER_COST: Cost = Cost {
    idle_cores: 0.02,
    busy_cores: 1.0,
    per_request_s: 0.001,
    base_bytes: 620.0 * MIB,
    sent_per_request: 420.0,
    bursts: false,
    ..OVMS_COST
};

const GRANITE_LABELS: &[(&str, &str)] = &[
    ("label_app_kubernetes_io_name", GRANITE.name),
    ("label_app_kubernetes_io_part_of", "llminferenceservice"),
    ("label_kserve_io_component", "workload"),
    ("label_llm_d_ai_role", "both"),
];

const GRANITE_PLACE: PodPlace = PodPlace {
    namespace: GRANITE.namespace,
    pod: GRANITE_POD_0,
    uid: "0b8f5c1e-7a44-4d0e-9c51-3e2d6f7a8b90",
    container: "main",
    node: NODES[0],
    deployment: "granite-33-8b-kserve",
    replica_set: "granite-33-8b-kserve-5c9d8b7f6d",
    runs: Runs::Engine(0),
    resources: &[
        cpu(2.0, Some(4.0)),
        memory(16.0 * GIB, Some(24.0 * GIB)),
        devices("nvidia_com_gpu", 1.0),
    ],
    labels: GRANITE_LABELS,
    cost: ENGINE_COST,
};

/// An InferenceService's labels.
macro_rules! isvc {
    ($name:literal) => {
        &[
            ("label_app", concat!("isvc.", $name, "-predictor")),
            ("label_serving_kserve_io_inferenceservice", $name),
        ]
    };
}

pub const PODS: [PodPlace; 9] = [
    GRANITE_PLACE,
    PodPlace {
        pod: GRANITE_POD_1,
        uid: "1c90d2af-4e6b-4f7a-8d13-95b0c2e47f61",
        runs: Runs::Engine(1),
        ..GRANITE_PLACE
    },
    PodPlace {
        pod: EPP_POD,
        uid: "2d7a3e84-b15c-4c92-a6f0-d48e1b5c7a32",
        node: CPU_NODE,
        deployment: "granite-33-8b-kserve-router-scheduler",
        replica_set: "granite-33-8b-kserve-router-scheduler-6f7b9c5d84",
        runs: Runs::Router,
        resources: &[cpu(0.25, Some(0.5)), memory(256.0 * MIB, Some(512.0 * MIB))],
        labels: &[
            ("label_app_kubernetes_io_name", GRANITE.name),
            ("label_app_kubernetes_io_part_of", "llminferenceservice"),
            ("label_kserve_io_component", "router-scheduler"),
        ],
        cost: ROUTER_COST,
        ..GRANITE_PLACE
    },
    // Without a limit of CPU: its use has no share.
    PodPlace {
        namespace: MISTRAL.namespace,
        pod: MISTRAL_POD,
        uid: "3e61f8b7-9d20-4a8e-b7c4-06a9e3d5f143",
        container: "kserve-container",
        node: NODES[1],
        deployment: "mistral-7b-predictor",
        replica_set: "mistral-7b-predictor-6b9f8d7c55",
        runs: Runs::Engine(2),
        resources: &[
            cpu(2.0, None),
            memory(12.0 * GIB, Some(20.0 * GIB)),
            devices("nvidia_com_mig_3g_40gb", 1.0),
        ],
        labels: isvc!("mistral-7b"),
        ..GRANITE_PLACE
    },
    PodPlace {
        namespace: QWEN.namespace,
        pod: QWEN_POD,
        uid: "4f52c9a0-38e7-4b61-9e85-7c1d0f4b6e54",
        container: "kserve-container",
        node: NODES[1],
        deployment: "qwen-coder-7b-predictor",
        replica_set: "qwen-coder-7b-predictor-7d5c6f9b48",
        runs: Runs::Engine(3),
        resources: &[
            cpu(2.0, Some(4.0)),
            memory(12.0 * GIB, Some(20.0 * GIB)),
            devices("nvidia_com_mig_3g_40gb", 1.0),
        ],
        labels: isvc!("qwen-coder-7b"),
        ..GRANITE_PLACE
    },
    PodPlace {
        namespace: LLAMA.namespace,
        pod: LLAMA_POD,
        uid: "7c25f4d1-60eb-4e18-8a94-5f3b1d7c2e87",
        container: "kserve-container",
        node: NODES[2],
        deployment: "llama-31-8b-predictor",
        replica_set: "llama-31-8b-predictor-68c4d9b7f6",
        runs: Runs::Engine(4),
        resources: &[
            cpu(2.0, Some(6.0)),
            memory(16.0 * GIB, Some(32.0 * GIB)),
            devices("amd_com_gpu", 1.0),
        ],
        labels: isvc!("llama-31-8b"),
        ..GRANITE_PLACE
    },
    PodPlace {
        namespace: PHI.namespace,
        pod: PHI_POD,
        uid: "8d16a5e2-7ffc-4c27-9b85-60a4c2e8d398",
        container: "kserve-container",
        node: NODES[3],
        deployment: "phi-4-predictor",
        replica_set: "phi-4-predictor-7b5f9c6d84",
        runs: Runs::Engine(5),
        resources: &[
            cpu(4.0, Some(8.0)),
            memory(24.0 * GIB, Some(48.0 * GIB)),
            devices("habana_ai_gaudi", 1.0),
        ],
        labels: isvc!("phi-4"),
        ..GRANITE_PLACE
    },
    PodPlace {
        namespace: NOMIC.namespace,
        pod: NOMIC_POD,
        uid: "5a43d0b9-c6f1-4e7d-8a26-b3e9f2c7d065",
        container: "kserve-container",
        node: CPU_NODE,
        deployment: "nomic-embed-text-predictor",
        replica_set: "nomic-embed-text-predictor-84f7c9d6b5",
        runs: Runs::Ovms,
        resources: &[cpu(0.25, Some(0.5)), memory(GIB, Some(2.0 * GIB))],
        labels: isvc!("nomic-embed-text"),
        cost: OVMS_COST,
    },
    PodPlace {
        namespace: FRAUD.namespace,
        pod: FRAUD_POD,
        uid: "6b34e1c8-51da-4f09-b9d7-28c0a6f3e976",
        container: "kserve-container",
        node: CPU_NODE,
        deployment: "fraud-xgb-predictor",
        replica_set: "fraud-xgb-predictor-59c7d8f6b4",
        runs: Runs::MlServer,
        resources: &[cpu(0.1, Some(0.25)), memory(512.0 * MIB, Some(GIB))],
        labels: isvc!("fraud-xgb"),
        cost: MLSERVER_COST,
    },
];

/// Where what needs no accelerator runs.
pub const CPU_NODE: &str = "worker-a";

/// A node, what the scheduler may place on it, and how many accelerators of which kind.
#[derive(Debug, Clone, Copy)]
pub struct NodePlace {
    pub name: &'static str,
    pub cores: f64,
    pub bytes: f64,
    /// Resource and count.
    pub accelerators: &'static [(&'static str, f64)],
}

pub const NODE_PLACES: [NodePlace; 5] = [
    NodePlace {
        name: NODES[0],
        cores: 63.5,
        bytes: 500.0 * GIB,
        accelerators: &[("nvidia_com_gpu", 2.0)],
    },
    // One of its GPUs is sliced, the other is whole and nobody's.
    NodePlace {
        name: NODES[1],
        cores: 63.5,
        bytes: 500.0 * GIB,
        accelerators: &[("nvidia_com_gpu", 1.0), ("nvidia_com_mig_3g_40gb", 2.0)],
    },
    NodePlace {
        name: CPU_NODE,
        cores: 15.5,
        bytes: 60.0 * GIB,
        accelerators: &[],
    },
    NodePlace {
        name: NODES[2],
        cores: 127.5,
        bytes: 1000.0 * GIB,
        accelerators: &[("amd_com_gpu", 2.0)],
    },
    NodePlace {
        name: NODES[3],
        cores: 127.5,
        bytes: 1000.0 * GIB,
        accelerators: &[("habana_ai_gaudi", 2.0)],
    },
];

/// A hard limit of a namespace; what is used of it is the sum over its pods.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    pub namespace: &'static str,
    pub name: &'static str,
    /// As the quota names it, and as the pods' resources do.
    pub resource: &'static str,
    pub of: &'static str,
    pub hard: f64,
}

impl Quota {
    /// What the namespace's pods have asked for.
    pub fn used<'a>(&self, pods: impl Iterator<Item = &'a PodPlace>) -> f64 {
        let here = pods.filter(|place| place.namespace == self.namespace);
        if self.of == "pods" {
            return here.count() as f64;
        }
        let asked = here.flat_map(|place| place.resources);
        asked
            .filter(|resource| resource.name == self.of)
            .map(|resource| resource.request)
            .sum()
    }
}

const fn quota(namespace: &'static str, resource: &'static str, of: &'static str, hard: f64) -> Quota {
    Quota {
        namespace,
        name: "models",
        resource,
        of,
        hard,
    }
}

/// All GPUs of llm-prod are taken: the autoscaler asks for a third replica in vain.
pub const QUOTAS: [Quota; 10] = [
    quota(GRANITE.namespace, "requests.cpu", "cpu", 12.0),
    quota(GRANITE.namespace, "requests.memory", "memory", 64.0 * GIB),
    quota(GRANITE.namespace, "requests.nvidia.com/gpu", "nvidia_com_gpu", 2.0),
    quota(MISTRAL.namespace, "requests.cpu", "cpu", 16.0),
    quota(
        MISTRAL.namespace,
        "requests.nvidia.com/mig-3g.40gb",
        "nvidia_com_mig_3g_40gb",
        4.0,
    ),
    quota(LLAMA.namespace, "requests.amd.com/gpu", "amd_com_gpu", 2.0),
    quota(PHI.namespace, "requests.habana.ai/gaudi", "habana_ai_gaudi", 1.0),
    quota(NOMIC.namespace, "requests.cpu", "cpu", 1.0),
    quota(NOMIC.namespace, "requests.memory", "memory", 4.0 * GIB),
    quota(NOMIC.namespace, "pods", "pods", 10.0),
];
