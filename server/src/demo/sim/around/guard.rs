//! TrustyAI's detectors: each answer of the routed model is looked at for hate and abuse, and for personal data.

use crate::demo::sim::engine::seq::Finished;
use crate::demo::sim::load::Reason;
use crate::demo::sim::rng::Rng;

/// A detector: kind and name as its metrics have them, how often it finds something and fails, and its median seconds.
#[derive(Debug, Clone, Copy)]
struct Detector {
    kind: &'static str,
    name: &'static str,
    finds: f64,
    fails: f64,
    median_s: f64,
}

const DETECTORS: [Detector; 2] = [
    Detector {
        kind: "sequence_classifier",
        name: "granite-guardian-hap-38m",
        finds: 0.012,
        fails: 0.0008,
        median_s: 0.024,
    },
    Detector {
        kind: "regex",
        name: "email",
        finds: 0.03,
        fails: 0.0002,
        median_s: 0.0009,
    },
];

#[derive(Debug, Clone, Copy, Default)]
pub struct Counted {
    pub kind: &'static str,
    pub name: &'static str,
    pub requests: u64,
    pub detections: u64,
    pub errors: u64,
    pub seconds: f64,
}

#[derive(Debug)]
pub struct Guard {
    pub detectors: [Counted; 2],
    rng: Rng,
}

impl Guard {
    pub fn new(rng: Rng) -> Self {
        Self {
            detectors: DETECTORS.map(|detector| Counted {
                kind: detector.kind,
                name: detector.name,
                ..Counted::default()
            }),
            rng,
        }
    }

    /// An answer that failed has nothing to look at.
    pub fn check(&mut self, finished: &Finished) {
        if finished.request.reason == Reason::Error {
            return;
        }
        for (detector, counted) in DETECTORS.iter().zip(&mut self.detectors) {
            counted.requests += 1;
            counted.seconds += self.rng.log_normal(detector.median_s, 0.35);
            if self.rng.chance(detector.fails) {
                counted.errors += 1;
            } else if self.rng.chance(detector.finds) {
                counted.detections += 1;
            }
        }
    }
}
