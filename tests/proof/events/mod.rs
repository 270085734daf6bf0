//! The second truth: what happened in the simulation, event by event, against what panels show of it.
//!
//! A counter is known at its scrapes alone. Within a window it has seen at least what lies between the window's first and
//! last scrape, and at most the whole window; what it saw is then stretched to the window's ends. A number outside of these
//! bounds is wrong. Where 10,000 events and more lie in the window, one that is more than 2 % off is wrong, too, unless what
//! is stretched is itself more than 2 % of the window.

mod means;
mod reasons;
mod shares;
mod totals;

use std::collections::BTreeMap;

use anyhow::Result;
use server::demo::sim::{ContainerTruth, Fleet, PodTruth, Truth};

use super::ask::{Answer, Range, Server};
use super::store::{Generation, store};
use super::world::{Labels, sim};
use super::{FLEET, catalogue, look};
pub use reasons::table;

const SCRAPE: f64 = 30.0;
const MANY: f64 = 10_000.0;
const CLOSE: f64 = 0.02;

/// How many events a series of the panel counts.
type Count = fn(&Truth, &Labels) -> f64;
/// What each of the events of a series took, in the panel's unit.
type Samples = fn(&Truth, &Labels) -> Vec<f64>;

/// Rates by query: the panel, the query, what one unit of a second is, the events.
const RATES: &[(&str, usize, f64, Count)] = &[
    ("overview.requests", 0, 1.0, |t, _| all_answered(t)),
    ("vllm.requests", 0, 1.0, |t, l| finished(t, l, &["stop", "length"])),
    ("vllm.finish_reasons", 0, 1.0, |t, l| {
        finished(t, l, &[&l["finished_reason"]])
    }),
    ("vllm.generation_tokens", 0, 1.0, |t, l| {
        model(t, l, |pod| pod.generation_tokens as f64)
    }),
    ("vllm.token_throughput", 0, 1.0, |t, l| {
        model(t, l, |pod| pod.prompt_tokens as f64)
    }),
    ("vllm.token_throughput", 1, 1.0, |t, l| {
        model(t, l, |pod| pod.generation_tokens as f64)
    }),
    ("vllm.preemptions", 0, 1.0, |t, l| {
        pod(t, l, |pod| pod.preemptions as f64)
    }),
    ("epp.requests", 0, 1.0, |t, _| routers(t, |router| router.requests)),
    ("gateway.requests", 0, 1.0, |t, l| {
        t.gateways
            .values()
            .filter_map(|gateway| gateway.responses.get(&l["response_code"]))
            .sum::<u64>() as f64
    }),
    ("gateway.tokens", 0, 1.0, |t, l| {
        t.gateways
            .values()
            .filter_map(|gateway| gateway.tokens.get(&l["subscription"]))
            .sum::<u64>() as f64
    }),
    ("litellm.keys", 0, 1.0, |t, l| {
        let key = &t.keys[&l["api_key_alias"]];
        (key.answered + key.failed) as f64
    }),
    ("litellm.tokens", 0, 1.0, |t, l| {
        team(t, l, |key| (key.prompt_tokens + key.generation_tokens) as f64)
    }),
    // Dollars an hour.
    ("litellm.spend", 0, 3600.0, |t, l| team(t, l, |key| key.spend_usd)),
    ("ovms.requests", 0, 1.0, |t, _| {
        workload(t, "nomic-embed-text", &["stop"])
    }),
    ("ovms.failures", 0, 1.0, |t, _| {
        workload(t, "nomic-embed-text", &["error"])
    }),
    ("mlserver.requests", 0, 1.0, |t, _| workload(t, "fraud-xgb", &["stop"])),
    ("mlserver.failures", 0, 1.0, |t, _| workload(t, "fraud-xgb", &["error"])),
    ("runtimes.requests", 0, 1.0, |t, l| pod(t, l, all_finished)),
    ("runtimes.requests", 1, 1.0, |t, l| pod(t, l, all_finished)),
    ("runtimes.requests", 2, 1.0, |t, l| {
        pod(t, l, |pod| pod.finished["stop"] as f64)
    }),
    ("runtimes.requests", 3, 1.0, |t, l| {
        pod(t, l, |pod| pod.finished["stop"] as f64)
    }),
    ("runtimes.requests", 4, 1.0, |t, l| pod(t, l, all_finished)),
    ("runtimes.errors", 0, 1.0, |t, l| {
        pod(t, l, |pod| pod.finished["error"] as f64)
    }),
    ("runtimes.errors", 2, 1.0, |t, l| {
        pod(t, l, |pod| pod.finished["error"] as f64)
    }),
    ("resources.cpu", 0, 1.0, |t, l| {
        container(t, l, |container| container.cpu_s)
    }),
    ("resources.network", 0, 1.0, |t, l| {
        container(t, l, |container| container.received_bytes)
    }),
    ("resources.network", 1, 1.0, |t, l| {
        container(t, l, |container| container.sent_bytes)
    }),
    ("epp.picks", 0, 1.0, |t, l| {
        let picks = t
            .routers
            .values()
            .filter_map(|router| router.picks.get(&l["endpoint_name"]));
        picks.sum::<u64>() as f64
    }),
    ("gateway.errors", 0, 1.0, |t, l| {
        let gateways = t.gateways.values();
        gateways
            .filter_map(|gateway| gateway.responses.get(&l["response_code"]))
            .sum::<u64>() as f64
    }),
];

