//! The bars of a distribution.

use plotters_backend::DrawingBackend;

use super::{DrawError, lines::infinity, pen::Pen};
use crate::{Layout, Spec, Theme, trace::Point};

/// Of the bars' upper corners, CSS pixels.
const RADIUS: f64 = 3.0;

pub(super) fn bars<B: DrawingBackend>(
    pen: &Pen<B>,
    spec: &Spec<'_>,
    layout: &Layout,
    theme: &Theme,
) -> Result<(), DrawError> {
    let color = theme.series(spec.series.first().map_or(0, |series| series.color));
    let zero = layout.y.y(0.0);
    for (bar, slot) in spec.bars.iter().zip(&layout.bars) {
        if bar.value.is_nan() || bar.value == 0.0 {
            continue;
        }
        // The least that is not nothing can be seen.
        let end = if bar.value > 0.0 {
            layout.y.y(bar.value).min(zero - 1.0)
        } else {
            layout.y.y(bar.value).max(zero + 1.0)
        };
        pen.polygon(outline(slot.left, slot.right, zero, end), color)?;
        if bar.value.is_infinite() {
            let inward = if bar.value > 0.0 { 4.0 } else { -4.0 };
            infinity(pen, (slot.left + slot.right) / 2.0, end, inward, theme.background)?;
        }
    }
    Ok(())
}

/// A bar from `base` to `end` with the corners at its end rounded.
fn outline(left: f64, right: f64, base: f64, end: f64) -> Vec<Point> {
    let radius = RADIUS.min((right - left) / 3.0).min((base - end).abs());
    let inward = if end < base { radius } else { -radius };
    // Quarter circles in three strokes, sine and cosine of each end: at this size the eye sees no more.
    let half_root = 3f64.sqrt() / 2.0;
    let quarter = [(0.0, 1.0), (0.5, half_root), (half_root, 0.5), (1.0, 0.0)];
    let mut corners = vec![(left, base)];
    corners.extend(quarter.map(|(sin, cos)| (left + radius * (1.0 - cos), end + inward * (1.0 - sin))));
    corners.extend(quarter.map(|(sin, cos)| (right - radius * (1.0 - sin), end + inward * (1.0 - cos))));
    corners.push((right, base));
    corners
}
