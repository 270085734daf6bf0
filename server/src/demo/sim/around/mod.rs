//! What looks at the models from outside and counts on its own: guardrails in front of the routed model, the lab's load
//! tests, the watchers of a predictive model's quality, and a RHEL AI host beside the cluster. They see ended requests,
//! never change their course, and draw from streams of their own.

pub mod guard;
pub mod host;
pub mod load_test;
pub mod quality;
mod statistics;

use self::guard::Guard;
use self::host::Host;
use self::load_test::LoadTest;
use self::quality::Quality;
use super::engine::seq::Finished;
use super::load::Source;
use super::rng::Rng;

#[derive(Debug)]
pub struct Around {
    pub guard: Guard,
    /// Of llama and of phi.
    pub load_tests: [LoadTest; 2],
    pub quality: Quality,
    pub host: Host,
}

impl Around {
    pub fn new(origin: f64, seed: u64) -> Self {
        Self {
            guard: Guard::new(Rng::new(seed, 120)),
            load_tests: std::array::from_fn(|_| LoadTest::new(origin)),
            quality: Quality::new(origin, Rng::new(seed, 121)),
            host: Host::new(Rng::new(seed, 122)),
        }
    }

    /// A request left its engine; `alive` is false where its process died.
    pub fn ended(&mut self, finished: &Finished, alive: bool) {
        let [llama, phi] = &mut self.load_tests;
        match finished.request.source {
            Source::Granite if alive => self.guard.check(finished),
            Source::Llama => llama.ended(finished, alive),
            Source::Phi => phi.ended(finished, alive),
            _ => {}
        }
    }

    /// The predictive model answered after so many seconds.
    pub fn predicted(&mut self, now: f64, seconds: f64) {
        self.quality.predicted(now, seconds);
    }

    pub fn forget_before(&mut self, at: f64) {
        self.guard.forget_before(at);
        self.quality.forget_before(at);
    }

    /// Every few seconds, on the full multiples of the clock.
    pub fn tick(&mut self, now: f64) {
        for test in &mut self.load_tests {
            test.tick(now);
        }
        self.quality.tick(now);
        self.host.tick(now);
    }
}
