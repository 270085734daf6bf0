//! Totals of the whole range and distributions over it, against the number of events in it.

use std::collections::BTreeMap;

use server::demo::sim::{Fleet, Served, Truth};

use super::select::{ended, engine_pods, models, served, workload};
use super::{Count, MANY, SCRAPE, Tally, bucket, life, lost};
use crate::proof::ask::{Answer, Frame};
use crate::proof::calc::Look;
use crate::proof::world::{Labels, bounds};

/// Panels that are told at the range's end alone.
pub const TOTALS: &[(&str, Count)] = &[
    ("vllm.succeeded", |t, _| {
        engine_pods(t).map(|pod| ended(pod, &["stop", "length"])).sum()
    }),
    ("vllm.failed", |t, _| {
        engine_pods(t).map(|pod| ended(pod, &["error", "abort"])).sum()
    }),
    ("vllm.prompt_tokens_total", |t, _| {
        engine_pods(t).map(|pod| pod.prompt_tokens as f64).sum()
    }),
    ("vllm.generation_tokens_total", |t, _| {
        engine_pods(t).map(|pod| pod.generation_tokens as f64).sum()
    }),
    ("ovms.succeeded", |t, _| workload(t, "nomic-embed-text", &["stop"])),
    ("ovms.failed", |t, _| workload(t, "nomic-embed-text", &["error"])),
    ("mlserver.succeeded", |t, _| workload(t, "fraud-xgb", &["stop"])),
    ("mlserver.failed", |t, _| workload(t, "fraud-xgb", &["error"])),
    ("resources.restarts", |t, _| {
        t.containers.values().map(|container| container.restarts as f64).sum()
    }),
    // Watt-hours of the whole cards; slices share theirs.
    ("gpu.energy_total", |t, _| {
        let cards = super::moment::cards(t).into_values();
        cards.map(|gpu| gpu.mean_power_w).sum::<f64>() * (t.to - t.from) / 3600.0
    }),
    ("litellm.spend_total", |t, _| {
        t.keys.values().map(|key| key.spend_usd).sum()
    }),
];

/// What is told of each ended request.
type OfServed = fn(&Served) -> f64;

/// Distributions over the range, all models in one: the panel, the exporter's metric, what it tells of a request.
pub const BARS: &[(&str, &str, OfServed)] = &[
    (
        "vllm.e2e_distribution",
        "vllm:e2e_request_latency_seconds",
        Served::e2e_s,
    ),
    ("vllm.prompt_length", "vllm:request_prompt_tokens", |served| {
        served.prompt.into()
    }),
    ("vllm.generation_length", "vllm:request_generation_tokens", |served| {
        served.generated.into()
    }),
];

/// How many events lie in the buckets that end at `high`; engines of other versions have other buckets.
fn in_buckets(truth: &Truth, metric: &str, of: OfServed, high: f64) -> f64 {
    let of_model = |model: &str| {
        let bounds = bounds(metric, model == "mistral-7b");
        let all = served(truth, model).map(of);
        all.filter(|value| bucket(&bounds, *value).1.total_cmp(&high).is_eq())
            .count()
    };
    models(truth).map(of_model).sum::<usize>() as f64
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
            life(fleet, self.from, self.to, count).unborn
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
    for (panel, metric, of) in BARS {
        for frame in &answers[*panel].frames {
            let Some(got) = last(frame) else { continue };
            let high: f64 = frame.labels["le"].parse().expect("a bound is a number");
            let bounds = whole.bounds(fleet, &|truth| in_buckets(truth, metric, *of, high));
            check(tally, panel, &frame.labels, got, bounds);
        }
    }
}
