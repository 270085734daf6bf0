//! Which pod, and which model, uses a GPU; and how sure that is. Pure: it reads the series that exist (labels alone) and
//! asks nobody. It never guesses one pod where there could be two: then it names them all.
//!
//! The rule, for each device that a chart shows:
//! 1. The exporter's own pod label. Where the exporter names pods at all, a device without one is nobody's.
//! 2. Else the pods that requested devices of this kind on the device's node; sure only where there is one such pod.
//! 3. Else the pods on that node which serve models.

mod seen;

use std::collections::{BTreeMap, BTreeSet};

use self::seen::{Device, Pod, Requests, devices, requests};
use crate::model::{Catalog, Concept, Devices, Family, MetricType, Panel};
use crate::models::served_models;
use crate::resolve::{Candidate, Sighting, candidates_for};

/// Who uses a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// Sorted; none: nobody does.
    pub pods: Vec<Holder>,
    pub by: By,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    pub namespace: String,
    pub pod: String,
    /// The served names; none where the pod serves no model that metrics tell of.
    pub models: Vec<String>,
}

/// What the join rests on, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// The exporter's own pod label.
    Exporter,
    /// The one pod that requested devices of this kind on the node.
    Request,
    /// They are on the same node; each of them may use it.
    Node,
}

impl By {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exporter => "exporter",
            Self::Request => "request",
            Self::Node => "node",
        }
    }

    /// Whether a chart may be narrowed by it.
    pub fn is_sure(self) -> bool {
        self != Self::Node
    }
}

/// All devices, requests and served models that were seen.
#[derive(Debug, Clone, Default)]
pub struct Holders {
    devices: BTreeMap<String, Vec<Device>>,
    requests: Requests,
    models: BTreeMap<Pod, BTreeSet<String>>,
    /// Node to the pods on it that serve models.
    serving: BTreeMap<String, BTreeSet<Pod>>,
}

/// The concept whose series tell which pods requested devices.
const REQUEST: &str = "container_request";

/// What must be looked for beside the panels' own names, so that their devices can be joined; nothing where no panel
/// shows devices.
pub fn join_candidates(catalog: &Catalog, panels: &[&Panel]) -> Vec<Candidate> {
    let families: Vec<&Family> = panels
        .iter()
        .filter_map(|panel| catalog.family(panel.family.as_str()))
        .filter(|family| family.devices.is_some())
        .collect();
    if families.is_empty() {
        return Vec::new();
    }
    let serving = catalog.families().filter_map(|family| family.serves.as_ref());
    let ids: BTreeSet<&str> = serving
        .map(|serves| serves.presence.as_str())
        .chain(
            families
                .iter()
                .filter_map(|family| Some(family.devices.as_ref()?.presence.as_str())),
        )
        .chain([REQUEST])
        .collect();
    candidates_for(catalog, ids.into_iter().filter_map(|id| catalog.concept(id)))
}

impl Holders {
    pub fn new(catalog: &Catalog, sightings: &[Sighting]) -> Self {
        let mut models: BTreeMap<Pod, BTreeSet<String>> = BTreeMap::new();
        for served in served_models(catalog, sightings) {
            for pod in served.pods {
                let pods = models.entry((served.namespace.clone(), pod)).or_default();
                pods.insert(served.model.clone());
            }
        }
        let mut serving: BTreeMap<String, BTreeSet<Pod>> = BTreeMap::new();
        for sighting in sightings {
            let pod = (sighting.label("namespace").to_owned(), sighting.label("pod").to_owned());
            let node = sighting.label("node");
            if !node.is_empty() && models.contains_key(&pod) {
                serving.entry(node.to_owned()).or_default().insert(pod);
            }
        }
        let requests = requests(catalog, sightings, REQUEST);
        let known = |pod: &Pod| models.contains_key(pod) || requests.pods.contains(pod);
        let devices = catalog
            .families()
            .filter(|family| family.devices.is_some())
            .map(|family| (family.id.to_string(), devices(catalog, family, sightings, &known)))
            .collect();
        Self {
            devices,
            requests,
            models,
            serving,
        }
    }

