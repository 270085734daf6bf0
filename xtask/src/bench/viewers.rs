//! Five hundred people who open a board of forty panels at once, before a store of canned answers.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::release::Server;
use super::table::Table;
use crate::place::{self, Place};
use crate::progress::say;

const PEOPLE: usize = 500;
/// 350 MiB, in kibibytes.
const BUDGET: f64 = 350.0 * 1024.0;

/// What `viewers` prints.
#[derive(Deserialize)]
struct Seen {
    p50_s: f64,
    p99_s: f64,
    whole_s: f64,
    peak_kib: f64,
}

pub fn measure(place: &Place, server: &Server, table: &mut Table) -> Result<()> {
    say(&format!("bench: {PEOPLE} viewers"));
    let mut cargo = place::cargo();
    cargo
        .args([
            "run",
            "--quiet",
            "--package",
            "tests",
            "--bin",
            "viewers",
            "--",
            &PEOPLE.to_string(),
        ])
        .current_dir(&place.root)
        .env("CARGO_TARGET_DIR", &place.target)
        .env("SERVELENS_BIN", server.path())
        .stderr(Stdio::inherit());
    let output = cargo.output().context("running viewers")?;
    ensure!(output.status.success(), "viewers ended with {}", output.status);
    let seen: Seen = serde_json::from_slice(&output.stdout).context("reading what viewers printed")?;
    let what = format!("{PEOPLE} callers open a board of 40 panels at once");
    table.budget(
        &format!("{what}: peak memory (release profile)"),
        BUDGET,
        seen.peak_kib,
        |kib| format!("{:.0} MiB", kib / 1024.0),
    );
    table.report(
        "… time to a whole board, p50 and p99",
        "",
        format!(
            "{:.1} and {:.1} s, all in {:.1} s",
            seen.p50_s, seen.p99_s, seen.whole_s
        ),
    );
    Ok(())
}
