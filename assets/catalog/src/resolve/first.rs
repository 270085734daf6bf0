//! Series that are not there because nothing has happened yet: a target that is being scraped and has not been asked
//! anything shows no counter of it.

use std::collections::BTreeSet;

use super::{Candidate, Choices, Sighting, candidates_for};
use crate::model::{Catalog, First, Panel};

/// What must be looked for beside the panels' own names, so that a metric that waits for its first event can be told from
/// one that nothing here exports.
pub fn alive_candidates(catalog: &Catalog, panels: &[&Panel]) -> Vec<Candidate> {
    let waiting = panels.iter().filter(|panel| first(catalog, panel).is_some());
    let families: BTreeSet<&str> = waiting.flat_map(|panel| families(catalog, panel)).collect();
    let families = families.into_iter().filter_map(|id| catalog.family(id));
    candidates_for(
        catalog,
        families.filter_map(|family| catalog.concept(family.alive.as_ref()?.as_str())),
    )
}

/// What the panel waits for, where its target is there and none of its own series is.
pub fn waits_for(catalog: &Catalog, panel: &Panel, choices: &Choices, seen: &[Sighting]) -> Option<First> {
    let first = first(catalog, panel)?;
    let is_there = |family: &str| {
        let alive = catalog.family(family).and_then(|family| family.alive.as_ref());
        let Some(concept) = alive.and_then(|id| catalog.concept(id.as_str())) else {
            return false;
        };
        let series: Vec<String> = catalog
            .names_of(concept)
            .iter()
            .map(|name| concept.representative(name))
            .collect();
        seen.iter().any(|sighting| series.contains(&sighting.series))
    };
    (choices.is_missing(panel) && families(catalog, panel).into_iter().any(is_there)).then_some(first)
}

/// With what the panel's series appear, if all of them wait for something; of several, for a request.
fn first(catalog: &Catalog, panel: &Panel) -> Option<First> {
    let concepts = panel.queries.iter().flat_map(|query| query.expr.concepts());
    let firsts: Option<BTreeSet<First>> = concepts.map(|id| catalog.concept(id)?.first).collect();
    firsts?.into_iter().next()
}

fn families<'a>(catalog: &'a Catalog, panel: &Panel) -> BTreeSet<&'a str> {
    let concepts = panel.queries.iter().flat_map(|query| query.expr.concepts());
    concepts
        .filter_map(|id| Some(catalog.concept(id)?.family.as_str()))
        .collect()
}
