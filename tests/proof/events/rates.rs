//! Rates, against the number of events in each window.

use std::collections::BTreeMap;

use server::demo::sim::{KeyTruth, Truth};

use super::moment::card;
use super::select::{
    FRAUD, NOMIC, all_answered, all_finished, asked, container, detector, finished, gateways, model, pod, routers,
    team, workload,
};
use super::{CLOSE, Count, Series, Tally, Windows, bounds, one};
use crate::proof::ask::Answer;
use crate::proof::world::Labels;

/// The panel, the query, what one unit of a second is, the events.
pub const RATES: &[(&str, usize, f64, Count)] = &[
    ("overview.requests", 0, 1.0, |t, _| all_answered(t)),
    ("vllm.requests", 0, 1.0, |t, l| finished(t, l, &["stop", "length"])),
    ("vllm.finish_reasons", 0, 1.0, |t, l| {
        finished(t, l, &[&l["finished_reason"]])
    }),
    ("vllm.http_requests", 0, 1.0, |t, l| match l["status"].as_str() {
        "2xx" => pod(t, l, |pod| all_finished(pod) - pod.finished["error"] as f64),
        "4xx" => pod(t, l, |pod| pod.rejected as f64),
        "5xx" => pod(t, l, |pod| pod.finished["error"] as f64),
        _ => 0.0,
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
    // No engine has a KV connector.
    ("vllm.prompt_source", 0, 1.0, |t, l| match l["source"].as_str() {
        "local_compute" => model(t, l, |pod| (pod.prompt_tokens - pod.cached_tokens) as f64),
        "local_cache_hit" => model(t, l, |pod| pod.cached_tokens as f64),
        _ => 0.0,
    }),
    ("vllm.prompt_reuse", 0, 1.0, |t, l| {
        model(t, l, |pod| pod.cached_tokens as f64)
    }),
    // Nobody asks for the logarithms of a cached prompt's probabilities.
    ("vllm.prompt_reuse", 1, 1.0, |_, _| 0.0),
    ("vllm.preemptions", 0, 1.0, |t, l| {
        pod(t, l, |pod| pod.preemptions as f64)
    }),
    ("epp.requests", 0, 1.0, |t, _| {
        routers(t, |router| router.requests as f64)
    }),
    ("epp.errors", 0, 1.0, |t, _| routers(t, |router| router.errors as f64)),
    ("epp.attempts", 0, 1.0, |t, l| match l["status"].as_str() {
        "success" => routers(t, |router| router.decisions.len() as f64),
        _ => 0.0,
    }),
    ("epp.picks", 0, 1.0, |t, l| {
        let picks = t
            .routers
            .values()
            .filter_map(|router| router.picks.get(&l["endpoint_name"]));
        picks.sum::<u64>() as f64
    }),
    ("gateway.requests", 0, 1.0, |t, l| {
        gateways(t, |gateway| known(&gateway.responses, &l["response_code"]))
    }),
    ("gateway.errors", 0, 1.0, |t, l| {
        gateways(t, |gateway| known(&gateway.responses, &l["response_code"]))
    }),
    ("gateway.flags", 0, 1.0, |t, l| {
        gateways(t, |gateway| known(&gateway.flags, &l["response_flags"]))
    }),
    ("gateway.decisions", 0, 1.0, |t, _| {
        gateways(t, |gateway| gateway.allowed)
    }),
    ("gateway.decisions", 1, 1.0, |t, _| {
        gateways(t, |gateway| gateway.denied)
    }),
    // Neither Authorino nor Limitador fails.
    ("gateway.decisions", 2, 1.0, |_, _| 0.0),
    ("gateway.tokens", 0, 1.0, |t, l| {
        gateways(t, |gateway| known(&gateway.tokens, &l["subscription"]))
    }),
    ("gateway.calls", 0, 1.0, |t, l| {
        gateways(t, |gateway| known(&gateway.calls, &l["subscription"]))
    }),
    ("gateway.limited", 0, 1.0, |t, l| {
        gateways(t, |gateway| known(&gateway.limited, &l["subscription"]))
    }),
    ("litellm.tokens", 0, 1.0, |t, l| {
        team(t, l, |key| (key.prompt_tokens + key.generation_tokens) as f64)
    }),
    ("litellm.token_mix", 0, 1.0, |t, l| {
        asked(t, l, |key| key.prompt_tokens as f64)
    }),
    ("litellm.token_mix", 1, 1.0, |t, l| {
        asked(t, l, |key| key.generation_tokens as f64)
    }),
    // Dollars an hour.
    ("litellm.spend", 0, 3600.0, |t, l| team(t, l, |key| key.spend_usd)),
    ("guard.rate", 0, 1.0, |t, l| detector(t, l, |seen| seen.requests as f64)),
    ("guard.rate", 1, 1.0, |t, l| {
        detector(t, l, |seen| seen.detections as f64)
    }),
    ("guard.rate", 2, 1.0, |t, l| detector(t, l, |seen| seen.errors as f64)),
    ("ovms.requests", 0, 1.0, |t, _| workload(t, NOMIC, &["stop"])),
    ("ovms.failures", 0, 1.0, |t, _| workload(t, NOMIC, &["error"])),
    ("mlserver.requests", 0, 1.0, |t, _| workload(t, FRAUD, &["stop"])),
    ("mlserver.failures", 0, 1.0, |t, _| workload(t, FRAUD, &["error"])),
    ("mlserver.rest_requests", 0, 1.0, |t, l| {
        let reason = if l["status_code"] == "200" { "stop" } else { "error" };
        workload(t, FRAUD, &[reason])
    }),
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
    ("runtimes.errors", 1, 1.0, |t, l| {
        pod(t, l, |pod| pod.finished["error"] as f64)
    }),
    ("runtimes.errors", 2, 1.0, |t, l| {
        pod(t, l, |pod| pod.finished["error"] as f64)
    }),
    ("runtimes.errors", 3, 1.0, |t, l| {
        pod(t, l, |pod| pod.finished["error"] as f64)
    }),
    ("resources.cpu", 0, 1.0, |t, l| {
        container(t, l, |container| container.cpu_s)
    }),
    ("resources.cpu_of_limit", 0, 1.0, |t, l| {
        container(t, l, |container| {
            container.cpu_limit.map_or(0.0, |cores| container.cpu_s / cores)
        })
    }),
    ("resources.network", 0, 1.0, |t, l| {
        container(t, l, |container| container.received_bytes)
    }),
    ("resources.network", 1, 1.0, |t, l| {
        container(t, l, |container| container.sent_bytes)
    }),
];

/// The events of each of the series that are added up.
type Events = fn(&Truth, &Labels) -> Series;

/// Rates of several series each: the panel, the query, the events of each series.
pub const SUMS: &[(&str, usize, Events)] = &[
    ("litellm.keys", 0, |t, l| {
        answered(t, |alias, _| alias == l["api_key_alias"], |_| true)
    }),
    ("litellm.requests", 0, |t, l| {
        answered(t, |_, key| key.model == l["requested_model"], |_| true)
    }),
    ("litellm.requests", 1, |t, l| {
        let whose = |_: &str, key: &KeyTruth| key.model == l["requested_model"];
        answered(t, whose, |status| status != "200")
    }),
    ("litellm.failures", 0, |t, l| {
        answered(t, |_, _| true, |status| status == l["exception_status"])
    }),
];

/// What is counted in a window and not made a rate: the panel, the query, the events.
pub const COUNTS: &[(&str, usize, Count)] = &[("gpu.xid", 0, |t, l| {
    card(t, l, "Hostname", "gpu").map_or(0.0, |gpu| gpu.xid_errors.len() as f64)
})];

fn known(counts: &BTreeMap<String, u64>, name: &str) -> u64 {
    counts.get(name).copied().unwrap_or_default()
}

/// Answers of the proxy to the keys' requests, by key and status.
fn answered(truth: &Truth, whose: impl Fn(&str, &KeyTruth) -> bool, status: impl Fn(&str) -> bool) -> Series {
    let mut series = Series::new();
    for (alias, key) in truth.keys.iter().filter(|(alias, key)| whose(alias, key)) {
        for (code, count) in key.statuses.iter().filter(|(code, _)| status(code)) {
            series.insert(format!("{alias} {code}"), *count as f64);
        }
    }
    series
}

/// What is shown, and what it is on a counter: growth in a window.
struct Rate<'a> {
    panel: &'static str,
    query: usize,
    /// Of a second; `None`: it is no rate.
    unit: Option<f64>,
    series: &'a dyn Fn(&Truth, &Labels) -> Series,
}

fn check(rate: &Rate<'_>, answer: &Answer, windows: &mut Windows<'_>, tally: &mut Tally) {
    let Rate { panel, query, unit, .. } = rate;
    let (fleet, windows) = (windows.fleet, windows.of(answer));
    for frame in answer.frames.iter().filter(|frame| frame.query == *query) {
        let values = frame.values();
        for window in windows.iter() {
            let Some(value) = values[window.at] else { continue };
            let got = unit.map_or(value, |unit| value * window.seconds / unit);
            let bounds = |young| bounds(fleet, window, &|truth| (rate.series)(truth, &frame.labels), young);
            let (least, all, most) = bounds(false);
            let many = window.many(all);
            tally.met(panel, many);
            let within = |(least, all, most): (f64, f64, f64)| got >= least - 1e-6 * all && got <= most + 1e-6 * all;
            let within = within((least, all, most)) || within(bounds(true));
            if !within || (many && (got / all - 1.0).abs() > CLOSE) {
                tally.faults.push(format!(
                    "{panel} query {query} {:?} window {}: {got} shown, {all} happened, {least}..{most} possible",
                    frame.labels, window.at
                ));
            }
        }
    }
}

pub fn rates(answers: &BTreeMap<String, Answer>, windows: &mut Windows<'_>, tally: &mut Tally) {
    for (panel, query, unit, count) in RATES {
        let rate = Rate {
            panel,
            query: *query,
            unit: Some(*unit),
            series: &|truth, labels| one(count(truth, labels)),
        };
        check(&rate, &answers[*panel], windows, tally);
    }
    for (panel, query, count) in COUNTS {
        let rate = Rate {
            panel,
            query: *query,
            unit: None,
            series: &|truth, labels| one(count(truth, labels)),
        };
        check(&rate, &answers[*panel], windows, tally);
    }
    for (panel, query, series) in SUMS {
        let rate = Rate {
            panel,
            query: *query,
            unit: Some(1.0),
            series,
        };
        check(&rate, &answers[*panel], windows, tally);
    }
}
