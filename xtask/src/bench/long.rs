//! A dashboard of 40 panels over 7 days at 1,000 series, beside the same queries sent one by one straight to Prometheus.

use anyhow::Result;
use serde::Deserialize;

use super::release::Server;
use super::table::Table;
use super::{budgets, measured};
use crate::place::Place;

#[derive(Deserialize)]
struct Times {
    panels: usize,
    series: usize,
    queries: usize,
    extra: usize,
    cold_ms: f64,
    warm_ms: f64,
    bytes: usize,
    one_by_one_ms: f64,
    one_by_one_bytes: usize,
    first_samples: f64,
    refresh_ms: f64,
    refresh_samples: f64,
}

pub fn measure(place: &Place, server: &Server, table: &mut Table) -> Result<()> {
    let times: Times = measured::by(place, "long-dashboard", server.path(), &[])?;
    let size = |bytes: usize| format!("{:.0} KiB", bytes as f64 / 1024.0);
    let mut row = |what: &str, aim: &str, measured: String| table.report(what, aim, measured);
    row(
        &format!(
            "Dashboard, {} panels, 7 days, {} series, release profile: request to last byte, nothing kept",
            times.panels, times.series
        ),
        &format!("{:.0} ms one by one", times.one_by_one_ms),
        format!("{:.0} ms", times.cold_ms),
    );
    row("… the same once more", "", format!("{:.0} ms", times.warm_ms));
    row(
        &format!("… on the wire, in one answer for {} queries", times.queries),
        &format!("{} one by one", size(times.one_by_one_bytes)),
        size(times.bytes),
    );
    table.budget(
        "… questions beside the panels' own",
        budgets::QUESTIONS_BESIDE,
        times.extra as f64,
        |count| format!("{count:.0}"),
    );
    let again = times.refresh_samples / times.first_samples;
    table.ratio(
        "… refreshed each time its newest step has passed: samples that the store reads",
        "0.1 × the first time or less",
        budgets::SAMPLES_AGAIN,
        again,
        format!(
            "{:.0}; first {:.0} (**{again:.3} ×**)",
            times.refresh_samples, times.first_samples
        ),
    );
    table.report(
        "… time to the last byte then",
        "0.2 × the first time or less",
        format!(
            "{:.0} ms; first {:.0} ms (**{:.3} ×**)",
            times.refresh_ms,
            times.cold_ms,
            times.refresh_ms / times.cold_ms
        ),
    );
    Ok(())
}
