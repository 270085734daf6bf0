//! What was chosen: for each concept its sources, the best first.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

#[cfg(feature = "export")]
use super::candidates_for;
use super::{Candidate, candidates};
use crate::model::{Catalog, Concept, ConceptId, Panel};
use crate::promql::LabelValue;

/// Labels that tell one pod from another.
pub(super) const BY_POD: &[&str] = &["namespace", "pod"];
/// Where some series have no pod.
pub(super) const BY_INSTANCE: &[&str] = &["namespace", "pod", "instance"];

/// Made by [`super::choose`] from what a cluster has, or from the catalogue alone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choices {
    pub(super) concepts: BTreeMap<ConceptId, Choice>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    /// Never empty; at each instant a workload is read from the first one that has it.
    pub sources: Vec<Source>,
    /// The labels that make a workload.
    pub workload: &'static [&'static str],
    /// Page variable to the labels that carry it here.
    pub labels: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Source {
    pub name: String,
    pub pipeline: Pipeline,
    pub jobs: Jobs,
    /// The workloads that it is the best source of, namespace and pod (or instance), each with its scrape jobs.
    pub pods: Pods,
}

type Pods = BTreeMap<(String, String), BTreeSet<String>>;

/// Who brought a name's series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pipeline {
    /// Nobody brought any of them but by scraping the pods; or nobody has looked.
    Any,
    /// Not the collector.
    Scraped,
    /// The second pipeline: see [`super::Sighting`].
    Collected,
}

impl Source {
    fn unseen(name: String) -> Self {
        Self {
            name,
            pipeline: Pipeline::Any,
            jobs: Jobs::All,
            pods: Pods::new(),
        }
    }
}

/// Twin monitors scrape one target under two jobs, and two stores may hold what one job scraped: then a source is a name
/// and what tells it from its twins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Jobs {
    All,
    /// All of these hold.
    Apart(Vec<Apart>),
    /// Whichever it is; nobody has looked.
    #[cfg_attr(
        not(feature = "export"),
        expect(dead_code, reason = "only files are written without looking")
    )]
    OneForEachTarget,
}

/// The first field is the label that tells twins apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Apart {
    AllBut(&'static str, Vec<LabelValue>),
    Only(&'static str, LabelValue),
}

/// Where a concept's numbers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenSource {
    pub concept: ConceptId,
    /// With its prefix; for a histogram the name before `_bucket`.
    pub metric: String,
    /// The pods that this name answers for, namespace and name (or instance), each with the scrape jobs that bring it:
    /// `namespace/monitor` for a PodMonitor, the service's name for a ServiceMonitor. No job where the series have none.
    pub pods: Pods,
}

impl ChosenSource {
    /// The scrape jobs of all its pods.
    pub fn monitors(&self) -> BTreeSet<&str> {
        self.pods.values().flatten().map(String::as_str).collect()
    }
}

/// A scrape job, and the namespace of pods that it brings series of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Job<'a> {
    pub name: &'a str,
    pub namespace: &'a str,
}

