//! The inference gateway's proxy as its monitor keeps it (Istio's standard metrics), Kuadrant's module in the same proxy,
//! and Limitador, which counts tokens and calls for each subscription.

use super::family::{Family, Kind, Page};
use crate::demo::sim::front::gateway::{Gateway, SUBSCRIPTIONS};

/// Who is behind the gateway.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    pub gateway: &'static str,
    /// The model's canonical service and namespace.
    pub service: &'static str,
    pub namespace: &'static str,
    pub model: &'static str,
    /// Limitador's name for the route.
    pub route: &'static str,
}

pub fn istio(gateway: &Gateway, names: Names) -> Vec<Family> {
    let mut page = Page::new(None);
    let mut requests = Family::new(
        Kind::Counter,
        "istio_requests_total",
        "Requests that the proxy has handled.",
    );
    let mut durations = Family::new(
        Kind::Histogram,
        "istio_request_duration_milliseconds",
        "Duration of requests.",
    );
    for (outcome, histogram) in &gateway.durations {
        let labels = [
            ("source_workload", names.gateway),
            ("destination_service_namespace", names.namespace),
            ("destination_canonical_service", names.service),
            ("response_code", outcome.code()),
            ("response_flags", outcome.flags()),
        ];
        requests = requests.with(&labels, histogram.count() as f64);
        durations = durations.with_histogram(&labels, histogram);
    }
    page.push(requests);
    page.push(durations);
    page.into_families()
}

pub fn kuadrant(gateway: &Gateway) -> Vec<Family> {
    let mut page = Page::new(None);
    page.counter(
        "kuadrant_allowed",
        "Requests that were let through.",
        &[],
        gateway.allowed as f64,
    );
    page.counter(
        "kuadrant_denied",
        "Requests that were turned away.",
        &[],
        gateway.denied as f64,
    );
    // Neither Authorino nor Limitador fails in this fleet.
    page.counter("kuadrant_errors", "Decisions that failed.", &[], 0.0);
    page.into_families()
}

pub fn limitador(gateway: &Gateway, names: Names) -> Vec<Family> {
    let mut page = Page::new(None);
    page.gauge("limitador_up", "Limitador is running.", &[], 1.0);
    let mut hits = Family::new(Kind::Counter, "authorized_hits", "Hits (tokens) within the limits.");
    let mut calls = Family::new(Kind::Counter, "authorized_calls", "Calls within the limits.");
    let mut limited = Family::new(Kind::Counter, "limited_calls", "Calls over a limit.");
    for ((user, subscription), account) in SUBSCRIPTIONS.into_iter().zip(&gateway.accounts) {
        let whose = [
            ("user", user),
            ("subscription", subscription),
            ("limitador_namespace", names.route),
        ];
        if account.calls > 0 {
            let [whom, plan, route] = whose;
            let tokens = [whom, plan, ("model", names.model), route];
            hits = hits.with(&tokens, account.tokens as f64);
            calls = calls.with(&whose, account.calls as f64);
        }
        if account.limited > 0 {
            limited = limited.with(&whose, account.limited as f64);
        }
    }
    for family in [hits, calls, limited] {
        page.push(family);
    }
    page.into_families()
}
