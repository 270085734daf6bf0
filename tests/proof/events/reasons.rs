//! Which panels are compared with the simulation's events and how; and why the others are not.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use catalog::Catalog;

use super::means::MEANS;
use super::shares::SHARES;
use super::totals::{BARS, TOTALS};
use super::{DISTRIBUTIONS, RATES};
use crate::proof::catalogue;

/// Panels, by id or by the part before the dot, for which the simulation tells no events, and why. All of them have the
/// first proof: the value that follows from the raw samples.
const NO_EVENT_TRUTH: &[(&str, &str)] = &[
    (
        "amd",
        "readings of a card that the simulation makes up at each scrape; nothing happens between two of them",
    ),
    (
        "gaudi",
        "readings of a card that the simulation makes up at each scrape; nothing happens between two of them",
    ),
    (
        "gpu",
        "readings of a card that follow from its load at the scrape; its load and power, which are kept, are compared",
    ),
    ("host", "the host's own counters are made of the clock, not of requests"),
    (
        "drift",
        "scores that another program works out and the simulation makes up",
    ),
    (
        "responsible",
        "scores that another program works out and the simulation makes up",
    ),
    ("guard", "the detectors' counts are not kept by time"),
    ("load_tests", "records of a finished run, each a constant"),
    (
        "queues",
        "quotas and pending workloads are constants of the simulated cluster",
    ),
    (
        "disagg",
        "the simulated fleet serves prefill and decode together; the lab has both apart",
    ),
    ("overview.ttft", "the highest of vllm.ttft, which is compared"),
    ("overview.kv_cache", "the highest of vllm.kv_cache, which is compared"),
    (
        "overview.gpus_busy",
        "how many of gpu.utilization, which is compared, are above a bound",
    ),
    (
        "epp",
        "the router's own gauges and sizes; the simulation keeps its requests, picks and decisions, which are compared",
    ),
    (
        "gateway",
        "flags, latencies and calls are not kept by time; responses and tokens, which are, are compared",
    ),
    (
        "litellm",
        "by model or error, which the simulation does not keep of a key; requests, tokens and spend are compared",
    ),
    (
        "mlserver",
        "the simulation keeps requests and failures, which are compared, and no queues or status codes",
    ),
    (
        "ovms",
        "the simulation keeps requests and failures, which are compared, and nothing of the server's inside",
    ),
    (
        "runtimes.duration",
        "each runtime measures another part of a request; the simulation keeps the whole",
    ),
    (
        "resources",
        "states and limits of the simulated cluster, constant between changes",
    ),
    (
        "vllm",
        "the simulation keeps requests, tokens, times and queues of an engine, which are compared; the rest follows from them",
    ),
];

/// By panel, the ways in which its queries are compared.
pub fn compared() -> BTreeMap<&'static str, String> {
    let rates = RATES
        .iter()
        .map(|(panel, query, ..)| (*panel, format!("query {query}: events of each window")));
    let quantiles = DISTRIBUTIONS
        .iter()
        .map(|(panel, ..)| (*panel, "each event of a window, within its bucket".to_owned()));
    let totals = TOTALS
        .iter()
        .map(|(panel, ..)| (*panel, "events of the range".to_owned()));
    let bars = BARS
        .iter()
        .map(|(panel, ..)| (*panel, "events of the range in each bucket".to_owned()));
    let shares = SHARES.iter().map(|(panel, query, ..)| {
        (
            *panel,
            format!("query {query}: events above and below the line in each window"),
        )
    });
    let means = MEANS
        .iter()
        .map(|(panel, query, _)| (*panel, format!("query {query}: mean over the range")));
    let all = rates
        .chain(quantiles)
        .chain(totals)
        .chain(bars)
        .chain(shares)
        .chain(means);
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
         of the event; a mean of a gauge within 2 % and four standard errors of its scrapes.\n\n\
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
