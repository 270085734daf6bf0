//! Charts onto a `<canvas>`: the plotters backend, the theme, and one call that paints a plot.
//!
//! Only the canvas given is touched. What to draw is decided in `chart`.

mod canvas;
mod text;
mod theme;

use chart::{Bar, Layout, SUBPIXEL, Series, Spec, Theme};
use wasm_bindgen::JsCast as _;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

pub use theme::{FONT_TOKEN, SERIES, resolve as resolve_theme};

use crate::{host::BrowserClock, state::Plot};
use canvas::Canvas;

/// CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

/// Hands `plot` over as a chart of that size. `only`: the one series to show, by its place in `plot.lines`.
pub fn with_spec<R>(plot: &Plot, only: Option<usize>, size: Size, then: impl FnOnce(&Spec<'_>) -> R) -> R {
    let lines = plot.lines.iter().enumerate();
    let series: Vec<Series<'_>> = lines
        .filter(|(at, _)| only.is_none_or(|only| only == *at))
        .map(|(_, line)| Series {
            name: &line.name,
            color: line.color,
            start: line.start,
            step: line.step,
            values: &line.values,
            faint: line.few.as_ref().map_or(&[][..], |few| &few.runs),
        })
        .collect();
    let bars: Vec<Bar<'_>> = plot
        .bars
        .iter()
        .map(|(label, value)| Bar { label, value: *value })
        .collect();
    then(&Spec {
        kind: plot.kind,
        unit: plot.unit,
        from: plot.from,
        to: plot.to,
        series: &series,
        bars: &bars,
        thresholds: &plot.thresholds,
        floors: &plot.floors,
        width: size.width,
        height: size.height,
        clock: &BrowserClock,
    })
}

/// Draws, and returns where everything stands. `None` where the canvas has no size or no 2D context.
pub fn paint(
    canvas: &HtmlCanvasElement,
    spec: &Spec<'_>,
    theme: &Theme,
    font: &str,
    pixel_ratio: f64,
) -> Option<Layout> {
    let (width, height) = (spec.width.floor(), spec.height.floor());
    if width < 1.0 || height < 1.0 {
        return None;
    }
    fit(canvas, width, height, pixel_ratio);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    let scale = |device: u32, css: f64| f64::from(device) / (css * f64::from(SUBPIXEL));
    let (sx, sy) = (scale(canvas.width(), width), scale(canvas.height(), height));
    context.set_transform(sx, 0.0, 0.0, sy, 0.0, 0.0).ok()?;
    chart::draw(Canvas::new(&context, width, height, font), spec, theme).ok()
}

/// Setting a canvas's size clears it and throws its memory away, so only when it differs.
fn fit(canvas: &HtmlCanvasElement, width: f64, height: f64, pixel_ratio: f64) {
    let device = |css: f64| (css * pixel_ratio).round().max(1.0) as u32;
    if canvas.width() != device(width) {
        canvas.set_width(device(width));
    }
    if canvas.height() != device(height) {
        canvas.set_height(device(height));
    }
}
