//! Grid, labels and thresholds. Quiet: the data are what the eye shall find.

use plotters_backend::{
    DrawingBackend,
    text_anchor::{HPos, Pos, VPos},
};

use super::{DrawError, pen::Pen};
use crate::{Kind, Layout, Level, Spec, Theme, layout::Y_LABEL_GAP};

/// The middle of the pixel row or column at `at`: a line of one pixel there is sharp.
pub(super) fn crisp(at: f64) -> f64 {
    at.floor() + 0.5
}

/// Length of the marks below the plot.
const MARK: f64 = 4.0;
const DASH: f64 = 6.0;
const DASH_GAP: f64 = 4.0;

/// Grid lines and the base line: under the data, so that a line at zero is seen.
pub(super) fn grid<B: DrawingBackend>(pen: &Pen<B>, layout: &Layout, theme: &Theme) -> Result<(), DrawError> {
    let plot = &layout.plot;
    let above_base = |y: &f64| *y < crisp(plot.bottom);
    for y in layout.y_ticks.iter().map(|tick| crisp(tick.y)).filter(above_base) {
        pen.line(vec![(plot.left, y), (plot.right, y)], theme.grid, 1.0)?;
    }
    for tick in layout.x_ticks.iter().filter(|tick| tick.strong) {
        let x = crisp(tick.x);
        pen.line(vec![(x, plot.top), (x, plot.bottom)], theme.grid, 1.0)?;
    }
    if layout.has_axes() {
        let y = crisp(plot.bottom);
        pen.line(vec![(plot.left, y), (plot.right, y)], theme.axis, 1.0)?;
    }
    Ok(())
}

/// The marks under the plot and every label.
pub(super) fn labels<B: DrawingBackend>(
    pen: &Pen<B>,
    spec: &Spec<'_>,
    layout: &Layout,
    theme: &Theme,
) -> Result<(), DrawError> {
    let plot = &layout.plot;
    let base = crisp(plot.bottom);
    let below = Pos::new(HPos::Center, VPos::Top);
    for tick in &layout.x_ticks {
        let x = crisp(tick.x);
        if spec.kind != Kind::Bar {
            pen.line(vec![(x, base), (x, base + MARK)], theme.axis, 1.0)?;
        }
        if !tick.label.is_empty() {
            pen.text(&tick.label, (tick.x, plot.bottom + MARK + 4.0), below, theme.text)?;
        }
    }
    let beside = Pos::new(HPos::Right, VPos::Center);
    for tick in layout.y_ticks.iter().filter(|tick| !tick.label.is_empty()) {
        pen.text(&tick.label, (plot.left - Y_LABEL_GAP, tick.y), beside, theme.text)?;
    }
    if let Some(caption) = layout.caption {
        pen.text(caption.text, (caption.right, caption.y), beside, theme.text)?;
    }
    Ok(())
}

pub(super) fn thresholds<B: DrawingBackend>(
    pen: &Pen<B>,
    spec: &Spec<'_>,
    layout: &Layout,
    theme: &Theme,
) -> Result<(), DrawError> {
    let plot = &layout.plot;
    for &(at, level) in spec
        .thresholds
        .iter()
        .chain(spec.floors)
        .filter(|(at, _)| layout.y.shows(*at))
    {
        let color = match level {
            Level::Warning => theme.warning,
            Level::Critical => theme.critical,
        };
        let y = crisp(layout.y.y(at));
        let mut x = plot.left;
        while x < plot.right {
            pen.line(vec![(x, y), ((x + DASH).min(plot.right), y)], color, 1.0)?;
            x += DASH + DASH_GAP;
        }
    }
    Ok(())
}
