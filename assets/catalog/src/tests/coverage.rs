//! `coverage.toml`: each chart of the source systems stands in it once, with panels that exist or with a reason.

use std::collections::{BTreeMap, BTreeSet};

use crate::Catalog;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Coverage {
    own: Vec<String>,
    panels: BTreeMap<String, Vec<String>>,
    missing: BTreeMap<String, String>,
    lines: BTreeMap<String, String>,
}

/// The lines of the requirements that ask for charts.
fn wanted() -> BTreeSet<String> {
    let spans: [(u32, std::ops::RangeInclusive<u32>); 7] = [
        (0, 16..=30),
        (1, 13..=14),
        (2, 42..=42),
        (2, 46..=50),
        (3, 3..=15),
        (4, 1..=22),
        (4, 24..=42),
    ];
    let lines = spans
        .into_iter()
        .flat_map(|(source, lines)| lines.map(move |line| format!("S{source}.{line}")));
    lines.collect()
}

#[test]
fn each_line_that_asks_for_a_chart_has_a_panel_or_a_reason() {
    let catalog = Catalog::embedded().unwrap();
    let covered: BTreeSet<String> = catalog.panels().flat_map(|panel| panel.covers.clone()).collect();
    let told = coverage().lines;
    let none = BTreeSet::new();
    let excused: BTreeSet<String> = told.keys().cloned().collect();
    assert_eq!(
        covered.intersection(&excused).cloned().collect::<BTreeSet<_>>(),
        none,
        "covered, and excused"
    );
    let left: BTreeSet<_> = wanted().difference(&covered).cloned().collect();
    assert_eq!(left, excused);
    assert!(told.values().all(|reason| !reason.trim().is_empty()), "{told:?}");
}

fn coverage() -> Coverage {
    toml::from_str(include_str!("../../coverage.toml")).unwrap()
}

#[test]
fn each_chart_has_panels_or_a_reason() {
    let Coverage { panels, missing, .. } = coverage();
    let charts: BTreeSet<_> = panels.keys().chain(missing.keys()).collect();
    assert_eq!(charts.len(), 146, "charts");
    assert_eq!(
        panels.len() + missing.len(),
        146,
        "a chart with panels and with a reason"
    );
    for (chart, panels) in &panels {
        assert!(
            !panels.is_empty(),
            "{chart} has no panel: move it to [missing] with its reason"
        );
    }
    for (chart, reason) in &missing {
        assert!(!reason.trim().is_empty(), "{chart} is missing without a reason");
    }
}

#[test]
fn each_panel_shows_a_chart_or_is_our_own() {
    let catalog = Catalog::embedded().unwrap();
    let Coverage { own, panels, .. } = coverage();
    let mapped: BTreeSet<&str> = panels.values().flatten().map(String::as_str).collect();
    let own: BTreeSet<&str> = own.iter().map(String::as_str).collect();
    let known: BTreeSet<&str> = catalog.panels().map(|panel| panel.id.as_str()).collect();
    let none = BTreeSet::<&str>::new();
    assert_eq!(
        mapped.difference(&known).copied().collect::<BTreeSet<_>>(),
        none,
        "no such panel"
    );
    assert_eq!(
        own.difference(&known).copied().collect::<BTreeSet<_>>(),
        none,
        "no such panel"
    );
    assert_eq!(
        mapped.intersection(&own).copied().collect::<BTreeSet<_>>(),
        none,
        "not our own alone"
    );
    let told = mapped.union(&own).copied().collect();
    assert_eq!(
        known.difference(&told).copied().collect::<BTreeSet<_>>(),
        none,
        "in no list"
    );
}

#[test]
fn what_is_missing_is_missing_for_a_few_reasons() {
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (chart, reason) in coverage().missing {
        reasons.entry(reason).or_default().push(chart);
    }
    let rows: Vec<_> = reasons
        .iter()
        .map(|(reason, charts)| format!("{reason}: {}", charts.join(" ")))
        .collect();
    insta::assert_snapshot!("missing_charts", rows.join("\n"));
}
