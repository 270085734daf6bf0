//! Ratios of rates, against the events above and below the line. Each side is known as well as a rate is, so the ratio lies
//! between the least of one over the most of the other and the other way round.

use std::collections::BTreeMap;

use server::demo::sim::{Fleet, Truth};

use super::{SCRAPE, Tally, Window, unborn, windows};
use crate::proof::ask::Answer;
use crate::proof::world::Labels;

/// What each of the series counts that a side adds up, by its name: each of them is born by itself.
type Series = BTreeMap<String, f64>;
type Side = fn(&Truth, &Labels) -> Series;

/// The panel, the query, what stands above the line and what below.
pub const SHARES: &[(&str, usize, Side, Side)] = &[
    (
        "vllm.error_ratio",
        0,
        |t, l| reasons(t, l, |reason| ["error", "abort"].contains(&reason)),
        |t, l| reasons(t, l, |_| true),
    ),
    (
        "vllm.mean_response_time",
        0,
        |t, l| one(super::samples(t, l, |pod| &pod.e2e_s).iter().sum()),
        |t, l| one(super::samples(t, l, |pod| &pod.e2e_s).len() as f64),
    ),
    (
        "gateway.error_ratio",
        0,
        |t, _| responses(t, "5"),
        |t, _| responses(t, ""),
    ),
    (
        "resources.throttling",
        0,
        |t, l| one(super::container(t, l, |container| container.cpu_periods_throttled)),
        |t, l| one(super::container(t, l, |container| container.cpu_periods)),
    ),
];

fn one(count: f64) -> Series {
    Series::from([(String::new(), count)])
}

/// The model's finished requests, by pod and reason.
fn reasons(truth: &Truth, labels: &Labels, wanted: fn(&str) -> bool) -> Series {
    let model = &labels["model_name"];
    let theirs = truth.workloads.values().filter(|workload| workload.model == *model);
    let mut series = Series::new();
    for (name, pod) in theirs.flat_map(|workload| &workload.pods) {
        for (reason, count) in pod.finished.iter().filter(|(reason, _)| wanted(reason)) {
            series.insert(format!("{name} {reason}"), *count as f64);
        }
    }
    series
}

fn responses(truth: &Truth, class: &str) -> Series {
    let mut series = Series::new();
    for (name, gateway) in &truth.gateways {
        for (code, count) in gateway.responses.iter().filter(|(code, _)| code.starts_with(class)) {
            series.insert(format!("{name} {code}"), *count as f64);
        }
    }
    series
}

/// The least and the most that the counters of a side can have grown by, as far as the window's scrapes tell.
fn bounds(fleet: &Fleet, window: &Window, side: Side, labels: &Labels) -> (f64, f64) {
    let (mut least, mut most) = (0.0, 0.0);
    for (name, count) in side(&window.whole, labels) {
        let of = |truth: &Truth| side(truth, labels).get(&name).copied().unwrap_or_default();
        let unseen = window.unseen.as_ref().map_or(0.0, of);
        least += (of(&window.seen) - unseen - unborn(fleet, window, &of)).max(0.0);
        most += count * window.seconds / (window.seconds - 2.0 * SCRAPE);
    }
    (least, most)
}

pub fn shares(fleet: &Fleet, answers: &BTreeMap<String, Answer>, tally: &mut Tally) {
    for (panel, query, above, below) in SHARES {
        let answer = &answers[*panel];
        let windows = windows(fleet, answer);
        for frame in answer.frames.iter().filter(|frame| frame.query == *query) {
            let values = frame.values();
            for window in &windows {
                let Some(got) = values[window.at].filter(|got| got.is_finite()) else {
                    continue;
                };
                let (few, many) = bounds(fleet, window, *above, &frame.labels);
                let (least, most) = bounds(fleet, window, *below, &frame.labels);
                if least == 0.0 {
                    continue;
                }
                tally.met(panel, false);
                let (low, high) = (few / most, many / least);
                if got < low - 1e-6 * high || got > high + 1e-6 * high {
                    tally.faults.push(format!(
                        "{panel} {:?} window {}: {got} shown, {low}..{high} possible",
                        frame.labels, window.at
                    ));
                }
            }
        }
    }
}
