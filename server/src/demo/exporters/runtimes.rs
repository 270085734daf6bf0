//! TGIS, Caikit, Triton, NVIDIA NIM and KServe's Python servers: what their common row of charts needs.

use super::family::{Family, Kind, Page};
use crate::demo::sim::classic::Server;

/// Which program serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    Tgis,
    Caikit,
    Triton,
    Nim,
    KServe,
}

pub fn page(server: &Server, program: Program, model: &'static str) -> Vec<Family> {
    let mut page = Page::new(None);
    let good = server.succeeded.iter().sum::<u64>() as f64;
    let bad = server.failed.iter().sum::<u64>() as f64;
    // All requests, good and bad.
    let [time, _] = &server.time;
    match program {
        Program::Tgis => {
            for (name, count) in [("count", good + bad), ("success", good), ("failure", bad)] {
                page.counter(&format!("tgi_request_{name}"), "Requests.", &[], count);
            }
            page.histogram("tgi_request_duration", "End-to-end duration in seconds.", &[], time);
        }
        Program::Caikit => {
            let of = [("grpc_request", "TextGenerationTaskRequest"), ("model_id", model)];
            let [request, whose] = of;
            let mut calls = Family::new(
                Kind::Counter,
                "predict_rpc_count_total",
                "Count of global predict-managed RPC calls",
            );
            for (code, count) in [("OK", good), ("INTERNAL", bad)] {
                if count > 0.0 {
                    calls = calls.with(&[("code", code), request, whose], count);
                }
            }
            page.push(calls);
            let name = "predict_caikit_library_duration_seconds";
            let mut duration = Family::new(Kind::Summary, name, "Duration in the library, seconds.");
            if time.count() > 0 {
                duration = duration.with_summary(&of, time.count() as f64, time.sum());
            }
            page.push(duration);
        }
        Program::Triton => {
            let whose = [("model", model), ("version", "1")];
            for (name, help, value) in [
                ("success", "Requests that succeeded.", good),
                ("failure", "Requests that failed.", bad),
                (
                    "duration_us",
                    "Microseconds of all requests.",
                    (time.sum() * 1e6).round(),
                ),
            ] {
                page.counter(&format!("nv_inference_request_{name}"), help, &whose, value);
            }
        }
        Program::Nim => {
            let whose = [("model_name", model)];
            page.counter("request_success_total", "Requests that succeeded.", &whose, good);
            page.counter("request_failure_total", "Requests that failed.", &whose, bad);
            page.histogram("e2e_request_latency_seconds", "End-to-end latency.", &whose, time);
        }
        Program::KServe => {
            let mut latency = Family::new(Kind::Histogram, "request_predict_seconds", "predict request latency");
            if time.count() > 0 {
                latency = latency.with_histogram(&[("model_name", model)], time);
            }
            page.push(latency);
        }
    }
    page.into_families()
}
