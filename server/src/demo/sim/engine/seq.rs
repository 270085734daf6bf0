//! A request inside an engine.

use super::kv::{BLOCK, blocks_for};
use crate::demo::sim::load::Request;

#[derive(Debug, Clone)]
pub struct Seq {
    pub request: Request,
    /// Prompt tokens found in the prefix cache when it was first scheduled.
    pub cached: u32,
    pub scheduled: Option<f64>,
    pub first_token: Option<f64>,
    pub last_token: f64,
    pub generated: u32,
    /// Tokens that must still be computed before the next one can be generated; 0 while decoding.
    pub prefill_left: u32,
    /// Tokens of `prefill_left` that the step under way computes.
    pub chunk: u32,
    /// Blocks held beside the shared prefix.
    pub blocks: u32,
}

impl Seq {
    pub fn new(request: Request) -> Self {
        Self {
            request,
            cached: 0,
            scheduled: None,
            first_token: None,
            last_token: request.arrived,
            generated: 0,
            prefill_left: 0,
            chunk: 0,
            blocks: 0,
        }
    }

    pub fn is_decoding(&self) -> bool {
        self.prefill_left == 0
    }

    /// Tokens that the KV cache holds for it once it is computed.
    pub fn context(&self) -> u32 {
        self.request.prompt + self.generated
    }

    /// Whole blocks of the shared prefix; the rest of it is computed like any other token.
    pub fn shared_blocks(&self) -> u32 {
        self.request.prefix / BLOCK
    }

    /// Blocks that it lacks to hold this many more tokens.
    pub fn growth(&self, tokens: u32) -> u32 {
        (blocks_for(self.context() + tokens) - self.shared_blocks()).saturating_sub(self.blocks)
    }

    pub fn remaining(&self) -> u32 {
        self.request.output.saturating_sub(self.generated)
    }
}

/// A request that has left the engine, as the router and the API server hear of it.
#[derive(Debug, Clone, Copy)]
pub struct Finished {
    pub request: Request,
    pub at: f64,
    pub cached: u32,
    pub generated: u32,
    pub first_token: Option<f64>,
}
