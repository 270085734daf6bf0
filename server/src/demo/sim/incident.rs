//! The scripted incidents: what goes wrong in this fleet every day, at fixed times of the UTC day, so that any window of
//! 24 hours holds all of them.

pub const DAY: f64 = 86_400.0;

/// A spell of the day.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Seconds after midnight UTC.
    pub start: f64,
    pub length: f64,
}

/// Traffic that goes straight to a replica and not through the router, whose counters stand still.
pub const BYPASS: Window = Window {
    start: 3.0 * 3600.0,
    length: 40.0 * 60.0,
};
/// A batch job sends more than both granite replicas can serve: requests wait.
pub const QUEUE: Window = Window {
    start: 7.5 * 3600.0,
    length: 25.0 * 60.0,
};
/// A granite replica's GPU reports an XID error and the process is gone until its pod has loaded the model again.
pub const LOST: Window = Window {
    start: 11.0 * 3600.0,
    length: 10.0 * 60.0,
};
/// The inputs of the predictive model move away from its training data.
pub const DRIFT: Window = Window {
    start: 13.0 * 3600.0,
    length: 90.0 * 60.0,
};
/// Long documents fill the KV cache of mistral, which preempts.
pub const KV_FULL: Window = Window {
    start: 16.0 * 3600.0,
    length: 40.0 * 60.0,
};

impl Window {
    pub fn covers(self, at: f64) -> bool {
        (0.0..self.length).contains(&(at - self.begin_of_day(at)))
    }

    /// 0 outside; inside 1, with a rise over the first two minutes and a fall over the last two.
    pub fn level(self, at: f64) -> f64 {
        let since = at - self.begin_of_day(at);
        let edge = 120.0;
        (since / edge).min((self.length - since) / edge).clamp(0.0, 1.0)
    }

    /// The first beginning at or after this instant.
    pub fn next_start(self, at: f64) -> f64 {
        let today = self.begin_of_day(at);
        if today >= at { today } else { today + DAY }
    }

    fn begin_of_day(self, at: f64) -> f64 {
        (at / DAY).floor() * DAY + self.start
    }
}

/// The code that the driver logs at this day's loss. A sticky gauge shows a change only when the code changes, so odd
/// and even days have different ones: 94 (contained ECC error) and 31 (memory page fault).
pub fn xid(at: f64) -> f64 {
    if (at / DAY).floor().rem_euclid(2.0) == 0.0 {
        94.0
    } else {
        31.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_there_every_day_and_starts_and_ends_gently() {
        let day = 20_000.0 * DAY;
        assert!(!QUEUE.covers(day + QUEUE.start - 1.0));
        assert!(QUEUE.covers(day + QUEUE.start));
        assert!(!QUEUE.covers(day + QUEUE.start + QUEUE.length));
        assert_eq!(QUEUE.level(day + QUEUE.start + 60.0), 0.5);
        assert_eq!(QUEUE.level(day + DAY + QUEUE.start + 600.0), 1.0);
        assert_eq!(QUEUE.level(day), 0.0);
        assert_eq!(LOST.next_start(day), day + LOST.start);
        assert_eq!(LOST.next_start(day + LOST.start + 1.0), day + DAY + LOST.start);
        assert_ne!(xid(day), xid(day + DAY));
    }
}
