//! Choosing: from the series that exist to one source for each concept and workload.

use std::collections::{BTreeMap, BTreeSet};

use super::choices::{BY_INSTANCE, BY_POD};
use super::{Candidate, Choice, Choices, Jobs, Source};
use crate::model::{Catalog, ConceptId};
use crate::promql::LabelValue;

/// One series that exists, as `/api/v1/series` answers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sighting {
    /// `__name__`.
    pub series: String,
    /// The other labels.
    pub labels: BTreeMap<String, String>,
}

impl Sighting {
    pub(crate) fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }

    /// Namespace and pod; namespace and instance where there is no pod.
    fn workload(&self) -> Workload<'_> {
        let pod = self.label("pod");
        (
            self.label("namespace"),
            if pod.is_empty() { self.label("instance") } else { pod },
        )
    }
}

type Workload<'a> = (&'a str, &'a str);

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
        for jobs in jobs(seen) {
            let taken: Vec<_> = seen.iter().filter(|sighting| jobs.take(sighting)).collect();
            let mine: BTreeSet<_> = taken
                .iter()
                .map(|sighting| sighting.workload())
                .filter(|workload| !covered.contains(workload))
                .collect();
            let monitors = taken
                .iter()
                .filter(|sighting| mine.contains(&sighting.workload()) && !sighting.label("job").is_empty())
                .map(|sighting| sighting.label("job").to_owned())
                .collect();
            covered.extend(mine.iter().copied());
            sources.push(Source {
                name: candidate.name.clone(),
                jobs,
                workloads: mine.len(),
                monitors,
            });
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

/// One name's series, split by job as far as jobs show the same target twice: first all the jobs that never come
/// second, then each of the others.
fn jobs(seen: &[&Sighting]) -> Vec<Jobs> {
    let mut of_target: BTreeMap<(Workload<'_>, &str), BTreeSet<&str>> = BTreeMap::new();
    for sighting in seen {
        of_target
            .entry((sighting.workload(), sighting.label("instance")))
            .or_default()
            .insert(sighting.label("job"));
    }
    let second: BTreeSet<&str> = of_target
        .values()
        .flat_map(|jobs| jobs.iter().skip(1).copied())
        .collect();
    if second.is_empty() {
        return vec![Jobs::All];
    }
    let second: Vec<_> = second.into_iter().map(LabelValue::new).collect();
    let mut jobs = vec![Jobs::AllBut(second.clone())];
    jobs.extend(second.into_iter().map(Jobs::Only));
    jobs
}

impl Jobs {
    fn take(&self, sighting: &Sighting) -> bool {
        let job = sighting.label("job");
        match self {
            Self::All | Self::OneForEachTarget => true,
            Self::AllBut(jobs) => jobs.iter().all(|other| other.as_str() != job),
            Self::Only(only) => only.as_str() == job,
        }
    }
}
