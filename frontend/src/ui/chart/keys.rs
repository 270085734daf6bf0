//! What the keys do on a chart.

use chart::{Hit, Move};
use leptos::ev::KeyboardEvent;

/// Samples that a page key passes.
const PAGE: i32 = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Time(Move),
    /// To the next line, or back.
    Next,
    Previous,
    /// Shows the cursor's line alone, or all again.
    Choose,
    Leave,
}

impl Key {
    /// `None` for keys that are the browser's.
    pub fn parse(event: &KeyboardEvent) -> Option<Self> {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return None;
        }
        Self::named(&event.key())
    }

    fn named(key: &str) -> Option<Self> {
        Some(match key {
            "ArrowRight" => Self::Time(Move::By(1)),
            "ArrowLeft" => Self::Time(Move::By(-1)),
            "PageDown" => Self::Time(Move::By(PAGE)),
            "PageUp" => Self::Time(Move::By(-PAGE)),
            "Home" => Self::Time(Move::First),
            "End" => Self::Time(Move::Last),
            "ArrowDown" => Self::Next,
            "ArrowUp" => Self::Previous,
            "Enter" | " " => Self::Choose,
            "Escape" => Self::Leave,
            _ => return None,
        })
    }
}

/// The line after `key`, out of those with a value there. A line keeps the cursor over its own gaps.
pub fn line(key: Key, now: Option<usize>, at: &Hit) -> Option<usize> {
    let lines = || at.values.iter().map(|(line, ..)| *line);
    match (key, now) {
        (Key::Next, Some(now)) => lines().filter(|line| *line > now).min().or(Some(now)),
        (Key::Previous, Some(now)) => lines().filter(|line| *line < now).max().or(Some(now)),
        (_, Some(now)) => Some(now),
        (_, None) => lines().min(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_and_down_go_through_the_lines_that_have_a_value() {
        let at = Hit {
            unix: 0,
            x: 0.0,
            values: vec![(0, 1.0, 0.0), (3, 1.0, 0.0)],
            bar: None,
        };
        let time = Key::Time(Move::By(1));
        for (key, now, then) in [
            (time, None, Some(0)),
            (time, Some(2), Some(2)),
            (Key::Next, Some(0), Some(3)),
            (Key::Next, Some(3), Some(3)),
            (Key::Previous, Some(3), Some(0)),
            (Key::Previous, Some(0), Some(0)),
        ] {
            assert_eq!(line(key, now, &at), then, "{key:?} {now:?}");
        }
        assert_eq!(Key::named("Tab"), None);
        assert_eq!(Key::named("ArrowLeft"), Some(Key::Time(Move::By(-1))));
    }
}
