//! Text handed to the backend as it is: nothing here measures it, and nothing asks plotters to.

use std::convert::Infallible;

use plotters::element::{Drawable, PointCollection};
use plotters_backend::{
    BackendColor, BackendCoord, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontFamily, text_anchor::Pos,
};

use crate::{FONT_PX, Rgb, SUBPIXEL, text_width, trace::Point};

pub(super) struct Label<'a> {
    text: &'a str,
    at: Point,
    style: LabelStyle,
}

impl<'a> Label<'a> {
    pub fn new(text: &'a str, at: Point, anchor: Pos, color: Rgb) -> Self {
        Self {
            text,
            at,
            style: LabelStyle { anchor, color },
        }
    }
}

impl<'a> PointCollection<'a, Point> for &'a Label<'_> {
    type Point = &'a Point;
    type IntoIter = std::iter::Once<&'a Point>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.at)
    }
}

impl<B: DrawingBackend> Drawable<B> for Label<'_> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut points: I,
        backend: &mut B,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<B::ErrorType>> {
        match points.next() {
            Some(at) => backend.draw_text(self.text, &self.style, at),
            None => Ok(()),
        }
    }
}

/// In place of plotters' own text style, whose `layout_box` measures by adding to the page.
struct LabelStyle {
    anchor: Pos,
    color: Rgb,
}

impl BackendTextStyle for LabelStyle {
    type FontError = Infallible;

    fn color(&self) -> BackendColor {
        let Rgb(r, g, b) = self.color;
        BackendColor {
            alpha: 1.0,
            rgb: (r, g, b),
        }
    }

    fn size(&self) -> f64 {
        FONT_PX * f64::from(SUBPIXEL)
    }

    fn anchor(&self) -> Pos {
        self.anchor
    }

    fn family(&self) -> FontFamily<'_> {
        FontFamily::SansSerif
    }

    fn layout_box(&self, text: &str) -> Result<((i32, i32), (i32, i32)), Infallible> {
        let scale = f64::from(SUBPIXEL);
        Ok(((0, 0), ((text_width(text) * scale) as i32, (FONT_PX * scale) as i32)))
    }

    fn draw<E, F: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        _text: &str,
        _at: BackendCoord,
        _pixel: F,
    ) -> Result<Result<(), E>, Infallible> {
        Ok(Ok(()))
    }
}
