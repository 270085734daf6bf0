//! Instructions of the work that is done most, counted by callgrind: a number that no neighbour on the machine can change.
//! What each may take at most stands in `budgets`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::budgets;
use super::table::Table;
use crate::child;
use crate::place::{self, Place};
use crate::progress::say;

/// What, and how it reads in the table.
const WORK: [(&str, &str); 3] = [
    ("decode", "Decoding a store's answer of 20 series × 600 samples"),
    ("enforce", "Confining a dashboard's query to a namespace"),
    ("cache_hit", "20 series × 600 samples from what is kept"),
];
/// Two numbers of times; what one more time costs is the difference.
const FEW: u64 = 1;
const MANY: u64 = 11;

#[derive(Deserialize)]
struct Message {
    target: Target,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

pub fn measure(place: &Place, table: &mut Table) -> Result<()> {
    say("bench: counting instructions (release profile)");
    let program = build(place)?;
    for (what, name) in WORK {
        let (few, many) = (count(&program, what, FEW)?, count(&program, what, MANY)?);
        let each = many.saturating_sub(few) as f64 / (MANY - FEW) as f64;
        let (row, write) = (format!("{name}, instructions"), |each: f64| {
            format!("{:.0} thousand", each / 1e3)
        });
        match budgets::instructions(what) {
            Some(budget) => table.budget(&row, budget, each, write),
            None => table.report(&row, "", write(each)),
        }
    }
    Ok(())
}

fn build(place: &Place) -> Result<PathBuf> {
    let mut cargo = place::cargo();
    cargo
        .args([
            "bench",
            "--quiet",
            "--package",
            "server",
            "--bench",
            "hot_paths",
            "--no-run",
        ])
        .arg("--message-format=json")
        .current_dir(&place.root)
        .env("CARGO_TARGET_DIR", &place.target);
    let said = child::capture(&mut cargo)?;
    let messages = said
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let mut ours = messages.filter(|message| message.target.name == "hot_paths");
    ours.find_map(|message| message.executable)
        .context("cargo bench names no program")
}

/// All instructions of one run.
fn count(program: &PathBuf, what: &str, times: u64) -> Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([what, &times.to_string()])
        .output()
        .context("running valgrind")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("valgrind ended with {}:\n{said}", output.status);
    }
    let collected = said.lines().find_map(|line| line.split_once("Collected : "));
    let (_, number) = collected.with_context(|| format!("valgrind counted nothing:\n{said}"))?;
    Ok(number.trim().parse()?)
}
