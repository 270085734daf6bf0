//! Local time, as the caller knows it.

use super::calendar::{Civil, DAY};

/// How much of an instant a label says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grain {
    /// Hours, minutes and seconds.
    Second,
    /// Hours and minutes.
    Minute,
    /// Month and day: what a midnight says.
    Day,
    /// Month, perhaps with its year.
    Month,
    /// The year alone.
    Year,
}

/// Local time: in a browser `Intl` for the page's time zone and language, in tests [`Utc`].
///
/// It is also how the reader writes numbers: one place for all that a chart says in a language.
pub trait Clock {
    /// Seconds that local time is ahead of UTC at that instant (7200 in Berlin in summer).
    fn offset_s(&self, unix: i64) -> i32;

    /// The instant as a short label in local time. Kept under some 12 letters; a longer one only costs ticks.
    fn label(&self, unix: i64, grain: Grain) -> String;

    /// A number that has a point before its decimals, as the reader writes it.
    fn number(&self, plain: String) -> String {
        plain
    }
}

/// UTC with English month names.
#[derive(Debug, Clone, Copy, Default)]
pub struct Utc;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl Clock for Utc {
    fn offset_s(&self, _unix: i64) -> i32 {
        0
    }

    fn label(&self, unix: i64, grain: Grain) -> String {
        let seconds = unix.rem_euclid(DAY);
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        let date = Civil::from_days(unix.div_euclid(DAY));
        let index = usize::try_from(date.month - 1).unwrap_or(0);
        let month = MONTHS.get(index).copied().unwrap_or("");
        match grain {
            Grain::Second => format!("{hour:02}:{minute:02}:{second:02}"),
            Grain::Minute => format!("{hour:02}:{minute:02}"),
            Grain::Day => format!("{month} {}", date.day),
            Grain::Month => month.to_owned(),
            Grain::Year => date.year.to_string(),
        }
    }
}
