//! A current vLLM (v1 engine): every series exists from the start, at 0; each counter and histogram tells when it was
//! created.

use super::family::{Family, Kind, Page};
use super::process::Usage;
use super::vllm_http;
use crate::demo::sim::engine::{Engine, lora};
use crate::demo::sim::load::Reason;

/// None while the process is down.
pub fn page(engine: &Engine, model: &'static str, now: f64) -> Option<Vec<Family>> {
    let stats = engine.stats()?;
    let mut page = Page::new(engine.spec.created.then_some(stats.started));
    let l = [("engine", "0"), ("model_name", model)];
    let with = |name, value| [l[0], (name, value), l[1]];

    page.gauge(
        "vllm:num_requests_running",
        "Number of requests in model execution batches.",
        &l,
        engine.running() as f64,
    );
    page.gauge(
        "vllm:num_requests_waiting",
        "Number of requests waiting to be processed.",
        &l,
        engine.waiting() as f64,
    );
    let mut sleep = Family::new(
        Kind::Gauge,
        "vllm:engine_sleep_state",
        "Engine sleep state; awake = 0 means the engine sleeps.",
    );
    for (state, value) in [("awake", 1.0), ("weights_offloaded", 0.0), ("discard_all", 0.0)] {
        sleep = sleep.with(&with("sleep_state", state), value);
    }
    page.push(sleep);
    page.gauge(
        "vllm:kv_cache_usage_perc",
        "KV-cache usage. 1 means 100 percent usage.",
        &l,
        engine.kv_usage(),
    );

    // No KV connector and no images here: those counters stay at 0, as they do on a cluster.
    for (name, help, value) in [
        (
            "vllm:prefix_cache_queries_total",
            "Prefix cache queries, in terms of number of queried tokens.",
            stats.prefix_queries,
        ),
        (
            "vllm:prefix_cache_hits_total",
            "Prefix cache hits, in terms of number of cached tokens.",
            stats.prefix_hits,
        ),
        (
            "vllm:external_prefix_cache_queries_total",
            "External prefix cache queries from KV connector.",
            0,
        ),
        (
            "vllm:external_prefix_cache_hits_total",
            "External prefix cache hits from KV connector.",
            0,
        ),
        (
            "vllm:mm_cache_queries_total",
            "Multi-modal cache queries, in terms of number of queried items.",
            0,
        ),
        (
            "vllm:mm_cache_hits_total",
            "Multi-modal cache hits, in terms of number of cached items.",
            0,
        ),
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
            "vllm:prompt_tokens_cached_total",
            "Number of cached prompt tokens (local and external).",
            stats.cached_tokens,
        ),
        (
            "vllm:prompt_tokens_recomputed_total",
            "Number of cached tokens recomputed for forward pass.",
            0,
        ),
        (
            "vllm:generation_tokens_total",
            "Number of generation tokens processed.",
            stats.generation_tokens,
        ),
    ] {
        page.counter(name, help, &l, value as f64);
    }
    let mut sources = Family::new(
        Kind::Counter,
        "vllm:prompt_tokens_by_source_total",
        "Number of prompt tokens by source.",
    );
    for (source, tokens) in [
        ("local_compute", stats.prompt_tokens - stats.cached_tokens),
        ("local_cache_hit", stats.cached_tokens),
        ("external_kv_transfer", 0),
    ] {
        sources = sources.with(&[l[0], l[1], ("source", source)], tokens as f64);
    }
    page.companied(sources);
    let mut finished = Family::new(
        Kind::Counter,
        "vllm:request_success_total",
        "Count of successfully processed requests.",
    );
    let reasons = Reason::ALL
        .into_iter()
        .zip(stats.finished)
        .map(|(reason, count)| (reason.name(), count));
    for (reason, count) in reasons.chain([("repetition", 0)]) {
        finished = finished.with(&with("finished_reason", reason), count as f64);
    }
    page.companied(finished);

    let mut n = crate::demo::sim::histogram::Histogram::new(super::buckets::vllm::PARAMS_N);
    n.observe_n(1.0, stats.finished_total());
    for (name, help, histogram) in [
        (
            "vllm:iteration_tokens_total",
            "Histogram of number of tokens per engine_step.",
            &stats.iteration_tokens,
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
        // One sequence for each request, so the longest of them is the only one.
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
        (
            "vllm:time_to_first_token_seconds",
            "Histogram of time to first token in seconds.",
            &stats.time_to_first_token,
        ),
        (
            "vllm:inter_token_latency_seconds",
            "Histogram of inter-token latency in seconds.",
            &stats.inter_token_latency,
        ),
        (
            "vllm:request_time_per_output_token_seconds",
            "Histogram of time_per_output_token_seconds per request.",
            &stats.time_per_output_token,
        ),
        (
            "vllm:e2e_request_latency_seconds",
            "Histogram of e2e request latency in seconds.",
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
            "vllm:request_prefill_kv_computed_tokens",
            "Histogram of new KV tokens computed during prefill (excluding cached tokens).",
            &stats.prefill_computed,
        ),
    ] {
        page.histogram(name, help, &l, histogram);
    }
    page.gauge(
        "vllm:cache_config_info",
        "Information of the LLMEngine CacheConfig",
        &[
            ("block_size", "16"),
            ("cache_dtype", "auto"),
            ("enable_prefix_caching", "True"),
            ("engine", "0"),
            ("gpu_memory_utilization", "0.9"),
            ("num_gpu_blocks", engine.spec.blocks_text),
            ("prefix_caching_hash_algo", "sha256"),
        ],
        1.0,
    );
    if !engine.spec.adapters.is_empty() {
        let info = Family::new(
            Kind::Gauge,
            "vllm:lora_requests_info",
            "Running stats on lora requests.",
        );
        page.push(stats.lora.iter().fold(info, |info, (running, waiting, at)| {
            let told = [("running_lora_adapters", running), ("waiting_lora_adapters", waiting)];
            info.with_told(&[l[0], ("max_lora", lora::MOST), l[1]], told, at)
        }));
    }
    vllm_http::write(&mut page, &stats.http);
    Usage::of(stats.started, now, 0.07, stats.http.duration.count(), 0.031, 5_120.0).write(&mut page);
    Some(page.into_families())
}
