//! Five hundred people who open a board of forty panels at once, before a store of canned answers.

use anyhow::Result;
use serde::Deserialize;

use super::measured;
use super::release::Server;
use super::table::Table;
use crate::place::Place;
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
    let seen: Seen = measured::by(place, "viewers", server.path(), &[&PEOPLE.to_string()])?;
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