    /// Who uses the device whose chart has these labels; None where nothing tells, or where the labels name no device.
    pub fn of(&self, family: &Family, labels: &BTreeMap<String, String>) -> Option<Join> {
        let kind = family.devices.as_ref()?;
        let all = self.devices.get(family.id.as_str())?;
        let shown: Vec<&Device> = all.iter().filter(|device| device.is(family, labels)).collect();
        let first = shown.first()?;
        if shown.iter().any(|device| device.told) {
            let pods = shown.iter().flat_map(|device| &device.pods).collect();
            return Some(self.join(pods, By::Exporter));
        }
        let asked = self.requests.on(&first.node, &kind.resources);
        if !asked.is_empty() {
            let by = if asked.len() == 1 { By::Request } else { By::Node };
            return Some(self.join(asked, by));
        }
        let serving = self.serving.get(&first.node)?;
        Some(self.join(serving.iter().collect(), By::Node))
    }

    fn join(&self, pods: BTreeSet<&Pod>, by: By) -> Join {
        let holder = |pod: &&Pod| Holder {
            namespace: pod.0.clone(),
            pod: pod.1.clone(),
            models: self.models.get(*pod).into_iter().flatten().cloned().collect(),
        };
        Join {
            pods: pods.iter().map(holder).collect(),
            by,
        }
    }

    /// What is to be said of a chart of devices that has nothing to show.
    pub fn notes(&self, catalog: &Catalog, panel: &Panel, sightings: &[Sighting]) -> Vec<String> {
        let Some(family) = catalog.family(panel.family.as_str()) else {
            return Vec::new();
        };
        let Some(kind) = &family.devices else {
            return Vec::new();
        };
        let exporter_is_here = self.devices.get(family.id.as_str()).is_some_and(|all| !all.is_empty());
        if exporter_is_here {
            let missing = missing(catalog, panel, sightings);
            return not_collected(family, kind, panel, &missing);
        }
        let asked = self.requests.anywhere(&kind.resources);
        if asked.is_empty() {
            return Vec::new();
        }
        let pods: Vec<_> = asked
            .iter()
            .map(|(pod, resource)| format!("{} ({resource})", pod.1))
            .collect();
        vec![format!(
            "No series of {} is visible here: they carry the exporter's namespace, which only cluster viewers may read; pods here requested {}.",
            family.title,
            pods.join(", ")
        )]
    }
}

/// The exporter is there and does not tell this; with the lines that make it tell.
fn not_collected(family: &Family, kind: &Devices, panel: &Panel, missing: &[(String, MetricType)]) -> Vec<String> {
    if missing.is_empty() {
        return Vec::new();
    }
    let names: Vec<&str> = missing.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.join(" and ");
    if kind.collected.is_empty() {
        let list = &family.title;
        return vec![format!(
            "The exporter does not collect {names}. Add it to the list of counters of {list}."
        )];
    }
    let lines = missing
        .iter()
        .map(|(name, kind)| format!("{name}, {}, {}", kind.as_str(), panel.title));
    let list = &kind.collected;
    let said = format!("The exporter does not collect {names}. Add to {list}, and restart the exporter:");
    std::iter::once(said).chain(lines).collect()
}

/// The newest names of the panel's concepts of which nothing was seen, and their types.
fn missing(catalog: &Catalog, panel: &Panel, sightings: &[Sighting]) -> Vec<(String, MetricType)> {
    let seen: BTreeSet<&str> = sightings.iter().map(|sighting| sighting.series.as_str()).collect();
    let mut missing: Vec<(String, MetricType)> = Vec::new();
    let placeholders = panel.queries.iter().flat_map(|query| query.expr.placeholders());
    for concept in placeholders.filter_map(|placeholder| catalog.concept(&placeholder.concept)) {
        let names = catalog.names_of(concept);
        let series = |concept: &Concept, name: &String| concept.representative(name);
        if names.iter().any(|name| seen.contains(series(concept, name).as_str())) {
            continue;
        }
        let newest = names.into_iter().next();
        if let Some(name) = newest.filter(|name| !missing.iter().any(|(known, _)| known == name)) {
            missing.push((name, concept.metric_type));
        }
    }
    missing
}
