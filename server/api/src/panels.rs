//! `POST /api/panels`: a whole dashboard in one request; each panel's answer comes as soon as it is ready.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ApiError, Frame};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelsRequest {
    pub panels: Vec<String>,
    /// Variable name (`namespace`, `model`, `pod`, …) to the values chosen; no entry or an empty list: all.
    #[serde(default)]
    pub vars: BTreeMap<String, Vec<String>>,
    /// Unix seconds.
    pub from: i64,
    /// Unix seconds, after `from`.
    pub to: i64,
    /// Width of one chart in device-independent pixels; sets the step.
    pub width: u32,
}

/// The five looks of a panel, and the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanelState {
    Ok,
    /// The metric is not there in this range and scope.
    NoSamples,
    /// The metric is there, and nothing happened that a ratio or a quantile could be made of.
    NoTraffic,
    /// The caller may not see it.
    Denied,
    /// Nobody can tell, e.g. because a store did not answer.
    Unknown,
    Error,
}

/// Where a concept's numbers came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub concept: String,
    pub metric: String,
    /// How many pods this name was chosen for.
    pub workloads: usize,
    /// The scrape jobs of those pods, sorted: `namespace/monitor` for a PodMonitor, else a service's name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub monitors: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PanelAnswer {
    pub panel: String,
    pub state: PanelState,
    /// The rate window that was used, in seconds; absent where the panel has no rate.
    pub window_s: Option<u32>,
    pub sources: Vec<Source>,
    pub frames: Vec<Frame>,
    pub warnings: Vec<String>,
    pub error: Option<ApiError>,
}

/// One record of the streamed answer.
#[allow(
    clippy::large_enum_variant,
    reason = "a record is made once and moved once; a box would only add an allocation"
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Record {
    Panel(PanelAnswer),
    /// `{"done":true}`, the last one: without it the answer was cut short.
    Done {
        done: bool,
    },
}
