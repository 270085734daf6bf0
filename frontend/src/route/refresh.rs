//! How often the page asks again by itself.

use crate::words::key;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    Off,
    /// Seconds; one of [`INTERVALS`].
    Every(u32),
}

/// Name in the address and on the page, and seconds.
pub const INTERVALS: [(&str, u32); 9] = [
    (key("15s"), 15),
    (key("30s"), 30),
    (key("1m"), 60),
    (key("5m"), 300),
    (key("15m"), 900),
    (key("30m"), 1800),
    (key("1h"), 3600),
    (key("2h"), 7200),
    (key("1d"), 86_400),
];
const OFF: &str = "off";

/// The usual scrape interval: asking more often shows nothing new.
impl Default for Refresh {
    fn default() -> Self {
        Self::Every(30)
    }
}

impl Refresh {
    pub fn parse(name: &str) -> Option<Self> {
        if name == OFF {
            return Some(Self::Off);
        }
        let (_, seconds) = INTERVALS.iter().find(|(known, _)| *known == name)?;
        Some(Self::Every(*seconds))
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Off => OFF,
            Self::Every(seconds) => INTERVALS
                .iter()
                .find(|(_, known)| *known == seconds)
                .map_or(OFF, |(name, _)| name),
        }
    }
}
