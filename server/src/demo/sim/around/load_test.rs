//! Load tests of a lab model: its clients are the tests', one run after the other. When a run ends, its numbers stand until
//! the next one does.

use super::statistics::nearest_rank;
use crate::demo::sim::engine::seq::Finished;
use crate::demo::sim::load::Reason;

/// Seconds from the beginning of a run to the next one's.
const RUN_S: f64 = 1_200.0;
/// From the connection to the server's first sign of life, beside the wait in the queue: a rule of thumb.
const ACK_S: f64 = 0.004;

/// Mean, and percentiles 80, 90, 95 and 99; milliseconds.
pub type Statistics = [f64; 5];

/// The record of a run.
#[derive(Debug, Clone, Default)]
pub struct Record {
    pub response_time: Statistics,
    pub per_token: Statistics,
    pub first_token: Statistics,
    pub between_tokens: Statistics,
    pub acknowledged: Statistics,
    pub requests: u64,
    pub failures: u64,
    pub input_tokens: f64,
    pub output_tokens: f64,
    pub tokens_per_s: f64,
}

#[derive(Debug)]
pub struct LoadTest {
    began: f64,
    samples: Vec<Sample>,
    failures: u64,
    /// None before the first run has ended.
    pub last: Option<Record>,
}

#[derive(Debug, Clone, Copy)]
struct Sample {
    seconds: f64,
    first_token: f64,
    prompt: f64,
    generated: f64,
}

impl LoadTest {
    pub fn new(origin: f64) -> Self {
        Self {
            began: (origin / RUN_S).floor() * RUN_S,
            samples: Vec::new(),
            failures: 0,
            last: None,
        }
    }

    pub fn ended(&mut self, finished: &Finished, alive: bool) {
        let request = &finished.request;
        let good = alive && matches!(request.reason, Reason::Stop | Reason::Length);
        match finished.first_token.filter(|_| good) {
            Some(first) => self.samples.push(Sample {
                seconds: finished.at - request.arrived,
                first_token: first - request.arrived,
                prompt: f64::from(request.prompt),
                generated: f64::from(finished.generated),
            }),
            None => self.failures += 1,
        }
    }

    pub fn tick(&mut self, now: f64) {
        if now < self.began + RUN_S {
            return;
        }
        self.began = (now / RUN_S).floor() * RUN_S;
        let samples = std::mem::take(&mut self.samples);
        let failures = std::mem::take(&mut self.failures);
        if !samples.is_empty() {
            self.last = Some(record(&samples, failures));
        }
    }
}

fn record(samples: &[Sample], failures: u64) -> Record {
    let count = samples.len() as f64;
    let of = |value: fn(&Sample) -> f64| {
        let mut values: Vec<f64> = samples.iter().map(|sample| value(sample) * 1000.0).collect();
        values.sort_by(f64::total_cmp);
        let mean = values.iter().sum::<f64>() / count;
        let rank = |percent| nearest_rank(&values, percent);
        [mean, rank(0.8), rank(0.9), rank(0.95), rank(0.99)]
    };
    let mean = |value: fn(&Sample) -> f64| samples.iter().map(value).sum::<f64>() / count;
    Record {
        response_time: of(|sample| sample.seconds),
        // The exporter's own reckoning: the whole response time, first token included.
        per_token: of(|sample| sample.seconds / sample.generated.max(1.0)),
        first_token: of(|sample| sample.first_token),
        between_tokens: of(|sample| (sample.seconds - sample.first_token) / (sample.generated - 1.0).max(1.0)),
        acknowledged: of(|sample| (0.1 * sample.first_token).min(ACK_S) + ACK_S),
        requests: samples.len() as u64 + failures,
        failures,
        input_tokens: mean(|sample| sample.prompt),
        output_tokens: mean(|sample| sample.generated),
        tokens_per_s: samples.iter().map(|sample| sample.generated).sum::<f64>() / RUN_S,
    }
}
