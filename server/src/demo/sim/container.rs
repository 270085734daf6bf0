//! What a pod's main container takes of its node, sampled as the kubelet does it: CPU, memory, network, throttling and
//! restarts, all from what its process has really done.

use super::timeline::{Between, Gauge, Log};
use super::truth::ContainerTruth;

/// Seconds between the kubelet's looks, on the full multiples of the clock.
pub const SAMPLE_S: f64 = 10.0;
/// Periods of the kernel's CPU bandwidth control a second.
const PERIODS_PER_S: f64 = 10.0;
/// Health checks, scrapes and heartbeats, in bytes a second.
const IDLE_TRAFFIC: f64 = 1_400.0;

/// What the process costs. Rules of thumb, not measured here.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    pub idle_cores: f64,
    /// While it executes.
    pub busy_cores: f64,
    pub per_request_s: f64,
    pub per_token_s: f64,
    /// While it loads its model.
    pub loading_cores: f64,
    pub base_bytes: f64,
    pub per_request_bytes: f64,
    pub sent_per_request: f64,
    pub sent_per_token: f64,
    /// Each request needs more CPU within one period than the limit allows.
    pub bursts: bool,
}

/// What the process has done since the origin, restarts included.
#[derive(Debug, Clone, Copy, Default)]
pub struct Done {
    pub busy_s: f64,
    pub requests: f64,
    pub tokens: f64,
    pub received_bytes: f64,
    /// In the process now.
    pub in_flight: f64,
    pub up: bool,
}

/// Counters of one life.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counters {
    pub cpu_s: f64,
    pub periods: f64,
    pub throttled: f64,
}

#[derive(Debug)]
pub struct Container {
    cost: Cost,
    limited: bool,
    before: Done,
    /// Since the pod started.
    pub pod: Counters,
    /// Since the container started.
    pub container: Counters,
    pub received: f64,
    pub sent: f64,
    pub memory_bytes: f64,
    pub restarts: u64,
    pub ready: bool,
    cpu: Log<f64>,
    traffic: Log<(f64, f64)>,
    scheduled: Log<(f64, f64)>,
    restarted: Log<()>,
    memory: Gauge,
    readiness: Gauge,
}

impl Container {
    pub fn new(cost: Cost, limited: bool, origin: f64) -> Self {
        let mut readiness = Gauge::new(origin, Between::Hold);
        readiness.note(origin, 1.0);
        let mut memory = Gauge::new(origin, Between::Hold);
        memory.note(origin, cost.base_bytes);
        Self {
            cost,
            limited,
            before: Done {
                up: true,
                ..Done::default()
            },
            pod: Counters::default(),
            container: Counters::default(),
            received: 0.0,
            sent: 0.0,
            memory_bytes: cost.base_bytes,
            restarts: 0,
            ready: true,
            cpu: Log::default(),
            traffic: Log::default(),
            scheduled: Log::default(),
            restarted: Log::default(),
            memory,
            readiness,
        }
    }

    /// The process died, and the kubelet started the container again: it loads its model.
    pub fn restart(&mut self, now: f64) {
        self.restarts += 1;
        self.container = Counters::default();
        self.restarted.push(now, ());
        self.set_ready(now, false);
        self.set_memory(now, 0.1 * self.cost.base_bytes);
    }

    pub fn set_ready(&mut self, now: f64, ready: bool) {
        self.ready = ready;
        self.readiness.note(now, if ready { 1.0 } else { 0.0 });
    }

    pub fn sample(&mut self, now: f64, done: Done) {
        let grown = |now: f64, before: f64| (now - before).max(0.0);
        let before = self.before;
        self.before = done;
        let requests = grown(done.requests, before.requests);
        let tokens = grown(done.tokens, before.tokens);
        let cost = self.cost;
        let cpu = if done.up {
            cost.idle_cores * SAMPLE_S
                + cost.busy_cores * grown(done.busy_s, before.busy_s)
                + cost.per_request_s * requests
                + cost.per_token_s * tokens
        } else {
            cost.loading_cores * SAMPLE_S
        };
        let periods = if self.limited { PERIODS_PER_S * SAMPLE_S } else { 0.0 };
        let throttled = if cost.bursts { requests.min(periods) } else { 0.0 };
        for counters in [&mut self.pod, &mut self.container] {
            counters.cpu_s += cpu;
            counters.periods += periods;
            counters.throttled += throttled;
        }
        let received = IDLE_TRAFFIC * SAMPLE_S + grown(done.received_bytes, before.received_bytes);
        let sent = IDLE_TRAFFIC * SAMPLE_S + cost.sent_per_request * requests + cost.sent_per_token * tokens;
        self.received += received;
        self.sent += sent;
        let memory = if done.up {
            cost.base_bytes + cost.per_request_bytes * done.in_flight
        } else {
            // Weights come in until they are on the GPU.
            (self.memory_bytes + 0.02 * cost.base_bytes).min(cost.base_bytes)
        };
        self.set_memory(now, memory);
        self.cpu.push(now, cpu);
        self.traffic.push(now, (received, sent));
        self.scheduled.push(now, (periods, throttled));
    }

    fn set_memory(&mut self, now: f64, bytes: f64) {
        self.memory_bytes = bytes.round();
        self.memory.note(now, self.memory_bytes);
    }

    pub fn truth(&self, from: f64, to: f64) -> ContainerTruth {
        let pairs = |log: &Log<(f64, f64)>| {
            log.within(from, to)
                .fold((0.0, 0.0), |sum, (_, pair)| (sum.0 + pair.0, sum.1 + pair.1))
        };
        let (received_bytes, sent_bytes) = pairs(&self.traffic);
        let (cpu_periods, cpu_periods_throttled) = pairs(&self.scheduled);
        ContainerTruth {
            cpu_s: self.cpu.within(from, to).map(|(_, seconds)| seconds).sum(),
            mean_memory_bytes: self.memory.mean(from, to).unwrap_or(0.0),
            received_bytes,
            sent_bytes,
            cpu_periods,
            cpu_periods_throttled,
            restarts: self.restarted.within(from, to).count() as u64,
            mean_ready: self.readiness.mean(from, to).unwrap_or(0.0),
            ready: self.readiness.at(to) > 0.0,
            memory_bytes: self.memory.at(to),
            ..ContainerTruth::default()
        }
    }

    pub fn forget_before(&mut self, at: f64) {
        self.cpu.forget_before(at);
        self.traffic.forget_before(at);
        self.scheduled.forget_before(at);
        self.restarted.forget_before(at);
        self.memory.forget_before(at);
        self.readiness.forget_before(at);
    }
}
