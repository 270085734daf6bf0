//! The endpoint picker of an LLMInferenceService. A current one writes two generations of names at once, the old
//! `inference_*` and the new `llm_d_epp_*`: the same numbers twice, never to be summed.

use super::family::{Family, Kind, Labels, Page};
use super::process::Usage;
use crate::demo::sim::histogram::Histogram;
use crate::demo::sim::router::{Candidate, Router, SCORERS};

/// Names around the router.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    pub model: &'static str,
    pub pool: &'static str,
    pub namespace: &'static str,
    /// Pods behind it, in the order of the candidates.
    pub pods: &'static [&'static str],
}

struct Both<'a> {
    page: Page,
    router: &'a Router,
}

impl Both<'_> {
    /// The same family under the old and the new name.
    fn write(&mut self, old: &str, new: &str, help: &str, fill: impl Fn(Family) -> Family, kind: Kind) {
        let marked = format!("[Deprecated: Use {new}] [ALPHA] {help}");
        self.page.push(fill(Family::new(kind, old, &marked)));
        self.page.push(fill(Family::new(kind, new, &format!("[ALPHA] {help}"))));
    }

    fn histogram(
        &mut self,
        old: &str,
        new: &str,
        help: &str,
        labels: Labels<'_>,
        pick: impl Fn(&Router) -> &Histogram,
    ) {
        let histogram = pick(self.router);
        // A vector without labels has its child from the start; one with labels gets it with the first value.
        let there = labels.is_empty() || histogram.count() > 0;
        let fill = |family: Family| {
            if there {
                family.with_histogram(labels, histogram)
            } else {
                family
            }
        };
        self.write(old, new, help, fill, Kind::Histogram);
    }

    fn gauge(&mut self, old: &str, new: &str, help: &str, labels: Labels<'_>, value: f64) {
        self.write(old, new, help, |family| family.with(labels, value), Kind::Gauge);
    }
}

pub fn page(router: &Router, candidates: &[Candidate], names: Names, now: f64) -> Vec<Family> {
    let mut both = Both {
        page: Page::new(None),
        router,
    };
    let model = [("model_name", names.model), ("target_model_name", names.model)];
    requests(&mut both, names, &model);
    pool(&mut both, candidates, names);
    scheduler(&mut both, names);
    let mut page = both.page;
    Usage::of(router.started, now, 0.02, router.requests, 0.0011, 96.0).write(&mut page);
    page.into_families()
}

fn requests(both: &mut Both<'_>, names: Names, model: Labels<'_>) {
    let router = both.router;
    let flow = [
        ("fairness_id", "default-flow"),
        ("model_name", names.model),
        ("priority", "0"),
        ("target_model_name", names.model),
    ];
    let counted = |labels: Vec<(&'static str, &'static str)>, count: u64| {
        move |family: Family| {
            if count > 0 {
                family.with(&labels, count as f64)
            } else {
                family
            }
        }
    };
    both.write(
        "inference_objective_request_total",
        "llm_d_epp_request_total",
        "Counter of inference objective requests broken out for each model and target model.",
        counted(flow.to_vec(), router.requests),
        Kind::Counter,
    );
    let failed = [
        ("error_code", "ModelServerError"),
        ("model_name", names.model),
        ("target_model_name", names.model),
    ];
    both.write(
        "inference_objective_request_error_total",
        "llm_d_epp_request_error_total",
        "Counter of inference objective requests errors broken out for each model and target model.",
        counted(failed.to_vec(), router.errors),
        Kind::Counter,
    );
    let mut histogram = |old: &str, new: &str, help: &str, pick: fn(&Router) -> &Histogram| {
        both.histogram(
            &format!("inference_objective_{old}"),
            &format!("llm_d_epp_request_{new}"),
            help,
            model,
            pick,
        );
    };
    histogram(
        "request_duration_seconds",
        "duration_seconds",
        "Response latency distribution in seconds.",
        |r| &r.duration,
    );
    histogram("input_tokens", "input_tokens", "Input token count distribution.", |r| {
        &r.input_tokens
    });
    histogram(
        "output_tokens",
        "output_tokens",
        "Output token count distribution.",
        |r| &r.output_tokens,
    );
    histogram(
        "prompt_cached_tokens",
        "cached_tokens",
        "Prompt cached token count distribution.",
        |r| &r.cached_tokens,
    );
    histogram(
        "normalized_time_per_output_token_seconds",
        "ntpot_seconds",
        "Latency divided by number of output tokens in seconds.",
        |r| &r.ntpot,
    );
    let mut ttft = Family::new(
        Kind::Histogram,
        "llm_d_epp_request_ttft_seconds",
        "[ALPHA] TTFT distribution in seconds.",
    );
    if router.ttft.count() > 0 {
        let labels = [
            ("model_name", names.model),
            ("streaming", "true"),
            ("target_model_name", names.model),
        ];
        ttft = ttft.with_histogram(&labels, &router.ttft);
    }
    both.page.push(ttft);
    let running = router.running as f64;
    both.gauge(
        "inference_objective_running_requests",
        "llm_d_epp_request_running",
        "Inference objective number of running requests in each model.",
        &[("model_name", names.model)],
        running,
    );
}

