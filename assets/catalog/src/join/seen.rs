//! What the series tell: devices with the pods that their exporter names, and pods with the devices that they requested.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Catalog, Family};
use crate::resolve::Sighting;

/// Namespace and name.
pub(super) type Pod = (String, String);

/// One device, or one slice of one, as one target shows it.
#[derive(Debug, Clone)]
pub(super) struct Device {
    pub labels: BTreeMap<String, String>,
    pub node: String,
    /// Whether its exporter names the pods of its devices at all.
    pub told: bool,
    pub pods: BTreeSet<Pod>,
}

impl Device {
    /// Whether a chart's labels are this device's. What names a pod is not asked: one device may be several pods'.
    pub fn is(&self, family: &Family, labels: &BTreeMap<String, String>) -> bool {
        let carriers = |variable: &str| family.labels.get(variable).map_or(&[][..], Vec::as_slice);
        let names = |variable: &str, label: &String| carriers(variable).contains(label);
        let mut identified = false;
        for (label, value) in labels.iter().filter(|(_, value)| !value.is_empty()) {
            let same = if names("node", label) {
                self.node == *value
            } else {
                self.labels.get(label) == Some(value)
            };
            if !same {
                return false;
            }
            identified |= names("gpu", label);
        }
        identified
    }
}

/// Pods by what they requested and where.
#[derive(Debug, Clone, Default)]
pub(super) struct Requests {
    /// Node, resource, pod.
    all: BTreeSet<(String, String, Pod)>,
    pub pods: BTreeSet<Pod>,
}

impl Requests {
    pub fn on(&self, node: &str, resources: &[String]) -> BTreeSet<&Pod> {
        let here = self.all.iter().filter(|(at, ..)| at == node && !node.is_empty());
        here.filter(|(_, resource, _)| of_kind(resource, resources))
            .map(|(.., pod)| pod)
            .collect()
    }

    pub fn anywhere(&self, resources: &[String]) -> BTreeSet<(&Pod, &str)> {
        self.all
            .iter()
            .filter(|(_, resource, _)| of_kind(resource, resources))
            .map(|(_, resource, pod)| (pod, resource.as_str()))
            .collect()
    }
}

/// A resource is of a kind that its name begins with.
fn of_kind(resource: &str, kinds: &[String]) -> bool {
    kinds.iter().any(|kind| resource.starts_with(kind.as_str()))
}

fn pod_of(sighting: &Sighting, namespace: &str, pod: &str) -> Pod {
    (sighting.label(namespace).to_owned(), sighting.label(pod).to_owned())
}

pub(super) fn requests(catalog: &Catalog, sightings: &[Sighting], concept: &str) -> Requests {
    let names = catalog.concept(concept).map(|concept| catalog.names_of(concept));
    let names = names.unwrap_or_default();
    let kinds: Vec<String> = catalog
        .families()
        .filter_map(|family| family.devices.as_ref())
        .flat_map(|kind| kind.resources.iter().cloned())
        .collect();
    let mut requests = Requests::default();
    for sighting in sightings.iter().filter(|sighting| names.contains(&sighting.series)) {
        let resource = sighting.label("resource");
        if of_kind(resource, &kinds) {
            let pod = pod_of(sighting, "namespace", "pod");
            requests.pods.insert(pod.clone());
            let node = sighting.label("node").to_owned();
            requests.all.insert((node, resource.to_owned(), pod));
        }
    }
    requests
}

/// The family's devices; `known` are pods that requested some or serve a model. A plain `pod` label is the exporter's own
/// where the same exporter also writes the other one, and where it is no known pod's.
pub(super) fn devices(
    catalog: &Catalog,
    family: &Family,
    sightings: &[Sighting],
    known: &dyn Fn(&Pod) -> bool,
) -> Vec<Device> {
    let Some(kind) = &family.devices else {
        return Vec::new();
    };
    let names = catalog
        .concept(kind.presence.as_str())
        .map(|concept| catalog.names_of(concept))
        .unwrap_or_default();
    let carriers = |variable: &str| family.labels.get(variable).map_or(&[][..], Vec::as_slice);
    let pairs: Vec<(&String, &String)> = carriers("namespace").iter().zip(carriers("pod")).collect();
    let here = || sightings.iter().filter(|sighting| names.contains(&sighting.series));
    // Targets whose exporter writes a label that only it can have written.
    let own: BTreeSet<&str> = here()
        .filter(|sighting| {
            let mut written = pairs.iter().filter(|(_, pod)| pod.as_str() != "pod");
            written.any(|(_, pod)| !sighting.label(pod).is_empty())
        })
        .map(|sighting| sighting.label("instance"))
        .collect();
    let holder = |sighting: &Sighting| {
        pairs.iter().find_map(|(namespace, pod)| {
            let found = pod_of(sighting, namespace, pod);
            let plain = pod.as_str() == "pod";
            let doubtful = plain && (own.contains(sighting.label("instance")) || !known(&found));
            (!found.1.is_empty() && !doubtful).then_some(found)
        })
    };
    let telling: BTreeSet<&str> = here()
        .filter(|sighting| holder(sighting).is_some())
        .map(|sighting| sighting.label("instance"))
        .collect();
    here()
        .map(|sighting| Device {
            labels: sighting.labels.clone(),
            node: node(sighting, carriers("node")),
            told: telling.contains(sighting.label("instance")),
            pods: holder(sighting).into_iter().collect(),
        })
        .collect()
}

/// By the exporter's label, else by the target's.
fn node(sighting: &Sighting, carriers: &[String]) -> String {
    let own = carriers.iter().map(|label| sighting.label(label));
    let mut all = own.chain([sighting.label("node")]);
    all.find(|node| !node.is_empty()).unwrap_or_default().to_owned()
}
