//! The browser's clock, time zone and way of writing dates in the page's language.

use std::cell::RefCell;

use chart::{Clock, Grain};
use js_sys::{Array, Date, Function, Intl::DateTimeFormat, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::words;

/// Unix seconds.
pub fn now() -> i64 {
    (now_ms() / 1000.0) as i64
}

/// Unix milliseconds.
pub fn now_ms() -> f64 {
    Date::now()
}

/// Local time in the browser's language, on a 24-hour clock: the labels of an axis must stay short.
#[derive(Debug, Clone, Copy)]
pub struct Browser;

impl Clock for Browser {
    fn offset_s(&self, unix: i64) -> i32 {
        -60 * date(unix).get_timezone_offset() as i32
    }

    fn label(&self, unix: i64, grain: Grain) -> String {
        match grain {
            Grain::Second => format(Shape::Second, unix),
            Grain::Minute => format(Shape::Minute, unix),
            Grain::Day => format(Shape::Day, unix),
            Grain::Month => format(Shape::Month, unix),
            Grain::Year => format(Shape::Year, unix),
        }
    }

    fn number(&self, plain: String) -> String {
        words::number(plain)
    }
}

impl Browser {
    /// The time of day, to the second where it is no whole minute, with the day before it where that is not `of`'s.
    pub fn moment(self, unix: i64, of: i64) -> String {
        let grain = if unix % 60 == 0 { Shape::Minute } else { Shape::Second };
        let (day, time) = (format(Shape::Day, unix), format(grain, unix));
        if day == format(Shape::Day, of) {
            time
        } else {
            format!("{day} {time}")
        }
    }

    /// Day and time to the second, for a tooltip.
    pub fn instant(self, unix: i64) -> String {
        format(Shape::Instant, unix)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Second,
    Minute,
    Day,
    Month,
    Year,
    Instant,
}

const TWO: &str = "2-digit";

impl Shape {
    fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Second => &[("hour", TWO), ("minute", TWO), ("second", TWO), ("hourCycle", "h23")],
            Self::Minute => &[("hour", TWO), ("minute", TWO), ("hourCycle", "h23")],
            Self::Day => &[("month", "short"), ("day", "numeric")],
            Self::Month => &[("month", "short")],
            Self::Year => &[("year", "numeric")],
            Self::Instant => &[
                ("weekday", "short"),
                ("month", "short"),
                ("day", "numeric"),
                ("hour", TWO),
                ("minute", TWO),
                ("second", TWO),
                ("hourCycle", "h23"),
            ],
        }
    }

    fn formatter(self) -> Function {
        let options = Object::new();
        for (key, value) in self.options() {
            // A fresh plain object takes any property.
            let _ = Reflect::set(&options, &(*key).into(), &(*value).into());
        }
        let locales = LOCALE.with_borrow(|tag| Array::of1(&tag.as_str().into()));
        DateTimeFormat::new(&locales, &options).format()
    }
}

thread_local! {
    static LOCALE: RefCell<String> = RefCell::new("en".to_owned());
    /// Making a formatter costs far more than using it.
    static MADE: RefCell<Vec<(Shape, Function)>> = const { RefCell::new(Vec::new()) };
}

/// From now on: a tag that `Intl` knows.
pub fn set_locale(tag: &str) {
    LOCALE.set(tag.to_owned());
    MADE.with_borrow_mut(Vec::clear);
}

fn format(shape: Shape, unix: i64) -> String {
    let known = MADE.with_borrow(|made| made.iter().find(|(one, _)| *one == shape).map(|(_, made)| made.clone()));
    let formatter = known.unwrap_or_else(|| {
        let made = shape.formatter();
        MADE.with_borrow_mut(|all| all.push((shape, made.clone())));
        made
    });
    let text = formatter.call1(&JsValue::UNDEFINED, &JsValue::from_f64(milliseconds(unix)));
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn milliseconds(unix: i64) -> f64 {
    unix as f64 * 1000.0
}

fn date(unix: i64) -> Date {
    Date::new(&JsValue::from_f64(milliseconds(unix)))
}

/// For the value of `<input type="datetime-local">`: local time, to the minute.
pub fn local_input(unix: i64) -> String {
    let date = date(unix);
    let (year, month, day) = (date.get_full_year(), date.get_month() + 1, date.get_date());
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}",
        date.get_hours(),
        date.get_minutes()
    )
}

/// Unix seconds of such a value; `None` where it is no date.
pub fn parse_local_input(text: &str) -> Option<i64> {
    let milliseconds = Date::new(&text.into()).get_time();
    milliseconds.is_finite().then_some((milliseconds / 1000.0) as i64)
}
