//! What the demo's surroundings need of a fleet. `sim::Fleet` is the one that runs; tests bring smaller ones.

use serde::Serialize;

use super::sim::{Family, Fleet, Process, Truth};

/// Deterministic, without a clock of its own: all times are Unix seconds and given by the caller.
pub trait Simulation: Send + 'static {
    type Truth: Serialize;
    /// Earlier than now is no change.
    fn advance_to(&mut self, at: f64);
    fn now(&self) -> f64;
    /// The same for the fleet's whole life.
    fn processes(&self) -> &[Process];
    /// The process's state now; `None`: it is down.
    fn scrape(&self, process: usize) -> Option<Vec<Family>>;
    /// What exactly happened in (from, to].
    fn truth(&self, from: f64, to: f64) -> Self::Truth;
    /// The truth before `at` may be forgotten.
    fn forget_before(&mut self, at: f64);
}

impl Simulation for Fleet {
    type Truth = Truth;

    fn advance_to(&mut self, at: f64) {
        self.advance_to(at);
    }

    fn now(&self) -> f64 {
        self.now()
    }

    fn processes(&self) -> &[Process] {
        self.processes()
    }

    fn scrape(&self, process: usize) -> Option<Vec<Family>> {
        self.scrape(process)
    }

    fn truth(&self, from: f64, to: f64) -> Truth {
        self.truth(from, to)
    }

    fn forget_before(&mut self, at: f64) {
        self.forget_before(at);
    }
}
