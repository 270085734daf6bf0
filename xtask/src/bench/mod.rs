//! `cargo xtask bench`: measures the budgets of the design, prints them as a table and keeps it in `BENCHMARKS.md`.
//!
//! Sizes and memory are budgets: over one, the command ends with exit code 1. Times are only reported: they are the
//! machine's as much as ours.

mod browser;
mod dashboard;
mod demo;
mod http;
mod long;
mod page;
mod quiet;
mod setup;
mod table;

use std::io::Write;

use anyhow::Result;

use crate::build;
use crate::place::Place;
use crate::setup::{self as machine, Need};
use crate::stop::Stop;
use table::Table;

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Part {
    /// A dashboard over a long time.
    Long,
    /// Setting up the monitoring of a large cluster.
    Setup,
}

/// Measures one part and prints it.
pub fn run_part(place: &Place, part: Part) -> Result<()> {
    let toolchain = machine::run(place, Need::Test)?;
    build::run(place, &toolchain)?;
    let mut table = Table::default();
    match part {
        Part::Long => long::measure(place, &mut table)?,
        Part::Setup => setup::measure(place, &mut table)?,
    }
    writeln!(std::io::stdout(), "{}", table.markdown())?;
    Ok(())
}

/// Measures all.
pub fn run(place: &Place) -> Result<()> {
    let toolchain = machine::run(place, Need::Test)?;
    build::run(place, &toolchain)?;
    let mut table = Table::default();
    page::measure(place, &mut table)?;
    quiet::measure(place, &mut table)?;
    let demo = demo::measure(place, &mut table)?;
    dashboard::measure(&demo, &mut table)?;
    browser::measure(place, &demo, &mut table)?;
    drop(demo);
    long::measure(place, &mut table)?;
    setup::measure(place, &mut table)?;

    writeln!(std::io::stdout(), "{}", table.markdown())?;
    table::keep(&place.root.join("BENCHMARKS.md"), &table)?;
    match table.over_budget() {
        over if over.is_empty() => Ok(()),
        over => Err(Stop::found(format!("over budget: {}", over.join(", "))).into()),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
