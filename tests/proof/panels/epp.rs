//! The endpoint picker. New builds write each measure under two generations of names: the newest counts. Gauges of a
//! pool are seen by each of its pickers, so they are never added up.

use super::{Proof, mean, none_is_zero, percentile, percentiles, proof};
use crate::proof::calc::{Look, Vector};

const REQUESTS: &[&str] = &[
    "llm_d_epp_request_total",
    "llm_d_router_epp_request_total",
    "inference_objective_request_total",
    "inference_model_request_total",
];
const ERRORS: &[&str] = &[
    "llm_d_epp_request_error_total",
    "llm_d_router_epp_request_error_total",
    "inference_objective_request_error_total",
    "inference_model_request_error_total",
];
const ATTEMPTS: &[&str] = &[
    "llm_d_epp_scheduler_attempts_total",
    "inference_extension_scheduler_attempts_total",
];
const MODEL: &[&str] = &["model_name"];
const POOL: &[&str] = &["namespace", "name"];
const NAMESPACE: &[&str] = &["namespace"];

/// The newest name, and the same with the older generations' beginnings.
fn objective(look: &Look<'_>, new: &str, old: &str) -> Vec<Vector> {
    let older = [format!("inference_objective_{old}"), format!("inference_model_{old}")];
    percentiles(look, &[new, &older[0], &older[1]], MODEL)
}

fn pool(look: &Look<'_>, new: &str, old: &str) -> Vec<Vector> {
    vec![look.of(&[new, old]).now().max(POOL)]
}

fn pool_peak(look: &Look<'_>, new: &str, old: &str) -> Vec<Vector> {
    vec![look.of(&[new, old]).peak().max(POOL)]
}