fn pool(both: &mut Both<'_>, candidates: &[Candidate], names: Names) {
    let ready: Vec<&Candidate> = candidates.iter().filter(|candidate| candidate.ready).collect();
    let mean = |of: fn(&Candidate) -> f64| {
        if ready.is_empty() {
            0.0
        } else {
            ready.iter().map(|candidate| of(candidate)).sum::<f64>() / ready.len() as f64
        }
    };
    let deviation = |of: fn(&Candidate) -> f64| {
        let middle = mean(of);
        let squares: f64 = ready.iter().map(|candidate| (of(candidate) - middle).powi(2)).sum();
        if ready.is_empty() {
            0.0
        } else {
            (squares / ready.len() as f64).sqrt()
        }
    };
    let kv: fn(&Candidate) -> f64 = |candidate| candidate.kv_usage;
    let queue: fn(&Candidate) -> f64 = |candidate| candidate.waiting as f64;
    let running: fn(&Candidate) -> f64 = |candidate| candidate.running as f64;
    let name = [("name", names.pool)];
    for (what, help, value) in [
        (
            "average_kv_cache_utilization",
            "The average kv cache utilization for an inference server pool.",
            mean(kv),
        ),
        (
            "average_queue_size",
            "The average number of requests pending in the model server queue.",
            mean(queue),
        ),
        (
            "average_running_requests",
            "The average number of running requests across model servers.",
            mean(running),
        ),
    ] {
        both.gauge(
            &format!("inference_pool_{what}"),
            &format!("llm_d_epp_{what}"),
            help,
            &name,
            value,
        );
    }
    let pods = ready.len() as f64;
    both.gauge(
        "inference_pool_ready_pods",
        "llm_d_epp_ready_endpoints",
        "The number of ready pods in the pool.",
        &name,
        pods,
    );
    let per_pod = |family: &str, label: &'static str| {
        let mut family = Family::new(
            Kind::Gauge,
            family,
            "[ALPHA] Requests pending in the queue of each model server.",
        );
        for (pod, candidate) in names
            .pods
            .iter()
            .zip(candidates)
            .filter(|(_, candidate)| candidate.ready)
        {
            family = family.with(&[(label, pod), ("name", names.pool)], candidate.waiting as f64);
        }
        family
    };
    both.page
        .push(per_pod("inference_pool_per_pod_queue_size", "model_server_pod"));
    both.page
        .push(per_pod("llm_d_epp_per_endpoint_queue_size", "model_server_endpoint"));
    for (what, value) in [
        ("llm_d_epp_std_dev_kv_cache_utilization", deviation(kv)),
        ("llm_d_epp_std_dev_queue_size", deviation(queue)),
        ("llm_d_epp_std_dev_running_requests", deviation(running)),
    ] {
        both.page.gauge(
            what,
            "[ALPHA] Standard deviation across the endpoints of the pool.",
            &name,
            value,
        );
    }
}

fn scheduler(both: &mut Both<'_>, names: Names) {
    let router = both.router;
    let pair = |what: &str| (format!("inference_extension_{what}"), format!("llm_d_epp_{what}"));
    let (old, new) = pair("scheduler_e2e_duration_seconds");
    both.histogram(
        &old,
        &new,
        "End-to-end scheduling latency distribution in seconds.",
        &[],
        |r| &r.decision,
    );
    let (old, new) = pair("scheduler_attempts_total");
    for (family, label) in [(old, "pod_name"), (new, "endpoint_name")] {
        let mut family = Family::new(Kind::Counter, &family, "[ALPHA] Total number of scheduling attempts.");
        for (pod, picks) in names.pods.iter().zip(&router.picks).filter(|(_, picks)| **picks > 0) {
            let labels = [
                ("namespace", names.namespace),
                (label, *pod),
                ("port", "8000"),
                ("status", "success"),
                ("target_model_name", names.model),
            ];
            family = family.with(&labels, *picks as f64);
        }
        both.page.push(family);
    }
    let (old, new) = pair("plugin_duration_seconds");
    let plugins = |mut family: Family| {
        for (plugin, histogram) in SCORERS.into_iter().zip(&router.scorers).filter(|(_, h)| h.count() > 0) {
            let labels = [
                ("extension_point", "Scorer"),
                ("plugin_name", plugin),
                ("plugin_type", plugin),
            ];
            family = family.with_histogram(&labels, histogram);
        }
        family
    };
    both.write(
        &old,
        &new,
        "Plugin processing latency distribution in seconds.",
        plugins,
        Kind::Histogram,
    );
    let (old, new) = pair("prefix_indexer_size");
    both.gauge(
        &old,
        &new,
        "Size of the prefix indexer.",
        &[],
        router.index_size() as f64,
    );
    let (old, new) = pair("prefix_indexer_hit_ratio");
    both.histogram(
        &old,
        &new,
        "Ratio of prefix length matched to total prefix length.",
        &[],
        |r| &r.hit_ratio,
    );
    let (old, new) = pair("prefix_indexer_hit_bytes");
    both.histogram(&old, &new, "Length of the prefix match in number of bytes.", &[], |r| {
        &r.hit_bytes
    });
    let (old, new) = pair("info");
    both.gauge(
        &old,
        &new,
        "General information of the current build.",
        &[("build_ref", "v0.9.0"), ("commit", "5f2c7e1")],
        1.0,
    );
}
