//! The quality of the predictive model: what TrustyAI and a drift detector compute from its latest requests. In the early
//! afternoon its inputs move away from the training data, and the answers become less fair and less right.

use std::collections::VecDeque;

use super::statistics::{divergence, fourier_mmd, jensen_shannon, nearest_rank, same_distribution, same_mean};
use crate::demo::sim::incident::DRIFT;
use crate::demo::sim::rng::Rng;
use crate::demo::sim::timeline::Log;
use crate::demo::sim::truth::Prediction;

/// The latest requests that are looked at, and as many of the training data.
const BATCH: usize = 400;
/// Fewer tell nothing.
const ENOUGH: usize = 100;
/// Seconds between two looks of each watcher.
const TRUSTYAI_S: f64 = 60.0;
const DETECTOR_S: f64 = 300.0;

/// The columns of the model's input; logarithms stand for the amount.
pub const COLUMNS: [&str; 2] = ["age", "amount"];

/// What TrustyAI computed last.
#[derive(Debug, Clone, Default)]
pub struct Computed {
    /// Difference and ratio of the groups' shares of good outcomes.
    pub parity_difference: f64,
    pub impact_ratio: f64,
    /// By column.
    pub same_mean: [f64; 2],
    pub same_distribution: [f64; 2],
    /// Of every fourth request.
    pub same_distribution_rough: [f64; 2],
    pub jensen_shannon: [f64; 2],
    pub mmd: f64,
}

/// What the drift detector computed last.
#[derive(Debug, Clone, Default)]
pub struct Detected {
    pub score: f64,
    pub accuracy: f64,
    pub p95_s: f64,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    inputs: [f64; 2],
    privileged: bool,
    approved: bool,
    right: bool,
    seconds: f64,
}

#[derive(Debug)]
pub struct Quality {
    rng: Rng,
    training: Vec<Row>,
    latest: VecDeque<Row>,
    pub observations: u64,
    next: [f64; 2],
    pub computed: Option<Computed>,
    pub detected: Option<Detected>,
    log: Log<Prediction>,
}

impl Quality {
    pub fn new(origin: f64, mut rng: Rng) -> Self {
        let training = (0..BATCH).map(|_| row(&mut rng, 0.0, 0.0)).collect();
        Self {
            rng,
            training,
            latest: VecDeque::with_capacity(BATCH),
            observations: 0,
            next: [origin; 2],
            computed: None,
            detected: None,
            log: Log::default(),
        }
    }

    pub fn predicted(&mut self, now: f64, seconds: f64) {
        if self.latest.len() == BATCH {
            self.latest.pop_front();
        }
        let row = row(&mut self.rng, DRIFT.level(now), seconds);
        self.latest.push_back(row);
        self.observations += 1;
        let prediction = Prediction {
            at: now,
            privileged: row.privileged,
            approved: row.approved,
            right: row.right,
        };
        self.log.push(now, prediction);
    }

    pub fn truth(&self, from: f64, to: f64) -> Vec<Prediction> {
        self.log.within(from, to).map(|(_, prediction)| *prediction).collect()
    }

    pub fn forget_before(&mut self, at: f64) {
        self.log.forget_before(at);
    }

    pub fn tick(&mut self, now: f64) {
        let [trustyai, detector] = &mut self.next;
        let due = [(trustyai, TRUSTYAI_S), (detector, DETECTOR_S)].map(|(next, every)| {
            let due = now >= *next;
            if due {
                *next = (now / every).floor() * every + every;
            }
            due
        });
        if self.latest.len() < ENOUGH {
            return;
        }
        let [compute, detect] = due;
        if compute {
            self.computed = Some(self.compute());
        }
        if detect {
            self.detected = Some(self.detect());
        }
    }

    fn compute(&self) -> Computed {
        let share = |privileged: bool| {
            let group = self.latest.iter().filter(|row| row.privileged == privileged);
            let (good, all) = group.fold((0.0, 0.0), |(good, all), row| {
                (good + f64::from(u8::from(row.approved)), all + 1.0)
            });
            good / f64::max(all, 1.0)
        };
        let (theirs, ours) = (share(false), share(true));
        let rows = |rows: &mut dyn Iterator<Item = &Row>| rows.map(|row| row.inputs).collect::<Vec<_>>();
        let (now, then) = (rows(&mut self.latest.iter()), rows(&mut self.training.iter()));
        let of = |rows: &[[f64; 2]]| {
            let ages: Vec<f64> = rows.iter().map(|[age, _]| *age).collect();
            let amounts: Vec<f64> = rows.iter().map(|[_, amount]| *amount).collect();
            [ages, amounts]
        };
        let ([age, amount], [old_age, old_amount]) = (of(&now), of(&then));
        let both = |test: fn(&[f64], &[f64]) -> f64| [test(&age, &old_age), test(&amount, &old_amount)];
        let few = |values: &[f64]| values.iter().step_by(4).copied().collect::<Vec<_>>();
        Computed {
            parity_difference: theirs - ours,
            impact_ratio: if ours == 0.0 { 1.0 } else { theirs / ours },
            same_mean: both(same_mean),
            same_distribution: both(same_distribution),
            same_distribution_rough: [
                same_distribution(&few(&age), &old_age),
                same_distribution(&few(&amount), &old_amount),
            ],
            jensen_shannon: both(jensen_shannon),
            mmd: fourier_mmd(&now, &then),
        }
    }

    fn detect(&self) -> Detected {
        let amounts = |rows: &mut dyn Iterator<Item = &Row>| {
            let amounts = rows.map(|row| {
                let [_, amount] = row.inputs;
                amount
            });
            amounts.collect::<Vec<_>>()
        };
        let right = self.latest.iter().filter(|row| row.right).count();
        let mut seconds: Vec<f64> = self.latest.iter().map(|row| row.seconds).collect();
        seconds.sort_by(f64::total_cmp);
        Detected {
            score: divergence(&amounts(&mut self.latest.iter()), &amounts(&mut self.training.iter())),
            accuracy: right as f64 / self.latest.len().max(1) as f64,
            p95_s: nearest_rank(&seconds, 0.95),
        }
    }
}

/// A request; `drift` from 0 to 1 moves it away from the training data.
fn row(rng: &mut Rng, drift: f64, seconds: f64) -> Row {
    let privileged = rng.chance(0.5);
    let approval = if privileged { 0.74 } else { 0.7 - 0.22 * drift };
    Row {
        inputs: [
            rng.log_normal(44.0, 0.28) + 1.5 * drift,
            rng.log_normal(80.0, 0.9).ln() + 0.9 * drift,
        ],
        privileged,
        approved: rng.chance(approval),
        right: rng.chance(0.952 - 0.07 * drift),
        seconds,
    }
}
