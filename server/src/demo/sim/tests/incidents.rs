//! Every scripted incident is visible in what is exposed, and the rest of the day is calm.

use super::super::incident::{BYPASS, KV_FULL, LOST, QUEUE, Window, xid};
use super::*;

/// The time well inside the window, away from its gentle edges.
fn inside(window: Window) -> (f64, f64) {
    (
        MIDNIGHT + window.start + 300.0,
        MIDNIGHT + window.start + window.length - 180.0,
    )
}

/// Scrapes once a minute and keeps the series' values; None while the process is down.
fn minutes(fleet: &mut Fleet, from: f64, to: f64, process: &str, series: &str) -> Vec<Option<f64>> {
    let mut values = Vec::new();
    let mut now = from;
    while now <= to {
        fleet.advance_to(now);
        values.push(scrape(fleet, process).map(|families| value(&families, series, &[])));
        now += 60.0;
    }
    values
}

fn highest(values: &[Option<f64>]) -> f64 {
    values.iter().flatten().copied().fold(0.0, f64::max)
}

#[test]
fn a_queue_builds_up_on_both_replicas_and_drains() {
    for seed in [1, 2, 3] {
        let (from, to) = inside(QUEUE);
        let mut fleet = fleet_at(seed, from - 600.0);
        let calm = minutes(
            &mut fleet,
            from - 600.0,
            from - 310.0,
            "granite-33-8b-0",
            "vllm:num_requests_waiting",
        );
        let queue = minutes(&mut fleet, from, to, "granite-33-8b-0", "vllm:num_requests_waiting");
        fleet.advance_to(to + 1200.0);
        let pool = scrape(&fleet, "granite-33-8b-epp").unwrap();
        assert!(highest(&calm) < 5.0, "{seed}: {calm:?}");
        assert!(highest(&queue) > 20.0, "{seed}: {queue:?}");
        assert_eq!(
            value(&pool, "inference_pool_average_queue_size", &[]),
            0.0,
            "{seed}: drained"
        );
        let waited = pod(&fleet.truth(from, to), "granite-33-8b", 1).mean_waiting;
        assert!(waited > 5.0, "{seed}: {waited} waiting on the other replica");
    }
}

#[test]
fn the_kv_cache_of_the_older_engine_fills_and_it_preempts() {
    for seed in [1, 2, 3] {
        let (from, to) = inside(KV_FULL);
        let mut fleet = fleet_at(seed, from);
        let usage = minutes(&mut fleet, from, to, "mistral-7b", "vllm:gpu_cache_usage_perc");
        assert!(highest(&usage) > 0.95, "{seed}: {usage:?}");
        let during = pod(&fleet.truth(from, to), "mistral-7b", 0).preemptions;
        let before = pod(&fleet.truth(MIDNIGHT, from - 300.0), "mistral-7b", 0).preemptions;
        assert!(
            during >= 3 && before == 0,
            "{seed}: {during} preemptions, {before} before"
        );
        let page = scrape(&fleet, "mistral-7b").unwrap();
        assert!(value(&page, "vllm:num_preemptions_total", &[]) >= during as f64);
    }
}

#[test]
fn a_lost_replica_is_down_for_ten_minutes_and_starts_again_from_zero() {
    let dies = MIDNIGHT + LOST.start;
    let mut fleet = fleet_at(1, dies - 1.0);
    let requests = "vllm:request_success_total";
    let before = value(&scrape(&fleet, "granite-33-8b-1").unwrap(), requests, &[]);
    let ready = |fleet: &Fleet| {
        value(
            &scrape(fleet, "granite-33-8b-epp").unwrap(),
            "inference_pool_ready_pods",
            &[],
        )
    };
    let gpu = |fleet: &Fleet, series: &str, gpu: &str| {
        value(&scrape(fleet, "dcgm-gpu-node-a").unwrap(), series, &[("gpu", gpu)])
    };
    assert_eq!((ready(&fleet), gpu(&fleet, "DCGM_FI_DEV_XID_ERRORS", "1")), (2.0, 0.0));

    fleet.advance_to(dies + 300.0);
    assert!(scrape(&fleet, "granite-33-8b-1").is_none());
    assert_eq!(
        (ready(&fleet), gpu(&fleet, "DCGM_FI_DEV_XID_ERRORS", "1")),
        (1.0, xid(dies))
    );
    assert_eq!(
        (
            gpu(&fleet, "DCGM_FI_DEV_GPU_UTIL", "1"),
            gpu(&fleet, "DCGM_FI_DEV_FB_USED", "1")
        ),
        (0.0, 0.0)
    );
    assert_eq!(gpu(&fleet, "DCGM_FI_DEV_XID_ERRORS", "0"), 0.0);
    let router = &fleet.truth(dies - 0.001, dies + 300.0).routers["granite-33-8b"];
    assert_eq!(router.picks["granite-33-8b-kserve-5c9d8b7f6d-m4r9t"], 0);
    assert!(router.requests > 100 && router.errors > 0);

    fleet.advance_to(dies + LOST.length - 0.001);
    assert!(scrape(&fleet, "granite-33-8b-1").is_none());
    fleet.advance_to(dies + LOST.length + 120.0);
    let page = scrape(&fleet, "granite-33-8b-1").unwrap();
    let after = value(&page, requests, &[]);
    assert!(
        before > 10_000.0 && after > 0.0 && after < 1_000.0,
        "{before} then {after}"
    );
    assert_eq!(value(&page, "process_start_time_seconds", &[]), dies + LOST.length);
    assert_eq!(value(&page, "vllm:generation_tokens_created", &[]), dies + LOST.length);
    assert_eq!(
        (ready(&fleet), gpu(&fleet, "DCGM_FI_DEV_XID_ERRORS", "1")),
        (2.0, xid(dies))
    );
}

