//! The overview's tiles: one number for everything.

use super::{Proof, percentile, proof};
use crate::proof::calc::{Look, Vector};

/// The exporter's generations name the host in two ways.
fn cards(look: &Look<'_>, field: &str) -> Vector {
    look.of(&[field])
        .now()
        .renamed("hostname", "Hostname")
        .max(&["Hostname", "gpu"])
}

pub const PROOFS: &[Proof] = &[
    // Whatever serves: each runtime counts its answers in another way, and probes are nobody's requests.
    proof("overview.requests", |l| {
        let vllm = l
            .of(&["vllm:request_success_total"])
            .without("finished_reason", &["error", "abort"])
            .rate();
        let openvino = l
            .of(&["ovms_requests_success"])
            .with("method", &["ModelInfer", "Predict", "Unary", "Stream"]);
        let mlserver = l.of(&["model_infer_request_success_total"]).rate();
        let mut all = vllm;
        all.rows.extend(openvino.rate().rows);
        all.rows.extend(mlserver.rows);
        vec![all.sum(&[])]
    }),
    proof("overview.ttft", |l| {
        let times = percentile(l, &["vllm:time_to_first_token_seconds"], &["model_name"], 0.95);
        vec![times.max(&[])]
    }),
    proof("overview.kv_cache", |l| {
        vec![
            l.of(&["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"])
                .peak()
                .max(&[]),
        ]
    }),
    proof("overview.waiting", |l| {
        vec![l.of(&["vllm:num_requests_waiting"]).mean().sum(&[])]
    }),
    proof("overview.gpus_busy", |l| {
        let busy = cards(l, "DCGM_FI_DEV_GPU_UTIL");
        let busy = busy.or_on(
            &cards(l, "DCGM_FI_PROF_GR_ENGINE_ACTIVE").times(100.0),
            &["Hostname", "gpu"],
        );
        vec![busy.map(|percent| if percent > 5.0 { 1.0 } else { 0.0 }).sum(&[])]
    }),
];
