//! Which panels are compared with the simulation's events and how; and why the others are not.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use catalog::Catalog;

use super::distributions::{DISTRIBUTIONS, HIGHEST};
use super::instants::{INSTANTS, UPTIME};
use super::means::MEANS;
use super::rates::{COUNTS, RATES, SUMS};
use super::runs::RUNS;
use super::shares::SHARES;
use super::totals::{BARS, TOTALS};
use crate::proof::catalogue;

/// Panels, by id or by the part before the dot, for which the simulation tells no events, and why. All of them have the
/// first proof: the value that follows from the raw samples.
const NO_EVENT_TRUTH: &[(&str, &str)] = &[
    (
        "amd",
        "made of the card's load at the scrape, or constants of it; its load, power, energy, memory and last error are compared",
    ),
    (
        "gaudi",
        "made of the card's load at the scrape, or constants of it; its load, power, energy and memory are compared",
    ),
    (
        "gpu",
        "made of the card's load at the scrape, or constants of it; its load, power, energy, memory and last error are compared",
    ),
    ("host", "made of the clock: nothing happens on the simulated host"),
    (
        "drift",
        "distances between two samples by formulas of the watcher, which a truth would only repeat",
    ),
    (
        "drift.latency",
        "the slope of a percentile that the watcher works out anew every five minutes; mlserver.rest_time compares the times",
    ),
    (
        "load_tests.tt_ack",
        "made by a rule of thumb: no simulated server acknowledges a request before it answers",
    ),
    ("queues", "the simulated cluster has no Kueue"),
    (
        "disagg",
        "the simulated fleet serves prefill and decode together; the lab has both apart",
    ),
    (
        "epp",
        "the simulated picker has no flow control, objectives, rewriting or disaggregation, looks into no answer, never fails to poll, and writes nothing of these",
    ),
    ("mlserver.grpc", "nobody calls the simulated server by gRPC"),
    (
        "ovms",
        "the simulated server runs no graphs and writes nothing of its slots",
    ),
    ("ovms.streams", "a setting of the server"),
    (
        "resources",
        "what specifications ask for and allow: nothing happens to it",
    ),
    ("vllm.draft_acceptance", NO_DRAFTS),
    ("vllm.draft_length", NO_DRAFTS),
    ("vllm.draft_positions", NO_DRAFTS),
    ("vllm.external_hit_rate", "no simulated engine has a KV connector"),
    ("vllm.kv_offload", "no simulated engine offloads its cache"),
    ("vllm.kv_offload_time", "no simulated engine offloads its cache"),
    (
        "vllm.multimodal_hit_rate",
        "nobody sends images to the simulated engines",
    ),
    (
        "vllm.staleness",
        "the age of a scrape, and the tests themselves scrape the fleet",
    ),
];
const NO_DRAFTS: &str = "no simulated engine decodes speculatively";

/// By panel, the ways in which its queries are compared.
pub fn compared() -> BTreeMap<&'static str, String> {
    let query = |query: usize, how: &str| format!("query {query}: {how}");
    let rates = RATES.iter().map(|(panel, at, ..)| (*panel, *at));
    let counts = COUNTS.iter().map(|(panel, at, _)| (*panel, *at));
    let sums = SUMS.iter().map(|(panel, at, ..)| (*panel, *at));
    let rates = rates
        .chain(counts)
        .chain(sums)
        .map(|(panel, at)| (panel, query(at, "events of each window")));
    let quantiles = DISTRIBUTIONS.iter().map(|of| of.panel).chain([HIGHEST]);
    let quantiles = quantiles.map(|panel| (panel, "each event of a window, within its bucket".to_owned()));
    let totals = TOTALS
        .iter()
        .map(|(panel, ..)| (*panel, "events of the range".to_owned()));
    let bars = BARS
        .iter()
        .map(|(panel, ..)| (*panel, "events of the range in each bucket".to_owned()));
    let shares = SHARES
        .iter()
        .map(|(panel, at, ..)| (*panel, query(*at, "events above and below the line in each window")));
    let means = MEANS
        .iter()
        .map(|(panel, at, _)| (*panel, query(*at, "mean over the range")));
    let instants = INSTANTS
        .iter()
        .map(|(panel, at, ..)| (*panel, query(*at, "what held at a scrape")));
    let uptime = [(UPTIME, "what held at each scrape".to_owned())];
    let runs = RUNS
        .iter()
        .map(|(panel, _)| (*panel, "requests of each run".to_owned()));
    let all = rates
        .chain(quantiles)
        .chain(totals)
        .chain(bars)
        .chain(shares)
        .chain(means)
        .chain(instants)
        .chain(uptime)
        .chain(runs);
    all.fold(BTreeMap::new(), |mut compared: BTreeMap<_, String>, (panel, how)| {
        let known = compared.entry(panel).or_default();
        let comma = if known.is_empty() { "" } else { "; " };
        *known += &format!("{comma}{how}");
        compared
    })
}

