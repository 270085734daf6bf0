//! A series cut into runs without gaps.

use super::{Point, decimate::m4};
use crate::{TimeScale, ValueScale};

/// Neighbouring points.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Run {
    /// At least two points, some distance apart.
    Line(Vec<Point>),
    /// A sample so alone that a line through it could not be seen.
    Dot(Point),
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Trace {
    pub runs: Vec<Run>,
    /// x of values above everything (+Inf), at least [`MARK_GAP`] apart.
    pub above: Vec<f64>,
    /// x of values below everything (-Inf).
    pub below: Vec<f64>,
}

/// Between two marks for infinities, CSS pixels: a row of them shall not become a bar.
const MARK_GAP: f64 = 10.0;
/// A run smaller than this in both directions is a dot, CSS pixels.
const SPECK: f64 = 1.5;

/// The polylines through `points` (instants rising; NaN is a gap) within the scales' plot.
pub(crate) fn trace(points: impl Iterator<Item = (i64, f64)>, x: &TimeScale, y: &ValueScale) -> Trace {
    let mut traced = Trace::default();
    let mut run: Vec<Point> = Vec::new();
    for (unix, value) in points {
        if value.is_nan() {
            end_run(&mut traced.runs, &mut run, x);
            continue;
        }
        let point = (x.x(unix), y.y(value));
        if value.is_infinite() && (x.left..=x.right).contains(&point.0) {
            let marks = if value > 0.0 {
                &mut traced.above
            } else {
                &mut traced.below
            };
            if marks.last().is_none_or(|last| point.0 - last >= MARK_GAP) {
                marks.push(point.0);
            }
        }
        run.push(point);
    }
    end_run(&mut traced.runs, &mut run, x);
    traced
}

fn end_run(runs: &mut Vec<Run>, points: &mut Vec<Point>, x: &TimeScale) {
    let clipped = clip(points, x.left, x.right);
    points.clear();
    let Some(&(first_x, first_y)) = clipped.first() else {
        return;
    };
    let far = |point: &Point| (point.0 - first_x).abs() >= SPECK || (point.1 - first_y).abs() >= SPECK;
    if clipped.iter().any(far) {
        runs.push(Run::Line(m4(&clipped)));
    } else if !runs.last().is_some_and(|last| covers(last, (first_x, first_y))) {
        runs.push(Run::Dot((first_x, first_y)));
    }
}

/// Whether a dot at `point` would hide under the one before.
fn covers(run: &Run, point: Point) -> bool {
    matches!(run, Run::Dot(dot) if (dot.0 - point.0).abs() < 0.5 && (dot.1 - point.1).abs() < 0.5)
}

/// A stretch of a stacked series: its lower and its upper edge, both from left to right.
pub(crate) type Band = (Vec<Point>, Vec<Point>);

/// The stretches between the gaps of `edges` (instant, lower, upper; NaN is a gap) within the scales' plot.
pub(crate) fn bands(edges: impl Iterator<Item = (i64, f64, f64)>, x: &TimeScale, y: &ValueScale) -> Vec<Band> {
    let mut bands = Vec::new();
    let (mut lower, mut upper): Band = Default::default();
    let mut end = |lower: &mut Vec<Point>, upper: &mut Vec<Point>| {
        let cut = |points: &[Point]| m4(&clip(points, x.left, x.right));
        let band = (cut(lower), cut(upper));
        if band.0.len() > 1 {
            bands.push(band);
        }
        lower.clear();
        upper.clear();
    };
    for (unix, low, high) in edges {
        if low.is_nan() || high.is_nan() {
            end(&mut lower, &mut upper);
        } else {
            lower.push((x.x(unix), y.y(low)));
            upper.push((x.x(unix), y.y(high)));
        }
    }
    end(&mut lower, &mut upper);
    bands
}

/// The part of a polyline between two x, with the crossings of the edges added.
pub(super) fn clip(points: &[Point], left: f64, right: f64) -> Vec<Point> {
    let inside = |x: f64| (left..=right).contains(&x);
    let mut clipped = Vec::with_capacity(points.len());
    let mut before: Option<Point> = None;
    for &point in points {
        if let Some(previous) = before {
            for edge in [left, right] {
                if previous.0 < edge && edge < point.0 {
                    let share = (edge - previous.0) / (point.0 - previous.0);
                    clipped.push((edge, previous.1 + share * (point.1 - previous.1)));
                }
            }
        }
        if inside(point.0) {
            clipped.push(point);
        }
        before = Some(point);
    }
    clipped
}
