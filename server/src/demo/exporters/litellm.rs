//! The LiteLLM proxy's Prometheus callback. Several workers share their metrics through files, so there are no creation
//! times. A key's series come with its first request.

use super::family::{Family, Kind, Page};
use crate::demo::sim::front::proxy::{Account, KEYS, Key, Proxy};
use crate::demo::sim::load::Source;

/// A model as the proxy's configuration has it.
#[derive(Debug, Clone, Copy)]
pub struct Deployment {
    pub requested: &'static str,
    pub litellm_model: &'static str,
    pub id: &'static str,
    pub api_base: &'static str,
}

type Whose = [(&'static str, &'static str); 8];

fn whose(key: &Key, deployment: Deployment) -> Whose {
    [
        ("requested_model", deployment.requested),
        ("model", deployment.requested),
        ("api_key_alias", key.alias),
        ("hashed_api_key", key.hash),
        ("team", key.team),
        ("team_alias", key.team_alias),
        ("user", key.user),
        ("end_user", ""),
    ]
}

const ROUTE: (&str, &str) = ("route", "/v1/chat/completions");

/// A family of counters, one for each account, in dollars, tokens or requests.
type Counted = (&'static str, &'static str, fn(&Account) -> f64);

const COUNTERS: [Counted; 5] = [
    ("litellm_requests_metric_total", "Calls to models.", |a| {
        a.requests as f64
    }),
    ("litellm_spend_metric_total", "Spend in US dollars.", |a| a.spend),
    ("litellm_total_tokens_metric_total", "Tokens in and out.", |a| {
        (a.prompt_tokens + a.generation_tokens) as f64
    }),
    ("litellm_input_tokens_metric_total", "Tokens in.", |a| {
        a.prompt_tokens as f64
    }),
    ("litellm_output_tokens_metric_total", "Tokens out.", |a| {
        a.generation_tokens as f64
    }),
];

/// The deployments are granite's and mistral's.
pub fn page(proxy: &Proxy, deployments: [Deployment; 2]) -> Vec<Family> {
    let mut page = Page::new(None);
    let [granite, mistral] = deployments;
    let deployment = |source: Source| if source == Source::Mistral { mistral } else { granite };
    let used = || {
        let accounts = KEYS.iter().zip(&proxy.accounts);
        accounts.filter(|(_, account)| account.requests > 0)
    };
    let mut total = Family::new(
        Kind::Counter,
        "litellm_proxy_total_requests_metric_total",
        "Requests to the proxy.",
    );
    let mut failed = Family::new(
        Kind::Counter,
        "litellm_proxy_failed_requests_metric_total",
        "Failed answers of the proxy.",
    );
    for (key, account) in used() {
        let own = whose(key, deployment(key.source));
        for (status, class, count) in [
            ("200", "", account.requests),
            ("400", "Openai.BadRequestError", account.refused),
            ("500", "Openai.InternalServerError", account.failed),
            ("503", "Openai.ServiceUnavailableError", account.lost),
        ] {
            if count == 0 {
                continue;
            }
            let labels: Vec<_> = own.into_iter().chain([("status_code", status), ROUTE]).collect();
            total = total.with(&labels, count as f64);
            if !class.is_empty() {
                let why = [("exception_status", status), ("exception_class", class), ROUTE];
                let labels: Vec<_> = own.into_iter().chain(why).collect();
                failed = failed.with(&labels, count as f64);
            }
        }
    }
    page.push(total);
    page.push(failed);
    for (name, help, value) in COUNTERS {
        let mut family = Family::new(Kind::Counter, name, help);
        for (key, account) in used() {
            family = family.with(&whose(key, deployment(key.source)), value(account));
        }
        page.push(family);
    }
    let mut latency = Family::new(
        Kind::Histogram,
        "litellm_request_total_latency_metric",
        "Whole latency of a request, seconds.",
    );
    for (key, account) in used() {
        latency = latency.with_histogram(&whose(key, deployment(key.source)), &account.latency);
    }
    page.push(latency);
    let mut state = Family::new(
        Kind::Gauge,
        "litellm_deployment_state",
        "0 healthy, 1 partial outage, 2 complete outage.",
    );
    for (deployment, troubled) in deployments.into_iter().zip(proxy.troubled) {
        let labels = [
            ("litellm_model_name", deployment.litellm_model),
            ("model_id", deployment.id),
            ("api_base", deployment.api_base),
            ("api_provider", "hosted_vllm"),
        ];
        state = state.with(&labels, f64::from(u8::from(troubled)));
    }
    page.push(state);
    let mut budget = Family::new(
        Kind::Gauge,
        "litellm_remaining_team_budget_metric",
        "US dollars left of a team's budget.",
    );
    for (key, account) in used() {
        let team = [("team", key.team), ("team_alias", key.team_alias)];
        budget = budget.with(&team, key.budget - account.spent_today);
    }
    page.push(budget);
    page.into_families()
}
