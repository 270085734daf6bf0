//! The programs of `tests` that measure: each prints what it has seen as JSON.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde::de::DeserializeOwned;

use crate::place::{self, Place};

/// Runs one of them with the server's program that it is to start, if it starts one.
pub fn by<T: DeserializeOwned>(place: &Place, program: &str, server: &Path, args: &[&str]) -> Result<T> {
    let mut cargo = place::cargo();
    cargo
        .args(["run", "--quiet", "--package", "tests", "--bin", program, "--"])
        .args(args)
        .current_dir(&place.root)
        .env("CARGO_TARGET_DIR", &place.target)
        .env("SERVELENS_BIN", server)
        .stderr(Stdio::inherit());
    let output = cargo.output().with_context(|| format!("running {program}"))?;
    ensure!(output.status.success(), "{program} ended with {}", output.status);
    serde_json::from_slice(&output.stdout).with_context(|| format!("reading what {program} printed"))
}
