//! What a vLLM process counts since it started. The exporters of both engine generations read it; a restart makes a new
//! one.

use super::lora::Reports;
use crate::demo::exporters::buckets::{http, vllm, vllm_v0};
use crate::demo::sim::histogram::Histogram;
use crate::demo::sim::load::Reason;

/// Which engine a process runs: it decides names, labels and bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// The v0 engine, about 0.8.
    V0,
    /// The v1 engine, current.
    V1,
}

#[derive(Debug, Clone)]
pub struct EngineStats {
    /// Unix seconds.
    pub started: f64,
    pub preemptions: u64,
    pub prompt_tokens: u64,
    /// Prompt tokens that came from the prefix cache.
    pub cached_tokens: u64,
    pub generation_tokens: u64,
    pub prefix_queries: u64,
    pub prefix_hits: u64,
    /// In the order of `Reason::ALL`.
    pub finished: [u64; 4],
    pub iteration_tokens: Histogram,
    pub time_to_first_token: Histogram,
    pub inter_token_latency: Histogram,
    pub time_per_output_token: Histogram,
    pub e2e: Histogram,
    pub queue: Histogram,
    pub inference: Histogram,
    pub prefill: Histogram,
    pub decode: Histogram,
    pub prompt_length: Histogram,
    pub generation_length: Histogram,
    pub max_tokens: Histogram,
    pub prefill_computed: Histogram,
    pub lora: Reports,
    pub http: HttpStats,
}

/// What the API server in front of the engine counts, for `/v1/chat/completions`.
#[derive(Debug, Clone)]
pub struct HttpStats {
    pub ok: u64,
    pub refused: u64,
    pub failed: u64,
    pub request_bytes: u64,
    pub response_bytes: u64,
    pub duration: Histogram,
    pub duration_fine: Histogram,
}

impl EngineStats {
    pub fn new(generation: Generation, started: f64) -> Self {
        let (latency, first, token, iteration) = match generation {
            Generation::V0 => (
                vllm_v0::REQUEST_LATENCY,
                vllm_v0::TIME_TO_FIRST_TOKEN,
                vllm_v0::TIME_PER_OUTPUT_TOKEN,
                vllm_v0::ITERATION_TOKENS,
            ),
            Generation::V1 => (
                vllm::REQUEST_LATENCY,
                vllm::TIME_TO_FIRST_TOKEN,
                vllm::INTER_TOKEN_LATENCY,
                vllm::ITERATION_TOKENS,
            ),
        };
        let [e2e, queue, inference, prefill, decode] = std::array::from_fn(|_| Histogram::new(latency));
        let [prompt_length, generation_length, max_tokens, prefill_computed] =
            std::array::from_fn(|_| Histogram::new(vllm::REQUEST_TOKENS));
        Self {
            started,
            preemptions: 0,
            prompt_tokens: 0,
            cached_tokens: 0,
            generation_tokens: 0,
            prefix_queries: 0,
            prefix_hits: 0,
            finished: [0; 4],
            iteration_tokens: Histogram::new(iteration),
            time_to_first_token: Histogram::new(first),
            inter_token_latency: Histogram::new(token),
            time_per_output_token: Histogram::new(token),
            e2e,
            queue,
            inference,
            prefill,
            decode,
            prompt_length,
            generation_length,
            max_tokens,
            prefill_computed,
            lora: Reports::default(),
            http: HttpStats {
                ok: 0,
                refused: 0,
                failed: 0,
                request_bytes: 0,
                response_bytes: 0,
                duration: Histogram::new(http::LOW_RESOLUTION),
                duration_fine: Histogram::new(http::HIGH_RESOLUTION),
            },
        }
    }

    pub fn finished_total(&self) -> u64 {
        self.finished.iter().sum()
    }

    pub fn count_finished(&mut self, reason: Reason) {
        for (count, known) in self.finished.iter_mut().zip(Reason::ALL) {
            *count += u64::from(known == reason);
        }
    }
}

impl HttpStats {
    /// A request answered after so many seconds. A streamed answer has no length when its header is written.
    pub fn answered(&mut self, seconds: f64, prompt_tokens: u32, answer_tokens: Option<u32>) {
        self.duration.observe(seconds);
        self.duration_fine.observe(seconds);
        // About four bytes a token, and the JSON around them.
        self.request_bytes += 220 + 4 * u64::from(prompt_tokens);
        self.response_bytes += answer_tokens.map_or(0, |tokens| 480 + 4 * u64::from(tokens));
    }
}
