//! How often the page asks again by itself.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    Off,
    /// Seconds; one of [`INTERVALS`].
    Every(u32),
}

/// Name in the address and on the page, and seconds.
pub const INTERVALS: [(&str, u32); 9] = [
    ("15s", 15),
    ("30s", 30),
    ("1m", 60),
    ("5m", 300),
    ("15m", 900),
    ("30m", 1800),
    ("1h", 3600),
    ("2h", 7200),
    ("1d", 86_400),
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
