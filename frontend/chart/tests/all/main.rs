//! The chart seen from outside: what it lays out, draws, says and hits.
//!
//! The modules are marked as tests so that their helpers, too, may fail loudly.

#[cfg(test)]
mod drawing;
#[cfg(test)]
mod hits;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod layouts;
mod recorder;
#[cfg(test)]
mod thinning;
#[cfg(test)]
mod time_axis;
#[cfg(test)]
mod units;
#[cfg(test)]
mod value_axis;

use chart::{Kind, Series, Spec, Unit, Utc};

/// 2026-11-23 00:00 UTC, a Monday.
const MIDNIGHT: i64 = 1_795_392_000;

/// A line chart over the day after [`MIDNIGHT`], 620 by 220 pixels.
fn day<'a>(series: &'a [Series<'a>]) -> Spec<'a> {
    Spec {
        kind: Kind::Line,
        unit: Unit::RequestsPerSecond,
        from: MIDNIGHT,
        to: MIDNIGHT + 86_400,
        series,
        bars: &[],
        thresholds: &[],
        floors: &[],
        width: 620.0,
        height: 220.0,
        clock: &Utc,
    }
}

/// A series from [`MIDNIGHT`] on, a value each minute.
fn minutes(values: &[f64]) -> Series<'_> {
    Series {
        name: "s",
        color: 0,
        start: MIDNIGHT,
        step: 60,
        values,
        faint: &[],
    }
}
