//! Setting up before a real API server with the platform's own definitions. Needs the rig's Go programs.

mod adopted;
mod door;
pub mod dump;
mod faults;
mod grafana;
mod interrupted;
mod many;
mod objects;
mod operator;
mod platform;
mod remains;
mod restart;
mod running;
pub mod states;
mod users;
mod whole;

use std::path::Path;

use anyhow::Result;
use serde_json::Value;
use tests::rig::serve::run;

/// What a command has said, and its exit code.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// The last line as JSON.
    pub fn last(&self) -> Result<Value> {
        Ok(serde_json::from_str(
            self.out.trim().lines().last().unwrap_or_default(),
        )?)
    }
}

/// Runs what changes the cluster, agreed to beforehand.
pub async fn change(kubeconfig: &Path, command: &str, args: &[String], more: &[&str]) -> Result<Said> {
    let mut all = vec![command, "--yes"];
    all.extend(args.iter().map(String::as_str));
    all.extend(more);
    servelens(kubeconfig, &all).await
}

/// Runs a command of setting up as the kubeconfig's user.
pub async fn servelens(kubeconfig: &Path, args: &[&str]) -> Result<Said> {
    let kubeconfig = kubeconfig.to_string_lossy().into_owned();
    let mut all: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    all.extend(["--kubeconfig".to_owned(), kubeconfig]);
    let output = tokio::task::spawn_blocking(move || {
        let args: Vec<&str> = all.iter().map(String::as_str).collect();
        run(&args, &[])
    })
    .await??;
    Ok(Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout)?,
        err: String::from_utf8(output.stderr)?,
    })
}