pub const PROOFS: &[Proof] = &[
    proof("epp.requests", |l| vec![l.of(REQUESTS).rate().sum(MODEL)]),
    proof("epp.errors", |l| {
        vec![l.of(ERRORS).rate().sum(&["model_name", "error_code"])]
    }),
    proof("epp.error_ratio", |l| {
        let all = l.of(REQUESTS).rate().sum(MODEL);
        vec![none_is_zero(l.of(ERRORS).rate().sum(MODEL), &all).per(&all)]
    }),
    proof("epp.decision_time", |l| {
        let names = [
            "llm_d_epp_scheduler_e2e_duration_seconds",
            "inference_extension_scheduler_e2e_duration_seconds",
        ];
        percentiles(l, &names, &[])
    }),
    proof("epp.ready_pods", |l| {
        pool(l, "llm_d_epp_ready_endpoints", "inference_pool_ready_pods")
    }),
    proof("epp.kv_cache", |l| {
        pool_peak(
            l,
            "llm_d_epp_average_kv_cache_utilization",
            "inference_pool_average_kv_cache_utilization",
        )
    }),
    proof("epp.queue", |l| {
        pool_peak(l, "llm_d_epp_average_queue_size", "inference_pool_average_queue_size")
    }),
    proof("epp.running_mean", |l| {
        pool_peak(
            l,
            "llm_d_epp_average_running_requests",
            "inference_pool_average_running_requests",
        )
    }),
    proof("epp.kv_cache_spread", |l| {
        vec![l.of(&["llm_d_epp_std_dev_kv_cache_utilization"]).peak().max(POOL)]
    }),
    // One replica has two names for its label, by generation.
    proof("epp.queue_per_pod", |l| {
        let names = ["llm_d_epp_per_endpoint_queue_size", "inference_pool_per_pod_queue_size"];
        let named = l.of(&names).peak().renamed("model_server_pod", "model_server_endpoint");
        vec![named.max(&["name", "model_server_endpoint"])]
    }),
    proof("epp.picks", |l| {
        let picks = l.of(ATTEMPTS).with("status", &["success"]).rate();
        vec![picks.renamed("pod_name", "endpoint_name").sum(&["endpoint_name"])]
    }),
    proof("epp.attempts", |l| {
        vec![l.of(ATTEMPTS).rate().sum(&["namespace", "status"])]
    }),
    proof("epp.plugins", |l| {
        let names = [
            "llm_d_epp_plugin_duration_seconds",
            "inference_extension_plugin_duration_seconds",
            "inference_extension_scheduler_plugin_duration_seconds",
        ];
        vec![percentile(l, &names, &["extension_point", "plugin_name"], 0.95)]
    }),
    proof("epp.prefix_entries", |l| {
        let names = [
            "llm_d_epp_prefix_indexer_size",
            "inference_extension_prefix_indexer_size",
        ];
        vec![l.of(&names).now().max(&["namespace", "pod"])]
    }),
    proof("epp.prefix_hit_ratio", |l| {
        let names = [
            "llm_d_epp_prefix_indexer_hit_ratio",
            "inference_extension_prefix_indexer_hit_ratio",
        ];
        vec![mean(l, &names, NAMESPACE)]
    }),
    proof("epp.prefix_hit_bytes", |l| {
        let names = [
            "llm_d_epp_prefix_indexer_hit_bytes",
            "inference_extension_prefix_indexer_hit_bytes",
        ];
        vec![mean(l, &names, NAMESPACE)]
    }),
    proof("epp.rewrites", |l| {
        let names = [
            "llm_d_epp_model_rewrite_decisions_total",
            "inference_extension_model_rewrite_decisions_total",
        ];
        vec![l.of(&names).rate().sum(&["model_rewrite_name", "target_model"])]
    }),
    proof("epp.disagg_decisions", |l| {
        let names = [
            "llm_d_epp_disagg_decision_total",
            "llm_d_inference_scheduler_disagg_decision_total",
            "llm_d_inference_scheduler_pd_decision_total",
        ];
        vec![l.of(&names).rate().sum(&["model_name", "decision_type"])]
    }),
    proof("epp.poll_errors", |l| {
        vec![
            l.of(&["llm_d_epp_datalayer_poll_errors_total"])
                .rate()
                .sum(&["namespace", "pod"]),
        ]
    }),
    proof("epp.e2e", |l| {
        objective(l, "llm_d_epp_request_duration_seconds", "request_duration_seconds")
    }),
    proof("epp.ttft", |l| {
        percentiles(l, &["llm_d_epp_request_ttft_seconds"], MODEL)
    }),
    proof("epp.tpot", |l| {
        percentiles(l, &["llm_d_epp_request_streaming_tpot_seconds"], MODEL)
    }),
    proof("epp.itl", |l| {
        percentiles(l, &["llm_d_epp_request_streaming_itl_seconds"], MODEL)
    }),
    proof("epp.normalised_tpot", |l| {
        objective(
            l,
            "llm_d_epp_request_ntpot_seconds",
            "normalized_time_per_output_token_seconds",
        )
    }),
    proof("epp.request_size", |l| {
        objective(l, "llm_d_epp_request_size_bytes", "request_sizes")
    }),
    proof("epp.response_size", |l| {
        objective(l, "llm_d_epp_response_size_bytes", "response_sizes")
    }),
    proof("epp.input_tokens", |l| {
        objective(l, "llm_d_epp_request_input_tokens", "input_tokens")
    }),
    proof("epp.output_tokens", |l| {
        objective(l, "llm_d_epp_request_output_tokens", "output_tokens")
    }),
    proof("epp.cached_tokens", |l| {
        objective(l, "llm_d_epp_request_cached_tokens", "prompt_cached_tokens")
    }),
    proof("epp.running", |l| {
        let names = [
            "llm_d_epp_request_running",
            "inference_objective_running_requests",
            "inference_model_running_requests",
        ];
        vec![l.of(&names).mean().sum(MODEL)]
    }),
    proof("epp.slo_violations", |l| {
        let names = [
            "llm_d_epp_request_slo_violation_total",
            "inference_objective_request_slo_violation_total",
        ];
        vec![l.of(&names).rate().sum(&["model_name", "type"])]
    }),
    proof("epp.saturation", |l| {
        let names = [
            "llm_d_epp_flow_control_pool_saturation",
            "inference_extension_flow_control_pool_saturation",
        ];
        vec![l.of(&names).peak().max(&["namespace", "inference_pool"])]
    }),
    proof("epp.flow_queue", |l| {
        let names = [
            "llm_d_epp_flow_control_queue_size",
            "inference_extension_flow_control_queue_size",
        ];
        vec![l.of(&names).mean().sum(&["inference_pool", "priority"])]
    }),
    proof("epp.flow_bytes", |l| {
        let names = [
            "llm_d_epp_flow_control_queue_bytes",
            "inference_extension_flow_control_queue_bytes",
        ];
        vec![l.of(&names).mean().sum(&["inference_pool", "priority"])]
    }),
    proof("epp.flow_wait", |l| {
        let names = [
            "llm_d_epp_flow_control_request_queue_duration_seconds",
            "inference_extension_flow_control_request_queue_duration_seconds",
        ];
        vec![percentile(l, &names, &["priority", "outcome"], 0.99)]
    }),
    proof("epp.flow_dispatch", |l| {
        let names = [
            "llm_d_epp_flow_control_dispatch_cycle_duration_seconds",
            "inference_extension_flow_control_dispatch_cycle_duration_seconds",
        ];
        percentiles(l, &names, &[])
    }),
];
