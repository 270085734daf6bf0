//! Units by the names that stand in catalogue files and on the wire.

/// The unit of a panel's or a concept's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A bare number.
    None,
    RequestsPerSecond,
    TokensPerSecond,
    Seconds,
    Milliseconds,
    /// What OpenVINO Model Server counts in. Concepts only: a panel converts to seconds.
    Microseconds,
    /// 0 to 1.
    Ratio,
    /// 0 to 100.
    Percent,
    Bytes,
    Mebibytes,
    BytesPerSecond,
    Celsius,
    Watts,
    WattHours,
    /// What NVIDIA's exporter counts energy in. Concepts only: a panel converts to watt-hours.
    Millijoules,
    Hertz,
    /// What NVIDIA's exporter tells clocks in. Concepts only: a panel converts to hertz.
    Megahertz,
    /// Of processors: 1 is one core busy all the time.
    Cores,
    Requests,
    Tokens,
    Pods,
    Gpus,
    /// How many of something that has no unit of its own.
    Count,
    /// How many of them a second.
    PerSecond,
}

const NAMES: &[(&str, Unit)] = &[
    ("none", Unit::None),
    ("requests_per_second", Unit::RequestsPerSecond),
    ("tokens_per_second", Unit::TokensPerSecond),
    ("seconds", Unit::Seconds),
    ("milliseconds", Unit::Milliseconds),
    ("microseconds", Unit::Microseconds),
    ("ratio", Unit::Ratio),
    ("percent", Unit::Percent),
    ("bytes", Unit::Bytes),
    ("mebibytes", Unit::Mebibytes),
    ("bytes_per_second", Unit::BytesPerSecond),
    ("celsius", Unit::Celsius),
    ("watts", Unit::Watts),
    ("watt_hours", Unit::WattHours),
    ("millijoules", Unit::Millijoules),
    ("hertz", Unit::Hertz),
    ("megahertz", Unit::Megahertz),
    ("cores", Unit::Cores),
    ("requests", Unit::Requests),
    ("tokens", Unit::Tokens),
    ("pods", Unit::Pods),
    ("gpus", Unit::Gpus),
    ("count", Unit::Count),
    ("per_second", Unit::PerSecond),
];

impl Unit {
    /// The unit of that name, exactly as [`Unit::as_str`] writes it.
    pub fn parse(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, unit)| *unit)
    }

    pub fn as_str(self) -> &'static str {
        NAMES
            .iter()
            .find(|(_, unit)| *unit == self)
            .map_or("none", |(name, _)| name)
    }

    /// Whether a panel may be drawn in it; the others are what exporters count in.
    pub fn is_for_panels(self) -> bool {
        !matches!(self, Self::Microseconds | Self::Millijoules | Self::Megahertz)
    }

    /// Every unit, in the order that messages list them.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(_, unit)| *unit)
    }
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_read_back_from_its_own_name() {
        for unit in Unit::all() {
            assert_eq!(Unit::parse(unit.as_str()), Some(unit));
        }
        assert_eq!(Unit::parse("furlongs"), None);
    }
}
