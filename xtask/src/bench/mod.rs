//! `cargo xtask bench`: measures the budgets of the design, prints them as a table and keeps it in `BENCHMARKS.md`.
//!
//! Sizes and memory are budgets: over one, the command ends with exit code 1. Times are only reported: they are the
//! machine's as much as ours.

mod dashboard;
mod demo;
mod http;
mod memory;
mod page;
mod table;

use std::io::Write;

use anyhow::Result;

use crate::build;
use crate::place::Place;
use crate::setup::{self, Need};
use crate::stop::Stop;
use table::Table;

/// Measures all.
pub fn run(place: &Place) -> Result<()> {
    let toolchain = setup::run(place, Need::Demo)?;
    build::run(place, &toolchain)?;
    let mut table = Table::default();
    page::measure(place, &mut table)?;
    memory::measure(place, &mut table)?;
    let demo = demo::measure(place, &mut table)?;
    dashboard::measure(&demo, &mut table)?;
    drop(demo);

    writeln!(std::io::stdout(), "{}", table.markdown())?;
    table::keep(&place.root.join("BENCHMARKS.md"), &table)?;
    match table.over_budget() {
        over if over.is_empty() => Ok(()),
        over => Err(Stop::found(format!("over budget: {}", over.join(", "))).into()),
    }
}
