//! How long the demo takes from the command to `ready` when everything was built and its history made before, and how long
//! setting the machine up takes when nothing is missing.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::http;
use super::table::Table;
use crate::child::{self, Running};
use crate::place::{self, Place};
use crate::progress::say;

/// A demo that is up; ends when dropped.
pub struct Demo {
    _running: Running,
    pub addresses: Addresses,
}

/// What `servelens demo --addresses` writes.
#[derive(Deserialize)]
pub struct Addresses {
    pub servelens: String,
    pub prometheus: String,
}

/// Starts the demo twice and times the second start; gives the demo that is then up.
pub fn measure(place: &Place, table: &mut Table) -> Result<Demo> {
    say("bench: a first start, which makes the history");
    let (first, cold) = start(place)?;
    drop(first);
    say("bench: a second start, which is measured");
    let (demo, warm) = start(place)?;
    table.report(
        "`cargo xtask setup` where nothing is missing",
        "2 s or less",
        format!("{:.1} s", set_up(place)?),
    );
    table.report(
        "Warm `cargo xtask demo` to `ready`",
        "20 s or less",
        format!("{warm:.1} s"),
    );
    table.report(
        "The start before it, which makes the missing history",
        "",
        format!("{cold:.1} s"),
    );
    Ok(demo)
}

/// The second of two runs, in seconds.
fn set_up(place: &Place) -> Result<f64> {
    let run = || {
        let mut cargo = place::cargo();
        cargo.args(["xtask", "setup"]).current_dir(&place.root);
        child::run(cargo.stderr(Stdio::null()))
    };
    run()?;
    let since = Instant::now();
    run()?;
    Ok(since.elapsed().as_secs_f64())
}

fn start(place: &Place) -> Result<(Demo, f64)> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("addresses.json");
    let listen = http::free_address()?;
    let mut command = place::cargo();
    command
        .args(["xtask", "demo", "--listen", &listen, "--addresses"])
        .arg(&file)
        .current_dir(&place.root)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let since = Instant::now();
    let mut running = Running::start(&mut command)?;
    let output = running.process().stdout.take().context("the demo has no output")?;
    for line in BufReader::new(output).lines() {
        if line?.starts_with("ready ") {
            let seconds = since.elapsed().as_secs_f64();
            let addresses = serde_json::from_str(&fs::read_to_string(&file)?)?;
            return Ok((
                Demo {
                    _running: running,
                    addresses,
                },
                seconds,
            ));
        }
    }
    bail!("the demo ended before it was ready: run `cargo xtask demo` to see why")
}
