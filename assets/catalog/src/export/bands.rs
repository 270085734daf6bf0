//! Where a panel's values turn from good to bad, in the order and the colours that other programs want.

use crate::model::{Level, Panel};

const GOOD: &str = "green";

pub(super) struct Band {
    /// `None`: from minus infinity on.
    pub from: Option<f64>,
    /// A name that every one of the programs knows.
    pub color: &'static str,
}

/// Ascending, the first without a beginning: what is bad below a floor, what is good, what is bad from a threshold on.
pub(super) fn of(panel: &Panel) -> Vec<Band> {
    let color = |level| match level {
        Level::Warning => "orange",
        Level::Critical => "red",
    };
    let mut bands = Vec::new();
    // A floor is the upper end of what is bad below it.
    let mut from = None;
    for floor in panel.floors.iter().rev() {
        bands.push(Band {
            from,
            color: color(floor.level),
        });
        from = Some(floor.at);
    }
    bands.push(Band { from, color: GOOD });
    bands.extend(panel.thresholds.iter().map(|threshold| Band {
        from: Some(threshold.at),
        color: color(threshold.level),
    }));
    bands
}

pub(super) fn any(panel: &Panel) -> bool {
    !(panel.thresholds.is_empty() && panel.floors.is_empty())
}
