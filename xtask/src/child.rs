//! Runs other programs so that none outlives this one.
//!
//! Each child leads a process group of its own. When this process is told to end (SIGINT, SIGTERM, SIGHUP) the groups
//! are ended first; when it unwinds, each guard ends its group.

use std::collections::BTreeSet;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::scrap;

/// How long a group may take to end by itself before it is killed. Prometheus flushes its head in about one second.
const GRACE: Duration = Duration::from_secs(10);

static GROUPS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

fn groups() -> MutexGuard<'static, BTreeSet<i32>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From here on, a signal that ends this process ends its children before.
pub fn end_with_us() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("cannot watch for signals")?;
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            // Held to the end: no child starts any more, and whoever has lost one goes no further.
            let open = groups();
            open.iter().copied().filter_map(Pid::from_raw).for_each(end_group);
            scrap::remove_all();
            std::process::exit(128 + signal);
        }
    });
    Ok(())
}

/// SIGTERM to the whole group, SIGKILL to what is left after [`GRACE`].
fn end_group(group: Pid) {
    let since = Instant::now();
    // An error means that the group is gone already: that is what is wanted.
    let _ = kill_process_group(group, Signal::TERM);
    while test_kill_process_group(group).is_ok() {
        if since.elapsed() > GRACE {
            let _ = kill_process_group(group, Signal::KILL);
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// A child and everything it has started; both end when this is dropped.
pub struct Running {
    child: Child,
    group: Option<Pid>,
}

impl Running {
    /// Starts the program without standard input. Where its output goes is the caller's choice on `command`.
    pub fn start(command: &mut Command) -> Result<Self> {
        command.stdin(Stdio::null()).process_group(0);
        // Before the start, so that a signal finds each child that there is.
        let mut open = groups();
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {}", name(command)))?;
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            open.insert(group.as_raw_nonzero().get());
        }
        drop(open);
        Ok(Self { child, group })
    }

    pub fn process(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits for the program's own end.
    pub fn wait(mut self) -> Result<ExitStatus> {
        Ok(self.child.wait()?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(group) = self.group else { return };
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            let _ = kill_process_group(group, Signal::TERM);
            let since = Instant::now();
            while since.elapsed() < GRACE && !matches!(self.child.try_wait(), Ok(Some(_))) {
                thread::sleep(Duration::from_millis(20));
            }
        }
        // Whatever the child has left behind in its group.
        let _ = kill_process_group(group, Signal::KILL);
        let _ = self.child.wait();
        groups().remove(&group.as_raw_nonzero().get());
    }
}

/// Runs to the end with the output shown; a failure is an error that names the program.
pub fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if !status.success() {
        bail!("{} ended with {status}", name(command));
    }
    Ok(())
}

/// Runs to the end with the output shown.
pub fn status(command: &mut Command) -> Result<ExitStatus> {
    Running::start(command)?.wait()
}

/// Runs to the end and gives the standard output; a failure is an error that holds the standard error.
pub fn capture(command: &mut Command) -> Result<String> {
    let what = name(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {what}"))?;
    if !output.status.success() {
        bail!(
            "{what} ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("{what} wrote no text"))
}

/// As [`run`], but an attempt that lasts longer than `limit` is ended and counts as failed.
pub fn succeeds_within(command: &mut Command, limit: Duration) -> bool {
    let Ok(mut running) = Running::start(command) else {
        return false;
    };
    let since = Instant::now();
    while since.elapsed() < limit {
        if let Ok(Some(status)) = running.process().try_wait() {
            return status.success();
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}

/// Program and first argument, for messages: `cargo build`.
fn name(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let short = program.rsplit('/').next().unwrap_or_default();
    match command.get_args().next() {
        Some(first) => format!("{short} {}", first.to_string_lossy()),
        None => short.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read as _};
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_child_and_what_it_has_started_end_when_their_owner_panics() {
        let (told, hears) = mpsc::channel();
        let owner = thread::spawn(move || {
            let mut shell = Command::new("sh");
            shell
                .args(["-c", "sleep infinity & echo begun; wait"])
                .stdout(Stdio::piped());
            let mut running = Running::start(&mut shell).unwrap();
            let mut output = BufReader::new(running.process().stdout.take().unwrap());
            let mut first = [0; 6];
            output.read_exact(&mut first).unwrap();
            // Ends when nobody is left who could write: the shell and what it has started.
            thread::spawn(move || told.send(output.read_to_end(&mut Vec::new()).is_ok()).unwrap());
            panic!("as a fault would, with a child {}", running.process().id());
        });
        assert!(owner.join().is_err());
        assert_eq!(hears.recv_timeout(Duration::from_secs(60)), Ok(true));
    }
}
