//! How one setting's text becomes a value. Every error says what would be right, never what was typed: the text
//! could be a secret that somebody put in the wrong place.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use axum::http::Uri;

use crate::identity::is_safe;

pub fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "give an IP address and a port, e.g. 127.0.0.1:8477 or [::]:8477".to_owned())
}

pub fn path(text: &str) -> Result<PathBuf, String> {
    Ok(PathBuf::from(text))
}

/// `/`, `/console`, `/console/`; with a slash at both ends.
pub fn base_path(text: &str) -> Result<String, String> {
    let plain = |segment: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
        !segment.is_empty() && segment != "." && segment != ".." && segment.bytes().all(plain)
    };
    let inner = text
        .strip_prefix('/')
        .map(|rest| rest.strip_suffix('/').unwrap_or(rest));
    match inner {
        _ if text == "/" => Ok("/".to_owned()),
        Some(inner) if inner.split('/').all(plain) => Ok(format!("/{inner}/")),
        _ => Err("give a path such as / or /console/".to_owned()),
    }
}

/// `500ms`, `30s`, `5m`, `1h`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "give a whole number and a unit (ms, s, m, h), e.g. 30s".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    number.checked_mul(ms).map(Duration::from_millis).ok_or_else(wrong)
}

/// A duration that something has to happen within: not nothing, and at most an hour.
pub fn deadline(text: &str) -> Result<Duration, String> {
    let duration = duration(text)?;
    if duration.is_zero() || duration > Duration::from_secs(3_600) {
        return Err("give a time between 1ms and 1h".to_owned());
    }
    Ok(duration)
}

/// Whole seconds, from 1 s to an hour.
pub fn interval_s(text: &str) -> Result<u32, String> {
    let duration = duration(text)?;
    match u32::try_from(duration.as_secs()) {
        Ok(seconds @ 1..=3_600) if duration.subsec_nanos() == 0 => Ok(seconds),
        _ => Err("give whole seconds between 1s and 1h".to_owned()),
    }
}

/// `0`, `65536`, `64KiB`, `128MiB`, `1GiB`.
pub fn bytes(text: &str) -> Result<u64, String> {
    let wrong = || "give a whole number of bytes, or with KiB, MiB or GiB, e.g. 128MiB".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let shift = match unit {
        "" | "B" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        _ => return Err(wrong()),
    };
    number.checked_mul(1 << shift).ok_or_else(wrong)
}

/// A number of things: at least one.
pub fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=1_000_000_000) => Ok(number),
        _ => Err("give a whole number of at least 1".to_owned()),
    }
}

/// Prometheus itself refuses more.
pub fn points(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(points @ 1..=catalog::promql::MAX_POINTS) => Ok(points),
        _ => Err(format!("give a whole number from 1 to {}", catalog::promql::MAX_POINTS)),
    }
}

/// A size that something has to fit into.
pub fn size(text: &str) -> Result<usize, String> {
    match bytes(text).map(usize::try_from)? {
        Ok(size @ 1_024..=0x4000_0000) => Ok(size),
        _ => Err("give a size between 1KiB and 1GiB".to_owned()),
    }
}

/// A request's head: the server reads HTTP in pieces of at least 8 KiB.
pub fn header_bytes(text: &str) -> Result<usize, String> {
    match bytes(text).map(usize::try_from)? {
        Ok(size @ 8_192..=0x10_0000) => Ok(size),
        _ => Err("give a size between 8KiB and 1MiB".to_owned()),
    }
}

/// How long an answer may be given again: a right that was taken away ends within 30 s.
pub fn refresh(text: &str) -> Result<Duration, String> {
    let duration = duration(text)?;
    if duration > Duration::from_secs(30) {
        return Err("give at most 30s: until then a right that was taken away still shows what was seen".to_owned());
    }
    Ok(duration)
}

/// An http or https address without user, query or fragment; a path is kept as a prefix.
pub fn url(text: &str) -> Result<Uri, String> {
    let wrong = || "give an address such as https://prometheus.example:9090".to_owned();
    let uri: Uri = text.trim_end_matches('/').parse().map_err(|_| wrong())?;
    let scheme = uri.scheme_str();
    let authority = uri.authority().ok_or_else(wrong)?;
    if !matches!(scheme, Some("http" | "https")) || authority.as_str().contains('@') {
        return Err(wrong());
    }
    if uri.query().is_some() || text.contains('#') {
        return Err("give the address without `?` and `#`".to_owned());
    }
    Ok(uri)
}

/// An address that secrets go to: https, or loopback.
pub fn issuer(text: &str) -> Result<Uri, String> {
    let uri = url(text)?;
    if is_safe(&uri) {
        Ok(uri)
    } else {
        Err("give an https address; http is for loopback only, because secrets go there".to_owned())
    }
}

/// A log filter that `tracing` can read.
pub fn filter(text: &str) -> Result<String, String> {
    tracing_subscriber::EnvFilter::try_new(text)
        .map(|_| text.to_owned())
        .map_err(|_| "give error, warn, info, debug, trace, or a filter such as info,server=debug".to_owned())
}
