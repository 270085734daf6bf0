//! `GET /api/me` and `GET /api/models`.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Empty where nobody has told it: a metrics store does not say whose token it took.
    pub user: String,
    pub scope: Scope,
    pub namespaces: Vec<String>,
    pub rights: Vec<Right>,
    /// Where a `POST` ends the session; absent where there is none to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_out: Option<String>,
}

/// How far the caller sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Cluster,
    Namespaces,
    None,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Right {
    pub name: String,
    pub allowed: bool,
    /// The role that would allow it.
    pub role: String,
    /// The command that grants it.
    pub grant: String,
    /// The port of the metrics front that checks it; absent where there is no front.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Models {
    pub models: Vec<ModelEntry>,
    /// Why the list may not be whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ModelEntry {
    pub namespace: String,
    pub workload: String,
    /// `LLMInferenceService`, `InferenceService`, or `Pod` where metrics alone cannot tell.
    pub kind: String,
    /// The served name: the `model_name` label, not the resource's name. Empty where neither metrics nor the cluster tell it.
    pub model: String,
    pub runtime: String,
    pub state: ModelState,
    /// LoRA adapters that have been seen with it or that its object names: requests may ask for each of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adapters: Vec<String>,
    /// Further names that its object lets requests ask for. Metrics count them under `model`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelState {
    /// Requests finished within the last minutes.
    Serving,
    /// Up, and it has served, but not lately.
    Idle,
    /// Up, and no request has ever finished.
    NoRequestYet,
    /// Its target does not answer, or some of its replicas do not.
    Degraded,
    /// The cluster says that it is ready, and no series of it is here.
    NoMetrics,
    /// The cluster does not say that it is ready, and no series of it is here.
    NotReady,
    Unknown,
}