/// Distributions: the panel, whose three queries are these quantiles; the exporter's bounds; the events.
const QUANTILES: [f64; 3] = [0.5, 0.95, 0.99];
const DISTRIBUTIONS: &[(&str, &str, Samples)] = &[
    ("vllm.ttft", "vllm:time_to_first_token_seconds", |t, l| {
        samples(t, l, |pod| &pod.ttft_s)
    }),
    ("vllm.e2e", "vllm:e2e_request_latency_seconds", |t, l| {
        samples(t, l, |pod| &pod.e2e_s)
    }),
    ("vllm.queue_time", "vllm:request_queue_time_seconds", |t, l| {
        samples(t, l, |pod| &pod.queue_s)
    }),
    ("litellm.latency", "litellm_request_total_latency_metric", |t, _| {
        t.keys.values().flat_map(|key| key.latency_s.clone()).collect()
    }),
    (
        "epp.decision_time",
        "inference_extension_scheduler_e2e_duration_seconds",
        |t, _| {
            t.routers
                .values()
                .flat_map(|router| router.decision_s.clone())
                .collect()
        },
    ),
];

fn all_finished(pod: &PodTruth) -> f64 {
    pod.finished.values().sum::<u64>() as f64
}

fn ended(pod: &PodTruth, reasons: &[&str]) -> f64 {
    reasons
        .iter()
        .filter_map(|reason| pod.finished.get(*reason))
        .sum::<u64>() as f64
}

fn model(truth: &Truth, labels: &Labels, count: fn(&PodTruth) -> f64) -> f64 {
    let theirs = truth
        .workloads
        .values()
        .filter(|workload| workload.model == labels["model_name"]);
    theirs.flat_map(|workload| workload.pods.values()).map(count).sum()
}

fn finished(truth: &Truth, labels: &Labels, reasons: &[&str]) -> f64 {
    let theirs = truth
        .workloads
        .values()
        .filter(|workload| workload.model == labels["model_name"]);
    theirs
        .flat_map(|workload| workload.pods.values())
        .map(|pod| ended(pod, reasons))
        .sum()
}

fn pod(truth: &Truth, labels: &Labels, count: fn(&PodTruth) -> f64) -> f64 {
    let pods = truth
        .workloads
        .values()
        .filter_map(|workload| workload.pods.get(&labels["pod"]));
    pods.map(count).sum()
}

fn container(truth: &Truth, labels: &Labels, count: fn(&ContainerTruth) -> f64) -> f64 {
    truth.containers.get(&labels["pod"]).map_or(0.0, count)
}

fn workload(truth: &Truth, name: &str, reasons: &[&str]) -> f64 {
    truth.workloads[name].pods.values().map(|pod| ended(pod, reasons)).sum()
}

/// vLLM's, OpenVINO's and MLServer's; the overview's tile does not count the other runtimes.
fn all_answered(truth: &Truth) -> f64 {
    let counted = |name: &str| {
        let others = ["flan-t5-xl", "summarizer", "resnet-50", "nemo-8b", "churn-autogluon"];
        !others.contains(&name)
    };
    let workloads = truth.workloads.iter().filter(|(name, _)| counted(name));
    workloads
        .flat_map(|(_, workload)| workload.pods.values())
        .map(|pod| ended(pod, &["stop", "length"]))
        .sum()
}

