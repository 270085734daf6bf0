//! Totals of the whole range and distributions over it, against the number of events in it.

use std::collections::BTreeMap;

use server::demo::sim::{Fleet, PodTruth, Truth, WorkloadTruth};

use super::{Count, MANY, SCRAPE, Tally, bucket, lost, unborn_at};
use crate::proof::ask::{Answer, Frame};
use crate::proof::calc::Look;
use crate::proof::world::{Labels, bounds};

/// Panels that are told at the range's end alone.
pub const TOTALS: &[(&str, Count)] = &[
    ("vllm.succeeded", |t, _| {
        engines(t, |pod| super::ended(pod, &["stop", "length"]))
    }),
    ("vllm.failed", |t, _| {
        engines(t, |pod| super::ended(pod, &["error", "abort"]))
    }),
    ("vllm.prompt_tokens_total", |t, _| {
        engines(t, |pod| pod.prompt_tokens as f64)
    }),
    ("vllm.generation_tokens_total", |t, _| {
        engines(t, |pod| pod.generation_tokens as f64)
    }),
    ("ovms.succeeded", |t, _| {
        super::workload(t, "nomic-embed-text", &["stop"])
    }),
    ("ovms.failed", |t, _| super::workload(t, "nomic-embed-text", &["error"])),
    ("mlserver.succeeded", |t, _| super::workload(t, "fraud-xgb", &["stop"])),
    ("mlserver.failed", |t, _| super::workload(t, "fraud-xgb", &["error"])),
    ("litellm.spend_total", |t, _| {
        t.keys.values().map(|key| key.spend_usd).sum()
    }),
];

/// What each of a pod's events took.
type OfPod = fn(&PodTruth) -> &Vec<f64>;

/// Distributions over the range, all models in one: the panel, the exporter's metric, what each event took.
pub const BARS: &[(&str, &str, OfPod)] = &[("vllm.e2e_distribution", "vllm:e2e_request_latency_seconds", |pod| {
    &pod.e2e_s
})];

/// Of the engines that speak vLLM's metrics.
pub fn engines(truth: &Truth, count: fn(&PodTruth) -> f64) -> f64 {
    workloads(truth)
        .flat_map(|workload| workload.pods.values())
        .map(count)
        .sum()
}

fn workloads(truth: &Truth) -> impl Iterator<Item = &WorkloadTruth> {
    const ENGINES: [&str; 5] = ["granite-33-8b", "mistral-7b", "qwen-coder-7b", "llama-31-8b", "phi-4"];
    ENGINES.iter().filter_map(|name| truth.workloads.get(*name))
}

/// How many events lie in the buckets that end at `high`; engines of other versions have other buckets.
fn in_buckets(truth: &Truth, metric: &str, took: fn(&PodTruth) -> &Vec<f64>, high: f64) -> f64 {
    let of_workload = |workload: &WorkloadTruth| {
        let bounds = bounds(metric, workload.model == "mistral-7b");
        let all = workload.pods.values().flat_map(took);
        all.filter(|took| bucket(&bounds, **took).1.total_cmp(&high).is_eq())
            .count()
    };
    workloads(truth).map(of_workload).sum::<usize>() as f64
}

/// The range with what happened in it: all of it, what was scraped, and what was lost with a process.
struct Whole {
    from: f64,
    to: f64,
    all: Truth,
    seen: Truth,
    unseen: Truth,
}

impl Whole {
    /// How much of what happened a total may show, and how little.
    fn bounds(&self, fleet: &Fleet, count: &dyn Fn(&Truth) -> f64) -> (f64, f64, f64) {
        let (all, seconds) = (count(&self.all), self.to - self.from);
        let unborn = if all > 0.0 {
            unborn_at(fleet, self.from, self.to, count)
        } else {
            0.0
        };
        let least = count(&self.seen) - count(&self.unseen) - unborn;
        (least, all, all * seconds / (seconds - 2.0 * SCRAPE))
    }
}

fn check(tally: &mut Tally, panel: &'static str, labels: &Labels, got: f64, (least, all, most): (f64, f64, f64)) {
    tally.met(panel, all >= MANY);
    let far = all >= MANY && (got / all - 1.0).abs() > super::CLOSE;
    if got < least - 1e-6 * all || got > most + 1e-6 * all || far {
        let fault = format!("{panel} {labels:?}: {got} shown, {all} happened, {least}..{most} possible");
        tally.faults.push(fault);
    }
}

pub fn totals(fleet: &Fleet, answers: &BTreeMap<String, Answer>, look: &Look<'_>, tally: &mut Tally) {
    let to = look.at.last().copied().unwrap_or_default() as f64;
    let from = to - look.range as f64;
    let whole = Whole {
        from,
        to,
        all: fleet.truth(from, to),
        seen: fleet.truth(from + SCRAPE, to - SCRAPE),
        unseen: fleet.truth(lost() - SCRAPE, lost()),
    };
    let last = |frame: &Frame| frame.values().last().copied().flatten();
    for (panel, count) in TOTALS {
        for frame in &answers[*panel].frames {
            let Some(got) = last(frame) else { continue };
            let bounds = whole.bounds(fleet, &|truth| count(truth, &frame.labels));
            check(tally, panel, &frame.labels, got, bounds);
        }
    }
    for (panel, metric, took) in BARS {
        for frame in &answers[*panel].frames {
            let Some(got) = last(frame) else { continue };
            let high: f64 = frame.labels["le"].parse().expect("a bound is a number");
            let bounds = whole.bounds(fleet, &|truth| in_buckets(truth, metric, *took, high));
            check(tally, panel, &frame.labels, got, bounds);
        }
    }
}
