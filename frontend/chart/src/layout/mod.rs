//! Where everything stands: the plot's rectangle, its scales, marks and bars. Usable without drawing.

mod bars;
mod parts;

pub use parts::{BarSlot, Caption, Layout, Rect, XTick, YTick};

use crate::{
    Kind, Spec, TimeScale, ValueScale, text_width,
    ticks::{Extent, Limits, time_ticks, value_axis},
    trace::Stack,
};
use bars::{bar_slots, bar_ticks};

/// Beyond this no screen goes, and a canvas neither.
const LARGEST: f64 = 16_384.0;
/// Height of the x labels with their distance from the plot.
const X_LABELS: f64 = 22.0;
/// Between the y labels and the plot.
pub(crate) const Y_LABEL_GAP: f64 = 8.0;
/// The y labels' width grows in these steps, so that charts above each other line up.
const GUTTER_STEP: f64 = 8.0;
const LEAST_GUTTER: f64 = 40.0;
const RIGHT: f64 = 12.0;
/// Half a label's height, so that the highest one is whole.
const TOP: f64 = 8.0;
/// Room above the plot where the unit is said.
const CAPTION: f64 = 20.0;
/// Least height between two y marks.
const Y_STEP_PX: f64 = 28.0;
/// Smaller than this a chart has no axes.
const LEAST_SIZE: (f64, f64) = (120.0, 70.0);
/// A sparkline's dots and thick lines stay whole.
const SPARKLINE_PAD: f64 = 4.0;

/// The chart's layout. Never fails: sizes, ranges and values of any kind give a finite one.
#[must_use]
pub fn layout(spec: &Spec<'_>) -> Layout {
    let (width, height) = (sane(spec.width), sane(spec.height));
    let bare = spec.kind == Kind::Sparkline || width < LEAST_SIZE.0 || height < LEAST_SIZE.1;
    let caption = spec.unit.caption().filter(|_| !bare);
    let (top, bottom) = if bare {
        let pad = SPARKLINE_PAD.min(height / 4.0);
        (pad, height - pad)
    } else {
        (if caption.is_some() { CAPTION } else { TOP }, height - X_LABELS)
    };

    let extent = extent(spec);
    let most = ((bottom - top) / Y_STEP_PX).min(8.0);
    let axis = value_axis(
        extent,
        Limits {
            thresholds: spec.thresholds,
            floors: spec.floors,
        },
        spec.unit,
        most,
    );
    let number = |(value, label)| (value, spec.clock.number(label));
    let ticks: Vec<(f64, String)> = axis.ticks.into_iter().map(number).collect();
    let y = ValueScale {
        low: axis.low,
        high: axis.high,
        top,
        bottom,
    };

    let (left, right) = if bare {
        let pad = SPARKLINE_PAD.min(width / 4.0);
        (pad, width - pad)
    } else {
        let labels = ticks.iter().map(|(_, label)| label.as_str()).chain(caption);
        let widest = labels.map(text_width).fold(0.0, f64::max) + Y_LABEL_GAP;
        let gutter = ((widest / GUTTER_STEP).ceil() * GUTTER_STEP).clamp(LEAST_GUTTER, width / 2.0);
        (gutter, width - RIGHT)
    };
    let plot = Rect {
        left,
        top,
        right,
        bottom,
    };
    let x = TimeScale {
        from: spec.from,
        to: spec.to,
        left,
        right,
    };
    let bars = if spec.kind == Kind::Bar {
        bar_slots(&plot, spec.bars.len())
    } else {
        Vec::new()
    };
    let x_ticks = match spec.kind {
        _ if bare => Vec::new(),
        Kind::Bar => bar_ticks(spec, &bars, width),
        _ => time_ticks(&x, width, spec.clock)
            .into_iter()
            .map(|tick| XTick {
                x: tick.x,
                label: tick.label,
                strong: tick.strong,
            })
            .collect(),
    };
    let y_ticks = if bare { Vec::new() } else { y_ticks(ticks, &y, left) };
    let caption = caption.map(|text| Caption {
        text,
        right: left - Y_LABEL_GAP,
        y: TOP - 1.0,
    });
    Layout {
        width,
        height,
        plot,
        x,
        y,
        x_ticks,
        y_ticks,
        caption,
        bars,
        has_data: extent.is_some() || has_infinity(spec),
    }
}

fn sane(length: f64) -> f64 {
    if length.is_nan() {
        1.0
    } else {
        length.clamp(1.0, LARGEST)
    }
}

/// A chart of nothing but infinities shows marks, so it is not empty.
fn has_infinity(spec: &Spec<'_>) -> bool {
    match spec.kind {
        Kind::Bar => spec.bars.iter().any(|bar| bar.value.is_infinite()),
        _ => values_in_range(spec).any(f64::is_infinite),
    }
}

/// Values whose instants are shown.
fn values_in_range<'a>(spec: &'a Spec<'_>) -> impl Iterator<Item = f64> + 'a {
    spec.series
        .iter()
        .flat_map(|series| series.points())
        .filter(|(unix, _)| (spec.from..=spec.to).contains(unix))
        .map(|(_, value)| value)
}

fn extent(spec: &Spec<'_>) -> Option<Extent> {
    match spec.kind {
        Kind::Bar => Extent::of(spec.bars.iter().map(|bar| bar.value)),
        Kind::Area => Extent::of(Stack::new(spec).edges()),
        Kind::Line | Kind::Sparkline => Extent::of(values_in_range(spec)),
    }
}

/// A label that is wider than the room left of the plot is left out; its grid line stays.
fn y_ticks(ticks: Vec<(f64, String)>, y: &ValueScale, gutter: f64) -> Vec<YTick> {
    ticks
        .into_iter()
        .map(|(value, label)| {
            let label = if text_width(&label) + Y_LABEL_GAP <= gutter {
                label
            } else {
                String::new()
            };
            YTick {
                value,
                y: y.y(value),
                label,
            }
        })
        .collect()
}
