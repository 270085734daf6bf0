//! From instants and values to CSS pixels and back. Total: any number in, a finite number inside the plot out.

/// Instants along the plot's width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeScale {
    pub from: i64,
    pub to: i64,
    /// CSS pixels of `from`.
    pub left: f64,
    /// CSS pixels of `to`.
    pub right: f64,
}

impl TimeScale {
    /// Seconds shown, at least 1.
    #[must_use]
    pub fn span(&self) -> f64 {
        (self.to as f64 - self.from as f64).max(1.0)
    }

    /// CSS pixels of an instant; beyond the plot for an instant outside the range.
    #[must_use]
    pub fn x(&self, unix: i64) -> f64 {
        self.left + (unix as f64 - self.from as f64) / self.span() * (self.right - self.left)
    }

    /// The instant under `x`, held inside the range.
    #[must_use]
    pub fn unix_at(&self, x: f64) -> i64 {
        let width = (self.right - self.left).max(1.0);
        let share = ((x - self.left) / width).clamp(0.0, 1.0);
        if share.is_nan() {
            return self.from;
        }
        self.from.saturating_add((share * self.span()).round() as i64)
    }
}

/// Values along the plot's height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueScale {
    /// Value at the bottom edge.
    pub low: f64,
    /// Value at the top edge; above `low`.
    pub high: f64,
    /// CSS pixels of `high`.
    pub top: f64,
    /// CSS pixels of `low`.
    pub bottom: f64,
}

impl ValueScale {
    /// CSS pixels of a value, held inside the plot: +Inf is the top edge, -Inf and NaN the bottom one.
    #[must_use]
    pub fn y(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        if share.is_nan() {
            return self.bottom;
        }
        self.bottom - share * (self.bottom - self.top)
    }

    #[must_use]
    pub fn shows(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}
