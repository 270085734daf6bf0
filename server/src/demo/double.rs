//! A fleet of two small processes with known numbers, for tests of everything around the simulation.

use std::ops::Range;

use super::sim::{Family, Job, Kind, Process, Sample};
use super::simulation::Simulation;

/// `app` counts three requests a second from `origin` on, is scraped by twin jobs and down for `down`; `gpu` labels its
/// series with a workload's namespace, which is not its own.
pub struct Double {
    origin: i64,
    per_second: i64,
    down: Range<i64>,
    now: f64,
    processes: Vec<Process>,
}

impl Double {
    pub fn new(origin: i64, down: Range<i64>) -> Self {
        let job = |job: &str, interval_s, pod: &str, rename_prefix| {
            let labels = [("namespace", "ns"), ("pod", pod)].map(|(name, value)| (name.to_owned(), value.to_owned()));
            Job {
                job: job.to_owned(),
                interval_s,
                labels: labels.to_vec(),
                rename_prefix,
            }
        };
        let app = vec![job("plain", 5, "app-0", None), job("twin", 5, "app-0", Some("kserve_"))];
        let processes = vec![
            Process {
                name: "app".into(),
                jobs: app,
            },
            Process {
                name: "gpu".into(),
                jobs: vec![job("gpus", 10, "gpu-0", None)],
            },
        ];
        Self {
            origin,
            per_second: 3,
            down,
            now: origin as f64,
            processes,
        }
    }

    /// The same fleet as a developer would have changed it.
    pub fn changed(self) -> Self {
        Self { per_second: 4, ..self }
    }

    pub fn requests(&self) -> f64 {
        (self.now as i64 - self.origin) as f64 * self.per_second as f64
    }
}

impl Simulation for Double {
    type Truth = (f64, f64);

    fn advance_to(&mut self, at: f64) {
        self.now = self.now.max(at);
    }

    fn now(&self) -> f64 {
        self.now
    }

    fn processes(&self) -> &[Process] {
        &self.processes
    }

    fn scrape(&self, process: usize) -> Option<Vec<Family>> {
        let requests = self.requests();
        match process {
            0 if self.down.contains(&(self.now as i64)) => None,
            0 => Some(vec![
                family(
                    "requests_total",
                    Kind::Counter,
                    &[("", &[("model", "a\"b\\c\nd")], requests)],
                ),
                family(
                    "wait_seconds",
                    Kind::Histogram,
                    &[
                        ("_bucket", &[("le", "0.5")], requests),
                        ("_bucket", &[("le", "+Inf")], requests),
                        ("_sum", &[], requests / 7.0),
                        ("_count", &[], requests),
                    ],
                ),
            ]),
            _ => Some(vec![family(
                "busy",
                Kind::Gauge,
                &[("", &[("namespace", "llm"), ("pod", "")], requests % 101.0 / 100.0)],
            )]),
        }
    }

    fn truth(&self, from: f64, to: f64) -> (f64, f64) {
        (from, to)
    }

    fn forget_before(&mut self, _at: f64) {}
}

type Labels<'a> = &'a [(&'static str, &'static str)];

fn family(name: &str, kind: Kind, samples: &[(&'static str, Labels<'_>, f64)]) -> Family {
    let sample = |&(suffix, labels, value): &(&'static str, Labels<'_>, f64)| Sample {
        suffix,
        labels: labels
            .iter()
            .map(|&(name, value)| (name.into(), value.into()))
            .collect(),
        value,
    };
    Family {
        name: name.into(),
        help: "h".into(),
        kind,
        samples: samples.iter().map(sample).collect(),
    }
}
