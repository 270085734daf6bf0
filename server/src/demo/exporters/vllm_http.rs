//! The API server in front of a vLLM engine (prometheus-fastapi-instrumentator). Nothing of a handler exists before its
//! first request; the fine histogram has no handler label and is there from the start. `status` is grouped: `2xx`.

use super::family::{Family, Kind, Page};
use crate::demo::sim::engine::stats::HttpStats;

const HANDLER: (&str, &str) = ("handler", "/v1/chat/completions");
const METHOD: (&str, &str) = ("method", "POST");

pub fn write(page: &mut Page, stats: &HttpStats) {
    let mut requests = Family::new(
        Kind::Counter,
        "http_requests_total",
        "Total number of requests by method, status and handler.",
    );
    for (status, count) in [("2xx", stats.ok), ("4xx", stats.refused), ("5xx", stats.failed)] {
        if count > 0 {
            requests = requests.with(&[HANDLER, METHOD, ("status", status)], count as f64);
        }
    }
    page.companied(requests);
    let answered = stats.duration.count();
    for (name, help, bytes) in [
        (
            "http_request_size_bytes",
            "Content length of incoming requests by handler.",
            stats.request_bytes,
        ),
        (
            "http_response_size_bytes",
            "Content length of outgoing responses by handler.",
            stats.response_bytes,
        ),
    ] {
        let mut family = Family::new(Kind::Summary, name, help);
        if answered > 0 {
            family = family.with_summary(&[HANDLER], answered as f64, bytes as f64);
        }
        page.companied(family);
    }
    page.histogram(
        "http_request_duration_highr_seconds",
        "Latency with many buckets but no API specific labels.",
        &[],
        &stats.duration_fine,
    );
    let mut duration = Family::new(
        Kind::Histogram,
        "http_request_duration_seconds",
        "Latency with only few buckets by handler.",
    );
    if answered > 0 {
        duration = duration.with_histogram(&[HANDLER, METHOD], &stats.duration);
    }
    page.companied(duration);
}
