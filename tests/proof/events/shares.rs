//! Ratios of rates and means, against the events above and below the line. Each side is known as well as a rate is, so the
//! ratio lies between the least of one over the most of the other and the other way round.

use std::collections::BTreeMap;

use server::demo::sim::{PodTruth, Served, Truth};

use super::distributions::{decode, prefill};
use super::select::{FRAUD, NOMIC, all_finished, container, detector, model, pod, routers, served, workload_pods};
use super::{CLOSE, Series, Tally, Windows, bounds, one};
use crate::proof::ask::Answer;
use crate::proof::world::Labels;

type Side = fn(&Truth, &Labels) -> Series;

/// The panel, the query, what stands above the line and what below.
pub const SHARES: &[(&str, usize, Side, Side)] = &[
    (
        "vllm.error_ratio",
        0,
        |t, l| reasons(t, l, |reason| ["error", "abort"].contains(&reason)),
        |t, l| reasons(t, l, |_| true),
    ),
    ("vllm.http_error_ratio", 0, http_errors, |t, l| {
        let mut all = http_errors(t, l);
        let good = pod(t, l, |pod| all_finished(pod) - pod.finished["error"] as f64);
        all.insert("2xx".to_owned(), good);
        all
    }),
    ("vllm.mean_response_time", 0, |t, l| added(t, l, Served::e2e_s), ended),
    ("vllm.prefill_decode", 0, |t, l| added(t, l, prefill), ended),
    ("vllm.prefill_decode", 1, |t, l| added(t, l, decode), ended),
    (
        "vllm.mean_lengths",
        0,
        |t, l| added(t, l, |served| served.prompt.into()),
        ended,
    ),
    (
        "vllm.mean_lengths",
        1,
        |t, l| added(t, l, |served| served.generated.into()),
        ended,
    ),
    // One sequence for each request: it is the longest one.
    (
        "vllm.max_generation",
        0,
        |t, l| added(t, l, |served| served.generated.into()),
        ended,
    ),
    (
        "vllm.max_generation",
        1,
        |t, l| added(t, l, |served| served.max_tokens.into()),
        ended,
    ),
    ("vllm.sequences", 0, ended, ended),
    (
        "vllm.iteration_tokens",
        0,
        |t, l| one(model(t, l, |pod| (pod.prompt_tokens + pod.generation_tokens) as f64)),
        |t, l| one(model(t, l, |pod| pod.steps as f64)),
    ),
    (
        "vllm.prefix_hit_rate",
        0,
        |t, l| one(model(t, l, |pod| pod.prefix_hit_tokens as f64)),
        |t, l| one(model(t, l, |pod| pod.prefix_queried_tokens as f64)),
    ),
    (
        "epp.error_ratio",
        0,
        |t, _| one(routers(t, |router| router.errors as f64)),
        |t, _| one(routers(t, |router| router.requests as f64)),
    ),
    (
        "epp.prefix_hit_ratio",
        0,
        |t, _| {
            one(routers(t, |router| {
                let hits = router.decisions.iter();
                hits.map(|made| f64::from(made.matched) / f64::from(made.prompt)).sum()
            }))
        },
        |t, _| one(routers(t, |router| router.requests as f64)),
    ),
    // Four bytes a token.
    (
        "epp.prefix_hit_bytes",
        0,
        |t, _| {
            one(routers(t, |router| {
                router.decisions.iter().map(|made| 4.0 * f64::from(made.matched)).sum()
            }))
        },
        |t, _| one(routers(t, |router| router.requests as f64)),
    ),
    (
        "gateway.error_ratio",
        0,
        |t, _| responses(t, "5"),
        |t, _| responses(t, ""),
    ),
    (
        "guard.block_ratio",
        0,
        |t, l| one(detector(t, l, |seen| seen.detections as f64)),
        |t, l| one(detector(t, l, |seen| seen.requests as f64)),
    ),
    (
        "guard.runtime",
        0,
        |t, l| one(detector(t, l, |seen| seen.seconds)),
        |t, l| one(detector(t, l, |seen| seen.requests as f64)),
    ),
    (
        "ovms.mean_request_time",
        0,
        |t, _| each(t, NOMIC, Served::e2e_s),
        |t, _| each(t, NOMIC, |_| 1.0),
    ),
    // Content within 67 ms, half of it within 219 ms: bounds of the exporter.
    (
        "ovms.apdex",
        0,
        |t, _| {
            each(t, NOMIC, |served| match served.e2e_s() {
                ..=0.067_466 => 1.0,
                ..=0.218_591 => 0.5,
                _ => 0.0,
            })
        },
        |t, _| each(t, NOMIC, |_| 1.0),
    ),
    // Without the wait for a worker.
    (
        "mlserver.request_time",
        0,
        |t, _| each(t, FRAUD, |served| served.e2e_s() - served.queue_s()),
        |t, _| each(t, FRAUD, |_| 1.0),
    ),
    ("runtimes.duration", 0, durations, requests),
    ("runtimes.duration", 1, durations, requests),
    ("runtimes.duration", 2, durations, requests),
    ("runtimes.duration", 3, durations, requests),
    ("runtimes.duration", 4, durations, requests),
    (
        "resources.throttling",
        0,
        |t, l| one(container(t, l, |container| container.cpu_periods_throttled)),
        |t, l| one(container(t, l, |container| container.cpu_periods)),
    ),
];

