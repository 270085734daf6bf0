//! Design tokens to a chart's colours.

use chart::{Rgb, Theme};

use crate::host::Host;

/// The CSS property whose value is the canvas's font family.
pub const FONT_TOKEN: &str = "--sl-font-chart";
/// `--sl-series-1` and so on.
pub const SERIES: usize = 8;

/// `None` until the style sheet has been loaded.
pub fn resolve(host: &Host) -> Option<Theme> {
    let palette: Option<Vec<Rgb>> = (1..=SERIES)
        .map(|at| host.color(&format!("--sl-series-{at}")))
        .collect();
    Some(Theme {
        palette: palette?,
        axis: host.color("--sl-chart-axis")?,
        grid: host.color("--sl-chart-grid")?,
        text: host.color("--sl-chart-text")?,
        background: host.color("--sl-card")?,
        warning: host.color("--sl-warning")?,
        critical: host.color("--sl-critical")?,
    })
}
