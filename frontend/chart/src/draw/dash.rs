//! Dashes: what tells lines apart for who cannot tell their colours apart.
//!
//! The pattern belongs to a series' place in the palette, so that legend, tooltip and line agree.

use plotters::{
    element::{Drawable, PointCollection},
    style::ShapeStyle,
};
use plotters_backend::{BackendCoord, DrawingBackend, DrawingErrorKind};

use crate::trace::Point;

/// A backend that can break the strokes that follow.
pub trait Surface: DrawingBackend {
    /// Lengths of strokes and gaps in turn, in the backend's units; none: unbroken.
    fn dash(&mut self, pattern: &[u32]);
}

/// CSS pixels of strokes and gaps. Nothing finer: at a width of one pixel it would look like a grey line.
pub const DASHES: [&[u32]; 4] = [&[], &[9, 4], &[2, 3], &[9, 3, 2, 3]];
/// Colours in the palette. Each time it begins anew the patterns move on by one, so that no look comes back before 32 series.
const COLORS: usize = 8;

/// Which of [`DASHES`] a series has.
#[must_use]
pub fn dash(color: usize) -> usize {
    (color + color / COLORS) % DASHES.len()
}

/// One broken stroke. The backend draws the breaks: cut here, a line would be a hundred calls into JavaScript.
pub(super) struct DashedStroke {
    points: Vec<Point>,
    style: ShapeStyle,
    pattern: Vec<u32>,
}

impl DashedStroke {
    pub fn new(points: Vec<Point>, style: ShapeStyle, pattern: Vec<u32>) -> Self {
        Self { points, style, pattern }
    }
}

impl<'a> PointCollection<'a, Point> for &'a DashedStroke {
    type Point = &'a Point;
    type IntoIter = std::slice::Iter<'a, Point>;

    fn point_iter(self) -> Self::IntoIter {
        self.points.iter()
    }
}

impl<B: Surface> Drawable<B> for DashedStroke {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        backend: &mut B,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<B::ErrorType>> {
        backend.dash(&self.pattern);
        let drawn = backend.draw_path(points, &self.style);
        backend.dash(&[]);
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_of_32_series_look_alike_and_neighbours_differ_without_colour() {
        let mut looks: Vec<_> = (0..32).map(|series| (series % COLORS, dash(series))).collect();
        looks.sort_unstable();
        looks.dedup();
        assert_eq!(looks.len(), 32);
        assert!((0..100).all(|series| dash(series) != dash(series + 1)));
        assert_eq!(dash(0), 0, "a line alone is unbroken");
    }
}
