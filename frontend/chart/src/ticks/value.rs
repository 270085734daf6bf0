//! The value axis: which range shows the data honestly, and which values to mark in it.

use crate::{Level, Unit, unit::Axis};

/// Smallest and greatest finite value to be shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extent {
    pub min: f64,
    pub max: f64,
}

impl Extent {
    /// Of the finite ones among `values`; none if there is none.
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        values.filter(|value| value.is_finite()).fold(None, |extent, value| {
            let Self { min, max } = extent.unwrap_or(Self { min: value, max: value });
            Some(Self {
                min: min.min(value),
                max: max.max(value),
            })
        })
    }
}

/// The chosen range, always finite with `low < high`, and its marks from the bottom up.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ValueAxis {
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<(f64, String)>,
}

/// Air above the greatest value, as a share of the range.
const HEADROOM: f64 = 0.06;
/// The range grows to the next mark where the data still fill this share of it.
const FILL: f64 = 0.86;
/// A threshold is shown where the data reach this share of it.
const THRESHOLD_REACH: f64 = 0.4;
/// Numbers nearer to zero are drawn as zero; farther ones are drawn at the edge.
const SMALLEST: f64 = 1e-9;
const GREATEST: f64 = 1e290;

/// Lines that part good values from bad ones, as in the chart's description.
#[derive(Clone, Copy)]
pub(crate) struct Limits<'a> {
    pub thresholds: &'a [(f64, Level)],
    pub floors: &'a [(f64, Level)],
}

/// The axis for `extent` with at most about `most` steps between marks.
pub(crate) fn value_axis(extent: Option<Extent>, limits: Limits<'_>, unit: Unit, most: f64) -> ValueAxis {
    let (mut low, mut high, open) = range(extent, limits, unit);
    let most = most.max(1.0);
    let reach = low.abs().max(high.abs());
    let mut step = unit.step_at_least((high - low) / most, reach);
    if open {
        let raised = (high / step - 1e-9).ceil() * step;
        if high - low >= FILL * (raised - low) {
            // Adding 0 turns -0 into 0.
            high = raised + 0.0;
        }
        if low != 0.0 {
            low = (low / step + 1e-9).floor() * step;
        }
        // The range may have grown past the size it was said with.
        step = unit.step_at_least(((high - low) / most).max(step), low.abs().max(high.abs()));
    }
    let mut marks = marks(low, high, step);
    // On a low chart the wanted step may be wider than the range; one mark alone gives no scale.
    for _ in 0..3 {
        let finer = unit.step_at_least(step * 0.4, low.abs().max(high.abs()));
        if marks.len() > 1 || finer >= step {
            break;
        }
        step = finer;
        marks = self::marks(low, high, step);
    }
    let axis = Axis::new(unit, low.abs().max(high.abs()), step);
    let ticks = marks.into_iter().map(|value| (value, axis.label(value))).collect();
    ValueAxis { low, high, ticks }
}

/// The multiples of `step` from `low` to `high`.
fn marks(low: f64, high: f64, step: f64) -> Vec<f64> {
    let first = (low / step - 1e-9).ceil();
    (0..=64)
        .map(|index| (first + f64::from(index)) * step)
        .take_while(|&value| value <= high + step * 1e-9)
        // -0 and the dust of rounding near zero are zero.
        .map(|value| if value.abs() < step * 1e-9 { 0.0 } else { value })
        .collect()
}

/// Low, high, and whether the ends may still move to a mark.
fn range(extent: Option<Extent>, limits: Limits<'_>, unit: Unit) -> (f64, f64, bool) {
    let full = unit.full();
    let Some(Extent { min, max }) = extent else {
        return (0.0, full.unwrap_or(1.0), false);
    };
    let (min, max) = (min.clamp(-GREATEST, GREATEST), max.clamp(-GREATEST, GREATEST));
    let reached = limits
        .thresholds
        .iter()
        .map(|(at, _)| *at)
        .filter(|at| at.is_finite() && *at > 0.0 && max >= at * THRESHOLD_REACH);
    let max = reached.fold(max, f64::max);
    // All of the data are below it: that is what the reader must see.
    let missed = limits.floors.iter().map(|(at, _)| *at).filter(|at| at.is_finite());
    let max = missed
        .min_by(f64::total_cmp)
        .map_or(max, |lowest| max.max(lowest.clamp(-GREATEST, GREATEST)));

    if max.max(-min) < SMALLEST {
        return (0.0, full.unwrap_or(1.0), false);
    }
    if unit.has_zero() {
        if let Some(full) = full
            && min >= 0.0
            && (full * 0.5..=full).contains(&max)
        {
            return (0.0, full, false);
        }
        let air = (max.max(0.0) - min.min(0.0)) * HEADROOM;
        let low = if min < 0.0 { min - air } else { 0.0 };
        let high = if max > 0.0 { max + air } else { 0.0 };
        // Below one thing there is nothing to mark.
        let high = if unit.is_whole() && min >= 0.0 {
            high.max(1.0)
        } else {
            high
        };
        return (low, high, true);
    }
    // Temperatures and bare numbers: what matters is the change, but not one lost in the digits.
    let least = (max.abs().max(min.abs()) * 0.02).max(if unit == Unit::Celsius { 4.0 } else { 1e-3 });
    let missing = (least - (max - min)).max(0.0) / 2.0;
    let (min, max) = (min - missing, max + missing);
    let air = (max - min) * HEADROOM;
    // A bare number that comes near zero shows it.
    let low = if min >= 0.0 && min < max * 0.5 { 0.0 } else { min - air };
    (low, max + air, true)
}
