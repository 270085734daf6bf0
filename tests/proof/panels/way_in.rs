//! What stands before the models: the gateway with its limits, and LiteLLM. A monitor marks the gateway's own series; other
//! proxies of the mesh write the same names.

use super::{Proof, proof};
use crate::proof::calc::{Look, Pick, Vector};

const SUBSCRIPTION: &[&str] = &["subscription"];
const TEAM: &[&str] = &["team_alias"];
const MODEL: &[&str] = &["requested_model"];
const FAILED: &[&str] = &["litellm_proxy_failed_requests_metric_total"];
const ALL: &[&str] = &["litellm_proxy_total_requests_metric_total"];
const SPEND: &[&str] = &["litellm_spend_metric_total"];

fn answers<'a>(look: &'a Look<'a>) -> Pick<'a> {
    look.of(&["istio_requests_total"]).with("llm_isvc_gateway", &["true"])
}

/// Of answers that begin with 2, in milliseconds.
fn latency(look: &Look<'_>) -> Vec<Vector> {
    let good = look
        .buckets(&["istio_request_duration_milliseconds"])
        .with("llm_isvc_gateway", &["true"])
        .having("response_code", |code| code.starts_with('2'));
    let buckets = good.rate().sum(&["le"]);
    [0.5, 0.95, 0.99]
        .map(|quantile| look.quantile(&buckets, quantile).times(1e-3))
        .into()
}

/// Limitador's counters have `_total` behind a collector.
fn limits(look: &Look<'_>, name: &str) -> Vec<Vector> {
    let names = [format!("{name}_total"), name.to_owned()];
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    vec![look.of(&names).rate().sum(SUBSCRIPTION)]
}

pub const PROOFS: &[Proof] = &[
    proof("gateway.requests", |l| vec![answers(l).rate().sum(&["response_code"])]),
    proof("gateway.errors", |l| {
        let failed = answers(l).having("response_code", |code| code.starts_with(['4', '5']));
        vec![failed.rate().sum(&["destination_canonical_service", "response_code"])]
    }),
    // Without traffic there is no share.
    proof("gateway.error_ratio", |l| {
        let all = answers(l).rate().sum(&[]);
        let broken = answers(l).having("response_code", |code| code.starts_with('5'));
        let broken = broken.rate().sum(&[]).or(&all.times(0.0));
        vec![broken.per(&all.filter(|all| all > 0.0))]
    }),
    proof("gateway.latency", latency),
    proof("gateway.flags", |l| {
        vec![
            answers(l)
                .without("response_flags", &["-"])
                .rate()
                .sum(&["response_flags"]),
        ]
    }),
    proof("gateway.decisions", |l| {
        ["allowed", "denied", "errors"]
            .map(|what| l.of(&[&format!("kuadrant_{what}")]).rate().sum(&[]))
            .into()
    }),
    proof("gateway.tokens", |l| limits(l, "authorized_hits")),
    proof("gateway.calls", |l| limits(l, "authorized_calls")),
    proof("gateway.limited", |l| limits(l, "limited_calls")),
    proof("litellm.requests", |l| {
        [ALL, FAILED].map(|names| l.of(names).rate().sum(MODEL)).into()
    }),
    proof("litellm.failures", |l| {
        vec![l.of(FAILED).rate().sum(&["exception_status", "exception_class"])]
    }),
    proof("litellm.latency", |l| {
        let buckets = l.buckets(&["litellm_request_total_latency_metric"]).rate().sum(&["le"]);
        [0.5, 0.95, 0.99].map(|quantile| l.quantile(&buckets, quantile)).into()
    }),
    proof("litellm.tokens", |l| {
        vec![l.of(&["litellm_total_tokens_metric_total"]).rate().sum(TEAM)]
    }),
    proof("litellm.token_mix", |l| {
        ["input", "output"]
            .map(|way| l.of(&[&format!("litellm_{way}_tokens_metric_total")]).rate().sum(MODEL))
            .into()
    }),
    proof("litellm.keys", |l| {
        vec![l.of(ALL).rate().sum(&["api_key_alias", "requested_model"])]
    }),
    proof("litellm.spend_total", |l| vec![l.of(SPEND).growth_of_range().sum(&[])]),
    // Dollars an hour.
    proof("litellm.spend", |l| vec![l.of(SPEND).rate().sum(TEAM).times(3600.0)]),
    proof("litellm.budget", |l| {
        vec![l.of(&["litellm_remaining_team_budget_metric"]).now().min(TEAM)]
    }),
    proof("litellm.deployments", |l| {
        vec![l.of(&["litellm_deployment_state"]).now().max(&["litellm_model_name"])]
    }),
];
