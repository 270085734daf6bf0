//! `cargo xtask bench`: measures the budgets of the design, prints them as a table and keeps it in `BENCHMARKS.md`.
//!
//! Sizes, memory, counts and ratios of counts are budgets: over one, the command ends with exit code 1. Times are only
//! reported: they are the machine's as much as ours.

mod browser;
mod budgets;
mod click;
mod dashboard;
mod demo;
mod http;
mod instructions;
mod large;
mod long;
mod measured;
mod nginx;
mod page;
mod proxy;
mod quiet;
mod release;
mod table;
mod viewers;
mod wire;

use std::io::Write;

use anyhow::Result;

use crate::build;
use crate::place::Place;
use crate::setup::{self, Need};
use crate::stop::Stop;
use table::Table;

/// What can be measured by itself.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// The page and its boards: size, memory, the demo, dashboards, a browser.
    Page,
    /// The metrics door: instructions, passing on beside nginx, many viewers.
    Door,
    /// Setting up the monitoring of a large cluster.
    Setup,
}

/// Measures one part, or all.
pub fn run(place: &Place, only: Option<Part>) -> Result<()> {
    let toolchain = setup::run(place, Need::Bench)?;
    let wanted = |part: Part| only.is_none_or(|only| only == part);
    let mut over = Vec::new();
    if wanted(Part::Door) {
        let mut table = Table::default();
        door(place, &mut table)?;
        over.extend(finish(place, "door", &table)?);
    }
    if wanted(Part::Page) || wanted(Part::Setup) {
        build::run(place, &toolchain)?;
    }
    if wanted(Part::Setup) {
        let mut table = Table::default();
        large::measure(place, &mut table)?;
        over.extend(finish(place, "setup", &table)?);
    }
    if wanted(Part::Page) {
        let mut table = Table::default();
        page(place, &mut table)?;
        over.extend(finish(place, "measured", &table)?);
    }
    match over {
        over if over.is_empty() => Ok(()),
        over => Err(Stop::found(format!("over budget: {}", over.join(", "))).into()),
    }
}

fn door(place: &Place, table: &mut Table) -> Result<()> {
    instructions::measure(place, table)?;
    let server = release::build(place)?;
    proxy::measure(place, &server, table)?;
    viewers::measure(place, &server, table)
}

fn page(place: &Place, table: &mut Table) -> Result<()> {
    page::measure(place, table)?;
    quiet::measure(place, table)?;
    let server = release::build(place)?;
    let demo = demo::measure(place, table)?;
    dashboard::measure(place, &server, &demo, table)?;
    wire::measure(&demo, table)?;
    browser::measure(place, &demo, table)?;
    click::measure(place, &demo, table)?;
    drop(demo);
    long::measure(place, &server, table)
}

/// Prints and keeps what was measured; gives what is over its budget.
fn finish(place: &Place, section: &str, table: &Table) -> Result<Vec<String>> {
    writeln!(std::io::stdout(), "{}", table.markdown())?;
    table::keep(&place.root.join("BENCHMARKS.md"), section, table)?;
    Ok(table.over_budget().into_iter().map(str::to_owned).collect())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
