//! Quantiles, against each event of a window: the number lies in the bucket of an event that can have that rank.

use std::collections::BTreeMap;

use server::demo::sim::router::SCORERS;
use server::demo::sim::{Decision, PodTruth, Served, Truth};

use super::select::{FRAUD, NOMIC, pods_of, routed, routed_pods, served, workload_pods};
use super::{Tally, Window, Windows, bucket};
use crate::proof::ask::{Answer, Frame};
use crate::proof::world::{Labels, bounds};

/// Values, and how often each one happened.
type Samples = fn(&Truth, &Labels) -> Vec<(f64, f64)>;

pub struct Distribution {
    pub panel: &'static str,
    /// One for each query.
    quantiles: &'static [f64],
    /// The exporter's, which has the bounds, and what its unit is in the panel's.
    metric: &'static str,
    unit: f64,
    /// In the exporter's unit.
    samples: Samples,
}

const fn of(panel: &'static str, metric: &'static str, samples: Samples) -> Distribution {
    Distribution {
        panel,
        quantiles: &[0.5, 0.95, 0.99],
        metric,
        unit: 1.0,
        samples,
    }
}

impl Distribution {
    const fn at(self, quantiles: &'static [f64]) -> Self {
        Self { quantiles, ..self }
    }

    const fn unit(self, unit: f64) -> Self {
        Self { unit, ..self }
    }
}

const TTFT: Distribution = of("vllm.ttft", "vllm:time_to_first_token_seconds", |t, l| {
    of_pods(t, l, |pod| pod.ttft_s.clone())
});

pub const DISTRIBUTIONS: &[Distribution] = &[
    TTFT,
    of("vllm.e2e", "vllm:e2e_request_latency_seconds", |t, l| {
        of_served(t, l, |served| Some(served.e2e_s()))
    }),
    of("vllm.queue_time", "vllm:request_queue_time_seconds", |t, l| {
        of_served(t, l, |served| Some(served.queue_s()))
    }),
    of("vllm.inference_time", "vllm:request_inference_time_seconds", |t, l| {
        of_served(t, l, |served| Some(served.started.map_or(0.0, |at| served.ended - at)))
    }),
    of("vllm.prefill_time", "vllm:request_prefill_time_seconds", |t, l| {
        of_served(t, l, |served| Some(prefill(served)))
    }),
    of("vllm.decode_time", "vllm:request_decode_time_seconds", |t, l| {
        of_served(t, l, |served| Some(decode(served)))
    }),
    // A request of one token has no next one.
    of("vllm.tpot", "vllm:request_time_per_output_token_seconds", |t, l| {
        of_served(t, l, |served| {
            (served.generated > 1).then(|| decode(served) / f64::from(served.generated - 1))
        })
    }),
    of("vllm.itl", "vllm:inter_token_latency_seconds", |t, l| {
        let gaps = pods_of(t, &l["model_name"]).flat_map(|(_, pod)| &pod.token_gaps);
        gaps.map(|(gap, times)| (*gap, *times as f64)).collect()
    }),
    of(
        "vllm.prefill_computed",
        "vllm:request_prefill_kv_computed_tokens",
        |t, l| of_served(t, l, |served| Some(f64::from(served.prompt - served.cached))),
    ),
    of("litellm.latency", "litellm_request_total_latency_metric", |t, _| {
        once(t.keys.values().flat_map(|key| key.latency_s.clone()))
    }),
    of("gateway.latency", "istio_request_duration_milliseconds", |t, _| {
        let answered = t.gateways.values().flat_map(|gateway| &gateway.answered_s);
        once(answered.map(|seconds| 1e3 * seconds))
    })
    .unit(1e-3),
    of(
        "epp.decision_time",
        "inference_extension_scheduler_e2e_duration_seconds",
        |t, _| once(decisions(t).map(|made| made.seconds)),
    ),
    of("epp.plugins", "inference_extension_plugin_duration_seconds", |t, l| {
        let place = SCORERS.iter().position(|name| *name == l["plugin_name"]);
        let place = place.expect("one of the router's scorers");
        once(decisions(t).map(|made| made.scorers_s[place]))
    })
    .at(&[0.95]),
    // A request that the server refuses is back after 6 ms.
    of("epp.e2e", "inference_objective_request_duration_seconds", |t, _| {
        let refused: u64 = routed_pods(t).map(|pod| pod.rejected_routed).sum();
        let mut all = once(routed(t).map(Served::e2e_s));
        all.push((0.006, refused as f64));
        all
    }),
    of("epp.ttft", "llm_d_epp_request_ttft_seconds", |t, _| {
        once(routed(t).filter_map(|served| Some(served.first_token? - served.arrived)))
    }),
    of(
        "epp.normalised_tpot",
        "inference_objective_normalized_time_per_output_token_seconds",
        |t, _| {
            let some = routed(t).filter(|served| served.generated > 0);
            once(some.map(|served| served.e2e_s() / f64::from(served.generated)))
        },
    ),
    of("epp.input_tokens", "inference_objective_input_tokens", |t, _| {
        once(decisions(t).map(|made| f64::from(made.prompt)))
    }),
    of("epp.output_tokens", "inference_objective_output_tokens", |t, _| {
        let some = routed(t).filter(|served| served.generated > 0);
        once(some.map(|served| f64::from(served.generated)))
    }),
    of(
        "epp.cached_tokens",
        "inference_objective_prompt_cached_tokens",
        |t, _| once(routed(t).map(|served| f64::from(served.cached))),
    ),
    of("ovms.request_time", "ovms_request_time_us", |t, _| {
        microseconds(t, Served::e2e_s)
    })
    .at(&[0.5, 0.95])
    .unit(1e-6),
    of("ovms.inference_time", "ovms_inference_time_us", |t, _| {
        microseconds(t, |served| served.e2e_s() - served.queue_s())
    })
    .unit(1e-6),
    of("ovms.queue_wait", "ovms_wait_for_infer_req_time_us", |t, _| {
        microseconds(t, Served::queue_s)
    })
    .unit(1e-6),
    of("mlserver.rest_time", "rest_server_request_duration_seconds", |t, _| {
        once(workload_pods(t, FRAUD).flat_map(|pod| pod.e2e_s.clone()))
    }),
];

