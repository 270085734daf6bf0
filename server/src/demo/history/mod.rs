//! The last day, as Prometheus would have it had the demo been running: made by the same simulation that goes on live, kept
//! in the user's cache folder, and handed to each run as hard links.
//!
//! A first start walks the simulation through the whole day and writes every scrape. A later one walks again from the same
//! origin, which is quick, and writes only what the cache does not hold. While it walks it compares: blocks of another
//! simulation (a developer changed it) are found out by the fleet's state at each block's end, and all are made anew.

mod blocks;
mod plan;
mod replay;
mod rundir;
mod store;
#[cfg(test)]
mod tests;

use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::{JoinSet, spawn_blocking};

pub use plan::Span;
use plan::{BLOCK_S, segments};
use replay::Replay;
pub use replay::TRUTH_S;
pub use rundir::RunDir;
pub use store::root;
use store::{Piece, Store, unusable};

use super::error::DemoError;
use super::progress::Progress;
use super::simulation::Simulation;

/// promtool runs at once. Each keeps one core busy, and the simulation a part of another.
const PROMTOOLS: usize = 2;

/// A shorter span up to now is made for its run alone: kept, every start would leave one more block. Twenty minutes of the
/// fleet cost less than a second.
const KEEP_FROM_S: u64 = 20 * 60;

/// Making less than this takes a second or two; nobody needs to see how far it is.
const QUIET_S: u64 = 3600;

pub struct Options<'a> {
    /// The cache folder; it is made if it is not there.
    pub root: &'a Path,
    pub seed: u64,
    pub promtool: &'a Path,
    /// How long before now a new simulation begins, in seconds.
    pub span_s: i64,
    /// Unix seconds.
    pub clock: &'a (dyn Fn() -> i64 + Sync),
    pub progress: fn(&str, u64) -> Progress,
}

pub struct Prepared<S> {
    /// Stands at the last instant that the blocks hold.
    pub simulation: S,
    /// Holds the blocks.
    pub run: RunDir,
    /// Spans that were written now, and spans that the cache had.
    pub made: Vec<Span>,
    pub reused: Vec<Span>,
}

/// Makes what is missing and links all of it into a new run folder. `create` starts the simulation at an origin.
///
/// # Errors
/// `cache_unusable` where the folder cannot be written, `history_failed` where promtool or the simulation fails.
pub async fn prepare<S: Simulation>(options: Options<'_>, create: impl Fn(i64) -> S) -> Result<Prepared<S>, DemoError> {
    let store = Store::open(options.root, options.seed)?;
    let _lock = store.lock().await?;
    let origin = store.origin((options.clock)(), options.span_s)?;
    let first = extend(&options, &store, origin, create(origin)).await?;
    if let Some(prepared) = first {
        return Ok(prepared);
    }
    eprintln!("The cached history belongs to another simulation; making it anew.");
    store.forget()?;
    let origin = store.origin((options.clock)(), options.span_s)?;
    let again = extend(&options, &store, origin, create(origin)).await?;
    again.ok_or_else(|| DemoError::HistoryFailed {
        reason: "the simulation is not the same each time".to_owned(),
    })
}

/// `None`: a cached block does not belong to this simulation.
async fn extend<S: Simulation>(
    options: &Options<'_>,
    store: &Store,
    origin: i64,
    simulation: S,
) -> Result<Option<Prepared<S>>, DemoError> {
    let run = RunDir::create(options.root).await?;
    let stop = StopOnDrop::default();
    let now = (options.clock)();
    let cached = store.pieces();
    let spans: Vec<_> = cached.iter().map(|piece| piece.span).collect();
    let plan = segments(Span { from: origin, to: now }, &spans);
    let missing: u64 = plan
        .iter()
        .filter(|segment| !segment.cached)
        .map(|segment| segment.span.seconds())
        .sum();
    let total = now.saturating_sub(origin).unsigned_abs() + missing * PROMTOOL_WEIGHT;
    let progress = match missing {
        ..QUIET_S => Progress::hidden(),
        _ => (options.progress)("Making the last day's history", total),
    };

    let replay = Replay::new(simulation, Arc::clone(&stop.0), progress.clone());
    let mut making = Making {
        options,
        store,
        run: &run,
        jobs: JoinSet::new(),
        progress: progress.clone(),
        made: Vec::new(),
    };
    let walked = walk(&mut making, replay, origin, &cached).await;
    // After a fault other spans are still in the making; their folders must be gone before anyone hears of it.
    making.jobs.shutdown().await;
    progress.finish();
    let mut made = mem::take(&mut making.made);
    made.sort();
    drop(making);
    Ok(walked?.map(|(simulation, reused)| Prepared {
        simulation,
        run,
        made,
        reused,
    }))
}

