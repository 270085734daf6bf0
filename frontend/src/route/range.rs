//! The time range of the page.

use crate::words::key;

/// A range that ends now and moves on with every refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    QuarterHour,
    Hour,
    ThreeHours,
    SixHours,
    TwelveHours,
    Day,
    TwoDays,
    Week,
    Month,
}

/// One press away.
pub const PRESETS: [Preset; 4] = [Preset::Hour, Preset::Day, Preset::Week, Preset::Month];

/// Two presses away, beside the range between two instants.
pub const MORE_PRESETS: [Preset; 5] = [
    Preset::QuarterHour,
    Preset::ThreeHours,
    Preset::SixHours,
    Preset::TwelveHours,
    Preset::TwoDays,
];

impl Preset {
    pub fn parse(name: &str) -> Option<Self> {
        let all = PRESETS.into_iter().chain(MORE_PRESETS);
        all.into_iter().find(|preset| preset.name() == name)
    }

    /// In the address; on the page it is looked up.
    pub fn name(self) -> &'static str {
        match self {
            Self::QuarterHour => key("15m"),
            Self::Hour => key("1h"),
            Self::ThreeHours => key("3h"),
            Self::SixHours => key("6h"),
            Self::TwelveHours => key("12h"),
            Self::Day => key("24h"),
            Self::TwoDays => key("2d"),
            Self::Week => key("7d"),
            Self::Month => key("30d"),
        }
    }

    /// For a reader, in English: "last hour".
    pub fn spoken(self) -> &'static str {
        match self {
            Self::QuarterHour => key("last 15 minutes"),
            Self::Hour => key("last hour"),
            Self::ThreeHours => key("last 3 hours"),
            Self::SixHours => key("last 6 hours"),
            Self::TwelveHours => key("last 12 hours"),
            Self::Day => key("last 24 hours"),
            Self::TwoDays => key("last 2 days"),
            Self::Week => key("last 7 days"),
            Self::Month => key("last 30 days"),
        }
    }

    pub fn seconds(self) -> i64 {
        const HOUR: i64 = 3600;
        match self {
            Self::QuarterHour => HOUR / 4,
            Self::Hour => HOUR,
            Self::ThreeHours => 3 * HOUR,
            Self::SixHours => 6 * HOUR,
            Self::TwelveHours => 12 * HOUR,
            Self::Day => 24 * HOUR,
            Self::TwoDays => 48 * HOUR,
            Self::Week => 7 * 24 * HOUR,
            Self::Month => 30 * 24 * HOUR,
        }
    }
}

/// A shorter range has too few samples to draw a line: a scrape comes every 30 s.
const SHORTEST_S: i64 = 120;
/// What the server can count in points and a calendar in pages.
const LONGEST_S: i64 = 366 * 24 * 3600;

/// What the charts cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeRange {
    Last(Preset),
    /// Unix seconds. Only an address can make it run backwards.
    Between {
        from: i64,
        to: i64,
    },
}

/// A day: wide enough to show what is usual, and what broke in the night.
impl Default for TimeRange {
    fn default() -> Self {
        Self::Last(Preset::Day)
    }
}

impl TimeRange {
    /// Start and end in Unix seconds, seen from `now`.
    pub fn bounds(self, now: i64) -> (i64, i64) {
        match self {
            Self::Last(preset) => (now - preset.seconds(), now),
            Self::Between { from, to } => (from, to),
        }
    }

    /// Between two instants that someone has pointed at, in either order; never too short to draw.
    pub fn around(one: i64, other: i64) -> Self {
        let (from, to) = (one.min(other), one.max(other));
        let missing = (SHORTEST_S - (to - from)).max(0);
        let from = from - missing / 2;
        Self::Between {
            from,
            to: to.max(from + SHORTEST_S),
        }
    }

    /// Twice as long around the same middle; the future has no samples, so it ends now at the latest.
    pub fn wider(self, now: i64) -> Self {
        let (from, to) = self.bounds(now);
        let span = (2 * (to - from)).min(LONGEST_S.max(to - from));
        let to = (to + (span - (to - from)) / 2).min(now.max(to));
        Self::Between { from: to - span, to }
    }

    /// As long, half its length earlier or later; never wholly in the future.
    pub fn moved(self, later: bool, now: i64) -> Self {
        let (from, to) = self.bounds(now);
        let half = (to - from) / 2;
        let to = if later { (to + half).min(now.max(to)) } else { to - half };
        Self::Between {
            from: to - 2 * half,
            to,
        }
    }

    /// Whether asking again later can give another answer.
    pub fn moves(self) -> bool {
        matches!(self, Self::Last(_))
    }
}