#[test]
fn bypassing_traffic_reaches_one_replica_while_the_routers_counters_stand_still() {
    let (from, to) = inside(BYPASS);
    let mut fleet = fleet_at(1, from);
    let routed = minutes(&mut fleet, from, to, "granite-33-8b-epp", "llm_d_epp_request_total");
    assert!(routed.iter().all(|count| *count == routed[0]), "{routed:?}");
    let truth = fleet.truth(from, to);
    assert!(pod(&truth, "granite-33-8b", 0).arrived > 500);
    assert_eq!(
        (
            pod(&truth, "granite-33-8b", 1).arrived,
            truth.routers["granite-33-8b"].requests
        ),
        (0, 0)
    );
}

#[test]
fn one_gpu_is_idle_and_unclaimed_and_mig_slices_have_no_utilisation() {
    let fleet = fleet_at(1, MIDNIGHT + 14.0 * HOUR);
    let node = scrape(&fleet, "dcgm-gpu-node-b").unwrap();
    let idle = fleet.truth(MIDNIGHT, fleet.now()).gpus["gpu-node-b/1"].clone();
    assert_eq!(
        (idle.mean_busy, value(&node, "DCGM_FI_DEV_FB_USED", &[("gpu", "1")])),
        (0.0, 0.0)
    );
    assert!(
        value(
            &node,
            "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
            &[("GPU_I_ID", "1"), ("pod", "mistral-7b-predictor-6b9f8d7c55-q8zlv")]
        ) > 0.0
    );
    for family in &node {
        let of = |gpu: &str| {
            family
                .samples
                .iter()
                .filter(|s| s.labels.iter().any(|(n, v)| n == "gpu" && v == gpu))
                .collect::<Vec<_>>()
        };
        let whole_only = matches!(
            family.name.as_str(),
            "DCGM_FI_DEV_GPU_UTIL" | "DCGM_FI_DEV_MEM_COPY_UTIL" | "DCGM_FI_DEV_ENC_UTIL" | "DCGM_FI_DEV_DEC_UTIL"
        );
        assert_eq!(
            (of("0").len(), of("1").len()),
            (if whole_only { 0 } else { 2 }, 1),
            "{}",
            family.name
        );
        assert!(of("1").iter().all(|s| {
            s.labels
                .iter()
                .all(|(name, _)| !matches!(name.as_ref(), "pod" | "namespace" | "container" | "GPU_I_ID"))
        }));
    }
}

#[test]
fn a_model_without_requests_shows_its_series_at_zero_and_no_handler() {
    let fleet = fleet_at(1, MIDNIGHT + 30.0 * HOUR);
    let page = scrape(&fleet, "qwen-coder-7b").unwrap();
    for series in [
        "vllm:request_success_total",
        "vllm:time_to_first_token_seconds_count",
        "vllm:num_requests_running",
    ] {
        assert_eq!(
            value(&page, series, &[("model_name", "qwen-coder-7b")]),
            0.0,
            "{series}"
        );
    }
    assert!(
        page.iter()
            .any(|family| family.name == "http_requests_total" && family.samples.is_empty())
    );
}

#[test]
fn an_older_engine_has_no_series_before_its_first_request() {
    let fleet = Fleet::new(1, MIDNIGHT as i64);
    let page = scrape(&fleet, "mistral-7b").unwrap();
    let shown: Vec<_> = page
        .iter()
        .filter(|family| !family.samples.is_empty())
        .map(|family| family.name.as_str())
        .collect();
    assert_eq!(
        shown,
        [
            "vllm:cache_config_info",
            "http_request_duration_highr_seconds",
            "process_cpu_seconds_total",
            "process_resident_memory_bytes",
            "process_start_time_seconds"
        ]
    );
}

#[test]
fn probes_are_counted_among_the_successes_of_the_model_server() {
    let fleet = fleet_at(1, MIDNIGHT + HOUR);
    let page = scrape(&fleet, "nomic-embed-text").unwrap();
    assert_eq!(
        value(&page, "ovms_requests_success", &[("method", "ModelReady")]),
        359.0
    );
    let truth = fleet.truth(MIDNIGHT, MIDNIGHT + HOUR);
    let served = pod(&truth, "nomic-embed-text", 0).finished["stop"] as f64;
    assert_eq!(
        value(&page, "ovms_requests_success", &[("method", "ModelInfer")]),
        served
    );
}