/// From the origin to now. Returns the simulation and the spans that the cache had; `None` as in `extend`.
async fn walk<S: Simulation>(
    making: &mut Making<'_>,
    mut replay: Replay<S>,
    origin: i64,
    cached: &[Piece],
) -> Result<Option<(S, Vec<Span>)>, DemoError> {
    let spans: Vec<_> = cached.iter().map(|piece| piece.span).collect();
    let mut reused = Vec::new();
    let mut at = origin;
    // Making takes time; each round makes what passed during the one before, until nothing did.
    loop {
        let end = ((making.options.clock)().div_euclid(replay.grid()) + 1) * replay.grid();
        if at >= end {
            return Ok(Some((replay.into_simulation(), reused)));
        }
        for segment in segments(Span { from: at, to: end }, &spans) {
            let span = segment.span;
            if let Some(piece) = cached.iter().find(|piece| segment.cached && piece.span == span) {
                let digest;
                (replay, digest) = off_thread(replay, move |replay| replay.pass(span)).await?;
                if digest.map_err(unusable(making.options.root))? != piece.made.digest {
                    return Ok(None);
                }
                making.run.link_blocks(&piece.path)?;
                reused.push(span);
            } else {
                replay = making.make(replay, span).await?;
            }
        }
        making.wait_until(0).await?;
        at = end;
    }
}

/// promtool's share of the work on a second of history, where passing over it in the simulation is 1.
const PROMTOOL_WEIGHT: u64 = 3;

struct Making<'a> {
    options: &'a Options<'a>,
    store: &'a Store,
    run: &'a RunDir,
    jobs: JoinSet<Result<Finished, DemoError>>,
    progress: Progress,
    made: Vec<Span>,
}

/// Blocks that promtool has made of one span, in a folder of their own.
struct Finished {
    written: replay::Written,
    folder: tempfile::TempDir,
    out: PathBuf,
}

impl Making<'_> {
    /// Writes one span and leaves it to promtool, which goes on while the next is written.
    async fn make<S: Simulation>(&mut self, replay: Replay<S>, span: Span) -> Result<Replay<S>, DemoError> {
        let folder = self.store.workshop()?;
        let file = folder.path().join("span.om");
        let path = file.clone();
        // The thread that writes outlives this future by a step; the folder must outlive the thread.
        let (replay, result) = off_thread(replay, move |replay| (replay.write(span, &path), folder)).await?;
        let (written, folder) = result;
        let written = written.map_err(unusable(&file))?;
        self.wait_until(PROMTOOLS - 1).await?;
        let promtool = self.options.promtool.to_owned();
        self.jobs.spawn(async move {
            let out = folder.path().join("out");
            blocks::create(&promtool, &file, &out, folder.path()).await?;
            tokio::fs::remove_file(&file).await.map_err(unusable(&file))?;
            Ok(Finished { written, folder, out })
        });
        Ok(replay)
    }

    /// Takes in what promtool has finished, until no more than `running` are at work.
    async fn wait_until(&mut self, running: usize) -> Result<(), DemoError> {
        while self.jobs.len() > running {
            let Some(finished) = self.jobs.join_next().await else {
                break;
            };
            let finished = finished.map_err(|error| DemoError::HistoryFailed {
                reason: error.to_string(),
            })??;
            let span = finished.written.span;
            if span.seconds() >= KEEP_FROM_S || span.to % BLOCK_S == 0 {
                let written = finished.written;
                let piece = self.store.keep(span, &finished.out, written.samples, written.digest)?;
                self.run.link_blocks(&piece.path)?;
            } else {
                self.run.link_blocks(&finished.out)?;
            }
            drop(finished.folder);
            self.made.push(span);
            self.progress.add(span.seconds() * PROMTOOL_WEIGHT);
        }
        Ok(())
    }
}

/// Runs a step of the replay where it may block, and gives both back.
async fn off_thread<S: Simulation, T: Send + 'static>(
    mut replay: Replay<S>,
    step: impl FnOnce(&mut Replay<S>) -> T + Send + 'static,
) -> Result<(Replay<S>, T), DemoError> {
    let task = spawn_blocking(move || {
        let result = step(&mut replay);
        (replay, result)
    });
    task.await.map_err(|error| DemoError::HistoryFailed {
        reason: format!("the simulation failed: {error}"),
    })
}

/// A thread cannot be dropped: this tells it to stop when the future that waits for it is.
#[derive(Default)]
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
