//! The server's own metrics. Every label has a closed set of values, so that no request can add a series.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::Registry,
};

/// From a health check to the longest query; the default upstream timeout is 25 s.
const SECONDS: [f64; 10] = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    method: &'static str,
    /// The class: `2xx`, `4xx`, …
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct UpstreamLabels {
    api: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ApiLabels {
    api: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusedLabels {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PanelLabels {
    state: &'static str,
}

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Histograms<RouteLabels>,
    upstream_requests: Family<UpstreamLabels, Counter>,
    upstream_seconds: Histograms<ApiLabels>,
    panels: Family<PanelLabels, Counter>,
    refused: Family<RefusedLabels, Counter>,
    /// Questions that are with the store, and their answers until they are decoded or passed on.
    pub queries: Gauge,
    /// Runs of the engine that sets up the cluster.
    pub setups: Gauge,
    /// Open connections of the page's and the API's port.
    pub connections: Gauge,
    /// 1 while the files of the certificate hold a pair that cannot be used, and the one before is in use.
    pub certificate_refused: Gauge,
}

impl Metrics {
    #[must_use]
    pub fn new() -> Metrics {
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        let mut metrics = Metrics {
            registry: Registry::with_prefix("servelens"),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(histogram),
            upstream_requests: Family::default(),
            upstream_seconds: Family::new_with_constructor(histogram),
            panels: Family::default(),
            refused: Family::default(),
            queries: Gauge::default(),
            setups: Gauge::default(),
            connections: Gauge::default(),
            certificate_refused: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program that answers", build);
        registry.register("http_requests", "Answered requests", metrics.requests.clone());
        registry.register(
            "http_request_duration_seconds",
            "Time from a request to the head of its answer",
            metrics.request_seconds.clone(),
        );
        registry.register(
            "upstream_requests",
            "Requests to the metrics store by outcome",
            metrics.upstream_requests.clone(),
        );
        registry.register(
            "upstream_request_duration_seconds",
            "Time from asking the metrics store to the head of its answer",
            metrics.upstream_seconds.clone(),
        );
        registry.register("panels", "Answered panels by state", metrics.panels.clone());
        registry.register(
            "queries_refused",
            "Questions for which there was no place with the metrics store",
            metrics.refused.clone(),
        );
        registry.register(
            "queries",
            "Questions that are with the metrics store, and answers that are not decoded or passed on yet",
            metrics.queries.clone(),
        );
        registry.register(
            "setups",
            "Checks, plans, applies and removals of the cluster's monitoring that run",
            metrics.setups.clone(),
        );
        registry.register("connections", "Open connections", metrics.connections.clone());
        registry.register(
            "certificate_refused",
            "Whether the files of the certificate hold a pair that cannot be used, so that the one before stays in use",
            metrics.certificate_refused.clone(),
        );
        metrics
    }

    /// `route` is the template a request matched, never the path it sent.
    pub fn request(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let method = match *method {
            Method::GET => "GET",
            Method::HEAD => "HEAD",
            Method::POST => "POST",
            _ => "other",
        };
        let status = match status.as_u16() / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        let labels = RequestLabels {
            route: route.to_owned(),
            method,
            status,
        };
        self.requests.get_or_create(&labels).inc();
        let labels = RouteLabels {
            route: route.to_owned(),
        };
        self.request_seconds.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// `outcome` is `ok` or an error code.
    pub fn upstream(&self, api: &'static str, outcome: &'static str, took: Duration) {
        self.upstream_requests
            .get_or_create(&UpstreamLabels { api, outcome })
            .inc();
        self.upstream_seconds
            .get_or_create(&ApiLabels { api })
            .observe(took.as_secs_f64());
    }

    pub fn panel(&self, state: &'static str) {
        self.panels.get_or_create(&PanelLabels { state }).inc();
    }

    /// `reason` is an error code.
    pub fn refused_query(&self, reason: &'static str) {
        self.refused.get_or_create(&RefusedLabels { reason }).inc();
    }

    #[cfg(test)]
    pub fn refused_queries(&self) -> u64 {
        let of = |reason| self.refused.get_or_create(&RefusedLabels { reason }).get();
        of("busy") + of("caller_busy")
    }

    /// OpenMetrics text.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing into a String does not fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
