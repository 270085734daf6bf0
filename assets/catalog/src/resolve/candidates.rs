//! Every name worth asking for, and the one series request that asks.

use std::collections::{BTreeMap, BTreeSet};

use super::{COLLECTED_POD, collected};
use crate::model::{Catalog, Concept, ConceptId, FamilyId, Panel};
use crate::promql::{LabelValue, Matcher, Vars, bound, selector};

/// A name under which a concept may exist here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub concept: ConceptId,
    pub family: FamilyId,
    /// The metric's name with its prefix; for a histogram the name before `_bucket`.
    pub name: String,
    /// The one series name to look for: a histogram's `_count`.
    pub series: String,
    /// 0 is the best name of its concept.
    pub(crate) rank: usize,
    /// Page variable to the labels that can carry it.
    pub(crate) labels: BTreeMap<String, Vec<String>>,
    /// The concept's own matchers.
    pub(crate) only: Vec<Matcher>,
}

/// Every name that could feed these panels; each concept once, its best name first.
pub fn candidates<'a>(catalog: &Catalog, panels: impl IntoIterator<Item = &'a Panel>) -> Vec<Candidate> {
    let mut seen = BTreeSet::new();
    let placeholders = panels
        .into_iter()
        .flat_map(|panel| panel.queries.iter())
        .flat_map(|query| query.expr.placeholders());
    let concepts = placeholders
        .filter(|placeholder| seen.insert(placeholder.concept.as_str()))
        .filter_map(|placeholder| catalog.concept(&placeholder.concept));
    candidates_for(catalog, concepts)
}

/// Every name of these concepts.
pub fn candidates_for<'a>(catalog: &Catalog, concepts: impl IntoIterator<Item = &'a Concept>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for concept in concepts {
        let labels = catalog.labels_of(concept);
        for (rank, name) in catalog.names_of(concept).into_iter().enumerate() {
            found.push(Candidate {
                concept: concept.id.clone(),
                family: concept.family.clone(),
                series: concept.representative(&name),
                name,
                rank,
                labels: labels.clone(),
                only: concept.only.clone(),
            });
        }
    }
    found
}

/// The `match[]` values of one `/api/v1/series` request that finds every candidate within the page's variables: one
/// for each set of labels that the variables bind to and each concept's own matchers.
pub fn match_selectors(candidates: &[Candidate], vars: &Vars) -> Vec<String> {
    let mut groups: BTreeMap<Vec<String>, Group<'_>> = BTreeMap::new();
    for candidate in candidates {
        let mut alternatives = bound(&candidate.labels, vars);
        alternatives.extend(second_pipeline(candidate, vars));
        for matchers in &mut alternatives {
            matchers.extend(candidate.only.iter().cloned());
        }
        let key = alternatives.iter().map(|matchers| selector("", matchers)).collect();
        groups
            .entry(key)
            .or_insert_with(|| Group {
                alternatives,
                names: BTreeSet::new(),
            })
            .names
            .insert(&candidate.series);
    }
    let mut selectors = Vec::new();
    for Group { alternatives, names } in groups.into_values() {
        let names: Vec<_> = names.into_iter().map(LabelValue::new).collect();
        for matchers in alternatives {
            let mut all = vec![Matcher::any_of("__name__", &names)];
            all.extend(matchers);
            selectors.push(selector("", &all));
        }
    }
    selectors
}

/// What the second pipeline brought has the page's namespace and pod in other labels. Without a choice of those, the
/// plain selector finds it, too.
fn second_pipeline(candidate: &Candidate, vars: &Vars) -> Vec<Vec<Matcher>> {
    let plain =
        |(variable, label): (&str, &str)| candidate.labels.get(variable).is_some_and(|labels| labels == &[label]);
    let chosen = |variable| candidate.labels.contains_key(variable) && !vars.get(variable).is_empty();
    let is_of_pods = [("namespace", "namespace"), ("pod", "pod")].into_iter().all(plain);
    if !is_of_pods || !["namespace", "pod"].into_iter().any(chosen) {
        return Vec::new();
    }
    let mut alternatives = bound(&collected(candidate.labels.clone()), vars);
    for matchers in &mut alternatives {
        matchers.push(Matcher::present(COLLECTED_POD));
    }
    alternatives
}

/// Names whose series the variables restrict in the same way.
struct Group<'a> {
    alternatives: Vec<Vec<Matcher>>,
    names: BTreeSet<&'a str>,
}
