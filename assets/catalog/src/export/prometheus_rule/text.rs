//! From the catalogue's words to Prometheus's templates: `{label}`, `{value}` and `$limit`.

use std::collections::BTreeMap;

use crate::model::{Alert, Unit, replaced};

/// A text of an annotation. Labels become `$labels`, the value is written for people, limits are numbers with units.
pub(super) fn annotation(text: &str, alert: &Alert, limits: &BTreeMap<String, f64>) -> String {
    let text = with_limits(text, alert, limits);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        match name {
            "value" => out.push_str(value(alert.unit)),
            label => out.push_str(&format!("{{{{ $labels.{label} }}}}")),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Limits as numbers with units; `{label}` stays.
pub(super) fn with_limits(text: &str, alert: &Alert, limits: &BTreeMap<String, f64>) -> String {
    replaced(text, |name| {
        let limit = alert.limits.iter().find(|limit| limit.name == name)?;
        Some(number(*limits.get(name)?, limit.unit))
    })
}

fn value(unit: Unit) -> &'static str {
    match unit {
        Unit::Ratio => "{{ $value | humanizePercentage }}",
        Unit::Seconds => "{{ $value | humanizeDuration }}",
        Unit::Microseconds => "{{ $value | humanize }} µs",
        Unit::Celsius => "{{ $value | humanize }} °C",
        Unit::Percent => "{{ $value | humanize }} %",
        // A prefix says nothing here: a p-value of 10m is 0.01.
        Unit::None => "{{ printf \"%.4g\" $value }}",
        _ => "{{ $value | humanize }}",
    }
}

/// A limit for people.
pub fn number(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Ratio => format!("{} %", rounded(value * 100.0)),
        Unit::Percent => format!("{} %", rounded(value)),
        Unit::Celsius => format!("{} °C", rounded(value)),
        Unit::Seconds if value.abs() < 1.0 && value != 0.0 => format!("{} ms", rounded(value * 1e3)),
        Unit::Seconds => format!("{} s", rounded(value)),
        Unit::Microseconds => format!("{} ms", rounded(value / 1e3)),
        Unit::PerSecond => format!("{} a second", rounded(value)),
        _ => rounded(value).to_string(),
    }
}

/// Without the dust of binary fractions.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
