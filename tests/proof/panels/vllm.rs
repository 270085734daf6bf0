//! vLLM: requests, their times, and what the scheduler does. A request is answered when it ends with `stop` or `length`.

use super::{Proof, distribution, mean, none_is_zero, percentiles, proof};

const FINISHED: &[&str] = &["vllm:request_success_total"];
const RUNNING: &[&str] = &["vllm:num_requests_running"];
const WAITING: &[&str] = &["vllm:num_requests_waiting"];
const KV: &[&str] = &["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"];
const TTFT: &[&str] = &["vllm:time_to_first_token_seconds"];
const E2E: &[&str] = &["vllm:e2e_request_latency_seconds"];
const BETWEEN: &[&str] = &["vllm:inter_token_latency_seconds", "vllm:time_per_output_token_seconds"];
const QUEUED: &[&str] = &["vllm:request_queue_time_seconds", "vllm:time_in_queue_requests"];
const PREFILL: &[&str] = &["vllm:request_prefill_time_seconds"];
const DECODE: &[&str] = &["vllm:request_decode_time_seconds"];
const HTTP: &[&str] = &["http_requests_total"];
const MODEL: &[&str] = &["model_name"];
const POD: &[&str] = &["namespace", "pod"];
const BAD: &[&str] = &["error", "abort"];
const API: fn(&str) -> bool = |path| path.starts_with("/v1/");

pub const PROOFS: &[Proof] = &[
    proof("vllm.requests", |l| {
        vec![l.of(FINISHED).without("finished_reason", BAD).rate().sum(MODEL)]
    }),
    proof("vllm.finish_reasons", |l| {
        vec![l.of(FINISHED).rate().sum(&["model_name", "finished_reason"])]
    }),
    proof("vllm.succeeded", |l| {
        vec![
            l.of(FINISHED)
                .without("finished_reason", BAD)
                .growth_of_range()
                .sum(&[]),
        ]
    }),
    proof("vllm.failed", |l| {
        let all = l.of(FINISHED).growth_of_range().sum(&[]);
        vec![none_is_zero(
            l.of(FINISHED).with("finished_reason", BAD).growth_of_range().sum(&[]),
            &all,
        )]
    }),
    proof("vllm.error_ratio", |l| {
        let all = l.of(FINISHED).rate().sum(MODEL);
        let bad = l.of(FINISHED).with("finished_reason", BAD).rate().sum(MODEL);
        vec![none_is_zero(bad, &all).per(&all)]
    }),
    proof("vllm.http_requests", |l| {
        vec![
            l.of(HTTP)
                .having("handler", API)
                .rate()
                .sum(&["namespace", "pod", "status"]),
        ]
    }),
    proof("vllm.http_error_ratio", |l| {
        let all = l.of(HTTP).having("handler", API).rate().sum(POD);
        let bad = l
            .of(HTTP)
            .having("handler", API)
            .with("status", &["4xx", "5xx"])
            .rate()
            .sum(POD);
        vec![none_is_zero(bad, &all).per(&all)]
    }),
    proof("vllm.ttft", |l| percentiles(l, TTFT, MODEL)),
    proof("vllm.e2e", |l| percentiles(l, E2E, MODEL)),
    proof("vllm.mean_response_time", |l| vec![mean(l, E2E, MODEL)]),
    proof("vllm.e2e_distribution", |l| distribution(l, E2E, MODEL)),
    proof("vllm.itl", |l| percentiles(l, BETWEEN, MODEL)),
    proof("vllm.tpot", |l| {
        percentiles(l, &["vllm:request_time_per_output_token_seconds"], MODEL)
    }),
    proof("vllm.queue_time", |l| percentiles(l, QUEUED, MODEL)),
    proof("vllm.inference_time", |l| {
        percentiles(l, &["vllm:request_inference_time_seconds"], MODEL)
    }),
    proof("vllm.prefill_time", |l| percentiles(l, PREFILL, MODEL)),
    proof("vllm.decode_time", |l| percentiles(l, DECODE, MODEL)),
    proof("vllm.prefill_decode", |l| {
        vec![mean(l, PREFILL, MODEL), mean(l, DECODE, MODEL)]
    }),
    proof("vllm.scheduler", |l| {
        vec![l.of(RUNNING).mean().sum(MODEL), l.of(WAITING).mean().sum(MODEL)]
    }),
    proof("vllm.running", |l| vec![l.of(RUNNING).mean().sum(POD)]),
    proof("vllm.waiting", |l| vec![l.of(WAITING).mean().sum(POD)]),
    proof("vllm.preemptions", |l| {
        vec![l.of(&["vllm:num_preemptions_total"]).rate().sum(POD)]
    }),
    proof("vllm.kv_cache", |l| vec![l.of(KV).peak().max(POD)]),
    // A pod counts once, however many engines it runs.
    proof("vllm.replicas", |l| {
        vec![
            l.of(RUNNING)
                .now()
                .count(&["model_name", "namespace", "pod"])
                .count(MODEL),
        ]
    }),
    proof("vllm.staleness", |l| vec![l.of(RUNNING).age().min(MODEL)]),
    proof("vllm.sleep", |l| {
        vec![
            l.of(&["vllm:engine_sleep_state"])
                .now()
                .sum(&["model_name", "sleep_state"]),
        ]
    }),
    proof("disagg.running", |l| {
        vec![l.of(RUNNING).mean().sum(&["model_name", "llm_isvc_role"])]
    }),
    proof("disagg.waiting", |l| {
        vec![l.of(WAITING).mean().sum(&["model_name", "llm_isvc_role"])]
    }),
    proof("disagg.kv_cache", |l| {
        vec![l.of(KV).peak().max(&["model_name", "llm_isvc_role"])]
    }),
    proof("disagg.transfer_time", |l| {
        percentiles(l, &["vllm:nixl_xfer_time_seconds"], MODEL)
    }),
    proof("disagg.post_time", |l| {
        percentiles(l, &["vllm:nixl_post_time_seconds"], MODEL)
    }),
    proof("disagg.throughput", |l| {
        vec![l.total(&["vllm:nixl_bytes_transferred"]).rate().sum(MODEL)]
    }),
    proof("disagg.descriptors", |l| {
        percentiles(l, &["vllm:nixl_num_descriptors"], MODEL)
    }),
    proof("disagg.failures", |l| {
        vec![
            l.of(&["vllm:nixl_num_failed_transfers_total"]).rate().sum(MODEL),
            l.of(&["vllm:nixl_num_failed_notifications_total"]).rate().sum(MODEL),
            l.of(&["vllm:nixl_num_kv_expired_reqs_total"]).rate().sum(MODEL),
        ]
    }),
];
