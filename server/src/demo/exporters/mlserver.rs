//! Seldon MLServer with one model. Its worker processes share their metrics through files, so the Python client tells
//! neither creation times nor process metrics. Failures appear with the first failure.

use super::family::{Family, Kind, Page};
use crate::demo::sim::classic::Server;

pub fn page(server: &Server, model: &'static str) -> Vec<Family> {
    let mut page = Page::new(None);
    let labels = [("model", model), ("version", "v1")];
    let succeeded: u64 = server.succeeded.iter().sum();
    let failed: u64 = server.failed.iter().sum();
    for (name, help, count) in [
        (
            "model_infer_request_success_total",
            "Model infer request success count",
            succeeded,
        ),
        (
            "model_infer_request_failure_total",
            "Model infer request failure count",
            failed,
        ),
    ] {
        let family = Family::new(Kind::Counter, name, help);
        page.push(if count > 0 {
            family.with(&labels, count as f64)
        } else {
            family
        });
    }
    let mut duration = Family::new(
        Kind::Summary,
        "model_infer_request_duration",
        "Model infer request duration",
    );
    if succeeded > 0 {
        duration = duration.with_summary(&labels, server.service.count() as f64, server.service.sum());
    }
    page.push(duration);
    let path = "/v2/models/{model_name}/infer";
    let mut requests = Family::new(Kind::Counter, "rest_server_requests_total", "Total HTTP requests");
    for (status, count) in [("200", succeeded), ("500", failed)] {
        if count > 0 {
            let labels = [
                ("app_name", "mlserver"),
                ("method", "POST"),
                ("path", path),
                ("status_code", status),
            ];
            requests = requests.with(&labels, count as f64);
        }
    }
    page.push(requests);
    let mut seconds = Family::new(
        Kind::Histogram,
        "rest_server_request_duration_seconds",
        "HTTP request duration, in seconds",
    );
    for (status, histogram) in [("200", &server.time[0]), ("500", &server.time[1])] {
        if histogram.count() > 0 {
            let labels = [
                ("app_name", "mlserver"),
                ("method", "POST"),
                ("path", path),
                ("status_code", status),
            ];
            seconds = seconds.with_histogram(&labels, histogram);
        }
    }
    page.push(seconds);
    let in_progress = [("app_name", "mlserver"), ("method", "POST"), ("path", path)];
    let progress = Family::new(
        Kind::Gauge,
        "rest_server_requests_in_progress",
        "Total HTTP requests currently in progress",
    );
    page.push(if succeeded + failed > 0 {
        progress.with(&in_progress, server.in_flight() as f64)
    } else {
        progress
    });
    // No adaptive batching: that queue is always empty. Requests wait for a worker in the other one.
    page.gauge(
        "batch_request_queue",
        "counts the number of requests in the batch queue",
        &[],
        0.0,
    );
    let waiting = server.in_flight() - server.executing();
    page.gauge(
        "parallel_request_queue",
        "counts the number of requests waiting for a worker",
        &[],
        waiting as f64,
    );
    page.into_families()
}
