//! Lengths of time as Prometheus writes them, e.g. `90s`, `5m`, `1h30m`, `30d`.

const UNITS: &[(char, u32)] = &[('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// `None` where the text is something else.
pub fn seconds_of(text: &str) -> Option<u32> {
    let (mut rest, mut sum, mut last) = (text, 0_u32, u32::MAX);
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at_checked(digits)?;
        let letter = after.chars().next()?;
        let (_, size) = UNITS.iter().find(|(unit, _)| *unit == letter)?;
        if *size >= last {
            return None;
        }
        last = *size;
        sum = sum.checked_add(number.parse::<u32>().ok()?.checked_mul(*size)?)?;
        rest = after.get(1..)?;
    }
    Some(sum)
}

/// The shortest text of that length.
pub fn span_text(seconds: u32) -> String {
    if seconds == 0 {
        return "0s".to_owned();
    }
    let (mut rest, mut text) = (seconds, String::new());
    for (unit, size) in UNITS {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            text.push_str(&format!("{count}{unit}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_written_as_prometheus_does() {
        let check = |text: &str, expect: Option<u32>| assert_eq!(seconds_of(text), expect, "{text}");
        check("0s", Some(0));
        check("5m", Some(300));
        check("1h30m", Some(5_400));
        check("30d", Some(2_592_000));
        for bad in ["", "5", "m", "5x", "5m1h", "5m5m", "-5m", "99999999d"] {
            check(bad, None);
        }
        for seconds in [0, 59, 60, 90, 3_600, 5_400, 90_061] {
            assert_eq!(seconds_of(&span_text(seconds)), Some(seconds));
        }
    }
}