fn routers(truth: &Truth, count: fn(&server::demo::sim::RouterTruth) -> u64) -> f64 {
    truth.routers.values().map(count).sum::<u64>() as f64
}

fn team(truth: &Truth, labels: &Labels, count: fn(&server::demo::sim::KeyTruth) -> f64) -> f64 {
    truth
        .keys
        .values()
        .filter(|key| key.team == labels["team_alias"])
        .map(count)
        .sum()
}

fn samples(truth: &Truth, labels: &Labels, of: fn(&PodTruth) -> &Vec<f64>) -> Vec<f64> {
    let theirs = truth
        .workloads
        .values()
        .filter(|workload| workload.model == labels["model_name"]);
    theirs
        .flat_map(|workload| workload.pods.values())
        .flat_map(of)
        .copied()
        .collect()
}

/// A window of the chart that lies in the simulated time, with what happened in it: in all of it, and between its scrapes.
struct Window {
    at: usize,
    seconds: f64,
    whole: Truth,
    seen: Truth,
    /// Just before a process was lost: nobody scraped it.
    unseen: Option<Truth>,
}

fn windows(fleet: &Fleet, answer: &Answer) -> Vec<Window> {
    let (began, lost) = (began(), lost());
    let seconds = answer.window_s.expect("a rate has a window") as f64;
    let frame = answer.frames.first();
    let step = frame.map_or(1.0, |frame| frame.step as f64);
    let instants = frame.map_or(0, |frame| frame.values().len());
    let instant = |at: usize| frame.map_or(0.0, |frame| frame.start as f64) + at as f64 * step;
    (0..instants)
        .filter(|at| instant(*at) - seconds >= began)
        .map(|at| {
            let (from, to) = (instant(at) - seconds, instant(at));
            Window {
                at,
                seconds,
                whole: fleet.truth(from, to),
                seen: fleet.truth(from + SCRAPE, to - SCRAPE),
                unseen: (from..to).contains(&lost).then(|| fleet.truth(lost - SCRAPE, lost)),
            }
        })
        .collect()
}

/// Some series come with their first event: what they had counted at their first scrape, nobody saw grow.
fn unborn(fleet: &Fleet, window: &Window, count: &dyn Fn(&Truth) -> f64) -> f64 {
    unborn_at(fleet, window.whole.from, window.whole.to, count)
}

fn unborn_at(fleet: &Fleet, from: f64, to: f64, count: &dyn Fn(&Truth) -> f64) -> f64 {
    let began = began();
    let counted = |at: f64| count(&fleet.truth(began, at));
    if counted(from) > 0.0 {
        return 0.0;
    }
    // What has happened grows, so that the first scrape to see any of it is found by halving.
    let scrapes: Vec<f64> = (0..)
        .map(|scrape| from + f64::from(scrape) * SCRAPE)
        .take_while(|at| *at <= to)
        .collect();
    let first = scrapes.partition_point(|at| counted(*at) <= 0.0);
    scrapes.get(first).map_or(0.0, |at| counted(*at))
}

/// When a replica was lost.
fn lost() -> f64 {
    began() + 4.0 * 3600.0
}

/// When the simulation did.
fn began() -> f64 {
    sim::RANGE.0 as f64 - 900.0
}

#[derive(Default)]
struct Tally {
    faults: Vec<String>,
    compared: usize,
    many: usize,
    panels: BTreeMap<&'static str, usize>,
}

impl Tally {
    /// One more number; `many`: of many events.
    fn met(&mut self, panel: &'static str, many: bool) {
        self.compared += 1;
        self.many += usize::from(many);
        *self.panels.entry(panel).or_default() += 1;
    }
}

fn rates(fleet: &Fleet, answers: &BTreeMap<String, Answer>, tally: &mut Tally) {
    let mut known: BTreeMap<&str, Vec<Window>> = BTreeMap::new();
    for (panel, query, unit, count) in RATES {
        let answer = &answers[*panel];
        let windows = known.entry(panel).or_insert_with(|| windows(fleet, answer));
        for frame in answer.frames.iter().filter(|frame| frame.query == *query) {
            let values = frame.values();
            for window in windows.iter() {
                let Some(rate) = values[window.at] else { continue };
                let got = rate * window.seconds / unit;
                let of = |truth: &Truth| count(truth, &frame.labels);
                let all = of(&window.whole);
                let least = of(&window.seen) - window.unseen.as_ref().map_or(0.0, of);
                let most = all * window.seconds / (window.seconds - 2.0 * SCRAPE);
                let many = all >= MANY && SCRAPE <= CLOSE * window.seconds;
                tally.met(panel, many);
                let within = |least: f64| got >= least - 1e-6 * all && got <= most + 1e-6 * all;
                let within = within(least) || within(least - unborn(fleet, window, &of));
                if !within || (many && (got / all - 1.0).abs() > CLOSE) {
                    tally.faults.push(format!(
                        "{panel} query {query} {:?} window {}: {got} shown, {all} happened, {least}..{most} possible",
                        frame.labels, window.at
                    ));
                }
            }
        }
    }
}