pub fn prefill(served: &Served) -> f64 {
    let both = served.first_token.zip(served.started);
    both.map_or(0.0, |(first, started)| first - started)
}

pub fn decode(served: &Served) -> f64 {
    let both = served.last_token.zip(served.first_token);
    both.map_or(0.0, |(last, first)| last - first)
}

fn once(values: impl Iterator<Item = f64>) -> Vec<(f64, f64)> {
    values.map(|value| (value, 1.0)).collect()
}

fn of_pods(truth: &Truth, labels: &Labels, values: fn(&PodTruth) -> Vec<f64>) -> Vec<(f64, f64)> {
    once(pods_of(truth, &labels["model_name"]).flat_map(|(_, pod)| values(pod)))
}

fn of_served(truth: &Truth, labels: &Labels, value: fn(&Served) -> Option<f64>) -> Vec<(f64, f64)> {
    once(served(truth, &labels["model_name"]).filter_map(value))
}

fn decisions(truth: &Truth) -> impl Iterator<Item = &Decision> {
    truth.routers.values().flat_map(|router| &router.decisions)
}

fn microseconds(truth: &Truth, seconds: fn(&Served) -> f64) -> Vec<(f64, f64)> {
    let all = workload_pods(truth, NOMIC).flat_map(|pod| &pod.served);
    once(all.map(|served| 1e6 * seconds(served)))
}

/// Between what the quantile lies, and how many events there are; `None` where nothing happened.
///
/// Of n events m were seen, and m is not less than what lies between the window's scrapes. The q-quantile of those seen is
/// at least the q m-th of all n, and at most the one with (1 - q) m above it.
fn limits(of: &Distribution, window: &Window, labels: &Labels, quantile: f64) -> Option<(f64, f64, f64)> {
    let samples = |truth: &Truth| (of.samples)(truth, labels);
    let number = |samples: &[(f64, f64)]| samples.iter().map(|(_, times)| times).sum::<f64>();
    let mut all = samples(&window.whole);
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let unseen = window.unseen.as_ref().map_or(0.0, |truth| number(&samples(truth)));
    let (n, m) = (number(&all), (number(&samples(&window.seen)) - unseen).max(0.0));
    let rank = |rank: f64| {
        let mut below = 0.0;
        let found = all.iter().find(|(_, times)| {
            below += times;
            below >= rank
        });
        found.or(all.last()).map(|(value, _)| *value)
    };
    let old = labels.get("model_name").is_some_and(|name| name == "mistral-7b");
    let bounds = bounds(of.metric, old);
    let (low, _) = bucket(&bounds, rank(quantile * m - 1.0)?);
    let (_, high) = bucket(&bounds, rank(n - (1.0 - quantile) * m + 1.0)?);
    Some((low * of.unit, high * of.unit, n))
}

/// The highest of the models' quantiles, in which bucket it may lie.
fn highest(of: &Distribution, window: &Window, quantile: f64) -> Option<(f64, f64, f64)> {
    let of_model = |model: &str| {
        let labels = Labels::from([("model_name".to_owned(), model.to_owned())]);
        limits(of, window, &labels, quantile)
    };
    let all = super::select::models(&window.whole).filter_map(of_model);
    all.reduce(|(low, high, n), (other_low, other_high, others)| (low.max(other_low), high.max(other_high), n + others))
}

type Limits<'a> = &'a dyn Fn(&Window, &Frame) -> Option<(f64, f64, f64)>;

fn check(panel: &'static str, answer: &Answer, windows: &[Window], limits: Limits<'_>, tally: &mut Tally) {
    for frame in &answer.frames {
        let values = frame.values();
        for window in windows {
            let Some(got) = values[window.at].filter(|got| got.is_finite()) else {
                continue;
            };
            let Some((low, high, events)) = limits(window, frame) else {
                continue;
            };
            tally.met(panel, window.many(events));
            if got < low * (1.0 - 1e-9) || got > high * (1.0 + 1e-9) {
                tally.faults.push(format!(
                    "{panel} query {} {:?} window {}: {got} shown, {low}..{high} possible of {events} events",
                    frame.query, frame.labels, window.at
                ));
            }
        }
    }
}

pub fn distributions(answers: &BTreeMap<String, Answer>, windows: &mut Windows<'_>, tally: &mut Tally) {
    for of in DISTRIBUTIONS {
        let answer = &answers[of.panel];
        let of_frame = |window: &Window, frame: &Frame| limits(of, window, &frame.labels, of.quantiles[frame.query]);
        check(of.panel, answer, &windows.of(answer), &of_frame, tally);
    }
    let answer = &answers[HIGHEST];
    let of_all = |window: &Window, _: &Frame| highest(&TTFT, window, 0.95);
    check(HIGHEST, answer, &windows.of(answer), &of_all, tally);
}

/// Shows the highest 95th percentile of all models.
pub const HIGHEST: &str = "overview.ttft";
