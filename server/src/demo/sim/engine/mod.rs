//! One vLLM process: a waiting queue, a continuous batch with chunked prefill, paged KV cache with preemption. Event
//! driven: it asks to be woken at the end of a span of equal steps, so that a day costs thousands of events and not
//! millions of tokens. It knows no clock and no other process.

pub mod kv;
pub mod lora;
mod plan;
pub mod seq;
pub mod stats;
pub mod step;
mod work;

use std::collections::VecDeque;

use self::kv::KvCache;
use self::seq::{Finished, Seq};
use self::stats::{EngineStats, Generation};
use self::step::{Cost, Step};
use super::container::Done;
use super::load::{PREFIX_GROUPS, Request};
use super::truth::PodLog;

#[derive(Debug, Clone, Copy)]
pub struct EngineSpec {
    pub pod: &'static str,
    pub generation: Generation,
    /// It tells when each series was created; off with PROMETHEUS_DISABLE_CREATED_SERIES.
    pub created: bool,
    pub blocks: u32,
    /// The same, as it stands in the label `num_gpu_blocks`.
    pub blocks_text: &'static str,
    /// `--max-num-seqs`.
    pub max_sequences: usize,
    /// `--max-num-batched-tokens`: tokens that one step computes at most.
    pub max_batched_tokens: u32,
    pub cost: Cost,
    /// Seconds after which a client that still waits goes away.
    pub patience_s: f64,
    /// `--lora-modules`; none: without `--enable-lora`.
    pub adapters: &'static [&'static str],
}

#[derive(Debug)]
pub struct Engine {
    pub spec: EngineSpec,
    /// None while the process is down.
    stats: Option<EngineStats>,
    waiting: VecDeque<Seq>,
    /// In the order of admission.
    running: Vec<Seq>,
    kv: KvCache,
    step: Option<Step>,
    /// Grows whenever the end of the step moves; a wake-up of an older epoch is void.
    epoch: u64,
    wake: Option<(f64, u64)>,
    finished: Vec<Finished>,
    pub work: Work,
    pub log: PodLog,
}

/// What a GPU sees of the engine, summed since the origin.
#[derive(Debug, Clone, Copy, Default)]
pub struct Work {
    pub busy_s: f64,
    pub prefill_tokens: f64,
    pub decode_tokens: f64,
    pub prefill_s: f64,
    pub requests: f64,
    /// Bodies and headers of requests.
    pub received_bytes: f64,
}

impl Engine {
    pub fn new(spec: EngineSpec, origin: f64) -> Self {
        Self {
            spec,
            stats: Some(EngineStats::new(spec.generation, origin)),
            waiting: VecDeque::new(),
            running: Vec::new(),
            kv: KvCache::new(spec.blocks, PREFIX_GROUPS),
            step: None,
            epoch: 0,
            wake: None,
            finished: Vec::new(),
            work: Work::default(),
            log: PodLog::new(origin),
        }
    }

    /// None while the process is down.
    pub fn stats(&self) -> Option<&EngineStats> {
        self.stats.as_ref()
    }

    pub fn running(&self) -> usize {
        self.running.len()
    }

    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    pub fn kv_usage(&self) -> f64 {
        self.kv.usage()
    }

    pub fn blocks(&self) -> u32 {
        self.kv.total()
    }

    pub fn arrive(&mut self, request: Request) {
        let now = request.arrived;
        self.settle(now);
        // What held until now: between two notes lies a straight line, and an idle engine had nothing all the while.
        self.log.kv.note(now, self.kv.usage());
        self.log.arrived.push(now, ());
        self.work.requests += 1.0;
        // About four bytes a token, and the JSON and the headers around them.
        self.work.received_bytes += 700.0 + 4.0 * f64::from(request.prompt);
        self.waiting.push_back(Seq::new(request));
        match self.step {
            None => self.plan(now),
            Some(_) => self.cut_for_admission(now),
        }
        self.note_gauges(now);
    }

