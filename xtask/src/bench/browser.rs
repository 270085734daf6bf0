//! A page of charts over 24 hours in headless Chromium, from its request to the last frame drawn, with where the time goes.
//!
//! The page sets the marks itself (`servelens:asked` and so on); here they are only read. Chromium draws without a graphics
//! processor, so a desktop is faster.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::demo::Demo;
use super::measured;
use super::table::Table;
use crate::place::Place;

/// Loads that are timed, after one that is not.
const LOADS: usize = 9;
/// Of twelve panels.
const PAGE: &str = "/servelens/amd?range=24h&refresh=off";

#[derive(Deserialize)]
struct Times {
    panels: usize,
    asked: f64,
    first_panel: f64,
    answered: f64,
    drawn: f64,
}

pub fn measure(place: &Place, demo: &Demo, table: &mut Table) -> Result<()> {
    let address = format!("{}{PAGE}", demo.addresses.servelens.trim_end_matches('/'));
    let args = [address.as_str(), &LOADS.to_string()];
    let loads: Vec<Times> = measured::by(place, "browser-times", &place.servelens(), &args)?;
    let panels = loads
        .iter()
        .map(|load| load.panels)
        .max()
        .context("no load was timed")?;
    let mut row = |what: &str, of: fn(&Times) -> f64| {
        let values = loads.iter().map(of).collect();
        table.report(what, "", format!("{:.0} ms", super::median(values)));
    };
    row(
        &format!(
            "Page of {panels} panels, 24 h, in Chromium, answers kept: request to last frame drawn (median of {LOADS})"
        ),
        |load| load.drawn - load.asked,
    );
    row("… request to the first panel's answer read", |load| {
        load.first_panel - load.asked
    });
    row(
        "… from there to the last panel's answer read, drawing others meanwhile",
        |load| load.answered - load.first_panel,
    );
    row("… from there to the last frame drawn", |load| {
        load.drawn - load.answered
    });
    row(
        "Before the request: opening the page, its WebAssembly and the catalogue",
        |load| load.asked,
    );
    Ok(())
}
