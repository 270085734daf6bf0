//! MLServer. Failures appear with the first one; REST and gRPC series have no model, and count probes and metadata too.

use super::{Proof, mean, none_is_zero, proof};
use crate::proof::calc::{Look, Vector};

const OK: &[&str] = &["model_infer_request_success_total"];
const FAILED: &[&str] = &["model_infer_request_failure_total"];
const REST: &[&str] = &["rest_server_requests_total", "rest_server_requests"];
const REST_TIME: &str = "rest_server_request_duration_seconds";
const MODEL: &[&str] = &["model"];
const POD: &[&str] = &["namespace", "pod"];
const INFER: fn(&str) -> bool = |path| path.ends_with("/infer");

/// REST's times of inference alone.
fn rest_times(look: &Look<'_>) -> Vec<Vector> {
    let buckets = look
        .buckets(&[REST_TIME])
        .having("path", INFER)
        .rate()
        .sum(&["le", "namespace", "pod"]);
    [0.5, 0.95, 0.99]
        .map(|quantile| look.quantile(&buckets, quantile))
        .into()
}

pub const PROOFS: &[Proof] = &[
    proof("mlserver.requests", |l| vec![l.of(OK).rate().sum(MODEL)]),
    proof("mlserver.failures", |l| {
        vec![none_is_zero(
            l.of(FAILED).rate().sum(MODEL),
            &l.of(OK).rate().sum(MODEL),
        )]
    }),
    proof("mlserver.succeeded", |l| vec![l.of(OK).growth_of_range().sum(&[])]),
    proof("mlserver.failed", |l| {
        let all = l.of(OK).growth_of_range().sum(&[]);
        vec![none_is_zero(l.of(FAILED).growth_of_range().sum(&[]), &all)]
    }),
    proof("mlserver.request_time", |l| {
        vec![mean(l, &["model_infer_request_duration"], MODEL)]
    }),
    proof("mlserver.rest_requests", |l| {
        vec![
            l.of(REST)
                .having("path", INFER)
                .rate()
                .sum(&["namespace", "pod", "status_code"]),
        ]
    }),
    proof("mlserver.rest_time", rest_times),
    proof("mlserver.in_progress", |l| {
        vec![
            l.of(&["rest_server_requests_in_progress"])
                .having("path", INFER)
                .mean()
                .sum(POD),
        ]
    }),
    proof("mlserver.queues", |l| {
        ["batch_request_queue", "parallel_request_queue"]
            .map(|name| l.of(&[name]).mean().sum(POD))
            .into()
    }),
    proof("mlserver.grpc", |l| {
        let calls = l
            .of(&["grpc_server_handled_total"])
            .with("grpc_method", &["ModelInfer", "ModelStreamInfer"]);
        vec![calls.rate().sum(&["namespace", "pod", "grpc_code"])]
    }),
];
