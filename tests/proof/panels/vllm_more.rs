//! vLLM: tokens, caches, adapters and speculative decoding. Hits and queries of the prefix caches count tokens.

use super::{Proof, distribution, mean, percentiles, proof};
use crate::proof::calc::{Look, Vector};

const PROMPT: &[&str] = &["vllm:prompt_tokens_total"];
const GENERATED: &[&str] = &["vllm:generation_tokens_total"];
const PROMPT_LENGTH: &[&str] = &["vllm:request_prompt_tokens"];
const ANSWER_LENGTH: &[&str] = &["vllm:request_generation_tokens"];
const HITS: &[&str] = &["vllm:prefix_cache_hits_total", "vllm:gpu_prefix_cache_hits_total"];
const QUERIES: &[&str] = &["vllm:prefix_cache_queries_total", "vllm:gpu_prefix_cache_queries_total"];
const DRAFTS: &[&str] = &["vllm:spec_decode_num_drafts_total"];
const DRAFTED: &[&str] = &["vllm:spec_decode_num_draft_tokens_total"];
const ACCEPTED: &[&str] = &["vllm:spec_decode_num_accepted_tokens_total"];
const MODEL: &[&str] = &["model_name"];

/// How much of one grows for each one of the other.
fn share(look: &Look<'_>, part: &[&str], whole: &[&str]) -> Vec<Vector> {
    vec![look.of(part).rate().sum(MODEL).per(&look.of(whole).rate().sum(MODEL))]
}

fn rates(look: &Look<'_>, names: &[&str], by: &[&str]) -> Vector {
    look.of(names).rate().sum(by)
}

pub const PROOFS: &[Proof] = &[
    proof("vllm.generation_tokens", |l| vec![rates(l, GENERATED, MODEL)]),
    proof("vllm.token_throughput", |l| {
        vec![rates(l, PROMPT, MODEL), rates(l, GENERATED, MODEL)]
    }),
    proof("vllm.prompt_tokens_total", |l| {
        vec![l.of(PROMPT).growth_of_range().sum(&[])]
    }),
    proof("vllm.generation_tokens_total", |l| {
        vec![l.of(GENERATED).growth_of_range().sum(&[])]
    }),
    proof("vllm.prompt_length", |l| distribution(l, PROMPT_LENGTH, MODEL)),
    proof("vllm.generation_length", |l| distribution(l, ANSWER_LENGTH, MODEL)),
    proof("vllm.mean_lengths", |l| {
        vec![mean(l, PROMPT_LENGTH, MODEL), mean(l, ANSWER_LENGTH, MODEL)]
    }),
    proof("vllm.max_generation", |l| {
        vec![
            mean(l, &["vllm:request_max_num_generation_tokens"], MODEL),
            mean(l, &["vllm:request_params_max_tokens"], MODEL),
        ]
    }),
    proof("vllm.iteration_tokens", |l| {
        vec![mean(l, &["vllm:iteration_tokens_total"], MODEL)]
    }),
    proof("vllm.sequences", |l| vec![mean(l, &["vllm:request_params_n"], MODEL)]),
    proof("vllm.prefix_hit_rate", |l| share(l, HITS, QUERIES)),
    proof("vllm.external_hit_rate", |l| {
        share(
            l,
            &["vllm:external_prefix_cache_hits_total"],
            &["vllm:external_prefix_cache_queries_total"],
        )
    }),
    proof("vllm.multimodal_hit_rate", |l| {
        share(l, &["vllm:mm_cache_hits_total"], &["vllm:mm_cache_queries_total"])
    }),
    proof("vllm.prompt_source", |l| {
        vec![rates(
            l,
            &["vllm:prompt_tokens_by_source_total"],
            &["model_name", "source"],
        )]
    }),
    proof("vllm.prompt_reuse", |l| {
        vec![
            rates(l, &["vllm:prompt_tokens_cached_total"], MODEL),
            rates(l, &["vllm:prompt_tokens_recomputed_total"], MODEL),
        ]
    }),
    proof("vllm.prefill_computed", |l| {
        percentiles(l, &["vllm:request_prefill_kv_computed_tokens"], MODEL)
    }),
    proof("vllm.kv_offload", |l| {
        vec![rates(
            l,
            &["vllm:kv_offload_total_bytes_total"],
            &["model_name", "transfer_type"],
        )]
    }),
    proof("vllm.kv_offload_time", |l| {
        vec![rates(
            l,
            &["vllm:kv_offload_total_time_total"],
            &["model_name", "transfer_type"],
        )]
    }),
    // The gauge holds the time of a report, its labels the report: the latest one of each replica counts.
    proof("vllm.lora", |l| {
        let latest = l.of(&["vllm:lora_requests_info"]).now().highest(&["namespace", "pod"]);
        vec![latest.count(&[
            "namespace",
            "pod",
            "running_lora_adapters",
            "waiting_lora_adapters",
            "max_lora",
        ])]
    }),
    proof("vllm.draft_acceptance", |l| share(l, ACCEPTED, DRAFTED)),
    proof("vllm.draft_length", |l| share(l, ACCEPTED, DRAFTS)),
    proof("vllm.draft_positions", |l| {
        let accepted = &["vllm:spec_decode_num_accepted_tokens_per_pos_total"];
        let accepted = rates(l, accepted, &["model_name", "position"]);
        vec![accepted.matched(&rates(l, DRAFTS, MODEL), MODEL, |accepted, drafts| accepted / drafts)]
    }),
];