impl Choices {
    /// For a file that cannot look at a cluster: every name a concept ever had, the newest first, and of the same
    /// series under several jobs (twin monitors) or in several stores one. What the second pipeline's collector brought
    /// answers where nobody scraped the pod.
    #[cfg(feature = "export")]
    pub fn for_files<'a>(catalog: &Catalog, panels: impl IntoIterator<Item = &'a Panel>) -> Self {
        Self::unlooked(catalog, candidates(catalog, panels).into_iter())
    }

    /// The same for queries that belong to no panel.
    #[cfg(feature = "export")]
    pub fn for_rules<'a>(catalog: &Catalog, concepts: impl IntoIterator<Item = &'a Concept>) -> Self {
        Self::unlooked(catalog, candidates_for(catalog, concepts).into_iter())
    }

    #[cfg(feature = "export")]
    fn unlooked(catalog: &Catalog, candidates: impl Iterator<Item = Candidate>) -> Self {
        let mut choices = Self::of_names(candidates);
        for (id, choice) in &mut choices.concepts {
            let concept = catalog.concept(id.as_str());
            let family = concept.and_then(|concept| catalog.family(concept.family.as_str()));
            // The collector scrapes engines and routers by itself, so that no monitor puts a prefix there. A router's series
            // are not followed to it: their queries would be too long for an address.
            let is_collected = |name: &String| concept.is_some_and(|concept| concept.names.contains(name));
            let pipelines = |name: &String| -> &'static [Pipeline] {
                match family {
                    Some(family) if family.serves.is_none() && family.prefixes.is_empty() => &[Pipeline::Any],
                    Some(family) if family.labels.contains_key("pod") && is_collected(name) => {
                        &[Pipeline::Scraped, Pipeline::Collected]
                    }
                    _ => &[Pipeline::Scraped],
                }
            };
            let named = std::mem::take(&mut choice.sources);
            let of_each = |source: Source| {
                pipelines(&source.name).iter().map(move |pipeline| Source {
                    pipeline: *pipeline,
                    jobs: Jobs::OneForEachTarget,
                    ..source.clone()
                })
            };
            choice.sources = named.into_iter().flat_map(of_each).collect();
        }
        choices
    }

    /// As if each concept had exactly its newest name.
    pub fn newest<'a>(catalog: &Catalog, panels: impl IntoIterator<Item = &'a Panel>) -> Self {
        Self::of_names(
            candidates(catalog, panels)
                .into_iter()
                .filter(|candidate| candidate.rank == 0),
        )
    }

    /// As if every name that a concept ever had existed: the newest, with the older ones behind it.
    pub fn every_name<'a>(catalog: &Catalog, panels: impl IntoIterator<Item = &'a Panel>) -> Self {
        Self::of_names(candidates(catalog, panels).into_iter())
    }

    fn of_names(candidates: impl Iterator<Item = Candidate>) -> Self {
        let mut concepts: BTreeMap<ConceptId, Choice> = BTreeMap::new();
        for candidate in candidates {
            let source = Source::unseen(candidate.name);
            concepts
                .entry(candidate.concept)
                .or_insert(Choice {
                    sources: Vec::new(),
                    workload: BY_POD,
                    labels: candidate.labels,
                })
                .sources
                .push(source);
        }
        Self { concepts }
    }

    /// The sources that answer for at least one workload of the panel, each name once for each concept.
    pub fn sources(&self, panel: &Panel) -> Vec<ChosenSource> {
        let mut seen = BTreeSet::new();
        let mut found: Vec<ChosenSource> = Vec::new();
        for placeholder in panel.queries.iter().flat_map(|query| query.expr.placeholders()) {
            let Some((concept, choice)) = self.concepts.get_key_value(placeholder.concept.as_str()) else {
                continue;
            };
            if !seen.insert(concept) {
                continue;
            }
            for source in choice.sources.iter().filter(|source| !source.pods.is_empty()) {
                match found
                    .iter_mut()
                    .find(|known| known.concept == *concept && known.metric == source.name)
                {
                    // A workload has one source only, so that no entry is written over.
                    Some(known) => known.pods.extend(source.pods.clone()),
                    None => found.push(ChosenSource {
                        concept: concept.clone(),
                        metric: source.name.clone(),
                        pods: source.pods.clone(),
                    }),
                }
            }
        }
        found
    }

    /// The scrape jobs of all sources that answer for at least one workload of the panels.
    pub fn jobs<'a>(&self, panels: impl IntoIterator<Item = &'a &'a Panel>) -> BTreeSet<Job<'_>> {
        let queries = panels.into_iter().flat_map(|panel| &panel.queries);
        let concepts: BTreeSet<&str> = queries.flat_map(|query| query.expr.concepts()).collect();
        let choices = concepts.into_iter().filter_map(|id| self.concepts.get(id));
        choices
            .flat_map(|choice| &choice.sources)
            .flat_map(|source| &source.pods)
            .flat_map(|((namespace, _), jobs)| jobs.iter().map(move |name| Job { name, namespace }))
            .collect()
    }

    /// Whether nothing that the panel could be made of exists here.
    pub fn is_missing(&self, panel: &Panel) -> bool {
        let mut placeholders = panel.queries.iter().flat_map(|query| query.expr.placeholders());
        !placeholders.any(|placeholder| self.has(&placeholder.concept))
    }

    /// Every name that the concept is read from here, prefixes included.
    pub fn names_of(&self, concept: &str) -> Vec<&str> {
        let sources = self.concepts.get(concept).map_or(&[][..], |choice| &choice.sources);
        sources.iter().map(|source| source.name.as_str()).collect()
    }

    pub(crate) fn has(&self, concept: &str) -> bool {
        self.concepts.contains_key(concept)
    }

    /// What was chosen, or the newest name of a concept that does not exist here.
    pub(crate) fn of(&self, catalog: &Catalog, concept: &Concept) -> Cow<'_, Choice> {
        if let Some(choice) = self.concepts.get(&concept.id) {
            return Cow::Borrowed(choice);
        }
        let mut labels = catalog.labels_of(concept);
        labels.values_mut().for_each(|labels| labels.truncate(1));
        let name = catalog.names_of(concept).into_iter().next().unwrap_or_default();
        let sources = vec![Source::unseen(name)];
        Cow::Owned(Choice {
            sources,
            workload: BY_POD,
            labels,
        })
    }
}
