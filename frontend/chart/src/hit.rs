//! What stands under the pointer or the keyboard's cursor, for the crosshair and its tooltip.

use crate::{Kind, Layout, Series, Spec, trace::Stack};

/// The grid instant, or the bar, nearest to the pointer.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Unix seconds; the range's start for bars.
    pub unix: i64,
    /// CSS pixels of the instant, or of the bar's middle.
    pub x: f64,
    /// Series (or bar) index, its own value, and the CSS pixels at which it is drawn: in a stack the top of its band.
    /// Series without a value there are left out; the infinities stand at the plot's edge.
    pub values: Vec<(usize, f64, f64)>,
    /// The bar, for [`Kind::Bar`].
    pub bar: Option<usize>,
}

/// What is nearest to `x` (CSS pixels from the chart's left edge). None outside the plot, and where nothing is drawn.
#[must_use]
pub fn hit(spec: &Spec<'_>, layout: &Layout, x: f64) -> Option<Hit> {
    if !(layout.plot.left..=layout.plot.right).contains(&x) {
        return None;
    }
    if spec.kind == Kind::Bar {
        return hit_bar(spec, layout, x);
    }
    let pointed = layout.x.unix_at(x);
    let inside = |unix: &i64| (spec.from..=spec.to).contains(unix);
    let unix = spec
        .series
        .iter()
        .flat_map(|series| neighbours(series, pointed))
        .filter(inside)
        .min_by_key(|unix| unix.abs_diff(pointed))?;
    Some(at_instant(spec, layout, unix))
}

/// Where the keyboard moves the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    First,
    Last,
    /// So many samples (or bars) on; back where negative. It stops at the end.
    By(i32),
}

/// The instant, or the bar, that `movement` leads to from `now`; without a `now` the newest one, or the first bar. None where nothing is drawn.
#[must_use]
pub fn moved(spec: &Spec<'_>, layout: &Layout, now: Option<&Hit>, movement: Move) -> Option<Hit> {
    if spec.kind == Kind::Bar {
        let last = layout.bars.len().checked_sub(1)?;
        let index = match (movement, now.and_then(|now| now.bar)) {
            (Move::Last, _) => last,
            (Move::First, _) | (Move::By(_), None) => 0,
            (Move::By(by), Some(index)) => index.saturating_add_signed(by as isize).min(last),
        };
        return at_bar(spec, layout, index);
    }
    let first = beyond(spec, spec.from.saturating_sub(1), true);
    let last = beyond(spec, spec.to.saturating_add(1), false);
    let unix = match (movement, now) {
        (Move::First, _) => first?,
        (Move::Last, _) | (Move::By(_), None) => last?,
        (Move::By(by), Some(now)) => {
            let mut unix = now.unix;
            for _ in 0..by.unsigned_abs().min(MOST_STEPS) {
                match beyond(spec, unix, by > 0) {
                    Some(next) => unix = next,
                    None => break,
                }
            }
            unix
        }
    };
    Some(at_instant(spec, layout, unix))
}

/// One movement passes no more samples than this.
const MOST_STEPS: u32 = 1_000;

/// The nearest instant of any series on one side of `unix`, within the range.
fn beyond(spec: &Spec<'_>, unix: i64, on: bool) -> Option<i64> {
    let found = spec.series.iter().filter_map(|series| {
        let last = i64::try_from(series.values.len().checked_sub(1)?).ok()?;
        let ahead = unix.saturating_sub(series.start);
        let steps = if on {
            ahead.div_euclid(series.stride()).saturating_add(1).max(0)
        } else {
            ahead.saturating_sub(1).div_euclid(series.stride()).min(last)
        };
        let inside = (0..=last).contains(&steps);
        inside.then(|| series.start.saturating_add(steps.saturating_mul(series.stride())))
    });
    let found = found.filter(|unix| (spec.from..=spec.to).contains(unix));
    if on { found.min() } else { found.max() }
}

fn at_instant(spec: &Spec<'_>, layout: &Layout, unix: i64) -> Hit {
    let values = match spec.kind {
        Kind::Area => Stack::at(spec, unix)
            .into_iter()
            .map(|(index, value, edge)| (index, value, layout.y.y(edge)))
            .collect(),
        _ => spec
            .series
            .iter()
            .enumerate()
            .filter_map(|(index, series)| series.at(unix).map(|value| (index, value, layout.y.y(value))))
            .collect(),
    };
    Hit {
        unix,
        x: layout.x.x(unix),
        values,
        bar: None,
    }
}

/// The nearest instant of a series and those beside it, of which at least one is shown if any near it is.
fn neighbours(series: &Series<'_>, unix: i64) -> impl Iterator<Item = i64> {
    let nearest = series.nearest(unix);
    let (start, stride) = (series.start, series.stride());
    let end = series.instant(series.values.len().saturating_sub(1));
    nearest
        .into_iter()
        .flat_map(move |nearest| [nearest, nearest.saturating_sub(stride), nearest.saturating_add(stride)])
        .filter(move |unix| (start..=end).contains(unix))
}

fn hit_bar(spec: &Spec<'_>, layout: &Layout, x: f64) -> Option<Hit> {
    let middle = |index: usize| layout.bars.get(index).map(|slot| (slot.left + slot.right) / 2.0);
    let distance = |index: usize| middle(index).map_or(f64::INFINITY, |at| (at - x).abs());
    let index = (0..layout.bars.len()).min_by(|&a, &b| distance(a).total_cmp(&distance(b)))?;
    at_bar(spec, layout, index)
}

fn at_bar(spec: &Spec<'_>, layout: &Layout, index: usize) -> Option<Hit> {
    let slot = layout.bars.get(index)?;
    let value = spec.bars.get(index)?.value;
    let values = if value.is_nan() {
        Vec::new()
    } else {
        vec![(index, value, layout.y.y(value))]
    };
    Some(Hit {
        unix: spec.from,
        x: (slot.left + slot.right) / 2.0,
        values,
        bar: Some(index),
    })
}
