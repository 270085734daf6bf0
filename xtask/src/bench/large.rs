//! `servelens check` and a second `servelens apply` on a large cluster in the rig's API server.

use anyhow::Result;
use serde::Deserialize;

use super::measured;
use super::table::Table;
use crate::place::Place;

#[derive(Deserialize)]
struct Times {
    namespaces: usize,
    models: usize,
    pods: usize,
    cold_ms: f64,
    check_ms: f64,
    check_all_ms: f64,
    again_ms: f64,
    apply_all_ms: f64,
    again_all_ms: f64,
}

pub fn measure(place: &Place, table: &mut Table) -> Result<()> {
    let times: Times = measured::by(place, "setup-times", &place.servelens(), &[])?;
    let mut row = |what: &str, aim: &str, ms: f64| table.report(what, aim, format!("{:.2} s", ms / 1000.0));
    let large = format!(
        "a cluster of {} namespaces, {} models, {} pods",
        times.namespaces, times.models, times.pods
    );
    row(
        &format!("First `servelens check` of all namespaces, {large}"),
        "2 s",
        times.cold_ms,
    );
    row("… again (median of 5)", "2 s", times.check_all_ms);
    row("… of one namespace", "2 s", times.check_ms);
    row(
        "Second `servelens apply` of all namespaces (median of 5)",
        "3 s",
        times.again_all_ms,
    );
    row("… of one namespace", "3 s", times.again_ms);
    row("The first one of all namespaces", "", times.apply_all_ms);
    Ok(())
}
