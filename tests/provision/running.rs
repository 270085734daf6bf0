//! A command that changes the cluster, watched while it runs: it can be cut off, or left to run on, at any of its steps.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tests::rig::paths;

pub struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    /// How many steps there are, as far as it has said.
    pub of: u64,
}

/// A step that has begun.
#[derive(Debug)]
pub struct Begun {
    pub step: u64,
    /// Kind, namespace and name.
    pub object: String,
}

impl Running {
    pub fn start(kubeconfig: &Path, command: &str, args: &[String]) -> Result<Running> {
        let mut child = Command::new(paths::servelens()?)
            .args([command, "--yes", "--output", "json", "--kubeconfig"])
            .arg(kubeconfig)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let out = BufReader::new(child.stdout.take().context("its output")?);
        Ok(Running { child, out, of: 0 })
    }

    /// The next step that begins; `None` once no more will.
    pub fn next(&mut self) -> Result<Option<Begun>> {
        let mut line = String::new();
        while self.out.read_line(&mut line)? > 0 {
            let event: Value = serde_json::from_str(&line)?;
            if event["event"] == "begun" {
                let number = |key: &str| event[key].as_u64().unwrap_or_default();
                self.of = number("of");
                return Ok(Some(Begun {
                    step: number("step"),
                    object: event["object"].as_str().unwrap_or_default().to_owned(),
                }));
            }
            line.clear();
        }
        Ok(None)
    }

    /// The first step that `wanted` chooses; `None` where it ended without one.
    pub fn until(&mut self, wanted: impl Fn(&Begun) -> bool) -> Result<Option<Begun>> {
        while let Some(begun) = self.next()? {
            if wanted(&begun) {
                return Ok(Some(begun));
            }
        }
        Ok(None)
    }

    /// SIGKILL; it may have ended by itself.
    pub fn kill(mut self) -> Result<()> {
        drop(self.child.kill());
        self.child.wait()?;
        Ok(())
    }

    /// Its exit code, and what it has said since the last step that was looked at.
    pub fn into_its_end(mut self) -> Result<(Option<i32>, String)> {
        let mut rest = String::new();
        self.out.read_to_string(&mut rest)?;
        Ok((self.child.wait()?.code(), rest))
    }
}
