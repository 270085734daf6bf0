//! What stands under the pointer, for the crosshair and its tooltip.

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
    Some(Hit {
        unix,
        x: layout.x.x(unix),
        values,
        bar: None,
    })
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
    let value = spec.bars.get(index)?.value;
    let values = if value.is_nan() {
        Vec::new()
    } else {
        vec![(index, value, layout.y.y(value))]
    };
    Some(Hit {
        unix: spec.from,
        x: middle(index)?,
        values,
        bar: Some(index),
    })
}
