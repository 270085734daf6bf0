//! How one option's text becomes a value. Every error says what would be right.

use std::collections::BTreeSet;

use super::{GrafanaView, Runtime};

pub fn yes_or_no(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "give true or false".to_owned())
}

/// A DNS label, as namespaces and most objects are named.
pub fn name(text: &str) -> Result<String, String> {
    if text.len() > 63 {
        return Err(format!("it has {} characters; give at most 63", text.len()));
    }
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if text.chars().all(|c| inner(c) || c == '-') && text.starts_with(inner) && text.ends_with(inner) {
        Ok(text.to_owned())
    } else {
        Err("give lower-case letters, digits and dashes, e.g. llm-hosting".to_owned())
    }
}

/// Stands in the names of objects, with more behind it.
pub fn short_name(text: &str) -> Result<String, String> {
    let name = name(text)?;
    if name.len() > 30 {
        return Err(format!(
            "it has {} characters; give at most 30, because the names of objects begin with it",
            name.len()
        ));
    }
    Ok(name)
}

pub fn names(text: &str) -> Result<Vec<String>, String> {
    let names = list(text, name)?;
    if names.is_empty() {
        return Err("give at least one name".to_owned());
    }
    Ok(names)
}

/// InferenceServices; their names may have dots where other tools made them.
pub fn models(text: &str) -> Result<Vec<String>, String> {
    list(text, |text| match name(&text.replace('.', "-")) {
        Ok(_) => Ok(text.to_owned()),
        Err(fault) => Err(fault),
    })
}

pub fn runtimes(text: &str) -> Result<Vec<Runtime>, String> {
    list(text, |text| {
        let all = Runtime::ALL.into_iter();
        let names: Vec<_> = all.clone().map(Runtime::as_str).collect();
        let found = all.into_iter().find(|runtime| runtime.as_str() == text);
        found.ok_or_else(|| format!("there is no runtime {text:?}; choose of {}", names.join(", ")))
    })
}

/// Without the second of two equal entries.
fn list<T: Ord + Clone>(text: &str, each: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let value = each(part).map_err(|fault| format!("{part:?}: {fault}"))?;
        if seen.insert(value.clone()) {
            out.push(value);
        }
    }
    Ok(out)
}

pub fn port(text: &str) -> Result<u16, String> {
    match text.parse() {
        Ok(port @ 1..) => Ok(port),
        _ => Err("give a port between 1 and 65535".to_owned()),
    }
}

pub fn path(text: &str) -> Result<String, String> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
    if text.starts_with('/') && text.chars().all(good) {
        Ok(text.to_owned())
    } else {
        Err("give a path that begins with /, e.g. /metrics".to_owned())
    }
}

/// Seconds; the bounds are those of OpenShift's monitoring.
pub fn interval(text: &str) -> Result<u32, String> {
    let wrong = || "give a time between 5s and 5m, e.g. 30s".to_owned();
    match seconds(text).ok_or_else(wrong)? {
        seconds @ 5..=300 => u32::try_from(seconds).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

/// Seconds; held to the interval elsewhere.
pub fn timeout(text: &str) -> Result<u32, String> {
    let wrong = || "give a time between 1s and 5m, e.g. 10s".to_owned();
    match seconds(text).ok_or_else(wrong)? {
        seconds @ 1..=300 => u32::try_from(seconds).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

/// As Prometheus writes it; `None` for `keep`.
pub fn retention(text: &str) -> Result<Option<String>, String> {
    const HOUR: u64 = 3_600;
    const FIVE_YEARS: u64 = 5 * 365 * 24 * HOUR;
    if text == "keep" {
        return Ok(None);
    }
    match seconds(text) {
        // Shorter than Prometheus' own first block makes no sense, longer fills every disk.
        Some(seconds) if (2 * HOUR..=FIVE_YEARS).contains(&seconds) => Ok(Some(text.to_owned())),
        _ => Err("give a time between 2h and 5y, e.g. 7d, or `keep`".to_owned()),
    }
}

/// `30s`, `7d`: one number and its unit.
pub fn seconds(text: &str) -> Option<u64> {
    let at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(at);
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        "y" => 365 * 86_400,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}

/// Without a slash at its end.
pub fn url(text: &str) -> Result<String, String> {
    let good = text.is_empty() || text.starts_with("https://") || text.starts_with("http://");
    if good && !text.contains(['"', ' ', '?', '#', '$', '{', '}']) {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err("give an http or https address without ? and #".to_owned())
    }
}

pub fn view(text: &str) -> Result<GrafanaView, String> {
    match text {
        "off" => Ok(GrafanaView::Off),
        "cluster" => Ok(GrafanaView::Cluster),
        "namespace" => Ok(GrafanaView::Namespace),
        _ => Err("choose one of: off, cluster, namespace".to_owned()),
    }
}

/// The overlay of older installers, kept for their settings; it chooses nothing that `grafana` does not.
pub fn overlay(text: &str) -> Result<(), String> {
    if text == "grafana-uwm-user-app" {
        Ok(())
    } else {
        Err("there is only grafana-uwm-user-app; choose what Grafana shows with `grafana`".to_owned())
    }
}

pub fn title(text: &str) -> Result<String, String> {
    let good = !text.trim().is_empty() && text.chars().count() <= 100 && !text.chars().any(char::is_control);
    if good {
        Ok(text.to_owned())
    } else {
        Err("give a title of 1 to 100 characters".to_owned())
    }
}
