//! From the click on the plugin's link in a console to the first chart drawn: files warm, network answered from memory.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::demo::Demo;
use super::table::Table;
use crate::place::{self, Place};

const CLICKS: usize = 9;

pub fn measure(place: &Place, demo: &Demo, table: &mut Table) -> Result<()> {
    let mut command: Command = place::cargo();
    command
        .args(["run", "--quiet", "--package", "tests", "--bin", "console-click", "--"])
        .args([&demo.addresses.prometheus, &CLICKS.to_string()])
        .current_dir(&place.root)
        .env("CARGO_TARGET_DIR", &place.target)
        .stderr(Stdio::inherit());
    let output = command.output().context("running console-click")?;
    ensure!(output.status.success(), "console-click ended with {}", output.status);
    let clicks: Vec<f64> = serde_json::from_slice(&output.stdout).context("reading what console-click printed")?;
    table.report(
        &format!("In a console: click to first chart drawn, network stubbed (median of {CLICKS})"),
        "300 ms or less",
        format!("{:.0} ms", super::median(clicks)),
    );
    Ok(())
}
