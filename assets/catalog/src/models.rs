//! Which models are served, from metrics alone: what stands behind `GET /api/models` where there is no cluster to ask.
//!
//! A family's `serves` says which series exist for a served model and which label names it. The workload's name comes
//! from labels that KServe's monitors set, else from the pod's name as KServe makes it.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Catalog, Concept, FamilyId, Serves};
use crate::promql::{Ask, Vars, concept_text};
use crate::resolve::{Candidate, Choices, Sighting, candidates_for};

/// One model of one workload; several pods may serve it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServedModel {
    /// Empty where the series have no namespace.
    pub namespace: String,
    pub workload: String,
    pub kind: WorkloadKind,
    /// The served name, which need not be the resource's.
    pub model: String,
    pub family: FamilyId,
    /// For people, e.g. `vLLM`.
    pub runtime: String,
    /// Sorted; instances where there are no pods.
    pub pods: Vec<String>,
    /// Sorted: the LoRA adapters that any of the pods has been seen with. They are models to whoever asks them.
    pub adapters: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkloadKind {
    LlmInferenceService,
    InferenceService,
    /// Metrics alone cannot tell what made the pod.
    Pod,
}

impl WorkloadKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LlmInferenceService => "LLMInferenceService",
            Self::InferenceService => "InferenceService",
            Self::Pod => "Pod",
        }
    }
}

/// What a family has counted, asked as instant queries. Their answers carry `namespace`, `pod` and `model_label`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traffic {
    pub family: FamilyId,
    pub model_label: String,
    /// Requests since each pod started; no series or 0: no request yet.
    pub total: String,
    /// Requests within the last `recent_s` seconds.
    pub recent: String,
}

/// Every name to look for, presence and traffic of all families: for one series request.
pub fn model_candidates(catalog: &Catalog) -> Vec<Candidate> {
    let serving = catalog.families().filter_map(|family| family.serves.as_ref());
    let ids: BTreeSet<&str> = serving
        .flat_map(|serves| {
            [Some(serves.traffic.concept.as_str())]
                .into_iter()
                .chain(presence(serves))
                .flatten()
        })
        .collect();
    candidates_for(catalog, ids.into_iter().filter_map(|id| catalog.concept(id)))
}

/// Every name to look for to know who serves what.
pub fn served_candidates(catalog: &Catalog) -> Vec<Candidate> {
    let serving = catalog.families().filter_map(|family| family.serves.as_ref());
    let ids: BTreeSet<&str> = serving
        .flat_map(|serves| presence(serves).into_iter().flatten())
        .collect();
    candidates_for(catalog, ids.into_iter().filter_map(|id| catalog.concept(id)))
}

/// The concepts that tell of served models and of their adapters.
fn presence(serves: &Serves) -> [Option<&str>; 2] {
    let adapters = serves.adapters.as_ref().map(|adapters| adapters.concept.as_str());
    [Some(serves.presence.as_str()), adapters]
}

/// Sorted by namespace, workload and model. Twin monitors and several names of one metric give one entry.
pub fn served_models(catalog: &Catalog, sightings: &[Sighting]) -> Vec<ServedModel> {
    let mut found: BTreeMap<ServedModel, BTreeSet<&str>> = BTreeMap::new();
    for family in catalog.families() {
        let Some(serves) = &family.serves else { continue };
        let Some(presence) = catalog.concept(serves.presence.as_str()) else {
            continue;
        };
        let series = series_of(catalog, presence);
        for sighting in sightings.iter().filter(|sighting| series.contains(&sighting.series)) {
            let model = sighting.label(&serves.model_label);
            if model.is_empty() {
                continue;
            }
            let (workload, kind) = workload(sighting);
            let entry = ServedModel {
                namespace: sighting.label("namespace").to_owned(),
                workload: workload.to_owned(),
                kind,
                model: model.to_owned(),
                family: family.id.clone(),
                runtime: serves.runtime.clone(),
                pods: Vec::new(),
                adapters: Vec::new(),
            };
            found.entry(entry).or_default().insert(pod(sighting));
        }
    }
    let adapters = adapters(catalog, sightings);
    found
        .into_iter()
        .map(|(entry, pods)| {
            let places = pods
                .iter()
                .map(|pod| (entry.namespace.as_str(), *pod, entry.model.as_str()));
            let adapters: BTreeSet<&str> = places
                .filter_map(|place| adapters.get(&place))
                .flatten()
                .copied()
                .collect();
            ServedModel {
                adapters: adapters.into_iter().map(str::to_owned).collect(),
                pods: pods.into_iter().map(str::to_owned).collect(),
                ..entry
            }
        })
        .collect()
}

