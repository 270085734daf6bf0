//! Choosing: from the series that exist to one source for each concept and workload.

use std::collections::{BTreeMap, BTreeSet};

use super::choices::{BY_INSTANCE, BY_POD};
use super::sighting::Workload;
use super::{Apart, Candidate, Choice, Choices, Jobs, Pipeline, Sighting, Source};
use crate::model::{Catalog, ConceptId};
use crate::promql::LabelValue;

/// By the rule at the top of this module's parent. Sightings of series that no candidate names are passed over.
pub fn choose(catalog: &Catalog, candidates: &[Candidate], sightings: &[Sighting]) -> Choices {
    let mut by_series: BTreeMap<&str, Vec<&Sighting>> = BTreeMap::new();
    for sighting in sightings {
        by_series.entry(&sighting.series).or_default().push(sighting);
    }
    let mut by_concept: BTreeMap<&ConceptId, Vec<(&Candidate, &[&Sighting])>> = BTreeMap::new();
    for candidate in candidates {
        if let Some(seen) = by_series.get(candidate.series.as_str()) {
            by_concept
                .entry(&candidate.concept)
                .or_default()
                .push((candidate, seen));
        }
    }
    let mut concepts = BTreeMap::new();
    for (id, mut found) in by_concept {
        if catalog.concept(id.as_str()).is_none() {
            continue;
        }
        found.sort_by_key(|(candidate, _)| candidate.rank);
        found.dedup_by_key(|(candidate, _)| candidate.rank);
        concepts.insert(id.clone(), choice(&found));
    }
    Choices { concepts }
}

/// `found` has at least one entry, the best name first.
fn choice(found: &[(&Candidate, &[&Sighting])]) -> Choice {
    let all = || found.iter().flat_map(|(_, seen)| seen.iter().copied());
    let mut covered = BTreeSet::new();
    let mut sources = Vec::new();
    for (candidate, seen) in found {
        for (pipeline, seen) in pipelines(seen) {
            for jobs in jobs(&seen) {
                let mut pods: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
                for sighting in seen.iter().filter(|sighting| jobs.take(sighting)) {
                    let workload = sighting.workload();
                    if covered.contains(&workload) {
                        continue;
                    }
                    let jobs = pods.entry(workload).or_default();
                    jobs.extend(Some(sighting.label("job").to_owned()).filter(|job| !job.is_empty()));
                }
                covered.extend(pods.keys().copied());
                let own = |((namespace, pod), jobs): (Workload<'_>, _)| ((namespace.to_owned(), pod.to_owned()), jobs);
                sources.push(Source {
                    name: candidate.name.clone(),
                    pipeline,
                    jobs,
                    pods: pods.into_iter().map(own).collect(),
                });
            }
        }
    }
    let workload = if all().all(|sighting| !sighting.label("pod").is_empty()) {
        BY_POD
    } else {
        BY_INSTANCE
    };
    let mut labels = found
        .first()
        .map(|(candidate, _)| candidate.labels.clone())
        .unwrap_or_default();
    for carriers in labels.values_mut() {
        let here: BTreeSet<_> = all().filter_map(|sighting| carrier(carriers, sighting)).collect();
        match here.is_empty() {
            true => carriers.truncate(1),
            false => carriers.retain(|label| here.contains(label)),
        }
    }
    Choice {
        sources,
        workload,
        labels,
    }
}

/// Which of a variable's labels counts on this series: the first it has.
fn carrier(carriers: &[String], sighting: &Sighting) -> Option<String> {
    carriers.iter().find(|label| !sighting.label(label).is_empty()).cloned()
}

/// One name's series by who brought them, whoever scrapes the pods itself first.
fn pipelines<'a>(seen: &[&'a Sighting]) -> Vec<(Pipeline, Vec<&'a Sighting>)> {
    let (collected, scraped): (Vec<_>, Vec<_>) = seen.iter().partition(|sighting| sighting.is_collected());
    match (scraped.is_empty(), collected.is_empty()) {
        (_, true) => vec![(Pipeline::Any, scraped)],
        (true, false) => vec![(Pipeline::Collected, collected)],
        (false, false) => vec![(Pipeline::Scraped, scraped), (Pipeline::Collected, collected)],
    }
}

/// What tells the series of two scrapes of one target apart: their monitors' jobs, else the Prometheus that each has
/// written to the series that it hands to a common querier.
const TWINS_BY: [&str; 2] = ["job", "prometheus"];

/// One name's series, split as far as the same target is shown twice: first all that never comes second, then each of
/// the others. A board of several namespaces may hold twins of both kinds.
fn jobs(seen: &[&Sighting]) -> Vec<Jobs> {
    let mut groups: Vec<Vec<Apart>> = vec![Vec::new()];
    for label in TWINS_BY {
        groups = groups.into_iter().flat_map(|group| split(seen, group, label)).collect();
    }
    let named = |group: Vec<Apart>| {
        if group.is_empty() {
            Jobs::All
        } else {
            Jobs::Apart(group)
        }
    };
    groups.into_iter().map(named).collect()
}

fn split(seen: &[&Sighting], group: Vec<Apart>, label: &'static str) -> Vec<Vec<Apart>> {
    let taken: Vec<&Sighting> = seen
        .iter()
        .copied()
        .filter(|sighting| group.iter().all(|apart| apart.take(sighting)))
        .collect();
    let second: Vec<_> = second(&taken, label).into_iter().map(LabelValue::new).collect();
    if second.is_empty() {
        return vec![group];
    }
    let others = second.iter().cloned().map(|only| Apart::Only(label, only));
    let all = std::iter::once(Apart::AllBut(label, second.clone())).chain(others);
    all.map(|apart| group.iter().cloned().chain([apart]).collect())
        .collect()
}

/// The label's values that show a target which another value shows, too.
fn second<'a>(seen: &[&'a Sighting], label: &str) -> BTreeSet<&'a str> {
    let mut of_target: BTreeMap<(Workload<'_>, &str), BTreeSet<&str>> = BTreeMap::new();
    for sighting in seen {
        of_target
            .entry((sighting.workload(), sighting.label("instance")))
            .or_default()
            .insert(sighting.label(label));
    }
    of_target
        .values()
        .flat_map(|jobs| jobs.iter().skip(1).copied())
        .collect()
}

impl Jobs {
    fn take(&self, sighting: &Sighting) -> bool {
        match self {
            Self::All | Self::OneForEachTarget => true,
            Self::Apart(all) => all.iter().all(|apart| apart.take(sighting)),
        }
    }
}

impl Apart {
    fn take(&self, sighting: &Sighting) -> bool {
        match self {
            Self::AllBut(label, others) => others.iter().all(|other| other.as_str() != sighting.label(label)),
            Self::Only(label, only) => only.as_str() == sighting.label(label),
        }
    }
}