/// The bucket in which a value lies.
fn bucket(bounds: &[f64], value: f64) -> (f64, f64) {
    let at = bounds.partition_point(|bound| *bound < value - 1e-9 * value);
    let lower = at.checked_sub(1).map_or(0.0, |below| bounds[below]);
    (lower, bounds.get(at).copied().unwrap_or(f64::INFINITY))
}

fn distributions(fleet: &Fleet, answers: &BTreeMap<String, Answer>, tally: &mut Tally) {
    for (panel, metric, samples) in DISTRIBUTIONS {
        let answer = &answers[*panel];
        let windows = windows(fleet, answer);
        for frame in &answer.frames {
            let bounds = super::world::bounds(
                metric,
                frame.labels.get("model_name").is_some_and(|name| name == "mistral-7b"),
            );
            let values = frame.values();
            for window in &windows {
                let Some(got) = values[window.at].filter(|got| got.is_finite()) else {
                    continue;
                };
                let mut all = samples(&window.whole, &frame.labels);
                all.sort_by(f64::total_cmp);
                // What lies beyond the scrapes may move the rank by as much.
                let moved = 2.0 * SCRAPE / window.seconds + 1.0 / all.len().max(1) as f64;
                let rank = |share: f64| {
                    let at = (share.clamp(0.0, 1.0) * all.len() as f64) as usize;
                    all.get(at.min(all.len().saturating_sub(1))).copied()
                };
                let share = QUANTILES[frame.query];
                let (Some(least), Some(most)) = (rank(share - moved), rank(share + moved)) else {
                    continue;
                };
                tally.met(panel, all.len() as f64 >= MANY && SCRAPE <= CLOSE * window.seconds);
                let (low, _) = bucket(&bounds, least);
                let (_, high) = bucket(&bounds, most);
                if got < low || got > high {
                    tally.faults.push(format!(
                        "{panel} query {} {:?} window {}: {got} shown, {least} to {most} happened, in {low}..{high}",
                        frame.query, frame.labels, window.at
                    ));
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn panels_show_the_events_that_happened() -> Result<()> {
    for generation in [Generation::Two, Generation::Three] {
        let server = Server::start(&store(generation, &[&FLEET.0]).await?, catalogue(), "30s").await?;
        let panels: Vec<&str> = reasons::compared().into_keys().collect();
        let mut tally = Tally::default();
        // Windows of two hours hold many events, those of a few minutes the incidents.
        for width in [2, 30] {
            let answers = server.ask(&panels, &Range::new(sim::RANGE, width)).await?;
            let fleet = FLEET.1.lock().expect("nobody panics while holding it");
            rates(&fleet, &answers, &mut tally);
            distributions(&fleet, &answers, &mut tally);
            shares::shares(&fleet, &answers, &mut tally);
        }
        // An instant for each scrape.
        let range = Range::new(sim::RANGE, 2_000);
        let answers = server.ask(&panels, &range).await?;
        {
            let fleet = FLEET.1.lock().expect("nobody panics while holding it");
            let look = look(&FLEET.0, &range, 30, generation);
            totals::totals(&fleet, &answers, &look, &mut tally);
            means::means(&fleet, &answers, &mut tally);
        }
        server.stop().await;
        println!(
            "{generation:?}: {} numbers, {} of many events: {:?}",
            tally.compared, tally.many, tally.panels
        );
        let dark: Vec<_> = panels
            .iter()
            .filter(|panel| !tally.panels.contains_key(**panel))
            .collect();
        assert!(dark.is_empty(), "nothing happened for {dark:?}");
        assert!(tally.many > 10, "only {} numbers of many events", tally.many);
        assert!(
            tally.faults.is_empty(),
            "{} of {} are wrong:\n{}",
            tally.faults.len(),
            tally.compared,
            tally.faults.join("\n")
        );
    }
    Ok(())
}