/// Namespace, pod and model that is adapted.
type Place<'a> = (&'a str, &'a str, &'a str);

fn adapters<'a>(catalog: &Catalog, sightings: &'a [Sighting]) -> BTreeMap<Place<'a>, BTreeSet<&'a str>> {
    let mut found: BTreeMap<Place<'a>, BTreeSet<&'a str>> = BTreeMap::new();
    for serves in catalog.families().filter_map(|family| family.serves.as_ref()) {
        let Some(adapters) = &serves.adapters else { continue };
        let Some(concept) = catalog.concept(adapters.concept.as_str()) else {
            continue;
        };
        let series = series_of(catalog, concept);
        for sighting in sightings.iter().filter(|sighting| series.contains(&sighting.series)) {
            let place = (
                sighting.label("namespace"),
                pod(sighting),
                sighting.label(&serves.model_label),
            );
            let lists = adapters.labels.iter().map(|label| sighting.label(label));
            let names = lists.flat_map(|list| list.split(',')).map(str::trim);
            found
                .entry(place)
                .or_default()
                .extend(names.filter(|name| !name.is_empty()));
        }
    }
    found
}

/// The queries that tell a served model from one that has had no request; families that nothing serves here are left
/// out.
pub fn traffic(catalog: &Catalog, choices: &Choices, vars: &Vars, recent_s: u32) -> Vec<Traffic> {
    let mut found = Vec::new();
    let recent = format!("{recent_s}s");
    for family in catalog.families() {
        let Some(serves) = &family.serves else { continue };
        let Some(concept) = catalog
            .concept(&serves.traffic.concept)
            .filter(|c| choices.has(c.id.as_str()))
        else {
            continue;
        };
        let sum = |ask: &Ask<'_>| {
            let counted = concept_text(catalog, concept, &serves.traffic, choices, vars, ask);
            format!("sum by (namespace, pod, {}) ({counted})", serves.model_label)
        };
        found.push(Traffic {
            family: family.id.clone(),
            model_label: serves.model_label.clone(),
            total: sum(&Ask::Instant),
            recent: sum(&Ask::Over {
                head: "increase(",
                span: &recent,
                tail: ")",
            }),
        });
    }
    found
}

fn series_of(catalog: &Catalog, concept: &Concept) -> BTreeSet<String> {
    catalog
        .names_of(concept)
        .iter()
        .map(|name| concept.representative(name))
        .collect()
}

fn pod(sighting: &Sighting) -> &str {
    let pod = sighting.label("pod");
    if pod.is_empty() {
        sighting.label("instance")
    } else {
        pod
    }
}

/// What KServe puts behind an LLMInferenceService's name; of several that fit, the shortest name counts.
const LLM_POD_INFIXES: &[&str] = &["-kserve-mn-prefill-", "-kserve-prefill-", "-kserve-mn-", "-kserve-"];

fn workload(sighting: &Sighting) -> (&str, WorkloadKind) {
    let named = sighting.label("llm_isvc_name");
    if !named.is_empty() {
        return (named, WorkloadKind::LlmInferenceService);
    }
    let pod = pod(sighting);
    // The service of an InferenceService's monitor; a job with a slash is a monitor's name, not a service's.
    let services = [sighting.label("service"), sighting.label("job")];
    let service = services
        .into_iter()
        .find_map(|name| name.strip_suffix("-metrics").filter(|n| !n.contains('/')));
    if let Some(name) = service.filter(|name| !name.is_empty()) {
        return (name, WorkloadKind::InferenceService);
    }
    if let Some((name, _)) = pod.rsplit_once("-predictor-").filter(|(name, _)| !name.is_empty()) {
        return (name, WorkloadKind::InferenceService);
    }
    let before = |infix: &&str| {
        pod.split_once(*infix)
            .map(|(name, _)| name)
            .filter(|name| !name.is_empty())
    };
    match LLM_POD_INFIXES.iter().filter_map(before).min_by_key(|name| name.len()) {
        Some(name) => (name, WorkloadKind::LlmInferenceService),
        None => (pod, WorkloadKind::Pod),
    }
}
