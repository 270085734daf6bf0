//! A child process whose life is tied to ours.

use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};

use super::secrets;

/// Kept of a child's standard error, to be shown when it fails.
const KEPT_LINES: usize = 200;

/// Runs a command until its own standard input closes, for programs that do not watch theirs.
const KEEPER: &str = r#"
exec 3<&0
"$@" 3<&- </dev/null & child=$!
{
  cat <&3 >/dev/null
  kill "$child"
  for try in 1 2 3 4 5 6 7 8 9 10; do sleep 1; kill -0 "$child" || exit; done
  kill -9 "$child"
} >/dev/null 2>&1 &
exec 3<&-
wait "$child"
"#;

/// A running child; dropping it closes its standard input and ends it.
#[derive(Debug)]
pub struct Tied {
    name: String,
    child: Child,
    lines: Receiver<String>,
    stderr: Arc<Mutex<Vec<String>>>,
    /// Lines of either output in which a token stands.
    leaks: Arc<Mutex<Vec<String>>>,
    /// Ends with both outputs.
    said: Receiver<()>,
}

/// The program whose words are searched for tokens when it ends.
const OURS: &str = "servelens";

/// How long an ended child's outputs may still be read.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Starts `program`, which ends by itself when its standard input closes.
pub fn start(program: &Path, args: &[&str], env: &[(&str, &str)]) -> Result<Tied> {
    let mut command = Command::new(program);
    command.args(args);
    spawn(program, command, env)
}

/// Starts `program`, which does not watch its standard input, under a keeper that does.
pub fn start_kept(program: &Path, args: &[&str], env: &[(&str, &str)]) -> Result<Tied> {
    let mut command = Command::new("sh");
    command.arg("-c").arg(KEEPER).arg("keeper").arg(program).args(args);
    spawn(program, command, env)
}

fn spawn(program: &Path, mut command: Command, env: &[(&str, &str)]) -> Result<Tied> {
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut child = command
        .envs(env.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {}", program.display()))?;
    let stdout = child.stdout.take().context("the child has no standard output")?;
    let stderr = child.stderr.take().context("the child has no standard error")?;

    let (send, lines) = mpsc::channel();
    let (reading, said) = mpsc::channel::<()>();
    let leaks = Arc::new(Mutex::new(Vec::new()));
    let watch = || {
        let (leaks, reading) = (Arc::clone(&leaks), reading.clone());
        move |line: &str| {
            let _reads = &reading;
            if secrets::holds(line) {
                leaks
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(line.to_owned());
            }
        }
    };
    let (on_stdout, on_stderr) = (watch(), watch());
    drop(reading);
    std::thread::spawn(move || {
        each_line(stdout, |line| {
            on_stdout(&line);
            // Watched to the end, whoever waits for a line.
            let _ = send.send(line);
        });
    });
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    std::thread::spawn(move || {
        each_line(stderr, |line| {
            on_stderr(&line);
            let mut kept = keep.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() == KEPT_LINES {
                kept.remove(0);
            }
            kept.push(line);
        });
    });
    Ok(Tied {
        name,
        child,
        lines,
        stderr: kept,
        leaks,
        said,
    })
}

/// Reads on to the end even when nobody wants the lines any more: a full pipe would stop the child.
fn each_line(from: impl Read, mut take: impl FnMut(String)) {
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        take(String::from_utf8_lossy(&line).into_owned());
    }
}

impl Tied {
    /// The child's process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line of standard output that `pick` makes something of.
    pub fn wait_line<T>(&mut self, patience: Duration, pick: impl Fn(&str) -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    if let Some(found) = pick(&line) {
                        return Ok(found);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    return Err(self.fault(&format!("said nothing of it in {patience:?}")));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.child.wait().context("waiting for a child")?;
                    return Err(self.fault(&format!("ended early ({status})")));
                }
            }
        }
    }

    fn fault(&self, what: &str) -> anyhow::Error {
        anyhow!("{} {what}; its standard error:\n{}", self.name, self.stderr())
    }

    /// Lines so far in which a token stands.
    #[must_use]
    pub fn leaks(&self) -> Vec<String> {
        self.leaks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last lines of standard error so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.stderr.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// The most memory, in KiB, that the program has held so far; under a keeper, the program itself is meant.
    pub fn peak_kib(&self) -> Result<u64> {
        let (own, mut found) = (self.child.id().to_string(), None);
        for entry in std::fs::read_dir("/proc")? {
            // Whatever ends meanwhile is not ours.
            let Ok(about) = std::fs::read_to_string(entry?.path().join("status")) else {
                continue;
            };
            let field = |name: &str| {
                let line = about.lines().find_map(|line| line.strip_prefix(name));
                line.unwrap_or_default().trim()
            };
            let is_it = field("Pid:") == own || field("PPid:") == own;
            if is_it && self.name.starts_with(field("Name:")) {
                found = field("VmHWM:").trim_end_matches(" kB").parse().ok();
            }
        }
        found.with_context(|| format!("{} has no memory to be measured", self.name))
    }

    /// Closes the child's standard input and waits for its end.
    pub fn end(mut self, patience: Duration) -> Result<ExitStatus> {
        drop(self.child.stdin.take());
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if Instant::now() > deadline {
                bail!(self.fault(&format!("was still there {patience:?} after its standard input closed")));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Tied {
    /// The keeper or the program itself ends everything below it.
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
        // Nothing is ever sent: this waits for the end of both.
        let _ = self.said.recv_timeout(LAST_WORDS);
        let leaks = self.leaks();
        // What other programs say is their own business, and a test that has failed already says why itself.
        assert!(
            leaks.is_empty() || self.name != OURS || std::thread::panicking(),
            "{OURS} has said a token:\n{}",
            leaks.join("\n")
        );
    }
}
