//! Lines, stacked bands and sparklines.

use plotters_backend::DrawingBackend;

use super::{
    DASHES, DrawError, Surface, dash,
    pen::{Ink, Pen},
};
use crate::{
    Layout, Rgb, Series, Spec, Theme,
    trace::{self, Point, Run, Stack, Trace},
};

/// 1.5 CSS pixels for up to three lines, else one: wide strokes cost several times as much where the processor
/// rasterizes. One also where samples are closer than pixels, as a wide stroke would blot out their shape.
fn line_width(spec: &Spec<'_>, layout: &Layout) -> f64 {
    if spec.series.len() <= 3 && !is_dense(spec, layout) {
        1.5
    } else {
        1.0
    }
}

/// Samples are closer than pixels.
fn is_dense(spec: &Spec<'_>, layout: &Layout) -> bool {
    spec.series.iter().any(|series| {
        let shown = layout.x.span() / series.stride() as f64;
        shown > layout.plot.width() && series.values.len() as f64 > layout.plot.width()
    })
}

const DOT_RADIUS: f64 = 2.0;
/// Half the width and the height of the mark for an infinity.
const MARK: f64 = 4.0;
/// How much of its colour a line keeps where its values are made of little.
const FAINT: f64 = 0.35;
const FILL_ALONE: f64 = 0.10;
const FILL_BAND: f64 = 0.28;

pub(super) fn lines<B: Surface>(
    pen: &Pen<B>,
    spec: &Spec<'_>,
    layout: &Layout,
    theme: &Theme,
) -> Result<(), DrawError> {
    let width = line_width(spec, layout);
    // A light ground under a single line, where the plot begins at zero and the area means something.
    let ground = spec.series.len() == 1 && layout.y.low == 0.0;
    // A line that fills whole columns of pixels has no length that a dash could divide.
    let dashed = !is_dense(spec, layout);
    for series in spec.series {
        let color = theme.series(series.color);
        let traced = trace::trace(series.points(), &layout.x, &layout.y);
        if ground {
            fill_to_bottom(pen, &traced, layout, color)?;
        }
        let pattern = DASHES.get(dash(series.color)).filter(|_| dashed);
        let pattern = pattern.copied().unwrap_or_default();
        strokes(pen, series, &traced, layout, color, width, pattern)?;
    }
    Ok(())
}

/// The whole line, or its faint and its other stretches each in their own way.
fn strokes<B: Surface>(
    pen: &Pen<B>,
    series: &Series<'_>,
    whole: &Trace,
    layout: &Layout,
    color: Rgb,
    width: f64,
    pattern: &[u32],
) -> Result<(), DrawError> {
    if series.faint.is_empty() {
        return stroke(pen, whole, layout, color, width, pattern);
    }
    for (faint, ink) in [(true, color.at(FAINT)), (false, color.into())] {
        let traced = trace::trace(series.points_of(faint), &layout.x, &layout.y);
        stroke(pen, &traced, layout, ink, width, pattern)?;
    }
    Ok(())
}

pub(super) fn sparkline<B: Surface>(
    pen: &Pen<B>,
    spec: &Spec<'_>,
    layout: &Layout,
    theme: &Theme,
) -> Result<(), DrawError> {
    for series in spec.series {
        let color = theme.series(series.color);
        let traced = trace::trace(series.points(), &layout.x, &layout.y);
        if spec.series.len() == 1 {
            fill_to_bottom(pen, &traced, layout, color)?;
        }
        strokes(pen, series, &traced, layout, color, line_width(spec, layout), &[])?;
        if let Some(last) = last_point(&traced) {
            pen.dot(last, DOT_RADIUS + 1.5, theme.background)?;
            pen.dot(last, DOT_RADIUS + 0.5, color)?;
        }
    }
    Ok(())
}

pub(super) fn bands<B: Surface>(
    pen: &Pen<B>,
    spec: &Spec<'_>,
    layout: &Layout,
    theme: &Theme,
) -> Result<(), DrawError> {
    let stack = Stack::new(spec);
    // All bands first, so that no band veils the line of the one below it.
    for (series, layer) in spec.series.iter().zip(&stack.layers) {
        let edges = stack.instants.iter().zip(layer.lower.iter().zip(&layer.upper));
        let edges = edges.map(|(&unix, (&lower, &upper))| (unix, lower, upper));
        for (lower, mut corners) in trace::bands(edges, &layout.x, &layout.y) {
            corners.extend(lower.into_iter().rev());
            pen.polygon(corners, theme.series(series.color).at(FILL_BAND))?;
        }
    }
    let width = line_width(spec, layout);
    for (series, layer) in spec.series.iter().zip(&stack.layers) {
        let upper = stack.instants.iter().copied().zip(layer.upper.iter().copied());
        let traced = trace::trace(upper, &layout.x, &layout.y);
        stroke(pen, &traced, layout, theme.series(series.color), width, &[])?;
    }
    Ok(())
}

fn last_point(traced: &Trace) -> Option<Point> {
    match traced.runs.last()? {
        Run::Line(points) => points.last().copied(),
        Run::Dot(point) => Some(*point),
    }
}

fn stroke<B: Surface>(
    pen: &Pen<B>,
    traced: &Trace,
    layout: &Layout,
    ink: impl Into<Ink>,
    width: f64,
    pattern: &[u32],
) -> Result<(), DrawError> {
    let ink = ink.into();
    for run in &traced.runs {
        match run {
            Run::Line(points) if !pattern.is_empty() => pen.dashed(points.clone(), ink, width, pattern)?,
            Run::Line(points) => pen.line(points.clone(), ink, width)?,
            Run::Dot(point) => pen.dot(*point, DOT_RADIUS, ink)?,
        }
    }
    for &x in &traced.above {
        infinity(pen, x, layout.plot.top, MARK, ink)?;
    }
    for &x in &traced.below {
        infinity(pen, x, layout.plot.bottom, -MARK, ink)?;
    }
    Ok(())
}

/// A triangle whose tip touches the edge at `y`: the value is beyond it.
pub(super) fn infinity<B: DrawingBackend>(
    pen: &Pen<B>,
    x: f64,
    y: f64,
    inward: f64,
    ink: impl Into<Ink>,
) -> Result<(), DrawError> {
    pen.polygon(
        vec![(x, y), (x + MARK, y + inward * 1.5), (x - MARK, y + inward * 1.5)],
        ink,
    )
}

fn fill_to_bottom<B: DrawingBackend>(
    pen: &Pen<B>,
    traced: &Trace,
    layout: &Layout,
    color: Rgb,
) -> Result<(), DrawError> {
    let bottom = layout.plot.bottom;
    for run in &traced.runs {
        if let Run::Line(points) = run
            && let (Some(first), Some(last)) = (points.first(), points.last())
        {
            let mut corners = points.clone();
            corners.extend([(last.0, bottom), (first.0, bottom)]);
            pen.polygon(corners, color.at(FILL_ALONE))?;
        }
    }
    Ok(())
}