/// Over the model's ended requests.
fn added(truth: &Truth, labels: &Labels, value: fn(&Served) -> f64) -> Series {
    one(served(truth, &labels["model_name"]).map(value).sum())
}

fn ended(truth: &Truth, labels: &Labels) -> Series {
    added(truth, labels, |_| 1.0)
}

/// Over the workload's ended requests.
fn each(truth: &Truth, workload: &str, value: fn(&Served) -> f64) -> Series {
    let served = workload_pods(truth, workload).flat_map(|pod| &pod.served);
    one(served.map(value).sum())
}

fn durations(truth: &Truth, labels: &Labels) -> Series {
    one(pod(truth, labels, |pod| pod.e2e_s.iter().sum()))
}

fn requests(truth: &Truth, labels: &Labels) -> Series {
    one(pod(truth, labels, all_finished))
}

/// The API server's answers that are none, by class.
fn http_errors(truth: &Truth, labels: &Labels) -> Series {
    let refused: fn(&PodTruth) -> f64 = |pod| pod.rejected as f64;
    let failed: fn(&PodTruth) -> f64 = |pod| pod.finished["error"] as f64;
    [("4xx", refused), ("5xx", failed)]
        .map(|(class, count)| (class.to_owned(), pod(truth, labels, count)))
        .into()
}

/// The model's finished requests, by pod and reason.
fn reasons(truth: &Truth, labels: &Labels, wanted: fn(&str) -> bool) -> Series {
    let mut series = Series::new();
    for (name, pod) in super::select::pods_of(truth, &labels["model_name"]) {
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

pub fn shares(answers: &BTreeMap<String, Answer>, windows: &mut Windows<'_>, tally: &mut Tally) {
    for (panel, query, above, below) in SHARES {
        let answer = &answers[*panel];
        let (fleet, windows) = (windows.fleet, windows.of(answer));
        for frame in answer.frames.iter().filter(|frame| frame.query == *query) {
            let values = frame.values();
            for window in windows.iter() {
                let Some(got) = values[window.at].filter(|got| got.is_finite()) else {
                    continue;
                };
                let range = |young| {
                    let (few, part, many) = bounds(fleet, window, &|truth| above(truth, &frame.labels), young);
                    let (least, all, most) = bounds(fleet, window, &|truth| below(truth, &frame.labels), young);
                    (few / most, many / least, part, all)
                };
                let within =
                    |(low, high, ..): (f64, f64, f64, f64)| got >= low - 1e-6 * high && got <= high * (1.0 + 1e-6);
                let (low, high, part, all) = range(false);
                if !high.is_finite() {
                    continue;
                }
                let many = window.many(all);
                tally.met(panel, many);
                let far = many && (got - part / all).abs() > CLOSE * part / all;
                if !(within((low, high, part, all)) || within(range(true))) || far {
                    tally.faults.push(format!(
                        "{panel} query {query} {:?} window {}: {got} shown, {} happened, {low}..{high} possible",
                        frame.labels,
                        window.at,
                        part / all
                    ));
                }
            }
        }
    }
}
