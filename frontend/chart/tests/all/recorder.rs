//! A backend that writes down what it is asked to draw, in backend units.

use std::{cell::RefCell, error::Error, fmt, rc::Rc};

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    text_anchor::{HPos, VPos},
};

#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    Rect {
        from: BackendCoord,
        to: BackendCoord,
        color: Paint,
    },
    Path {
        points: Vec<BackendCoord>,
        color: Paint,
        width: u32,
        dash: Vec<u32>,
    },
    Polygon {
        points: Vec<BackendCoord>,
        color: Paint,
    },
    Circle {
        center: BackendCoord,
        radius: u32,
        color: Paint,
    },
    Text {
        text: String,
        at: BackendCoord,
        anchor: &'static str,
        size: f64,
        color: Paint,
    },
    Present,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paint {
    pub rgb: (u8, u8, u8),
    pub alpha: f64,
}

impl From<BackendColor> for Paint {
    fn from(BackendColor { alpha, rgb }: BackendColor) -> Self {
        Self { rgb, alpha }
    }
}

/// A call that would be slow or ugly in a browser.
#[derive(Debug)]
pub struct NotForCharts(String);

impl fmt::Display for NotForCharts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for NotForCharts {}

fn refuse<T>(why: String) -> Result<T, DrawingErrorKind<NotForCharts>> {
    Err(DrawingErrorKind::DrawingError(NotForCharts(why)))
}

#[derive(Clone)]
pub struct Recorder {
    size: (u32, u32),
    calls: Rc<RefCell<Vec<Call>>>,
    dash: Vec<u32>,
}

impl Recorder {
    /// For a chart of that size in CSS pixels.
    pub fn new(width: f64, height: f64) -> Self {
        let units = |length: f64| (length * f64::from(chart::SUBPIXEL)) as u32;
        Self {
            size: (units(width), units(height)),
            calls: Rc::default(),
            dash: Vec::new(),
        }
    }

    pub fn calls(&self) -> Vec<Call> {
        self.calls.borrow().clone()
    }

    fn record(&self, call: Call) -> Result<(), DrawingErrorKind<NotForCharts>> {
        self.calls.borrow_mut().push(call);
        Ok(())
    }
}

type Outcome = Result<(), DrawingErrorKind<NotForCharts>>;

impl chart::Surface for Recorder {
    fn dash(&mut self, pattern: &[u32]) {
        self.dash = pattern.to_vec();
    }
}

impl DrawingBackend for Recorder {
    type ErrorType = NotForCharts;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Outcome {
        Ok(())
    }

    fn present(&mut self) -> Outcome {
        self.record(Call::Present)
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Outcome {
        refuse(format!(
            "a chart draws no pixels, least of all {at:?} in {:?}",
            color.rgb
        ))
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Outcome {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S, fill: bool) -> Outcome {
        if !fill {
            return refuse("a chart draws no frames".to_owned());
        }
        self.record(Call::Rect {
            from,
            to,
            color: style.color().into(),
        })
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Outcome {
        let points = path.into_iter().collect();
        self.record(Call::Path {
            points,
            color: style.color().into(),
            width: style.stroke_width(),
            dash: self.dash.clone(),
        })
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Outcome {
        if !fill {
            return refuse("a chart draws no rings".to_owned());
        }
        self.record(Call::Circle {
            center,
            radius,
            color: style.color().into(),
        })
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Outcome {
        let points = path.into_iter().collect();
        self.record(Call::Polygon {
            points,
            color: style.color().into(),
        })
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Outcome {
        let anchor = style.anchor();
        let anchor = match (anchor.h_pos, anchor.v_pos) {
            (HPos::Left, VPos::Top) => "start hanging",
            (HPos::Left, VPos::Center) => "start central",
            (HPos::Left, VPos::Bottom) => "start auto",
            (HPos::Center, VPos::Top) => "middle hanging",
            (HPos::Center, VPos::Center) => "middle central",
            (HPos::Center, VPos::Bottom) => "middle auto",
            (HPos::Right, VPos::Top) => "end hanging",
            (HPos::Right, VPos::Center) => "end central",
            (HPos::Right, VPos::Bottom) => "end auto",
        };
        self.record(Call::Text {
            text: text.to_owned(),
            at,
            anchor,
            size: style.size(),
            color: style.color().into(),
        })
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        _style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<NotForCharts>> {
        refuse(format!("measuring {text:?} would cost a page layout in a browser"))
    }
}