fn reason(panel: &str) -> Option<&'static str> {
    let part = panel.split_once('.').map_or(panel, |(part, _)| part);
    let exact = NO_EVENT_TRUTH.iter().find(|(known, _)| *known == panel);
    let found = exact.or_else(|| NO_EVENT_TRUTH.iter().find(|(known, _)| *known == part));
    found.map(|(_, reason)| *reason)
}

/// For the documentation: every panel with its second proof or the reason why it has none.
pub fn table(catalog: &Catalog) -> String {
    let compared = compared();
    let all = catalog.panels().count();
    let mut text = format!(
        "## What happened, and what the panels show of it\n\n\
         {} of the {all} panels are compared with what happened in the simulated fleet, too, event by event: a rate or a total within\n\
         what the scrapes of its window can have seen, and within 2 % where 10,000 events are in it; a quantile within the bucket\n\
         of the event; a mean of a gauge within 2 % and four standard errors of its scrapes; a gauge at a scrape as it was then;\n\
         the record of a load test as its requests make it.\n\n\
         | panel | compared with |\n|---|---|\n",
        compared.len()
    );
    let line = |text: &mut String, panel: &str, what: &str| {
        let _ = writeln!(text, "| {panel} | {what} |");
    };
    for (panel, how) in &compared {
        line(&mut text, panel, how);
    }
    text += "\nThe others are not, with the reason:\n\n| panels | number | reason |\n|---|---|---|\n";
    let mut others: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for panel in catalog
        .panels()
        .filter(|panel| !compared.contains_key(panel.id.as_str()))
    {
        let id = panel.id.as_str();
        let exact = NO_EVENT_TRUTH.iter().any(|(known, _)| *known == id);
        let named = if exact {
            id
        } else {
            id.split_once('.').map_or(id, |(part, _)| part)
        };
        *others.entry((named, reason(id).unwrap_or_default())).or_default() += 1;
    }
    for ((panels, reason), number) in others {
        line(&mut text, panels, &format!("{number} | {reason}"));
    }
    text
}

#[test]
fn every_panel_is_compared_with_events_or_says_why_not() {
    let (catalog, compared) = (catalogue(), compared());
    let mut faults = Vec::new();
    for panel in catalog.panels() {
        let id = panel.id.as_str();
        let excused = NO_EVENT_TRUTH.iter().any(|(known, _)| *known == id);
        match (compared.contains_key(id), reason(id)) {
            (false, None) => faults.push(format!("{id} is neither compared nor excused")),
            (true, _) if excused => faults.push(format!("{id} is compared and excused")),
            _ => {}
        }
    }
    for id in compared.keys().filter(|id| catalog.panel(id).is_none()) {
        faults.push(format!("{id} is compared and no panel"));
    }
    let idle = NO_EVENT_TRUTH.iter().filter(|(known, _)| {
        let mut left = catalog
            .panels()
            .map(|panel| panel.id.as_str())
            .filter(|id| !compared.contains_key(id));
        !left.any(|id| id == *known || id.split_once('.').is_some_and(|(part, _)| part == *known))
    });
    faults.extend(idle.map(|(known, _)| format!("{known} excuses nothing")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
