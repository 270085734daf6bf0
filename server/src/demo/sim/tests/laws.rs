//! Laws that hold between numbers which are counted in different places.

use std::collections::BTreeSet;

use super::*;

/// Relative distance.
fn off(a: f64, b: f64) -> f64 {
    (a - b).abs() / a.abs().max(b.abs()).max(1e-12)
}

/// Scrapes the process every five seconds; the mean of the series' sum, and its rise from the first scrape to the last.
struct Watched {
    mean: BTreeMap<&'static str, f64>,
    rise: BTreeMap<&'static str, f64>,
    seconds: f64,
}

fn watch(process: &str, from: f64, to: f64, series: &[&'static str]) -> Watched {
    let mut fleet = fleet_at(9, from);
    let mut sums: BTreeMap<&'static str, f64> = BTreeMap::new();
    let mut first: BTreeMap<&'static str, f64> = BTreeMap::new();
    let mut last = BTreeMap::new();
    let mut scrapes = 0.0;
    let mut now = from;
    while now <= to {
        fleet.advance_to(now);
        let families = scrape(&fleet, process).unwrap();
        for name in series {
            let value = value(&families, name, &[]);
            *sums.entry(name).or_default() += value;
            first.entry(name).or_insert(value);
            last.insert(*name, value);
        }
        scrapes += 1.0;
        now += 5.0;
    }
    Watched {
        mean: sums.into_iter().map(|(name, sum)| (name, sum / scrapes)).collect(),
        rise: last
            .into_iter()
            .map(|(name, value)| (name, value - first[name]))
            .collect(),
        seconds: now - 5.0 - from,
    }
}

/// Requests in the system = arrivals per second × seconds in the system, from what is exposed alone.
fn littles_law(process: &str, from: f64, to: f64, in_system: &[&'static str], time: &[&'static str; 2], unit: f64) {
    let all: Vec<_> = in_system.iter().chain(time).copied().collect();
    let watched = watch(process, from, to, &all);
    let length: f64 = in_system.iter().map(|gauge| watched.mean[gauge]).sum();
    let [sum, count] = time.map(|series| watched.rise[series]);
    assert!(count > 300.0, "{process}: too few requests to judge: {count}");
    let predicted = (count / watched.seconds) * (sum / unit / count);
    assert!(
        off(length, predicted) < 0.05,
        "{process}: {length} in the system, {predicted} by Little's law"
    );
}

#[test]
fn littles_law_holds_for_every_server_and_for_the_router() {
    let vllm = ["vllm:num_requests_running", "vllm:num_requests_waiting"];
    let e2e = [
        "vllm:e2e_request_latency_seconds_sum",
        "vllm:e2e_request_latency_seconds_count",
    ];
    let (noon, later) = (MIDNIGHT + 12.0 * HOUR, MIDNIGHT + 14.0 * HOUR);
    littles_law("granite-33-8b-0", noon, later, &vllm, &e2e, 1.0);
    // Through the queue build-up, from before it to after it: waiting counts as well.
    littles_law(
        "granite-33-8b-1",
        MIDNIGHT + 7.0 * HOUR,
        MIDNIGHT + 8.5 * HOUR,
        &vllm,
        &e2e,
        1.0,
    );
    littles_law(
        "mistral-7b",
        MIDNIGHT + 15.5 * HOUR,
        MIDNIGHT + 17.5 * HOUR,
        &vllm,
        &e2e,
        1.0,
    );
    let epp = [
        "inference_objective_request_duration_seconds_sum",
        "inference_objective_request_duration_seconds_count",
    ];
    littles_law(
        "granite-33-8b-epp",
        noon,
        later,
        &["inference_objective_running_requests"],
        &epp,
        1.0,
    );
}

#[test]
fn littles_law_holds_for_the_predictive_servers_by_their_exact_gauges() {
    // Requests of milliseconds are rarely caught by a scrape, so the gauges' own averages are taken.
    let to = MIDNIGHT + 6.0 * HOUR;
    let fleet = fleet_at(9, to);
    let truth = fleet.truth(MIDNIGHT, to);
    for (workload, process, time, unit) in [
        ("nomic-embed-text", "nomic-embed-text", "ovms_request_time_us", 1e6),
        ("fraud-xgb", "fraud-xgb", "rest_server_request_duration_seconds", 1.0),
    ] {
        let pod = pod(&truth, workload, 0);
        let families = scrape(&fleet, process).unwrap();
        let sum = value(&families, &format!("{time}_sum"), &[]) / unit;
        let length = pod.mean_running + pod.mean_waiting;
        assert!(
            off(length, sum / (to - MIDNIGHT)) < 0.05,
            "{workload}: {length} and {}",
            sum / (to - MIDNIGHT)
        );
    }
}

#[test]
fn what_arrived_has_finished_or_is_lost_or_still_there() {
    let fleet = fleet_at(4, MIDNIGHT + 24.0 * HOUR + 12.34);
    let truth = fleet.truth(MIDNIGHT, fleet.now());
    let mut lost = 0;
    for (name, workload) in &truth.workloads {
        for (pod_name, pod) in &workload.pods {
            let finished: u64 = pod.finished.values().sum();
            assert_eq!(pod.arrived, finished + pod.lost + pod.in_flight, "{name} {pod_name}");
            assert_eq!(
                (pod.e2e_s.len() as u64, pod.queue_s.len() as u64),
                (finished, finished),
                "{name} {pod_name}"
            );
            assert!(
                pod.e2e_s
                    .iter()
                    .zip(&pod.queue_s)
                    .all(|(e2e, queue)| (0.0..=e2e + 1e-9).contains(queue))
            );
            lost += pod.lost;
        }
    }
    assert_eq!(truth.routers["granite-33-8b"].errors, lost);
    assert!(lost > 0);
}

#[test]
fn exposed_counters_and_histograms_are_the_truth() {
    let fleet = fleet_at(4, MIDNIGHT + 10.5 * HOUR + 0.77);
    let truth = fleet.truth(MIDNIGHT, fleet.now());
    for (process, workload, number, itl) in [
        (
            "granite-33-8b-0",
            "granite-33-8b",
            0,
            "vllm:inter_token_latency_seconds",
        ),
        (
            "granite-33-8b-1",
            "granite-33-8b",
            1,
            "vllm:inter_token_latency_seconds",
        ),
        ("mistral-7b", "mistral-7b", 0, "vllm:time_per_output_token_seconds"),
    ] {
        let families = scrape(&fleet, process).unwrap();
        let pod = pod(&truth, workload, number);
        let exposed = |series: &str| value(&families, series, &[]);
        for (reason, count) in &pod.finished {
            let labels = [("finished_reason", reason.as_str())];
            assert_eq!(
                value(&families, "vllm:request_success_total", &labels),
                *count as f64,
                "{process} {reason}"
            );
        }
        let finished: u64 = pod.finished.values().sum();
        let (tokens, prompts) = (pod.generation_tokens as f64, pod.prompt_tokens as f64);
        assert_eq!(exposed("vllm:generation_tokens_total"), tokens, "{process}");
        assert_eq!(exposed("vllm:prompt_tokens_total"), prompts, "{process}");
        assert!(
            off(exposed("vllm:iteration_tokens_total_sum"), tokens + prompts) < 1e-9,
            "{process}"
        );
        assert_eq!(
            exposed("vllm:num_preemptions_total"),
            pod.preemptions as f64,
            "{process}"
        );
        assert_eq!(
            exposed("vllm:time_to_first_token_seconds_count"),
            pod.ttft_s.len() as f64,
            "{process}"
        );
        let ttft: f64 = pod.ttft_s.iter().sum();
        assert!(
            off(exposed("vllm:time_to_first_token_seconds_sum"), ttft) < 1e-9,
            "{process}"
        );
        // One observation for each token but a request's first.
        assert_eq!(
            exposed(&format!("{itl}_count")),
            tokens - pod.ttft_s.len() as f64,
            "{process}"
        );
        for histogram in [
            "e2e_request_latency_seconds",
            "request_queue_time_seconds",
            "request_prompt_tokens",
            "request_params_n",
        ] {
            assert_eq!(
                exposed(&format!("vllm:{histogram}_count")),
                finished as f64,
                "{process} {histogram}"
            );
        }
        let phases =
            ["queue", "prefill", "decode"].map(|phase| exposed(&format!("vllm:request_{phase}_time_seconds_sum")));
        assert!(
            off(phases.iter().sum(), exposed("vllm:e2e_request_latency_seconds_sum")) < 0.01,
            "{process} {phases:?}"
        );
        let answered = exposed("http_requests_total");
        assert_eq!(answered, (finished + pod.rejected) as f64, "{process}");
        assert_eq!(
            exposed("vllm:num_requests_running") + exposed("vllm:num_requests_waiting"),
            pod.in_flight as f64
        );
    }
}

#[test]
fn the_routers_counters_are_the_truth_and_its_two_generations_of_names_agree() {
    let fleet = fleet_at(4, MIDNIGHT + 24.0 * HOUR);
    let truth = fleet.truth(MIDNIGHT, fleet.now());
    let router = &truth.routers["granite-33-8b"];
    let families = scrape(&fleet, "granite-33-8b-epp").unwrap();
    let both = |old: &str, new: &str| {
        let (old_value, new_value) = (value(&families, old, &[]), value(&families, new, &[]));
        assert_eq!(old_value, new_value, "{old} and {new}");
        old_value
    };
    let requests = router.requests as f64;
    assert_eq!(
        both("inference_objective_request_total", "llm_d_epp_request_total"),
        requests
    );
    assert_eq!(
        both(
            "inference_objective_request_error_total",
            "llm_d_epp_request_error_total"
        ),
        router.errors as f64
    );
    let e2e = "scheduler_e2e_duration_seconds_count";
    assert_eq!(
        both(&format!("inference_extension_{e2e}"), &format!("llm_d_epp_{e2e}")),
        requests
    );
    assert_eq!(router.decision_s.len() as f64, requests);
    for (pod, picks) in &router.picks {
        let labels = [
            ("pod_name", pod.as_str()),
            ("namespace", "llm-prod"),
            ("status", "success"),
        ];
        assert_eq!(
            value(&families, "inference_extension_scheduler_attempts_total", &labels),
            *picks as f64
        );
        assert!(*picks as f64 > requests * 0.3, "{pod} got {picks} of {requests}");
    }
    let running = both("inference_objective_running_requests", "llm_d_epp_request_running");
    let ended = both(
        "inference_objective_request_duration_seconds_count",
        "llm_d_epp_request_duration_seconds_count",
    );
    assert_eq!(requests, running + ended + router.errors as f64);
}

#[test]
fn buckets_are_cumulative_and_end_with_the_count() {
    let fleet = fleet_at(4, MIDNIGHT + 9.0 * HOUR);
    let mut seen = 0;
    for (process, families) in exposition(&fleet) {
        for family in families.unwrap() {
            let (mut last, mut le) = (0.0, f64::NEG_INFINITY);
            for sample in &family.samples {
                match sample.suffix {
                    "_bucket" => {
                        let bound: f64 = sample
                            .labels
                            .iter()
                            .find(|(name, _)| name == "le")
                            .unwrap()
                            .1
                            .parse()
                            .unwrap();
                        assert!(bound > le && sample.value >= last, "{process} {} {bound}", family.name);
                        (last, le) = (sample.value, bound);
                    }
                    "_count" if family.kind == super::super::Kind::Histogram => {
                        assert_eq!((sample.value, le), (last, f64::INFINITY), "{process} {}", family.name);
                        (last, le) = (0.0, f64::NEG_INFINITY);
                        seen += 1;
                    }
                    _ => {}
                }
            }
        }
    }
    assert!(seen > 90, "{seen} histograms");
}

#[test]
fn no_series_is_exposed_twice_and_every_family_once() {
    let fleet = fleet_at(4, MIDNIGHT + 12.0 * HOUR);
    for (process, families) in exposition(&fleet) {
        let mut names = BTreeSet::new();
        let mut series = BTreeSet::new();
        for family in families.unwrap() {
            assert!(names.insert(family.name.clone()), "{process}: {} twice", family.name);
            for sample in family.samples {
                let mut labels = sample.labels.clone();
                labels.sort();
                let key = format!("{}{} {labels:?}", family.name, sample.suffix);
                assert!(series.insert(key.clone()), "{process}: {key} twice");
                // A difference of shares has a sign.
                let least = if family.name == "trustyai_spd" { -1.0 } else { 0.0 };
                assert!(
                    sample.value.is_finite() && sample.value >= least,
                    "{process}: {key} is {}",
                    sample.value
                );
            }
        }
    }
}

#[test]
fn the_way_in_counts_what_happened_behind_it() {
    let at = MIDNIGHT + 12.0 * HOUR;
    let fleet = fleet_at(5, at);
    let truth = fleet.truth(MIDNIGHT, at);
    let gateway = &truth.gateways["openshift-ai-inference-openshift-default"];
    let page = scrape(&fleet, "inference-gateway").unwrap();
    for (code, count) in &gateway.responses {
        let shown = value(&page, "istio_requests_total", &[("response_code", code)]);
        assert_eq!(shown, *count as f64, "{code}");
    }
    // What the router picked has left an engine, or is still in one; those turned away never came to it.
    let router = &truth.routers["granite-33-8b"];
    let turned_away = gateway.responses["401"] + gateway.responses["429"];
    let passed = gateway.responses.values().sum::<u64>() - turned_away;
    assert!(turned_away > 100 && gateway.responses["503"] == router.errors && router.errors > 0);
    assert!(
        (passed..passed + 100).contains(&router.requests),
        "{passed} {}",
        router.requests
    );
    let kuadrant = scrape(&fleet, "kuadrant-gateway").unwrap();
    assert_eq!(value(&kuadrant, "kuadrant_denied", &[]), turned_away as f64);
    assert_eq!(value(&kuadrant, "kuadrant_allowed", &[]), passed as f64);

    let proxy = scrape(&fleet, "litellm").unwrap();
    for (alias, key) in &truth.keys {
        let own = [("api_key_alias", alias.as_str())];
        let shown = |series| value(&proxy, series, &own);
        assert_eq!(shown("litellm_requests_metric_total"), key.answered as f64);
        assert_eq!(
            shown("litellm_proxy_total_requests_metric_total"),
            (key.answered + key.failed) as f64
        );
        let tokens = key.prompt_tokens + key.generation_tokens;
        assert_eq!(shown("litellm_total_tokens_metric_total"), tokens as f64);
        assert!(off(shown("litellm_spend_metric_total"), key.spend_usd) < 1e-9);
        assert!(
            off(
                shown("litellm_request_total_latency_metric_sum"),
                key.latency_s.iter().sum()
            ) < 1e-9
        );
    }
    // Each routed request of the proxy's keys passed the gateway too.
    let routed: u64 = ["assistants-prod", "search-prod"]
        .iter()
        .map(|key| truth.keys[*key].answered)
        .sum();
    assert_eq!(routed, gateway.responses["200"]);
}

#[test]
fn the_youngest_report_of_adapters_names_those_of_the_requests_in_the_engine() {
    let from = MIDNIGHT + 10.0 * HOUR;
    let mut fleet = fleet_at(3, from);
    let mut sets = BTreeSet::new();
    for minute in 0..60 {
        let now = from + 60.0 * f64::from(minute);
        fleet.advance_to(now);
        let page = scrape(&fleet, "phi-4").unwrap();
        let info = page.iter().find(|family| family.name == "vllm:lora_requests_info");
        let youngest = info
            .unwrap()
            .samples
            .iter()
            .max_by(|a, b| a.value.total_cmp(&b.value))
            .unwrap();
        assert!(youngest.value <= now);
        for (label, requests) in [
            ("running_lora_adapters", "vllm:num_requests_running"),
            ("waiting_lora_adapters", "vllm:num_requests_waiting"),
        ] {
            let (_, names) = youngest.labels.iter().find(|(name, _)| name == label).unwrap();
            let names: Vec<&str> = names.split(',').filter(|name| !name.is_empty()).collect();
            let most = value(&page, requests, &[]);
            assert!(names.len() as f64 <= most, "{names:?} of {most} requests");
            assert!(names.iter().all(|name| ["contracts", "support-de"].contains(name)));
            sets.insert(names.join(","));
        }
    }
    assert!(sets.len() >= 3, "{sets:?}");
}
