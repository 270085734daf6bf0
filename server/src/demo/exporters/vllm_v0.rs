//! An older vLLM (v0 engine, about 0.8): the old names, no `engine` label, no `_created`, and no series before the first
//! observation.

use super::family::{Family, Kind, Page};
use super::process::Usage;
use super::vllm_http;
use crate::demo::sim::engine::Engine;
use crate::demo::sim::histogram::Histogram;
use crate::demo::sim::load::Reason;

/// None while the process is down.
pub fn page(engine: &Engine, model: &'static str, now: f64) -> Option<Vec<Family>> {
    let stats = engine.stats()?;
    let mut page = Page::new(None);
    let l = [("model_name", model)];
    page.gauge(
        "vllm:cache_config_info",
        "information of cache_config",
        &[
            ("block_size", "16"),
            ("cache_dtype", "auto"),
            ("enable_prefix_caching", "True"),
            ("gpu_memory_utilization", "0.9"),
            ("num_gpu_blocks", engine.spec.blocks_text),
        ],
        1.0,
    );
    // The engine writes its first statistics with its first step.
    let stepped = stats.iteration_tokens.count() > 0 || engine.running() > 0;
    let gauge = |name: &str, help: &str, value: f64| {
        let family = Family::new(Kind::Gauge, name, help);
        if stepped { family.with(&l, value) } else { family }
    };
    let hit_rate = if stats.prefix_queries == 0 {
        0.0
    } else {
        stats.prefix_hits as f64 / stats.prefix_queries as f64
    };
    page.push(gauge(
        "vllm:num_requests_running",
        "Number of requests currently running on GPU.",
        engine.running() as f64,
    ));
    page.push(gauge(
        "vllm:num_requests_waiting",
        "Number of requests waiting to be processed.",
        engine.waiting() as f64,
    ));
    // Preemption recomputes here, it never swaps.
    page.push(gauge(
        "vllm:num_requests_swapped",
        "Number of requests swapped to CPU.",
        0.0,
    ));
    page.push(gauge(
        "vllm:gpu_cache_usage_perc",
        "GPU KV-cache usage. 1 means 100 percent usage.",
        engine.kv_usage(),
    ));
    page.push(gauge(
        "vllm:cpu_cache_usage_perc",
        "CPU KV-cache usage. 1 means 100 percent usage.",
        0.0,
    ));
    page.push(gauge(
        "vllm:gpu_prefix_cache_hit_rate",
        "GPU prefix cache block hit rate.",
        hit_rate,
    ));
    page.push(gauge(
        "vllm:cpu_prefix_cache_hit_rate",
        "CPU prefix cache block hit rate.",
        0.0,
    ));
    for (name, help, value) in [
        (
            "vllm:num_preemptions_total",
            "Cumulative number of preemption from the engine.",
            stats.preemptions,
        ),
        (
            "vllm:prompt_tokens_total",
            "Number of prefill tokens processed.",
            stats.prompt_tokens,
        ),
        (
            "vllm:generation_tokens_total",
            "Number of generation tokens processed.",
            stats.generation_tokens,
        ),
    ] {
        let family = Family::new(Kind::Counter, name, help);
        page.push(if stepped { family.with(&l, value as f64) } else { family });
    }
    let mut finished = Family::new(
        Kind::Counter,
        "vllm:request_success_total",
        "Count of successfully processed requests.",
    );
    for (reason, count) in Reason::ALL
        .into_iter()
        .zip(stats.finished)
        .filter(|(_, count)| *count > 0)
    {
        finished = finished.with(&[("finished_reason", reason.name()), l[0]], count as f64);
    }
    page.push(finished);
    let mut n = Histogram::new(super::buckets::vllm::PARAMS_N);
    n.observe_n(1.0, stats.finished_total());
    for (name, help, histogram) in [
        (
            "vllm:iteration_tokens_total",
            "Histogram of number of tokens per engine_step.",
            &stats.iteration_tokens,
        ),
        (
            "vllm:time_to_first_token_seconds",
            "Histogram of time to first token in seconds.",
            &stats.time_to_first_token,
        ),
        (
            "vllm:time_per_output_token_seconds",
            "Histogram of time per output token in seconds.",
            &stats.inter_token_latency,
        ),
        (
            "vllm:e2e_request_latency_seconds",
            "Histogram of end to end request latency in seconds.",
            &stats.e2e,
        ),
        (
            "vllm:request_queue_time_seconds",
            "Histogram of time spent in WAITING phase for request.",
            &stats.queue,
        ),
        (
            "vllm:request_inference_time_seconds",
            "Histogram of time spent in RUNNING phase for request.",
            &stats.inference,
        ),
        (
            "vllm:request_prefill_time_seconds",
            "Histogram of time spent in PREFILL phase for request.",
            &stats.prefill,
        ),
        (
            "vllm:request_decode_time_seconds",
            "Histogram of time spent in DECODE phase for request.",
            &stats.decode,
        ),
        (
            "vllm:request_prompt_tokens",
            "Number of prefill tokens processed.",
            &stats.prompt_length,
        ),
        (
            "vllm:request_generation_tokens",
            "Number of generation tokens processed.",
            &stats.generation_length,
        ),
        (
            "vllm:request_max_num_generation_tokens",
            "Histogram of maximum number of requested generation tokens.",
            &stats.generation_length,
        ),
        ("vllm:request_params_n", "Histogram of the n request parameter.", &n),
        (
            "vllm:request_params_max_tokens",
            "Histogram of the max_tokens request parameter.",
            &stats.max_tokens,
        ),
    ] {
        let family = Family::new(Kind::Histogram, name, help);
        page.push(if histogram.count() > 0 {
            family.with_histogram(&l, histogram)
        } else {
            family
        });
    }
    vllm_http::write(&mut page, &stats.http);
    Usage::of(stats.started, now, 0.09, stats.http.duration.count(), 0.044, 4_610.0).write(&mut page);
    Some(page.into_families())
}
