//! What really happened on the way to the models: in the router, the gateway, the proxy and the guardrails.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RouterTruth {
    pub namespace: String,
    pub requests: u64,
    /// Requests by the pod that was chosen.
    pub picks: BTreeMap<String, u64>,
    /// Routed requests that were lost with their replica.
    pub errors: u64,
    /// Seconds, one for each decision.
    pub decision_s: Vec<f64>,
    /// Too many for the wire: for who holds the fleet.
    #[serde(skip)]
    pub decisions: Vec<Decision>,
    pub mean_ready_pods: f64,
    /// At `to`.
    pub ready_pods: f64,
}

/// How the router chose a replica for a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision {
    /// Unix seconds.
    pub at: f64,
    pub replica: usize,
    /// Requests of one group have the beginning of their prompts in common.
    pub group: u16,
    /// Tokens: the prompt, the part that the group has in common, and what of it the replica had been sent before.
    pub prompt: u32,
    pub prefix: u32,
    pub matched: u32,
    /// Seconds: all of it, and each scorer's part.
    pub seconds: f64,
    pub scorers_s: [f64; 3],
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GatewayTruth {
    /// By response code.
    pub responses: BTreeMap<String, u64>,
    /// By Envoy's response flag.
    pub flags: BTreeMap<String, u64>,
    /// Seconds, one for each response.
    pub duration_s: Vec<f64>,
    /// The same for answered requests alone.
    pub answered_s: Vec<f64>,
    /// Let through, and turned away.
    pub allowed: u64,
    pub denied: u64,
    /// By subscription: requests that were let through, those over its limit, and tokens in and out of answered ones.
    pub calls: BTreeMap<String, u64>,
    pub limited: BTreeMap<String, u64>,
    pub tokens: BTreeMap<String, u64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct KeyTruth {
    pub team: String,
    /// The name that clients ask for.
    pub model: String,
    pub answered: u64,
    /// Refused, failed and lost.
    pub failed: u64,
    /// By status code.
    pub statuses: BTreeMap<String, u64>,
    pub prompt_tokens: u64,
    pub generation_tokens: u64,
    pub spend_usd: f64,
    /// Seconds, one for each answered request.
    pub latency_s: Vec<f64>,
    /// When the latest request ended, and whether its model failed.
    pub latest: Option<(f64, bool)>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DetectorTruth {
    pub requests: u64,
    pub detections: u64,
    pub errors: u64,
    pub seconds: f64,
}
