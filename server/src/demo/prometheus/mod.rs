//! The real Prometheus as a child process. It never outlives the demo: it is killed when its handle is dropped, and when
//! the demo itself is killed, its next line of log meets a closed pipe and ends it (the fleet is gone too, so a scrape
//! fails and is logged within one interval; that is what the debug level is for).

mod config;
mod find;
#[cfg(test)]
mod tests;

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::oneshot;

pub use find::{Programs, Surroundings, find};

use super::error::DemoError;
use super::history::RunDir;
use super::listen::{address, claim};
use super::sim::Process;

/// How old a sample may be and still be the current value. Prometheus's own five minutes count on staleness markers, which
/// blocks made by promtool do not have: a process that went down in the past would stay on the chart for five minutes. Just
/// under two scrape intervals of 30 s holds a late scrape and lets go of a missed one.
pub const LOOKBACK: &str = "59s";

/// Reading a day of blocks takes a second or two; a loaded machine may need more.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// A free port can be taken by another program between our look and Prometheus's start.
const ATTEMPTS: usize = 3;

/// A running Prometheus and its data folder.
pub struct Prometheus {
    child: Child,
    addr: SocketAddr,
    log: Log,
    /// Dropped last: nothing writes there any more.
    _run: RunDir,
}

/// The last line that Prometheus logged as a warning or an error.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn last(&self) -> String {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if last.is_empty() {
            "it logged no error".to_owned()
        } else {
            last
        }
    }
}

impl Prometheus {
    /// Starts on the blocks of `run` and returns when queries are answered.
    ///
    /// # Errors
    /// `port_in_use`, `demo_not_loopback`, `cache_unusable`, `prometheus_failed`.
    pub async fn start(
        binary: &Path,
        run: RunDir,
        processes: &[Process],
        fleet: SocketAddr,
        listen: SocketAddr,
    ) -> Result<Self, DemoError> {
        let config = run.path().join("prometheus.yml");
        fs::write(&config, config::config(processes, fleet).to_string()).map_err(|reason| {
            DemoError::CacheUnusable {
                path: config.clone(),
                reason,
            }
        })?;
        let attempts = if listen.port() == 0 { ATTEMPTS } else { 1 };
        let mut failure = String::new();
        for _ in 0..attempts {
            let addr = address(FLAG, listen, &claim(FLAG, listen)?)?;
            let log = Log::default();
            let mut child = spawn(binary, &run, &config, addr).map_err(|error| DemoError::PrometheusFailed {
                reason: format!("it did not start: {error}"),
            })?;
            let ready = child.stderr.take().map(|stderr| follow(stderr, log.clone()));
            let outcome = tokio::time::timeout(READY_WITHIN, async {
                match ready {
                    Some(ready) => ready.await.is_ok(),
                    None => false,
                }
            });
            match outcome.await {
                Ok(true) => {
                    return Ok(Self {
                        child,
                        addr,
                        log,
                        _run: run,
                    });
                }
                Ok(false) => failure = log.last(),
                Err(_) => failure = format!("not within {} s; {}", READY_WITHIN.as_secs(), log.last()),
            }
            // The next attempt, or the caller's clean-up, must find the folder at rest.
            let _ = child.kill().await;
        }
        Err(DemoError::PrometheusFailed { reason: failure })
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Waits until it ends, which it should not do by itself.
    pub async fn ended(&mut self) -> DemoError {
        let status = self.child.wait().await;
        let status = status.map_or_else(|error| error.to_string(), |status: ExitStatus| status.to_string());
        DemoError::PrometheusEnded {
            reason: format!("{status}; {}", self.log.last()),
        }
    }

    /// Kills it at once: its data is of no use to anyone later.
    pub async fn stop(mut self) {
        let _ = self.child.kill().await;
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.start_kill();
        // The data folder can be removed only when the process is gone, and nothing can be awaited here.
        let end = Instant::now() + Duration::from_secs(2);
        while Instant::now() < end && matches!(self.child.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(2));
        }
    }
}

pub const FLAG: &str = "prometheus-listen";

fn spawn(binary: &Path, run: &RunDir, config: &Path, addr: SocketAddr) -> std::io::Result<Child> {
    let flag = |name: &str, value: &Path| {
        let mut flag = std::ffi::OsString::from(name);
        flag.push(value);
        flag
    };
    Command::new(binary)
        .arg(flag("--config.file=", config))
        .arg(flag("--storage.tsdb.path=", &run.data()))
        .arg(format!("--web.listen-address={addr}"))
        .arg(format!("--query.lookback-delta={LOOKBACK}"))
        // More than the history is long: nothing is deleted while someone looks at it.
        .arg("--storage.tsdb.retention.time=35d")
        // Equal limits: the blocks stay as they are. Merging them would only keep a core busy.
        .args([
            "--storage.tsdb.min-block-duration=2h",
            "--storage.tsdb.max-block-duration=2h",
        ])
        .arg("--log.level=debug")
        .current_dir(run.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}

/// Reads the log to its end. The receiver hears when Prometheus says that it answers queries; it fails when the log ends
/// before. (Asking `/-/ready` would open sockets in a module that must have none, and hear of it later.)
fn follow(stderr: ChildStderr, log: Log) -> oneshot::Receiver<()> {
    let (ready, hears) = oneshot::channel();
    tokio::spawn(async move {
        let mut ready = Some(ready);
        let mut lines = BufReader::new(stderr).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            let line = String::from_utf8_lossy(&line);
            if line.contains("Server is ready to receive web requests") {
                ready.take().map(|ready| ready.send(()));
            }
            if [
                "level=error",
                "level=warn",
                "level=ERROR",
                "level=WARN",
                "panic:",
                "error:",
            ]
            .iter()
            .any(|mark| line.contains(mark))
            {
                *log.0.lock().unwrap_or_else(PoisonError::into_inner) = line.chars().take(400).collect();
            }
        }
    });
    hears
}
