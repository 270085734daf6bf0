//! `GET /api/catalog`: every panel and dashboard as data, for the page and for tools.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatalogAnswer {
    /// Version of the program that holds the catalogue.
    pub version: String,
    /// The page does not show them: without a reader for them its WebAssembly is smaller. So it is with `alerts`.
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub families: Vec<FamilyEntry>,
    /// What the panels' `{{…}}` stand for.
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub concepts: Vec<ConceptEntry>,
    pub dashboards: Vec<DashboardEntry>,
    pub panels: Vec<PanelEntry>,
    /// What is promised, in the order of the board.
    #[serde(default)]
    pub slos: Vec<SloEntry>,
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub alerts: Vec<AlertEntry>,
    /// What is wrong with the installation's own files, which are left out for it.
    #[serde(default)]
    pub faults: Vec<FaultEntry>,
}

/// An objective: what is promised, and from when on it is bad.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SloEntry {
    pub id: String,
    pub title: String,
    /// One sentence: what is promised.
    pub tells: String,
    /// `catalog::Unit` by name; of the three limits.
    pub unit: String,
    /// `lower` or `higher`.
    pub better: String,
    /// Why the limits are what they are.
    pub reason: String,
    pub target: f64,
    pub warning: f64,
    pub critical: f64,
    /// The share of events that may be bad; `None` where the objective is no share of events.
    pub budget: Option<f64>,
    /// The labels of which each set has a row of its own.
    pub by: Vec<String>,
    /// The panel that shows it.
    pub panel: Option<String>,
    pub covers: Vec<String>,
}

/// An alert rule of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertEntry {
    /// Its name in Prometheus and the name of its runbook.
    pub name: String,
    /// `info`, `warning` or `critical`.
    pub severity: String,
    /// How long it must hold, in seconds.
    pub for_s: u32,
    /// What is wrong, with `{label}`, `{value}` and `$limit` to be filled in.
    pub means: String,
    /// What to do, the first thing first.
    pub steps: Vec<String>,
    /// The panel that shows it.
    pub panel: Option<String>,
    pub covers: Vec<String>,
}

/// A file that is not in the catalogue, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultEntry {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// Without a full stop, as is `next_step`.
    pub reason: String,
    pub next_step: String,
}

/// A group of metrics that one kind of exporter offers, e.g. `vllm`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FamilyEntry {
    pub id: String,
    pub title: String,
}

/// One thing that is measured, with every name that it has had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConceptEntry {
    pub id: String,
    pub family: String,
    /// `gauge`, `counter`, `histogram` or `summary`.
    #[serde(rename = "type")]
    pub metric_type: String,
    /// `catalog::Unit` by name; of the samples as the exporter sends them.
    pub unit: String,
    /// Newest first; for a histogram without `_bucket`.
    pub names: Vec<NameEntry>,
    /// What a monitor may have put before each of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prefixes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NameEntry {
    pub name: String,
    /// Which versions of the exporter write it, e.g. `vLLM < 0.12`; empty where nobody knows.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub versions: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DashboardEntry {
    pub id: String,
    pub title: String,
    /// One sentence: which question this dashboard answers.
    #[serde(default)]
    pub tells: String,
    /// Panel ids in reading order.
    pub panels: Vec<String>,
    /// Where it stands in the navigation, e.g. `Routing`; empty for the main pages.
    #[serde(default)]
    pub group: String,
    /// The same panels under headings; empty where the dashboard has none.
    #[serde(default)]
    pub sections: Vec<SectionEntry>,
}

/// A heading of a dashboard and the panels under it, in reading order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SectionEntry {
    pub title: String,
    pub panels: Vec<String>,
}

/// Where a language's file has the words of a panel's advice: its id, and a mark that the English sentence makes. So one that
/// was changed has no words until somebody has looked at them again, and the keys of a file stay short.
#[must_use]
pub fn advice_key(id: &str, when_bad: &str) -> String {
    // FNV-1a, folded to 16 bits: enough to tell a sentence from the one that stood in its place.
    let hash = when_bad.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    format!("{id}#{}", (hash >> 16) ^ (hash & 0xffff))
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PanelEntry {
    pub id: String,
    #[serde(default)]
    pub family: String,
    pub title: String,
    /// One sentence: what the panel tells.
    pub tells: String,
    /// One sentence: what to do when it looks bad.
    pub when_bad: String,
    /// `catalog::Unit` by name, e.g. `seconds`, `ratio`.
    pub unit: String,
    /// `line`, `area`, `stat` or `bar`.
    pub kind: String,
    /// Requirement lines, e.g. `S0.17`.
    pub covers: Vec<String>,
    pub queries: Vec<QueryEntry>,
    pub thresholds: Vec<ThresholdEntry>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueryEntry {
    /// PromQL template with `{{concept}}` in it; the browser shows it and never sends it.
    pub expr: String,
    /// Legend template: `{label}` is replaced by the series' label value.
    pub legend: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThresholdEntry {
    /// In the panel's unit.
    pub at: f64,
    /// `warning` or `critical`.
    pub level: String,
    /// A floor: the value is bad below `at`, not at and above it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub below: bool,
}
