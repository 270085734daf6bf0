//! What really happened in one pod: each request by the instants of its life, and what the pod held at every moment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::demo::sim::engine::step::Step;
use crate::demo::sim::load::Reason;
use crate::demo::sim::timeline::{Between, Gauge, Log};

/// A request that left its server, by the instants of its life; Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Served {
    pub arrived: f64,
    /// `None`: it left while it waited.
    pub started: Option<f64>,
    pub first_token: Option<f64>,
    pub last_token: Option<f64>,
    pub ended: f64,
    pub reason: Reason,
    /// Tokens; 0 of a server that knows none.
    pub prompt: u32,
    /// Of the prompt, found in the prefix cache.
    pub cached: u32,
    pub generated: u32,
    pub max_tokens: u32,
    /// It came through the router.
    pub routed: bool,
    pub adapter: Option<&'static str>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PodTruth {
    /// Requests that reached the engine; refused ones are in `rejected` only.
    pub arrived: u64,
    /// Ended requests by reason: stop, length, abort, error.
    pub finished: BTreeMap<String, u64>,
    /// Too many for the wire: for who holds the fleet.
    #[serde(skip)]
    pub served: Vec<Served>,
    /// Refused with a client error before they reached the engine.
    pub rejected: u64,
    /// Of these, through the router.
    pub rejected_routed: u64,
    /// In the engine when its process died: no metric counts their end.
    pub lost: u64,
    /// Waiting or running at `to`.
    pub in_flight: u64,
    pub preemptions: u64,
    /// Of requests whose first token fell into the time, prompts whole, cached part included.
    pub prompt_tokens: u64,
    pub cached_tokens: u64,
    pub generation_tokens: u64,
    /// Looked up in the prefix cache when a request was first scheduled, and found.
    pub prefix_queried_tokens: u64,
    pub prefix_hit_tokens: u64,
    /// Seconds between a token and the one before it of the same request, and how often; not on the wire either.
    #[serde(skip)]
    pub token_gaps: Vec<(f64, u64)>,
    /// Of the engine, those that gave a token.
    pub steps: u64,
    /// Seconds, one for each first token.
    pub ttft_s: Vec<f64>,
    /// Seconds, one for each ended request.
    pub e2e_s: Vec<f64>,
    pub queue_s: Vec<f64>,
    /// Time-averages of the gauges; `mean_kv_usage` is a ratio.
    pub mean_running: f64,
    pub mean_waiting: f64,
    pub mean_kv_usage: f64,
    /// The same at `to`.
    pub running: f64,
    pub waiting: f64,
    pub kv_usage: f64,
    /// Of those in flight at `to`, the ones that came through the router.
    pub routed: f64,
}

impl Served {
    pub fn e2e_s(&self) -> f64 {
        self.ended - self.arrived
    }

    /// Whether it ran at this instant, or waited.
    pub fn in_flight(&self, at: f64, running: bool) -> bool {
        let started = self.started.is_some_and(|started| started <= at);
        self.arrived <= at && at < self.ended && started == running
    }

    /// All its life, if it never left the queue.
    pub fn queue_s(&self) -> f64 {
        self.started.unwrap_or(self.ended) - self.arrived
    }
}

/// The records of one pod.
#[derive(Debug)]
pub struct PodLog {
    pub arrived: Log<()>,
    /// Whether it came through the router.
    pub rejected: Log<bool>,
    pub lost: Log<()>,
    pub preempted: Log<()>,
    pub served: Log<Served>,
    /// Tokens of prompts, and how many of them were cached.
    pub prompts: Log<(u32, u32)>,
    pub looked_up: Log<(u32, u32)>,
    pub first_tokens: Log<()>,
    /// Seconds without a token around a preemption.
    pub resumed: Log<f64>,
    /// Finished spans by their end: the tokens generated beside first ones.
    pub spans: Log<Step>,
    pub ttft: Log<f64>,
    pub running: Gauge,
    pub waiting: Gauge,
    pub routed: Gauge,
    pub kv: Gauge,
}

