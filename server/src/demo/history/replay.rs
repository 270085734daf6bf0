//! Walks the simulation through the past, one scrape instant after another, and writes down what Prometheus would have
//! stored. The walk always steps on the same grid from the same origin, so a second walk is the same walk.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest as _, Sha256};

use super::plan::Span;
use crate::demo::exposition;
use crate::demo::openmetrics::Target;
use crate::demo::progress::Progress;
use crate::demo::simulation::Simulation;

/// Exact events are kept for this long (the longest range a test asks the truth for is a day).
pub const TRUTH_S: i64 = 26 * 3600;

/// A span that was written down.
#[derive(Debug)]
pub struct Written {
    pub span: Span,
    pub samples: u64,
    /// The fleet's whole exposition at the span's last scrape instant, hashed: a block belongs to this simulation if and
    /// only if the simulation shows the same there again.
    pub digest: String,
}

pub struct Replay<S> {
    simulation: S,
    /// For each process, its jobs with their intervals in seconds.
    targets: Vec<Vec<(i64, Target)>>,
    grid: i64,
    stop: Arc<AtomicBool>,
    progress: Progress,
}

impl<S: Simulation> Replay<S> {
    pub fn new(simulation: S, stop: Arc<AtomicBool>, progress: Progress) -> Self {
        let mut grid = 0;
        let mut targets = Vec::new();
        for process in simulation.processes() {
            let mut jobs = Vec::new();
            for job in &process.jobs {
                let interval = i64::from(job.interval_s.max(1));
                grid = greatest_common_divisor(grid, interval);
                jobs.push((interval, Target::new(process, job)));
            }
            targets.push(jobs);
        }
        Self {
            simulation,
            targets,
            grid: grid.max(1),
            stop,
            progress,
        }
    }

    /// Seconds between the instants at which at least one job may be due.
    pub fn grid(&self) -> i64 {
        self.grid
    }

    pub fn into_simulation(self) -> S {
        self.simulation
    }

    /// Passes over a span that the cache holds. Returns its digest.
    pub fn pass(&mut self, span: Span) -> io::Result<String> {
        self.walk(span, |_, _| Ok(()))?;
        Ok(self.digest())
    }

    /// Passes over a span and writes it to `path` in the OpenMetrics format.
    pub fn write(&mut self, span: Span, path: &Path) -> io::Result<Written> {
        let mut out = BufWriter::with_capacity(1 << 20, File::create_new(path)?);
        let mut samples = 0;
        self.walk(span, |replay, at| {
            for (process, jobs) in replay.targets.iter_mut().enumerate() {
                let mut due = jobs.iter_mut().filter(|(interval, _)| at % *interval == 0).peekable();
                if due.peek().is_some() {
                    let scraped = replay.simulation.scrape(process);
                    for (_, target) in due {
                        samples += target.write(&mut out, at, scraped.as_deref())?;
                    }
                }
            }
            Ok(())
        })?;
        out.write_all(b"# EOF\n")?;
        out.flush()?;
        Ok(Written {
            span,
            samples,
            digest: self.digest(),
        })
    }

    fn walk(&mut self, span: Span, mut visit: impl FnMut(&mut Self, i64) -> io::Result<()>) -> io::Result<()> {
        let mut at = span.from.div_euclid(self.grid) * self.grid;
        if at < span.from {
            at += self.grid;
        }
        while at < span.to {
            if self.stop.load(Ordering::Relaxed) {
                return Err(io::Error::from(io::ErrorKind::Interrupted));
            }
            self.simulation.advance_to(at as f64);
            visit(self, at)?;
            self.progress.add(self.grid.unsigned_abs());
            at += self.grid;
        }
        self.simulation.forget_before((span.to - TRUTH_S) as f64);
        Ok(())
    }

    fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for (index, process) in self.simulation.processes().iter().enumerate() {
            hash.update(process.name.as_bytes());
            match self.simulation.scrape(index) {
                Some(families) => hash.update(exposition::text(&families)),
                None => hash.update(b" is down"),
            }
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
