//! Many people who look at once: strangers before a store of canned answers, colleagues before OpenShift's own front, and more
//! than there is room for.

use anyhow::Result;
use serde::Deserialize;

use super::measured;
use super::release::Server;
use super::table::Table;
use crate::place::Place;
use crate::progress::say;

/// 350 MiB, in kibibytes.
const BUDGET: f64 = 350.0 * 1024.0;

/// What `viewers` prints of people who open boards.
#[derive(Deserialize)]
struct Seen {
    p50_s: f64,
    p99_s: f64,
    whole_s: f64,
    peak_kib: f64,
}

/// What it prints of people who are too many.
#[derive(Deserialize)]
struct Crushed {
    recovered_s: f64,
    peak_kib: f64,
}

pub fn measure(place: &Place, server: &Server, table: &mut Table) -> Result<()> {
    for (who, what) in [
        ("strangers", "500 callers open a board of 40 panels at once"),
        (
            "colleagues",
            "5 callers open 100 boards of 40 panels each at once, before OpenShift's own front",
        ),
    ] {
        say(&format!("bench: {what}"));
        let seen: Seen = measured::by(place, "viewers", server.path(), &[who])?;
        memory(table, what, seen.peak_kib);
        table.report(
            "… time to a whole board, p50 and p99",
            "",
            format!(
                "{:.1} and {:.1} s, all in {:.1} s",
                seen.p50_s, seen.p99_s, seen.whole_s
            ),
        );
    }
    let what = "400 questions at once where there is room for 40";
    say(&format!("bench: {what}"));
    let crushed: Crushed = measured::by(place, "viewers", server.path(), &["crush"])?;
    memory(table, what, crushed.peak_kib);
    table.report(
        "… from the store's return to as many good answers as there is room for, slowest of 3",
        "5 s or less",
        format!("{:.2} s", crushed.recovered_s),
    );
    Ok(())
}

fn memory(table: &mut Table, what: &str, kib: f64) {
    let write = |kib: f64| format!("{:.0} MiB", kib / 1024.0);
    table.budget(&format!("{what}: peak memory (release profile)"), BUDGET, kib, write);
}
