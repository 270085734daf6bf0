//! What really happened, for tests to compare with what is shown: exact events in (from, to], kept apart from the
//! exporters' statistics so that one can check the other. Nothing here is ever exposed as a metric.

mod pod;
mod way_in;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::pod::{PodLog, PodTruth, Served};
pub use self::way_in::{Decision, DetectorTruth, GatewayTruth, KeyTruth, RouterTruth};

/// Exact events in (from, to]; Unix seconds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    pub from: f64,
    pub to: f64,
    /// By the workload's name, e.g. `granite-33-8b`.
    pub workloads: BTreeMap<String, WorkloadTruth>,
    /// By the name of the LLMInferenceService whose router it is.
    pub routers: BTreeMap<String, RouterTruth>,
    /// By `node/gpu` or `node/gpu/instance`.
    pub gpus: BTreeMap<String, GpuTruth>,
    /// By the pod's name; what its main container took of the node.
    pub containers: BTreeMap<String, ContainerTruth>,
    /// By the autoscaler's name.
    pub autoscalers: BTreeMap<String, AutoscalerTruth>,
    /// By the gateway's name.
    #[serde(default)]
    pub gateways: BTreeMap<String, GatewayTruth>,
    /// By the alias of the proxy's key.
    #[serde(default)]
    pub keys: BTreeMap<String, KeyTruth>,
    /// By the detector's name.
    #[serde(default)]
    pub detectors: BTreeMap<String, DetectorTruth>,
    /// Of the model whose quality is watched.
    #[serde(default)]
    pub predictions: Vec<Prediction>,
}

/// An answer of the watched model, with what its watchers learn of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Unix seconds.
    pub at: f64,
    /// Of the group that is compared with the other one.
    pub privileged: bool,
    pub approved: bool,
    pub right: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WorkloadTruth {
    pub namespace: String,
    /// The name that clients ask for.
    pub model: String,
    pub pods: BTreeMap<String, PodTruth>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GpuTruth {
    /// 0 to 1, averaged over the exporter's samples.
    pub mean_busy: f64,
    pub mean_power_w: f64,
    /// At `to`, as the exporter sampled it last.
    pub busy: f64,
    pub power_w: f64,
    /// What the process on it has allocated, at `to`; what the driver keeps, and all that there is.
    pub allocated_mib: f64,
    pub reserved_mib: f64,
    pub memory_mib: f64,
    pub xid_errors: Vec<u32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ContainerTruth {
    pub namespace: String,
    pub deployment: String,
    pub cpu_s: f64,
    /// Time-average of the working set.
    pub mean_memory_bytes: f64,
    pub received_bytes: f64,
    pub sent_bytes: f64,
    /// 0 without a limit of CPU.
    pub cpu_periods: f64,
    pub cpu_periods_throttled: f64,
    pub restarts: u64,
    /// Share of the time in which it was ready.
    pub mean_ready: f64,
    /// At `to`.
    pub ready: bool,
    pub memory_bytes: f64,
    /// What its specification allows.
    pub cpu_limit: Option<f64>,
    pub memory_limit: Option<f64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AutoscalerTruth {
    pub namespace: String,
    pub deployment: String,
    pub mean_desired: f64,
    /// At `to`.
    pub desired: f64,
}
