//! The time range of the page.

/// A range that ends now and moves on with every refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    Hour,
    Day,
    Week,
    Month,
}

pub const PRESETS: [Preset; 4] = [Preset::Hour, Preset::Day, Preset::Week, Preset::Month];

impl Preset {
    pub fn parse(name: &str) -> Option<Self> {
        PRESETS.into_iter().find(|preset| preset.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    /// For a reader: "last hour".
    pub fn spoken(self) -> &'static str {
        match self {
            Self::Hour => "last hour",
            Self::Day => "last 24 hours",
            Self::Week => "last 7 days",
            Self::Month => "last 30 days",
        }
    }

    pub fn seconds(self) -> i64 {
        const HOUR: i64 = 3600;
        match self {
            Self::Hour => HOUR,
            Self::Day => 24 * HOUR,
            Self::Week => 7 * 24 * HOUR,
            Self::Month => 30 * 24 * HOUR,
        }
    }
}

/// What the charts cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeRange {
    Last(Preset),
    /// Unix seconds, `from < to`.
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

    /// Whether asking again later can give another answer.
    pub fn moves(self) -> bool {
        matches!(self, Self::Last(_))
    }
}
