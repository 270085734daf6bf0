//! What steps bring about: tokens, ends of requests, and the statistics of both.

use super::seq::{Finished, Seq};
use super::{Engine, lora};
use crate::demo::sim::load::Reason;
use crate::demo::sim::truth::Served;

impl Engine {
    /// Counts the steps that are complete at this instant, so that a scrape in the middle of a span sees them.
    pub fn settle(&mut self, now: f64) {
        let Some(step) = &mut self.step else { return };
        let fresh = step.complete_at(now).saturating_sub(step.applied);
        if fresh == 0 {
            return;
        }
        step.applied += fresh;
        let (tau, mixed, decoding) = (step.tau, step.prefill > 0, u64::from(step.decoding));
        let last = step.start + tau * f64::from(step.applied);
        let mut grown = 0;
        for seq in self.running.iter_mut().filter(|seq| seq.is_decoding()) {
            let growth = seq.growth(fresh);
            seq.blocks += growth;
            grown += growth;
            seq.generated += fresh;
            seq.last_token = last;
        }
        self.kv.take(grown);
        let tokens = decoding * u64::from(fresh);
        if let Some(stats) = &mut self.stats {
            stats.generation_tokens += tokens;
            stats.inter_token_latency.observe_n(tau, tokens);
            if !mixed {
                stats.iteration_tokens.observe_n(decoding as f64, u64::from(fresh));
            }
        }
    }

    /// The end of the step under way, all of it settled: prompts that are computed give their first token, and requests
    /// that have all their tokens leave.
    pub(super) fn complete_step(&mut self, now: f64) {
        let Some(step) = self.step.take() else { return };
        self.log.spans.push(now, step);
        self.account(&step, now);
        if step.prefill > 0 {
            self.complete_prefill(now, step.decoding);
        }
        let mut running = std::mem::take(&mut self.running);
        for seq in running.extract_if(.., |seq| seq.is_decoding() && seq.remaining() == 0) {
            self.kv.give_back(seq.blocks);
            self.kv.release_prefix(seq.request.group, now);
            let reason = seq.request.reason;
            self.leave(seq, now, reason);
        }
        self.running = running;
    }

    fn complete_prefill(&mut self, now: f64, decoding: u32) {
        let Some(stats) = &mut self.stats else { return };
        let mut iteration = u64::from(decoding);
        for seq in self.running.iter_mut().filter(|seq| seq.chunk > 0) {
            seq.prefill_left -= seq.chunk;
            seq.chunk = 0;
            if seq.prefill_left > 0 {
                continue;
            }
            seq.generated += 1;
            iteration += 1;
            stats.generation_tokens += 1;
            self.log.first_tokens.push(now, ());
            if seq.first_token.is_none() {
                seq.first_token = Some(now);
                let prompt = u64::from(seq.request.prompt);
                iteration += prompt;
                stats.prompt_tokens += prompt;
                stats.cached_tokens += u64::from(seq.cached);
                stats.time_to_first_token.observe(now - seq.request.arrived);
                self.log.prompts.push(now, (seq.request.prompt, seq.cached));
                self.log.ttft.push(now, now - seq.request.arrived);
            } else {
                // Back after a preemption: the client has waited since its last token.
                stats.inter_token_latency.observe(now - seq.last_token);
                self.log.resumed.push(now, now - seq.last_token);
            }
            seq.last_token = now;
        }
        if iteration > 0 {
            stats.iteration_tokens.observe(iteration as f64);
        }
    }

    /// A request ends; it holds no blocks any more.
    pub(super) fn leave(&mut self, seq: Seq, now: f64, reason: Reason) {
        let request = seq.request;
        let e2e = now - request.arrived;
        let queued = seq.scheduled.map_or(e2e, |at| at - request.arrived);
        let served = Served {
            arrived: request.arrived,
            started: seq.scheduled,
            first_token: seq.first_token,
            last_token: seq.first_token.map(|_| seq.last_token),
            ended: now,
            reason,
            prompt: request.prompt,
            cached: seq.cached,
            generated: seq.generated,
            max_tokens: request.max_tokens,
            routed: request.routed,
            adapter: lora::of(self.spec.adapters, request.group),
        };
        self.log.served.push(now, served);
        self.finished.push(Finished {
            request: seq.request,
            at: now,
            cached: seq.cached,
            generated: seq.generated,
            first_token: seq.first_token,
        });
        let Some(stats) = &mut self.stats else { return };
        stats.count_finished(reason);
        stats.e2e.observe(e2e);
        stats.queue.observe(queued);
        stats.inference.observe(e2e - queued);
        let prefill = match (seq.scheduled, seq.first_token) {
            (Some(scheduled), Some(first)) => first - scheduled,
            _ => 0.0,
        };
        let decode = seq.first_token.map_or(0.0, |first| seq.last_token - first);
        stats.prefill.observe(prefill);
        stats.decode.observe(decode);
        if seq.generated > 1 {
            stats
                .time_per_output_token
                .observe(decode / f64::from(seq.generated - 1));
        }
        stats.prompt_length.observe(f64::from(request.prompt));
        stats.generation_length.observe(f64::from(seq.generated));
        stats.max_tokens.observe(f64::from(request.max_tokens));
        stats.prefill_computed.observe(f64::from(request.prompt - seq.cached));
        let answer = (!request.streaming).then_some(seq.generated);
        stats.http.answered(e2e, request.prompt, answer);
        match reason {
            Reason::Error => stats.http.failed += 1,
            Reason::Stop | Reason::Length | Reason::Abort => stats.http.ok += 1,
        }
    }
}
