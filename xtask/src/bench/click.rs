//! From the click on the plugin's link in a console to the first chart drawn: files warm, network answered from memory.

use anyhow::Result;

use super::demo::Demo;
use super::measured;
use super::table::Table;
use crate::place::Place;

const CLICKS: usize = 9;

pub fn measure(place: &Place, demo: &Demo, table: &mut Table) -> Result<()> {
    let args = [demo.addresses.prometheus.as_str(), &CLICKS.to_string()];
    let clicks: Vec<f64> = measured::by(place, "console-click", &place.servelens(), &args)?;
    table.report(
        &format!("In a console: click to first chart drawn, network stubbed (median of {CLICKS})"),
        "300 ms or less",
        format!("{:.0} ms", super::median(clicks)),
    );
    Ok(())
}
