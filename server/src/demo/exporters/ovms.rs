//! OpenVINO Model Server with its default metrics: counters without `_total`, times in microseconds, every series there
//! from the start, and readiness probes counted among the successes.

use super::family::{Family, Kind, Page};
use crate::demo::sim::classic::Server;

const METHODS: [(&str, &str, &str, bool); 12] = [
    ("TensorFlowServing", "gRPC", "Predict", true),
    ("TensorFlowServing", "gRPC", "GetModelMetadata", true),
    ("TensorFlowServing", "gRPC", "GetModelStatus", false),
    ("TensorFlowServing", "REST", "Predict", true),
    ("TensorFlowServing", "REST", "GetModelMetadata", true),
    ("TensorFlowServing", "REST", "GetModelStatus", false),
    ("KServe", "gRPC", "ModelInfer", true),
    ("KServe", "gRPC", "ModelMetadata", true),
    ("KServe", "gRPC", "ModelReady", false),
    ("KServe", "REST", "ModelInfer", true),
    ("KServe", "REST", "ModelMetadata", true),
    ("KServe", "REST", "ModelReady", false),
];

pub fn page(server: &Server, model: &'static str) -> Vec<Family> {
    let mut page = Page::new(None);
    let version = [("name", model), ("version", "1")];
    let [rest, grpc] = server.succeeded;
    let [rest_failed, grpc_failed] = server.failed;
    for (name, help, infer, ready) in [
        (
            "ovms_requests_success",
            "Number of successful requests to a model or a DAG.",
            [rest, grpc],
            server.probes,
        ),
        (
            "ovms_requests_fail",
            "Number of failed requests to a model or a DAG.",
            [rest_failed, grpc_failed],
            0,
        ),
    ] {
        let mut family = Family::new(Kind::Counter, name, help);
        for (api, interface, method, versioned) in METHODS {
            let value = match (interface, method) {
                ("REST", "ModelInfer") => infer[0],
                ("gRPC", "ModelInfer") => infer[1],
                ("REST", "ModelReady") => ready,
                _ => 0,
            };
            let labels = [
                ("api", api),
                ("interface", interface),
                ("method", method),
                ("name", model),
                ("version", "1"),
            ];
            family = family.with(
                labels.get(..if versioned { 5 } else { 4 }).unwrap_or(&labels),
                value as f64,
            );
        }
        page.push(family);
    }
    let mut time = Family::new(
        Kind::Histogram,
        "ovms_request_time_us",
        "Processing time of requests to a model or a DAG.",
    );
    for (interface, histogram) in [("gRPC", &server.time[1]), ("REST", &server.time[0])] {
        time = time.with_histogram(&[("interface", interface), version[0], version[1]], histogram);
    }
    page.push(time);
    page.histogram(
        "ovms_inference_time_us",
        "Inference execution time in the OpenVINO backend.",
        &version,
        &server.service,
    );
    page.histogram(
        "ovms_wait_for_infer_req_time_us",
        "Request waiting time in the scheduling queue.",
        &version,
        &server.wait,
    );
    page.gauge(
        "ovms_streams",
        "Number of OpenVINO execution streams.",
        &version,
        server.spec.streams as f64,
    );
    page.gauge(
        "ovms_current_requests",
        "Number of inference requests currently in process.",
        &version,
        server.in_flight() as f64,
    );
    page.into_families()
}
