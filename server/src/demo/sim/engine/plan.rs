//! The scheduler: who is preempted, who is admitted, and what the next span of steps does. First come, first served.

use super::Engine;
use super::kv::{BLOCK, blocks_for};
use super::step::Step;
use crate::demo::sim::load::Reason;

/// Steps in one span at most: bounds how far the step's length is off while contexts grow.
const LONGEST_SPAN: u32 = 256;

impl Engine {
    /// Decides the next step. Called between steps and when a request reaches an idle engine.
    pub(super) fn plan(&mut self, now: f64) {
        self.drop_impatient(now);
        let mut preempted = false;
        while self.growth(1) > self.kv.available() && self.preempt_youngest(now) {
            preempted = true;
        }
        // As in vLLM: nobody is admitted in a step that had to preempt.
        if !preempted || self.running.is_empty() {
            self.admit(now);
        }
        self.start_step(now);
    }

    /// Blocks that the decoding requests lack to grow by this many tokens each.
    fn growth(&self, tokens: u32) -> u32 {
        self.running
            .iter()
            .filter(|seq| seq.is_decoding())
            .map(|seq| seq.growth(tokens))
            .sum()
    }

    fn drop_impatient(&mut self, now: f64) {
        // Preempted requests wait in front and have been answered in part: their clients stay.
        while let Some(seq) = self
            .waiting
            .pop_front_if(|seq| seq.first_token.is_none() && now - seq.request.arrived > self.spec.patience_s)
        {
            self.leave(seq, now, Reason::Abort);
        }
    }

    fn preempt_youngest(&mut self, now: f64) -> bool {
        let Some(mut seq) = self.running.pop() else {
            return false;
        };
        self.kv.give_back(seq.blocks);
        self.kv.release_prefix(seq.request.group, now);
        seq.blocks = 0;
        seq.chunk = 0;
        seq.prefill_left = 0;
        self.waiting.push_front(seq);
        self.log.preempted.push(now, ());
        if let Some(stats) = &mut self.stats {
            stats.preemptions += 1;
        }
        true
    }

    fn admit(&mut self, now: f64) {
        let decoding = self.running.iter().filter(|seq| seq.is_decoding()).count() as u32;
        let unfinished: u32 = self.running.iter().map(|seq| seq.prefill_left).sum();
        let mut budget = self.spec.max_batched_tokens.saturating_sub(decoding + unfinished);
        while budget > 0 && self.can_admit_next() {
            let Some(mut seq) = self.waiting.pop_front() else {
                return;
            };
            let group = seq.request.group;
            let cached = if self.kv.is_cached(group) {
                seq.shared_blocks() * BLOCK
            } else {
                0
            };
            self.kv.hold_prefix(group, seq.shared_blocks(), now);
            // The prompt, what was generated before a preemption, and the token that the prefill ends with.
            seq.blocks = seq.growth(1);
            self.kv.take(seq.blocks);
            seq.prefill_left = seq.context() - cached;
            budget = budget.saturating_sub(seq.prefill_left);
            if seq.scheduled.is_none() {
                seq.scheduled = Some(now);
                seq.cached = cached;
                self.log.looked_up.push(now, (seq.request.prompt, cached));
                if let Some(stats) = &mut self.stats {
                    stats.prefix_queries += u64::from(seq.request.prompt);
                    stats.prefix_hits += u64::from(cached);
                }
            }
            self.running.push(seq);
        }
    }

    fn can_admit_next(&self) -> bool {
        let Some(seq) = self.waiting.front() else { return false };
        if self.running.len() >= self.spec.max_sequences {
            return false;
        }
        let shared = self.kv.prefix_cost(seq.request.group, seq.shared_blocks());
        let own = blocks_for(seq.context() + 1) - seq.shared_blocks();
        // One per cent stays free, or the newcomer would be preempted at once.
        let watermark = self.kv.total() / 100;
        shared + own + self.growth(1) + watermark <= self.kv.available()
    }

    fn start_step(&mut self, now: f64) {
        self.step = None;
        self.epoch += 1;
        if self.running.is_empty() {
            return;
        }
        let decoding = self.running.iter().filter(|seq| seq.is_decoding()).count() as u32;
        let mut budget = self.spec.max_batched_tokens.saturating_sub(decoding);
        let mut prefill = 0;
        for seq in &mut self.running {
            seq.chunk = seq.prefill_left.min(budget);
            budget -= seq.chunk;
            prefill += seq.chunk;
        }
        let context = self.running.iter().map(|seq| u64::from(seq.context())).sum();
        let tau = self.spec.cost.seconds(decoding, context, prefill);
        let steps = if prefill > 0 { 1 } else { self.span() };
        let step = Step {
            start: now,
            tau,
            steps,
            applied: 0,
            decoding,
            prefill,
        };
        self.step = Some(step);
        self.wake = Some((step.end(), self.epoch));
    }

    /// Steps until a request ends or the KV cache is full, whichever is first.
    fn span(&self) -> u32 {
        let mut fits = self
            .running
            .iter()
            .map(|seq| seq.remaining())
            .min()
            .unwrap_or(1)
            .clamp(1, LONGEST_SPAN);
        if self.growth(fits) <= self.kv.available() {
            return fits;
        }
        // `plan` made room for one step; the bound is somewhere in 1..fits.
        let mut low = 1;
        while low + 1 < fits {
            let middle = low.midpoint(fits);
            if self.growth(middle) <= self.kv.available() {
                low = middle;
            } else {
                fits = middle;
            }
        }
        low
    }

    /// A newcomer is looked at when the step under way ends, not when the whole span does.
    pub(super) fn cut_for_admission(&mut self, now: f64) {
        if self.waiting.len() > 1 || !self.can_admit_next() {
            return;
        }
        let Some(step) = &mut self.step else { return };
        let next = step.complete_at(now) + 1;
        if next < step.steps {
            step.steps = next;
            self.epoch += 1;
            self.wake = Some((step.end(), self.epoch));
        }
    }
}
