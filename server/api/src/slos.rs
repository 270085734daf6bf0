//! `POST /api/slos`: how every objective stands, for each model, Deployment or pod that the caller may see.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ApiError, PanelState, Source};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlosRequest {
    /// As in `POST /api/panels`.
    #[serde(default)]
    pub vars: BTreeMap<String, Vec<String>>,
    /// Unix seconds.
    pub from: i64,
    /// Unix seconds, after `from`; the board shows how things stand at this instant.
    pub to: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlosAnswer {
    /// The instant that was asked at, Unix seconds.
    pub at: i64,
    /// The windows of `now`, `range` and `budget_left`, in seconds.
    pub now_s: u32,
    pub range_s: u32,
    pub budget_s: u32,
    /// In the order of the catalogue, each of its objectives once.
    pub slos: Vec<SloAnswer>,
}

/// One objective.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SloAnswer {
    /// Its id in the catalogue.
    pub slo: String,
    /// `Ok` where there is a row; else why there is none.
    pub state: PanelState,
    /// The worst first.
    pub rows: Vec<SloRow>,
    pub sources: Vec<Source>,
    pub warnings: Vec<String>,
    pub error: Option<ApiError>,
}

/// How one of those stands whom the objective is promised for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SloRow {
    /// The objective's `by`; one that this series does not have is left out.
    pub labels: BTreeMap<String, String>,
    /// Over the last minutes: the live value.
    pub now: Option<Reading>,
    /// Over the range that was asked for.
    pub range: Option<Reading>,
    /// The share of the error budget that is left, 1 to below 0; `None` without a budget, or where nothing happened.
    pub budget_left: Option<f64>,
    /// For each pair of windows; none without a budget.
    pub burns: Vec<Burn>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// `None`: there was no traffic.
    pub value: Option<f64>,
    pub state: SloState,
    /// The value lies somewhere beyond this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beyond: Option<Beyond>,
}

/// What needs a look comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SloState {
    NoTraffic,
    /// Within the target.
    Ok,
    /// The buckets of the histogram cannot tell on which side of a limit the value is.
    NotMeasurable,
    /// Outside of the target, inside of the first limit.
    Missed,
    Warning,
    Critical,
}

/// On which side of the value that is told the true one lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beyond {
    /// The last finite bucket ends at the value.
    MoreThan,
    /// The first bucket ends at the value.
    LessThan,
}

/// How fast the budget is used up: at 1 it lasts exactly as long as it is made for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Burn {
    pub long_s: u32,
    pub short_s: u32,
    /// `None`: nothing happened in the window.
    pub long: Option<f64>,
    pub short: Option<f64>,
    /// Above it in both windows somebody is called.
    pub limit: f64,
    /// Of that call: `warning` or `critical`.
    pub severity: String,
    /// Whether both are above it now.
    pub burning: bool,
}

impl SloRow {
    /// The worst of what is known now.
    #[must_use]
    pub fn state(&self) -> SloState {
        self.now
            .or(self.range)
            .map_or(SloState::NoTraffic, |reading| reading.state)
    }
}