impl PodLog {
    pub fn new(origin: f64) -> Self {
        Self {
            arrived: Log::default(),
            rejected: Log::default(),
            lost: Log::default(),
            preempted: Log::default(),
            served: Log::default(),
            prompts: Log::default(),
            looked_up: Log::default(),
            first_tokens: Log::default(),
            resumed: Log::default(),
            spans: Log::default(),
            ttft: Log::default(),
            running: Gauge::new(origin, Between::Hold),
            waiting: Gauge::new(origin, Between::Hold),
            routed: Gauge::new(origin, Between::Hold),
            kv: Gauge::new(origin, Between::Line),
        }
    }

    /// `open` is the span under way.
    pub fn truth(&self, from: f64, to: f64, open: Option<&Step>) -> PodTruth {
        let mut truth = PodTruth {
            arrived: self.arrived.within(from, to).count() as u64,
            served: self.served.within(from, to).map(|(_, served)| *served).collect(),
            lost: self.lost.within(from, to).count() as u64,
            preemptions: self.preempted.within(from, to).count() as u64,
            generation_tokens: self.first_tokens.within(from, to).count() as u64,
            token_gaps: self.resumed.within(from, to).map(|(_, gap)| (*gap, 1)).collect(),
            ttft_s: self.ttft.within(from, to).map(|(_, seconds)| *seconds).collect(),
            mean_running: self.running.mean(from, to).unwrap_or(0.0),
            mean_waiting: self.waiting.mean(from, to).unwrap_or(0.0),
            mean_kv_usage: self.kv.mean(from, to).unwrap_or(0.0),
            running: self.running.at(to),
            waiting: self.waiting.at(to),
            kv_usage: self.kv.at(to),
            routed: self.routed.at(to),
            ..PodTruth::default()
        };
        truth.in_flight = (truth.running + truth.waiting) as u64;
        truth.finished = Reason::ALL.map(|reason| (reason.name().to_owned(), 0)).into();
        for served in &truth.served {
            *truth.finished.entry(served.reason.name().to_owned()).or_default() += 1;
        }
        truth.e2e_s = truth.served.iter().map(Served::e2e_s).collect();
        truth.queue_s = truth.served.iter().map(Served::queue_s).collect();
        for (_, routed) in self.rejected.within(from, to) {
            truth.rejected += 1;
            truth.rejected_routed += u64::from(*routed);
        }
        for (_, (prompt, cached)) in self.prompts.within(from, to) {
            truth.prompt_tokens += u64::from(*prompt);
            truth.cached_tokens += u64::from(*cached);
        }
        for (_, (queried, hit)) in self.looked_up.within(from, to) {
            truth.prefix_queried_tokens += u64::from(*queried);
            truth.prefix_hit_tokens += u64::from(*hit);
        }
        self.tell_steps(&mut truth, from, to, open);
        truth
    }

    fn tell_steps(&self, truth: &mut PodTruth, from: f64, to: f64, open: Option<&Step>) {
        // A span that ends after `to` may have begun before it: spans do not overlap, so one more is enough.
        let after = self.spans.within(to, f64::INFINITY).take(1);
        let spans = self.spans.within(from, to).chain(after).map(|(_, step)| step);
        for step in spans.chain(open) {
            let steps = u64::from(step.complete_at(to).saturating_sub(step.complete_at(from)));
            let tokens = steps * u64::from(step.decoding);
            truth.generation_tokens += tokens;
            if tokens > 0 {
                truth.steps += steps;
                truth.token_gaps.push((step.tau, tokens));
            } else if self.first_tokens.within(step.start, step.end()).next().is_some() {
                // Prompts alone: the step gives a token if the last part of one is computed.
                truth.steps += steps;
            }
        }
    }

    pub fn forget_before(&mut self, at: f64) {
        for log in [
            &mut self.arrived,
            &mut self.lost,
            &mut self.preempted,
            &mut self.first_tokens,
        ] {
            log.forget_before(at);
        }
        for log in [&mut self.ttft, &mut self.resumed] {
            log.forget_before(at);
        }
        for log in [&mut self.prompts, &mut self.looked_up] {
            log.forget_before(at);
        }
        self.rejected.forget_before(at);
        self.served.forget_before(at);
        self.spans.forget_before(at);
        for gauge in [&mut self.running, &mut self.waiting, &mut self.routed, &mut self.kv] {
            gauge.forget_before(at);
        }
    }
}
