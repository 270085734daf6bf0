//! The subcommand: claims addresses, makes the history, starts the fleet, Prometheus and Servelens, says `ready`, and takes
//! all of it down again.

use std::future::Future;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use super::addresses::Addresses;
use super::args::Args;
use super::check::{Checked, check, log, serve_config};
use super::ending::Ending;
use super::error::DemoError;
use super::fleet::{FleetServer, unix_now};
use super::history::{self, Prepared, Span};
use super::listen::address;
use super::progress::Progress;
use super::prometheus::Prometheus;
use super::sim::Fleet;
use crate::{Running, start, telemetry};

/// A day for the charts, and the longest rate window before its first point.
const HISTORY_S: i64 = 24 * 3600 + 15 * 60;

/// Open connections get this long to finish when the demo ends.
const GRACE: Duration = Duration::from_secs(3);

/// Runs until SIGINT, SIGTERM or SIGHUP, or the end of standard input where that was asked for.
///
/// # Errors
/// What kept it from starting, or which part ended by itself. Everything is taken down then, too.
pub async fn run(args: Args) -> Result<(), DemoError> {
    let mut ending = Ending::listen(args.exit_with_stdin)?;
    telemetry::init(&log());
    let Some(started) = unless(&mut ending, Demo::start(&args)).await else {
        return Ok(());
    };
    let mut demo = started?;
    // Biased: Ctrl-C reaches Prometheus too, and its end is no fault then.
    let outcome = unless(&mut ending, demo.part_ended()).await.map_or(Ok(()), Err);
    demo.stop().await;
    outcome
}

/// The future's outcome, or `None` if the end comes first; the future is dropped then, and takes its children with it.
async fn unless<T>(ending: &mut Ending, future: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = ending.asked() => None,
        outcome = future => Some(outcome),
    }
}

/// Everything that runs. The order is the order in which it goes: nobody asks what is gone already.
struct Demo {
    servelens: Running,
    prometheus: Prometheus,
    fleet: FleetServer,
}

impl Demo {
    async fn start(args: &Args) -> Result<Self, DemoError> {
        let Checked {
            programs,
            root,
            servelens,
            fleet,
        } = check(args).await?;
        let begun = Instant::now();
        let Prepared {
            simulation,
            run,
            made,
            reused,
        } = history::prepare(
            history::Options {
                root: &root,
                seed: args.seed,
                promtool: &programs.promtool,
                span_s: HISTORY_S,
                clock: &|| unix_now() as i64,
                progress: Progress::new,
            },
            |origin| Fleet::new(args.seed, origin),
        )
        .await?;
        let hours = |spans: &[Span]| spans.iter().map(|span| span.seconds()).sum::<u64>() as f64 / 3600.0;
        let seconds = begun.elapsed().as_secs_f64();
        eprintln!(
            "History     {:.1} h made, {:.1} h from the cache, in {seconds:.1} s",
            hours(&made),
            hours(&reused)
        );
        let processes = simulation.processes().to_vec();
        let fleet = FleetServer::start(simulation, fleet)?;
        let prometheus = Prometheus::start(
            &programs.prometheus,
            run,
            &processes,
            fleet.addr,
            args.prometheus_listen,
        )
        .await?;
        let listen = address("listen", args.listen, &servelens)?;
        let config = serve_config(listen, args.assets.clone(), prometheus.addr())?;
        drop(servelens);
        let servelens = start(config).await?;
        let demo = Self {
            servelens,
            prometheus,
            fleet,
        };
        demo.tell(args)?;
        Ok(demo)
    }

    fn tell(&self, args: &Args) -> Result<(), DemoError> {
        let at = Addresses::new(
            self.servelens.addr,
            self.prometheus.addr(),
            self.fleet.addr,
            self.servelens.metrics_addr,
        );
        if let Some(path) = &args.addresses {
            at.write(path)?;
        }
        eprintln!("Prometheus  {}", at.prometheus);
        eprintln!("Fleet       {0}/processes  {0}/truth", at.fleet);
        let mut out = io::stdout().lock();
        // Whoever closed standard output does not want to hear.
        let _ = writeln!(out, "ready {}", at.servelens).and_then(|()| out.flush());
        Ok(())
    }

    async fn part_ended(&mut self) -> DemoError {
        tokio::select! {
            error = self.prometheus.ended() => error,
            error = self.fleet.ended() => error,
        }
    }

    async fn stop(self) {
        let Self {
            servelens,
            prometheus,
            fleet,
        } = self;
        // Open pages may keep streaming; they have had their time then.
        let _ = tokio::time::timeout(GRACE, servelens.stop()).await;
        prometheus.stop().await;
        drop(fleet);
    }
}
