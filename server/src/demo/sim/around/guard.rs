//! TrustyAI's detectors: each answer of the routed model is looked at for hate and abuse, and for personal data.

use std::collections::BTreeMap;

use crate::demo::sim::engine::seq::Finished;
use crate::demo::sim::load::Reason;
use crate::demo::sim::rng::Rng;
use crate::demo::sim::timeline::Log;
use crate::demo::sim::truth::DetectorTruth;

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

/// One look of a detector at an answer.
#[derive(Debug, Clone, Copy)]
struct Check {
    detector: &'static str,
    seconds: f64,
    failed: bool,
    found: bool,
}

#[derive(Debug)]
pub struct Guard {
    pub detectors: [Counted; 2],
    rng: Rng,
    log: Log<Check>,
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
            log: Log::default(),
        }
    }

    /// An answer that failed has nothing to look at.
    pub fn check(&mut self, finished: &Finished) {
        if finished.request.reason == Reason::Error {
            return;
        }
        for (detector, counted) in DETECTORS.iter().zip(&mut self.detectors) {
            let seconds = self.rng.log_normal(detector.median_s, 0.35);
            let failed = self.rng.chance(detector.fails);
            let found = !failed && self.rng.chance(detector.finds);
            counted.requests += 1;
            counted.seconds += seconds;
            counted.errors += u64::from(failed);
            counted.detections += u64::from(found);
            let check = Check {
                detector: detector.name,
                seconds,
                failed,
                found,
            };
            self.log.push(finished.at, check);
        }
    }

    /// By the detector's name.
    pub fn truth(&self, from: f64, to: f64) -> BTreeMap<String, DetectorTruth> {
        let mut truth: BTreeMap<String, DetectorTruth> = BTreeMap::new();
        for (_, check) in self.log.within(from, to) {
            let detector = truth.entry(check.detector.to_owned()).or_default();
            detector.requests += 1;
            detector.seconds += check.seconds;
            detector.errors += u64::from(check.failed);
            detector.detections += u64::from(check.found);
        }
        truth
    }

    pub fn forget_before(&mut self, at: f64) {
        self.log.forget_before(at);
    }
}
