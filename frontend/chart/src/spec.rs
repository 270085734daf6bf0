//! What to draw. Plain data, borrowed from whoever holds the frames.

use crate::{Clock, Unit};

/// The value of an instant at which a series has no sample: Prometheus's stale marker, as on the wire. Compare
/// with [`is_absent`], never with `==`.
pub const ABSENT: f64 = f64::from_bits(0x7ff0_0000_0000_0002);

#[must_use]
pub fn is_absent(value: f64) -> bool {
    value.to_bits() == ABSENT.to_bits()
}

/// One line: `values[i]` belongs to the instant `start + i * step`.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    pub name: &'a str,
    /// Index into [`crate::Theme::palette`]; wraps around.
    pub color: usize,
    /// Unix seconds of the first value.
    pub start: i64,
    /// Seconds between two values; 0 counts as 1.
    pub step: u32,
    /// [`ABSENT`] and NaN are gaps; the infinities are clipped to the plot's edge and marked there.
    pub values: &'a [f64],
    /// Indices `[from, to)`, ascending: there the line is drawn faint, because its values are made of little.
    pub faint: &'a [(u32, u32)],
}

impl Series<'_> {
    pub(crate) fn is_faint(&self, index: usize) -> bool {
        let inside = |(from, to): &(u32, u32)| (*from as usize..*to as usize).contains(&index);
        self.faint.iter().any(inside)
    }

    /// Seconds between two values, at least 1.
    #[must_use]
    pub fn stride(&self) -> i64 {
        i64::from(self.step.max(1))
    }

    /// Unix seconds of the value at `index`.
    #[must_use]
    pub fn instant(&self, index: usize) -> i64 {
        let index = i64::try_from(index).unwrap_or(i64::MAX);
        self.start.saturating_add(index.saturating_mul(self.stride()))
    }

    /// The instant of this series nearest to `unix`; none if it has no values.
    #[must_use]
    pub fn nearest(&self, unix: i64) -> Option<i64> {
        let last = self.values.len().checked_sub(1)?;
        let steps = unix
            .saturating_sub(self.start)
            .saturating_add(self.stride() / 2)
            .div_euclid(self.stride());
        let index = usize::try_from(steps.max(0)).unwrap_or(usize::MAX).min(last);
        Some(self.instant(index))
    }

    /// The value at `unix`, or the one that holds there since less than a step ago. None where the series has
    /// not begun, has ended, or the value is [`ABSENT`] or NaN.
    #[must_use]
    pub fn at(&self, unix: i64) -> Option<f64> {
        let steps = unix.checked_sub(self.start)?.div_euclid(self.stride());
        let value = *self.values.get(usize::try_from(steps).ok()?)?;
        (!value.is_nan()).then_some(value)
    }

    /// Every value with its instant, gaps included.
    pub(crate) fn points(&self) -> impl Iterator<Item = (i64, f64)> {
        self.values
            .iter()
            .enumerate()
            .map(|(index, &value)| (self.instant(index), value))
    }

    /// As [`Self::points`]; what is drawn in the other way is a gap. A stretch between a faint value and another one is
    /// faint, and so is a value alone between faint ones.
    pub(crate) fn points_of(&self, faint: bool) -> impl Iterator<Item = (i64, f64)> {
        self.points().enumerate().map(move |(index, (unix, value))| {
            let beside = [index.checked_sub(1), index.checked_add(1)];
            let beside = beside.into_iter().flatten().filter(|at| self.has(*at));
            let (faint_ones, others) = beside.fold((0, 0), |(faint_ones, others), at| match self.is_faint(at) {
                true => (faint_ones + 1, others),
                false => (faint_ones, others + 1),
            });
            let drawn = match (faint, self.is_faint(index)) {
                (true, here) => here || faint_ones > 0,
                (false, here) => !here && (others > 0 || faint_ones == 0),
            };
            (unix, if drawn { value } else { ABSENT })
        })
    }

    fn has(&self, index: usize) -> bool {
        self.values.get(index).is_some_and(|value| !value.is_nan())
    }
}

/// One bar of a distribution.
#[derive(Debug, Clone, Copy)]
pub struct Bar<'a> {
    pub label: &'a str,
    /// In the chart's unit.
    pub value: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line for each series.
    Line,
    /// Series stacked on each other in their order, the first at the bottom.
    Area,
    /// A line without axes, for a stat tile.
    Sparkline,
    /// [`Spec::bars`] side by side; the series are not looked at.
    Bar,
}

/// How bad it is to be above a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Warning,
    Critical,
}

impl Level {
    /// `warning` or `critical`, as in the catalogue.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "warning" => Some(Self::Warning),
            "critical" => Some(Self::Critical),
            _ => None,
        }
    }
}

/// A chart: its data, its place in time, its size.
#[derive(Clone, Copy)]
pub struct Spec<'a> {
    pub kind: Kind,
    pub unit: Unit,
    /// Unix seconds at the plot's left edge.
    pub from: i64,
    /// Unix seconds at the plot's right edge.
    pub to: i64,
    pub series: &'a [Series<'a>],
    pub bars: &'a [Bar<'a>],
    /// In the chart's unit. One far above the data is left out rather than flattening it.
    pub thresholds: &'a [(f64, Level)],
    /// As thresholds, for values that are bad below them. Where all data are below, the axis reaches up to the lowest.
    pub floors: &'a [(f64, Level)],
    /// CSS pixels.
    pub width: f64,
    /// CSS pixels.
    pub height: f64,
    pub clock: &'a dyn Clock,
}
