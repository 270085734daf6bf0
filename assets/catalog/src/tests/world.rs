//! Clusters as a few lines of text, for the tests of this crate.

use std::collections::BTreeMap;

use crate::promql::{Grid, Vars, bind, grid};
use crate::resolve::{Choices, Sighting, candidates, choose};
use crate::{Catalog, Panel};

/// `name{label="value",…}`, one series.
pub fn sighting(text: &str) -> Sighting {
    let (series, labels) = text
        .trim()
        .trim_end_matches('}')
        .split_once('{')
        .unwrap_or((text.trim(), ""));
    let labels = labels.split(',').filter_map(|pair| pair.split_once('='));
    let labels = labels.map(|(label, value)| (label.trim().to_owned(), value.trim().trim_matches('"').to_owned()));
    let name = [("__name__".to_owned(), series.to_owned())];
    Sighting::new(labels.chain(name).collect::<BTreeMap<_, _>>()).unwrap()
}

/// One series a line.
pub fn sightings(text: &str) -> Vec<Sighting> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(sighting)
        .collect()
}

/// What the panels of this catalogue would be made of in that world.
pub fn choices(catalog: &Catalog, world: &str) -> Choices {
    choose(catalog, &candidates(catalog, catalog.panels()), &sightings(world))
}

/// An hour on a chart that is wide enough for the scrape interval of 30 s: a window of 120 s.
pub fn hour() -> Grid {
    grid(1_763_796_000, 1_763_799_600, 600, 30).unwrap()
}

pub fn vars(entries: &[(&str, &[&str])]) -> Vars {
    entries
        .iter()
        .map(|(name, values)| ((*name).to_owned(), values.iter().map(|&v| v.to_owned())))
        .collect()
}

/// Every query of the panel, `-` for one that has no source.
pub fn bound(catalog: &Catalog, panel: &Panel, choices: &Choices, vars: &Vars) -> Vec<String> {
    let one = |query| bind(catalog, panel, query, choices, vars, &hour()).unwrap();
    (0..panel.queries.len())
        .map(|query| one(query).unwrap_or_else(|| "-".to_owned()))
        .collect()
}
