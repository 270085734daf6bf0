//! When the page asks again by itself.

use crate::route::{Refresh, TimeRange};

/// What the decision depends on.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    pub refresh: Refresh,
    pub range: TimeRange,
    /// The tab is in the background: nobody looks, so nobody asks.
    pub hidden: bool,
    /// An answer is still coming: a slow server is not asked twice.
    pub busy: bool,
    /// When the last question went out, milliseconds; none yet: `None`.
    pub asked_ms: Option<f64>,
    pub now_ms: f64,
}

/// Milliseconds until the next question; `None`: not before something changes.
pub fn wait_ms(now: Now) -> Option<i32> {
    let Refresh::Every(seconds) = now.refresh else {
        return None;
    };
    if now.hidden || now.busy || !now.range.moves() {
        return None;
    }
    let due = now.asked_ms? + f64::from(seconds) * 1000.0;
    // The longest interval is a day, far below the limit of i32.
    Some((due - now.now_ms).max(0.0) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::Preset;

    const IDLE: Now = Now {
        refresh: Refresh::Every(30),
        range: TimeRange::Last(Preset::Hour),
        hidden: false,
        busy: false,
        asked_ms: Some(1_000.0),
        now_ms: 11_000.0,
    };

    #[track_caller]
    fn check(now: Now, expect: Option<i32>) {
        assert_eq!(wait_ms(now), expect, "{now:?}");
    }

    #[test]
    fn the_next_question_comes_one_interval_after_the_last() {
        check(IDLE, Some(20_000));
        check(
            Now {
                now_ms: 500_000.0,
                ..IDLE
            },
            Some(0),
        );
        check(
            Now {
                refresh: Refresh::Every(86_400),
                ..IDLE
            },
            Some(86_390_000),
        );
    }

    #[test]
    fn nobody_is_asked_in_the_background_while_busy_when_off_or_for_the_past() {
        check(Now { hidden: true, ..IDLE }, None);
        check(Now { busy: true, ..IDLE }, None);
        check(
            Now {
                refresh: Refresh::Off,
                ..IDLE
            },
            None,
        );
        check(
            Now {
                range: TimeRange::Between { from: 1, to: 2 },
                ..IDLE
            },
            None,
        );
        check(Now { asked_ms: None, ..IDLE }, None);
    }
}
