//! A family: what one kind of exporter offers, and which of its labels means what.

use std::collections::BTreeMap;

use super::{ConceptId, FamilyId};
use crate::promql::Placeholder;

#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    pub id: FamilyId,
    pub title: String,
    /// Prefixes that a monitor may put before every name, e.g. `kserve_`: the same samples under a second name.
    pub prefixes: Vec<String>,
    /// Page variable to the labels that can carry it, the preferred one first. Where a series has the first, the
    /// others mean something else (dcgm-exporter: `namespace` is the workload's only where `exported_namespace` is
    /// absent). A variable that is not here does not restrict this family.
    pub labels: BTreeMap<String, Vec<String>>,
    /// Where the family's exporters serve models.
    pub serves: Option<Serves>,
    /// Whether the model's label holds the name that the request asked for, which may be an adapter's, and not the engine's.
    pub asked_names: bool,
    /// A concept whose series exist as soon as a target is scraped, where others appear with an event.
    pub alive: Option<ConceptId>,
    /// Where its series are of GPUs or the like, which pods request.
    pub devices: Option<Devices>,
}

/// What tells which pod uses a device.
#[derive(Debug, Clone, PartialEq)]
pub struct Devices {
    /// What the names of the resources begin with that pods request for it, as kube-state-metrics writes them.
    pub resources: Vec<String>,
    /// A concept whose series exist for every device.
    pub presence: ConceptId,
    /// Where an administrator lists what the exporter collects, as lines of `name, type, help`; empty where there is no such
    /// list.
    pub collected: String,
}

/// How metrics alone tell which models a family serves.
#[derive(Debug, Clone, PartialEq)]
pub struct Serves {
    /// The runtime's name for people, e.g. `vLLM`.
    pub runtime: String,
    /// A concept whose series exist as soon as the model is served.
    pub presence: ConceptId,
    /// The label that holds the served model's name.
    pub model_label: String,
    /// The counter that grows with each request.
    pub traffic: Placeholder,
    /// Where a pod answers to further names, its LoRA adapters.
    pub adapters: Option<Adapters>,
}

/// What tells the adapters that a pod has loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapters {
    pub concept: ConceptId,
    /// Labels that hold names with commas between them.
    pub labels: Vec<String>,
}