    /// A request that the API server refuses before the engine sees it.
    pub fn refuse(&mut self, now: f64, routed: bool) {
        self.log.rejected.push(now, routed);
        if let Some(stats) = &mut self.stats {
            stats.http.refused += 1;
            stats.http.answered(0.004, 60, Some(40));
        }
    }

    pub fn wake(&mut self, now: f64, epoch: u64) {
        if epoch != self.epoch {
            return;
        }
        self.settle(now);
        self.log.kv.note(now, self.kv.usage());
        self.complete_step(now);
        self.plan(now);
        self.note_gauges(now);
    }

    /// The process dies. Its requests are lost: nobody counts them any more.
    pub fn die(&mut self, now: f64) {
        self.settle(now);
        self.log.kv.note(now, self.kv.usage());
        if let Some(mut step) = self.step.take() {
            step.steps = step.applied;
            self.log.spans.push(now, step);
            self.account(&step, now);
        }
        for seq in self.waiting.drain(..).chain(self.running.drain(..)) {
            self.log.lost.push(now, ());
            self.finished.push(Finished {
                request: seq.request,
                at: now,
                cached: seq.cached,
                generated: seq.generated,
                first_token: seq.first_token,
            });
        }
        self.kv = KvCache::new(self.spec.blocks, PREFIX_GROUPS);
        self.stats = None;
        self.epoch += 1;
        self.note_gauges(now);
    }

    /// The process is there again, with nothing counted.
    pub fn restart(&mut self, now: f64) {
        self.stats = Some(EngineStats::new(self.spec.generation, now));
    }

    /// When the engine wants to be woken, if that has changed since it was last asked.
    pub fn take_wake(&mut self) -> Option<(f64, u64)> {
        self.wake.take()
    }

    /// Requests that have left since it was last asked.
    pub fn take_finished(&mut self) -> Vec<Finished> {
        std::mem::take(&mut self.finished)
    }

    /// Work done up to this instant, the step under way included in part.
    pub fn work_at(&self, now: f64) -> Work {
        let mut work = self.work;
        if let Some(step) = &self.step {
            add_work(&mut work, step, now);
        }
        work
    }

    /// What the process has cost its node, since the origin.
    pub fn done(&self, now: f64) -> Done {
        let work = self.work_at(now);
        Done {
            busy_s: work.busy_s,
            requests: work.requests,
            tokens: work.decode_tokens,
            received_bytes: work.received_bytes,
            in_flight: (self.running.len() + self.waiting.len()) as f64,
            up: self.stats.is_some(),
        }
    }

    fn account(&mut self, step: &Step, now: f64) {
        add_work(&mut self.work, step, now);
    }

    fn note_gauges(&mut self, now: f64) {
        self.log.running.note(now, self.running.len() as f64);
        self.log.waiting.note(now, self.waiting.len() as f64);
        let in_flight = self.running.iter().chain(&self.waiting);
        let routed = in_flight.filter(|seq| seq.request.routed).count();
        self.log.routed.note(now, routed as f64);
        self.log.kv.note(now, self.kv.usage());
        let adapters = self.spec.adapters;
        if let Some(stats) = self.stats.as_mut().filter(|_| !adapters.is_empty()) {
            stats.lora.note(adapters, &self.running, &self.waiting, now);
        }
    }

    /// The step under way, for tokens that are generated but not yet part of a finished span.
    pub fn open_step(&self) -> Option<&Step> {
        self.step.as_ref()
    }
}

fn add_work(work: &mut Work, step: &Step, now: f64) {
    let seconds = (now - step.start).clamp(0.0, step.end() - step.start);
    let share = seconds / step.tau;
    work.busy_s += seconds;
    work.decode_tokens += share * f64::from(step.decoding);
    if step.prefill > 0 {
        work.prefill_tokens += share * f64::from(step.prefill);
        work.prefill_s += seconds;
    }
}
