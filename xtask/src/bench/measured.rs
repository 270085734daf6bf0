//! The programs of `tests` that measure: each prints what it has seen as JSON.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::de::DeserializeOwned;

use crate::place::Place;
use crate::program;

/// Runs one of them with the server's program that it is to start, if it starts one.
pub fn by<T: DeserializeOwned>(place: &Place, name: &str, server: &Path, args: &[&str]) -> Result<T> {
    let mut measure = Command::new(program::build(place, name)?);
    measure
        .args(args)
        .env("SERVELENS_BIN", server)
        .env("SERVELENS_DIST", place.dist())
        .stderr(Stdio::inherit());
    let output = measure.output().with_context(|| format!("running {name}"))?;
    ensure!(output.status.success(), "{name} ended with {}", output.status);
    serde_json::from_slice(&output.stdout).with_context(|| format!("reading what {name} printed"))
}
