//! Units: how a number is said to a human, and which prefix and step suit an axis of them.

mod axis;
mod decimal;
mod number;
mod prefix;

pub(crate) use axis::Axis;
pub use decimal::parse_number;
use number::{exponent, round_to_significant, significant};
use prefix::{BINARY, DECIMAL, NONE, Prefix, TIME};

use crate::is_absent;

/// What a panel's numbers are. Names as in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    None,
    RequestsPerSecond,
    TokensPerSecond,
    Seconds,
    Milliseconds,
    /// 0 to 1, said as per cent.
    Ratio,
    /// 0 to 100.
    Percent,
    Bytes,
    Mebibytes,
    BytesPerSecond,
    Celsius,
    Watts,
    WattHours,
    Hertz,
    /// Of processors: 1 is one core busy all the time.
    Cores,
    Requests,
    Tokens,
    Pods,
    Gpus,
    Count,
    /// How many of something that has no unit of its own, a second.
    PerSecond,
}

/// Digits said of any number: enough to compare by eye, few enough to read at once.
const DIGITS: usize = 3;
/// A number this big with its greatest prefix is said with an exponent instead.
const ASTRONOMIC: f64 = 1e6;

impl Unit {
    pub const ALL: [(&'static str, Self); 21] = [
        ("none", Self::None),
        ("requests_per_second", Self::RequestsPerSecond),
        ("tokens_per_second", Self::TokensPerSecond),
        ("seconds", Self::Seconds),
        ("milliseconds", Self::Milliseconds),
        ("ratio", Self::Ratio),
        ("percent", Self::Percent),
        ("bytes", Self::Bytes),
        ("mebibytes", Self::Mebibytes),
        ("bytes_per_second", Self::BytesPerSecond),
        ("celsius", Self::Celsius),
        ("watts", Self::Watts),
        ("watt_hours", Self::WattHours),
        ("hertz", Self::Hertz),
        ("cores", Self::Cores),
        ("requests", Self::Requests),
        ("tokens", Self::Tokens),
        ("pods", Self::Pods),
        ("gpus", Self::Gpus),
        ("count", Self::Count),
        ("per_second", Self::PerSecond),
    ];

    /// The unit of that name in the catalogue.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, unit)| *unit)
    }

    /// A value for a tooltip or a tile: `1.24 s`, `340 ms`, `12.3 k tok/s`, `87 %`. An absent one is `–`.
    #[must_use]
    pub fn format(self, value: f64) -> String {
        match self.scaled(value) {
            Ok((number, prefix)) => {
                let loose = self.is_loose() && !prefix.symbol.is_empty();
                let gap = if loose { " " } else { "" };
                let symbol = format!("{}{gap}{}", prefix.symbol, self.suffix(&number));
                format!("{number} {}", symbol.trim()).trim_end().to_owned()
            }
            Err(word) => word.to_owned(),
        }
    }

    /// A value for a legend's column, where the unit is said once elsewhere: `12.3k`, `340ms`, `87%`.
    #[must_use]
    pub fn compact(self, value: f64) -> String {
        match self.scaled(value) {
            Ok((number, prefix)) if self.is_loose() => format!("{number}{}", prefix.symbol),
            Ok((number, prefix)) => format!("{number}{}{}", prefix.symbol, self.suffix(&number)),
            Err(word) => word.to_owned(),
        }
    }

    /// What the compact numbers count (`tok/s`), where they do not say it themselves.
    #[must_use]
    pub fn caption(self) -> Option<&'static str> {
        let suffix = self.suffix("");
        (self.is_loose() && !suffix.is_empty()).then_some(suffix)
    }

    /// The number's text and its prefix, or the word for a value that is no number.
    fn scaled(self, value: f64) -> Result<(String, &'static Prefix), &'static str> {
        if is_absent(value) {
            return Err("–");
        } else if value.is_nan() {
            return Err("NaN");
        } else if value.is_infinite() {
            return Err(if value > 0.0 { "+Inf" } else { "-Inf" });
        }
        let base = value * self.factor();
        let prefixes = self.prefixes();
        let size = prefix::pick(prefixes, base.abs(), self.plain());
        let rounded = round_to_significant(base / size.factor, DIGITS) * size.factor;
        // 999.7 is said as "1 k", not as "1000".
        let size = prefix::pick(prefixes, rounded.abs(), self.plain());
        if rounded.abs() / size.factor >= ASTRONOMIC {
            let plain = prefix::pick(prefixes, 0.0, self.plain());
            return Ok((exponent(base / plain.factor), plain));
        }
        Ok((significant(base / size.factor, DIGITS), size))
    }

    /// From the unit as measured to the one said without a prefix (bytes, seconds, per cent).
    pub(crate) fn factor(self) -> f64 {
        match self {
            Self::Milliseconds => 1e-3,
            Self::Ratio => 100.0,
            Self::Mebibytes => 1_048_576.0,
            _ => 1.0,
        }
    }

    fn prefixes(self) -> &'static [Prefix] {
        match self {
            Self::Seconds | Self::Milliseconds => &TIME,
            Self::Bytes | Self::Mebibytes | Self::BytesPerSecond => &BINARY,
            Self::Ratio | Self::Percent | Self::Celsius => &NONE,
            _ => &DECIMAL,
        }
    }

    /// The prefix of zero.
    fn plain(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Bytes | Self::BytesPerSecond => "B",
            Self::Mebibytes => "MiB",
            _ => "",
        }
    }

    fn suffix(self, number: &str) -> &'static str {
        let one = number == "1";
        match self {
            Self::RequestsPerSecond => "req/s",
            Self::TokensPerSecond => "tok/s",
            Self::Requests => "req",
            Self::Tokens => "tok",
            Self::Pods => {
                if one {
                    "pod"
                } else {
                    "pods"
                }
            }
            Self::Gpus => {
                if one {
                    "GPU"
                } else {
                    "GPUs"
                }
            }
            Self::Ratio | Self::Percent => "%",
            Self::BytesPerSecond => "/s",
            Self::Celsius => "°C",
            Self::Watts => "W",
            Self::WattHours => "Wh",
            Self::Hertz => "Hz",
            Self::Cores => {
                if one {
                    "core"
                } else {
                    "cores"
                }
            }
            Self::PerSecond => "/s",
            Self::None | Self::Count | Self::Seconds | Self::Milliseconds | Self::Bytes | Self::Mebibytes => "",
        }
    }

    /// Whether the unit is a word of its own (`k tok/s`) rather than a symbol that takes the prefix (`kW`).
    fn is_loose(self) -> bool {
        matches!(
            self,
            Self::None
                | Self::RequestsPerSecond
                | Self::TokensPerSecond
                | Self::Requests
                | Self::Tokens
                | Self::Pods
                | Self::Gpus
                | Self::Cores
                | Self::Count
                | Self::PerSecond
        )
    }

    pub(crate) fn is_time(self) -> bool {
        matches!(self, Self::Seconds | Self::Milliseconds)
    }

    /// Whether the number counts things, so that an axis has no tick between 0 and 1.
    pub(crate) fn is_whole(self) -> bool {
        matches!(
            self,
            Self::Requests | Self::Tokens | Self::Pods | Self::Gpus | Self::Count
        )
    }

    /// Whether zero means "nothing of it", so that an axis must begin there to be honest.
    pub(crate) fn has_zero(self) -> bool {
        !matches!(self, Self::None | Self::Celsius)
    }

    /// The value that means "all of it", where there is one.
    pub(crate) fn full(self) -> Option<f64> {
        match self {
            Self::Ratio => Some(1.0),
            Self::Percent => Some(100.0),
            _ => None,
        }
    }
}
