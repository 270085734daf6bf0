//! OpenVINO Model Server. Times are in microseconds; probes and metadata are counted with the requests and left out by
//! their method.

use super::{Proof, mean, percentiles, proof};
use crate::proof::calc::{Look, Pick, Vector};

const NAME: &[&str] = &["name"];
const TIME: &[&str] = &["ovms_request_time_us"];
const SECONDS: f64 = 1e-6;

/// Inference alone.
fn inference<'a>(look: &'a Look<'a>, name: &str) -> Pick<'a> {
    look.of(&[name])
        .with("method", &["ModelInfer", "Predict", "Unary", "Stream"])
}

fn seconds(look: &Look<'_>, name: &str) -> Vec<Vector> {
    percentiles(look, &[name], NAME)
        .iter()
        .map(|each| each.times(SECONDS))
        .collect()
}

fn rates(look: &Look<'_>, name: &str) -> Vector {
    look.of(&[name]).rate().sum(NAME)
}

/// Requests per second within this bound; Prometheus 3 writes it with a fraction.
fn within(look: &Look<'_>, bound: f64) -> Vector {
    look.buckets(TIME)
        .having("le", |le| le.parse() == Ok(bound))
        .rate()
        .sum(NAME)
}

pub const PROOFS: &[Proof] = &[
    proof("ovms.requests", |l| {
        vec![inference(l, "ovms_requests_success").rate().sum(NAME)]
    }),
    proof("ovms.failures", |l| {
        vec![inference(l, "ovms_requests_fail").rate().sum(NAME)]
    }),
    proof("ovms.succeeded", |l| {
        vec![inference(l, "ovms_requests_success").growth_of_range().sum(&[])]
    }),
    proof("ovms.failed", |l| {
        vec![inference(l, "ovms_requests_fail").growth_of_range().sum(&[])]
    }),
    proof("ovms.request_time", |l| {
        seconds(l, "ovms_request_time_us").into_iter().take(2).collect()
    }),
    proof("ovms.inference_time", |l| seconds(l, "ovms_inference_time_us")),
    proof("ovms.queue_wait", |l| seconds(l, "ovms_wait_for_infer_req_time_us")),
    proof("ovms.mean_request_time", |l| vec![mean(l, TIME, NAME).times(SECONDS)]),
    // Content within 67 ms counts whole, within 218 ms half: half of those within each of the two.
    proof("ovms.apdex", |l| {
        let content = within(l, 67_466.0).plus(&within(l, 218_591.0)).times(0.5);
        vec![content.per(&l.count(TIME).rate().sum(NAME))]
    }),
    proof("ovms.in_flight", |l| {
        vec![l.of(&["ovms_current_requests"]).mean().sum(NAME)]
    }),
    proof("ovms.replicas", |l| {
        vec![
            l.of(&["ovms_streams"])
                .now()
                .count(&["name", "namespace", "pod"])
                .count(NAME),
        ]
    }),
    proof("ovms.streams", |l| {
        vec![l.of(&["ovms_streams"]).now().max(&["name", "namespace", "pod"])]
    }),
    proof("ovms.slots", |l| {
        ["ovms_infer_req_active", "ovms_infer_req_queue_size"]
            .map(|name| l.of(&[name]).mean().sum(NAME))
            .into()
    }),
    proof("ovms.graphs", |l| vec![l.of(&["ovms_current_graphs"]).mean().sum(NAME)]),
    proof("ovms.graph_requests", |l| {
        ["ovms_requests_accepted", "ovms_requests_rejected", "ovms_responses"]
            .map(|name| rates(l, name))
            .into()
    }),
    proof("ovms.graph_errors", |l| vec![rates(l, "ovms_graph_error")]),
    proof("ovms.graph_time", |l| {
        ["ovms_graph_processing_time_us", "ovms_graph_request_latency_us"]
            .map(|name| mean(l, &[name], NAME).times(SECONDS))
            .into()
    }),
];
