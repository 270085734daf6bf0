//! Shapes in CSS pixels on any plotters backend.

use plotters::{
    coord::{CoordTranslate, Shift},
    drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea},
    element::{Circle, Drawable, PathElement, PointCollection, Polygon},
    style::{Color, RGBColor, ShapeStyle},
};
use plotters_backend::{DrawingBackend, text_anchor::Pos};

use super::{DashedStroke, DrawError, Surface, label::Label};
use crate::{Rgb, SUBPIXEL, trace::Point};

/// From CSS pixels to the backend's units.
pub(super) struct CssPixels;

impl CoordTranslate for CssPixels {
    type From = Point;

    fn translate(&self, &(x, y): &Point) -> (i32, i32) {
        (units(x), units(y))
    }
}

fn units(length: f64) -> i32 {
    (length * f64::from(SUBPIXEL)).round() as i32
}

/// A colour with its opacity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ink {
    pub rgb: Rgb,
    pub alpha: f64,
}

impl From<Rgb> for Ink {
    fn from(rgb: Rgb) -> Self {
        Self { rgb, alpha: 1.0 }
    }
}

impl Rgb {
    pub(super) fn at(self, alpha: f64) -> Ink {
        Ink { rgb: self, alpha }
    }
}

impl Ink {
    fn style(self, width: f64, filled: bool) -> ShapeStyle {
        let Rgb(r, g, b) = self.rgb;
        ShapeStyle {
            color: RGBColor(r, g, b).mix(self.alpha),
            filled,
            stroke_width: units(width).unsigned_abs(),
        }
    }
}

pub(super) struct Pen<B: DrawingBackend> {
    root: DrawingArea<B, Shift>,
    area: DrawingArea<B, CssPixels>,
}

impl<B: DrawingBackend> Pen<B> {
    pub fn new(backend: B) -> Self {
        let root = backend.into_drawing_area();
        let area = root.apply_coord_spec(CssPixels);
        Self { root, area }
    }

    pub fn fill(&self, color: Rgb) -> Result<(), DrawError> {
        let Rgb(r, g, b) = color;
        self.root.fill(&RGBColor(r, g, b)).map_err(|error| failed(&error))
    }

    pub fn present(&self) -> Result<(), DrawError> {
        self.root.present().map_err(|error| failed(&error))
    }

    /// One stroke through all points.
    pub fn line(&self, points: Vec<Point>, ink: impl Into<Ink>, width: f64) -> Result<(), DrawError> {
        self.element(&PathElement::new(points, ink.into().style(width, false)))
    }

    pub fn polygon(&self, corners: Vec<Point>, ink: impl Into<Ink>) -> Result<(), DrawError> {
        self.element(&Polygon::new(corners, ink.into().style(0.0, true)))
    }

    pub fn dot(&self, center: Point, radius: f64, ink: impl Into<Ink>) -> Result<(), DrawError> {
        self.element(&Circle::new(center, units(radius), ink.into().style(0.0, true)))
    }

    pub fn text(&self, text: &str, at: Point, anchor: Pos, color: Rgb) -> Result<(), DrawError> {
        self.element(&Label::new(text, at, anchor, color))
    }

    fn element<'e, E>(&self, element: &'e E) -> Result<(), DrawError>
    where
        &'e E: PointCollection<'e, Point>,
        E: Drawable<B>,
    {
        self.area.draw(element).map_err(|error| failed(&error))
    }
}

impl<B: Surface> Pen<B> {
    /// As [`Self::line`], broken as [`super::DASHES`] has it.
    pub fn dashed(
        &self,
        points: Vec<Point>,
        ink: impl Into<Ink>,
        width: f64,
        pattern: &[u32],
    ) -> Result<(), DrawError> {
        let style = ink.into().style(width, false);
        let pattern = pattern.iter().map(|length| length * SUBPIXEL.unsigned_abs()).collect();
        self.element(&DashedStroke::new(points, style, pattern))
    }
}

fn failed<E: std::error::Error + Send + Sync>(error: &DrawingAreaErrorKind<E>) -> DrawError {
    DrawError {
        message: error.to_string(),
    }
}
