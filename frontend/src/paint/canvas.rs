//! A plotters backend on a 2D canvas.
//!
//! One call into JavaScript for a whole polyline: its points go over as one path text. The context's transform
//! turns [`chart::SUBPIXEL`] units into device pixels, so lines are smooth and sharp at any pixel ratio.

use chart::{FONT_PX, SUBPIXEL};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    text_anchor::{HPos, VPos},
};
use wasm_bindgen::JsValue;
use web_sys::{CanvasRenderingContext2d, Path2d};

use super::text::polyline;

/// What the browser said; a chart with wrong numbers is never drawn over it.
#[derive(Debug)]
pub struct CanvasError(String);

impl std::fmt::Display for CanvasError {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "the canvas refused to draw: {}", self.0)
    }
}

impl std::error::Error for CanvasError {}

type Drawn = Result<(), DrawingErrorKind<CanvasError>>;

fn refused(fault: JsValue) -> DrawingErrorKind<CanvasError> {
    DrawingErrorKind::DrawingError(CanvasError(format!("{fault:?}")))
}

pub struct Canvas<'a> {
    context: &'a CanvasRenderingContext2d,
    size: (u32, u32),
    font: &'a str,
    /// Reused for every path.
    path: String,
}

impl<'a> Canvas<'a> {
    /// `width` and `height` in CSS pixels; `font` is a CSS font family list.
    pub fn new(context: &'a CanvasRenderingContext2d, width: f64, height: f64, font: &'a str) -> Self {
        let units = |css: f64| (css * f64::from(SUBPIXEL)) as u32;
        context.set_line_join("round");
        Self {
            context,
            size: (units(width), units(height)),
            font,
            path: String::new(),
        }
    }

    fn stroke_like(&self, color: BackendColor, width: u32) {
        self.context.set_stroke_style_str(&css(color));
        self.context.set_line_width(f64::from(width));
    }

    fn path(&mut self, points: impl Iterator<Item = BackendCoord>, close: bool) -> Result<Option<Path2d>, JsValue> {
        self.path.clear();
        if !polyline(points, &mut self.path) {
            return Ok(None);
        }
        if close {
            self.path.push('z');
        }
        Path2d::new_with_path_string(&self.path).map(Some)
    }
}

fn css(color: BackendColor) -> String {
    let (red, green, blue) = color.rgb;
    let mut text = format!("#{red:02x}{green:02x}{blue:02x}");
    if color.alpha < 1.0 {
        text.push_str(&format!("{:02x}", (color.alpha * 255.0) as u8));
    }
    text
}

impl chart::Surface for Canvas<'_> {
    fn dash(&mut self, pattern: &[u32]) {
        let lengths: js_sys::Array = pattern
            .iter()
            .map(|length| JsValue::from_f64(f64::from(*length)))
            .collect();
        // It fails for something that is no list of numbers only; the line is then unbroken.
        let _ = self.context.set_line_dash(&lengths);
    }
}

impl DrawingBackend for Canvas<'_> {
    type ErrorType = CanvasError;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.context.set_fill_style_str(&css(color));
        let one = f64::from(SUBPIXEL);
        self.context.fill_rect(f64::from(x), f64::from(y), one, one);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (x, y) = (f64::from(left), f64::from(top));
        let (width, height) = (f64::from(right - left), f64::from(bottom - top));
        if fill {
            self.context.set_fill_style_str(&css(style.color()));
            self.context.fill_rect(x, y, width, height);
        } else {
            self.stroke_like(style.color(), style.stroke_width());
            self.context.stroke_rect(x, y, width, height);
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        if style.color().alpha == 0.0 {
            return Ok(());
        }
        if let Some(path) = self.path(path.into_iter(), false).map_err(refused)? {
            self.stroke_like(style.color(), style.stroke_width());
            self.context.stroke_with_path(&path);
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, (x, y): BackendCoord, radius: u32, style: &S, fill: bool) -> Drawn {
        self.context.begin_path();
        let turn = std::f64::consts::TAU;
        self.context
            .arc(f64::from(x), f64::from(y), f64::from(radius), 0.0, turn)
            .map_err(refused)?;
        if fill {
            self.context.set_fill_style_str(&css(style.color()));
            self.context.fill();
        } else {
            self.stroke_like(style.color(), style.stroke_width());
            self.context.stroke();
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vert: I, style: &S) -> Drawn {
        if let Some(path) = self.path(vert.into_iter(), true).map_err(refused)? {
            self.context.set_fill_style_str(&css(style.color()));
            self.context.fill_with_path_2d(&path);
        }
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Drawn {
        let anchor = style.anchor();
        self.context.set_font(&format!("{}px {}", style.size(), self.font));
        self.context.set_fill_style_str(&css(style.color()));
        self.context.set_text_align(match anchor.h_pos {
            HPos::Left => "left",
            HPos::Center => "center",
            HPos::Right => "right",
        });
        self.context.set_text_baseline(match anchor.v_pos {
            VPos::Top => "top",
            VPos::Center => "middle",
            VPos::Bottom => "bottom",
        });
        self.context
            .fill_text(text, f64::from(x), f64::from(y))
            .map_err(refused)
    }

    /// Estimated: asking the browser would lay the page out once for every label.
    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<CanvasError>> {
        let size = style.size();
        Ok((
            (chart::text_width(text) * size / FONT_PX).ceil() as u32,
            size.ceil() as u32,
        ))
    }
}
