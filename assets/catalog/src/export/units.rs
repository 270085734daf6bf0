//! The words of units, for programs that have no name for them.

use crate::model::Unit;

/// What stands behind a number; empty where a bare number says enough.
pub(super) fn word(unit: Unit) -> &'static str {
    match unit {
        Unit::None | Unit::Count => "",
        Unit::Requests => "requests",
        Unit::Tokens => "tokens",
        Unit::Pods => "pods",
        Unit::Gpus => "GPUs",
        Unit::RequestsPerSecond => "requests/s",
        Unit::TokensPerSecond => "tokens/s",
        Unit::PerSecond => "/s",
        Unit::Seconds => "s",
        Unit::Milliseconds => "ms",
        Unit::Microseconds => "µs",
        Unit::Ratio => "of 1",
        Unit::Percent => "%",
        Unit::Bytes => "bytes",
        Unit::Mebibytes => "MiB",
        Unit::BytesPerSecond => "bytes/s",
        Unit::Celsius => "°C",
        Unit::Watts => "W",
        Unit::WattHours => "Wh",
        Unit::Millijoules => "mJ",
        Unit::Hertz => "Hz",
        Unit::Megahertz => "MHz",
        Unit::Cores => "cores",
    }
}

/// The panel's title with its unit, where that tells something that the title does not.
pub(super) fn titled(title: &str, unit: Unit) -> String {
    let word = word(unit);
    let named = title.contains(&format!("({word})"));
    let is_counted = matches!(unit, Unit::Requests | Unit::Tokens | Unit::Pods | Unit::Gpus);
    if word.is_empty() || is_counted || named {
        title.to_owned()
    } else {
        format!("{title} ({word})")
    }
}
