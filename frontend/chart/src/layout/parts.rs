//! The parts of a layout. Lengths are CSS pixels from the chart's upper left corner.

use crate::{TimeScale, ValueScale};

/// CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rect {
    #[must_use]
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    #[must_use]
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }
}

/// A mark under the plot; its label is centred at `x`.
#[derive(Debug, Clone, PartialEq)]
pub struct XTick {
    pub x: f64,
    /// Empty where the label had no room.
    pub label: String,
    /// A new day among hours.
    pub strong: bool,
}

/// A grid line; its label ends left of the plot.
#[derive(Debug, Clone, PartialEq)]
pub struct YTick {
    pub value: f64,
    pub y: f64,
    /// Empty where the label had no room.
    pub label: String,
}

/// What the y labels count (`tok/s`), said once above them, ending at `right`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Caption {
    pub text: &'static str,
    pub right: f64,
    pub y: f64,
}

/// A bar's place along the plot's width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BarSlot {
    pub left: f64,
    pub right: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// CSS pixels of the whole chart, made finite and at least 1.
    pub width: f64,
    pub height: f64,
    /// Where lines and bars are drawn.
    pub plot: Rect,
    pub x: TimeScale,
    pub y: ValueScale,
    pub x_ticks: Vec<XTick>,
    pub y_ticks: Vec<YTick>,
    pub caption: Option<Caption>,
    /// One for each of [`Spec::bars`].
    pub bars: Vec<BarSlot>,
    /// Whether any value is there to be drawn.
    pub has_data: bool,
}

impl Layout {
    /// Whether the chart has grid, marks and labels, as sparklines and the smallest charts have not.
    #[must_use]
    pub fn has_axes(&self) -> bool {
        !self.y_ticks.is_empty()
    }
}
