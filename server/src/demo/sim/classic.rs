//! A predictive model server: some execution streams, and a queue in front of them. OVMS and MLServer differ in what they
//! count, not in how they serve.

use std::collections::VecDeque;

use super::container::Done;
use super::histogram::{Bounds, Histogram};
use super::load::Reason;
use super::rng::Rng;
use super::truth::{PodLog, Served};

#[derive(Debug, Clone, Copy)]
pub struct ServerSpec {
    pub pod: &'static str,
    pub streams: usize,
    /// Median and spread of one execution, seconds.
    pub service_s: (f64, f64),
    /// Share of requests that come over gRPC, and of those that fail.
    pub grpc: f64,
    pub failing: f64,
    /// Body and headers of a request.
    pub request_bytes: f64,
    /// Bounds of the histograms, and how many of their units make a second.
    pub time_by: TimeBy,
    pub bounds: Bounds,
    pub units_per_second: f64,
}

/// What the histogram of request times is split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeBy {
    /// REST, gRPC.
    Interface,
    /// Succeeded, failed.
    Outcome,
    /// All in the first.
    Nothing,
}

/// A request being executed.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    arrived: f64,
    started: f64,
    service: f64,
    grpc: bool,
    fails: bool,
}

#[derive(Debug)]
pub struct Server {
    pub spec: ServerSpec,
    rng: Rng,
    queue: VecDeque<Job>,
    executing: usize,
    /// REST, then gRPC.
    pub succeeded: [u64; 2],
    pub failed: [u64; 2],
    /// Split by `ServerSpec::time_by`.
    pub time: [Histogram; 2],
    pub wait: Histogram,
    pub service: Histogram,
    /// Readiness probes answered.
    pub probes: u64,
    pub log: PodLog,
}

impl Job {
    pub fn arrived(&self) -> f64 {
        self.arrived
    }
}

impl Server {
    pub fn new(spec: ServerSpec, origin: f64, rng: Rng) -> Self {
        let histogram = || Histogram::new(spec.bounds);
        Self {
            spec,
            rng,
            queue: VecDeque::new(),
            executing: 0,
            succeeded: [0; 2],
            failed: [0; 2],
            time: [histogram(), histogram()],
            wait: histogram(),
            service: histogram(),
            probes: 0,
            log: PodLog::new(origin),
        }
    }

    /// Requests in the server, queued ones included.
    pub fn in_flight(&self) -> usize {
        self.executing + self.queue.len()
    }

    pub fn executing(&self) -> usize {
        self.executing
    }

    /// What the process has cost its node, since the origin.
    pub fn done(&self) -> Done {
        let requests = self.succeeded.iter().chain(&self.failed).sum::<u64>() as f64;
        Done {
            busy_s: self.service.sum() / self.spec.units_per_second,
            requests,
            tokens: 0.0,
            received_bytes: requests * self.spec.request_bytes,
            in_flight: self.in_flight() as f64,
            up: true,
        }
    }

    /// When the request's execution ends, if it began at once.
    pub fn arrive(&mut self, now: f64) -> Option<(f64, Job)> {
        let (median, sigma) = self.spec.service_s;
        let job = Job {
            arrived: now,
            started: now,
            service: self.rng.log_normal(median, sigma),
            grpc: self.rng.chance(self.spec.grpc),
            fails: self.rng.chance(self.spec.failing),
        };
        self.log.arrived.push(now, ());
        self.queue.push_back(job);
        let begun = self.begin_next(now);
        self.note_gauges(now);
        begun
    }

    /// Ends an execution; the next one's end, if a request waited.
    pub fn end(&mut self, now: f64, job: &Job) -> Option<(f64, Job)> {
        self.executing -= 1;
        let units = self.spec.units_per_second;
        let interface = usize::from(job.grpc);
        let counts = if job.fails {
            &mut self.failed
        } else {
            &mut self.succeeded
        };
        if let Some(count) = counts.get_mut(interface) {
            *count += 1;
        }
        let split = match self.spec.time_by {
            TimeBy::Interface => interface,
            TimeBy::Outcome => usize::from(job.fails),
            TimeBy::Nothing => 0,
        };
        if let Some(time) = self.time.get_mut(split) {
            time.observe((now - job.arrived) * units);
        }
        self.wait.observe((job.started - job.arrived) * units);
        self.service.observe((now - job.started) * units);
        let served = Served {
            arrived: job.arrived,
            started: Some(job.started),
            first_token: None,
            last_token: None,
            ended: now,
            reason: if job.fails { Reason::Error } else { Reason::Stop },
            prompt: 0,
            cached: 0,
            generated: 0,
            max_tokens: 0,
            routed: false,
            adapter: None,
        };
        self.log.served.push(now, served);
        let begun = self.begin_next(now);
        self.note_gauges(now);
        begun
    }

    fn begin_next(&mut self, now: f64) -> Option<(f64, Job)> {
        if self.executing == self.spec.streams {
            return None;
        }
        let job = Job {
            started: now,
            ..self.queue.pop_front()?
        };
        self.executing += 1;
        Some((now + job.service, job))
    }

    fn note_gauges(&mut self, now: f64) {
        self.log.running.note(now, self.executing as f64);
        self.log.waiting.note(now, self.queue.len() as f64);
    }
}
