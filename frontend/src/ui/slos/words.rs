//! How the board says states, limits and spans.

use chart::Unit;
use server_api::{Reading, SloState, catalog::SloEntry, slos::Beyond};

/// For a reader, and for the style sheet.
pub fn word(state: SloState) -> (&'static str, &'static str) {
    match state {
        SloState::Ok => ("Within target", "ok"),
        SloState::NoTraffic => ("No traffic", "no_traffic"),
        SloState::NotMeasurable => ("Cannot be measured", "not_measurable"),
        SloState::Missed => ("Target missed", "missed"),
        SloState::Warning => ("Warning", "warning"),
        SloState::Critical => ("Critical", "critical"),
    }
}

pub fn number(entry: &SloEntry, value: f64) -> String {
    Unit::parse(&entry.unit).unwrap_or(Unit::None).format(value)
}

pub fn reading(entry: &SloEntry, reading: Option<Reading>) -> String {
    let value = reading.and_then(|reading| Some((reading.value?, reading.beyond)));
    match value {
        None => "–".to_owned(),
        Some((value, None)) => number(entry, value),
        Some((value, Some(Beyond::MoreThan))) => format!("> {}", number(entry, value)),
        Some((value, Some(Beyond::LessThan))) => format!("< {}", number(entry, value)),
    }
}

/// The best first: a target is kept up to its limit, the others begin beyond theirs.
pub fn limits(entry: &SloEntry) -> [String; 3] {
    let (kept, beyond) = if entry.better == "higher" {
        ("≥", "<")
    } else {
        ("≤", ">")
    };
    let say = |name: &str, sign: &str, limit: f64| format!("{name} {sign} {}", number(entry, limit));
    [
        say("Target", kept, entry.target),
        say("Warning", beyond, entry.warning),
        say("Critical", beyond, entry.critical),
    ]
}

/// Whom an objective is promised for: the heading of its first column.
pub fn whom(entry: &SloEntry) -> &'static str {
    match entry.by.last().map(String::as_str) {
        Some("model_name" | "model" | "name") => "Model",
        Some("deployment") => "Deployment",
        Some("pod" | "exported_pod") => "Pod",
        _ => "For",
    }
}

/// `300` to `5 minutes`.
pub fn span(seconds: u32) -> String {
    let (count, unit) = match seconds {
        s if s.is_multiple_of(86_400) && s > 0 => (s / 86_400, "day"),
        s if s.is_multiple_of(3_600) && s > 0 => (s / 3_600, "hour"),
        s if s.is_multiple_of(60) && s > 0 => (s / 60, "minute"),
        s => (s, "second"),
    };
    match count {
        1 => unit.to_owned(),
        many => format!("{many} {unit}s"),
    }
}

/// The share of a budget that is left, for people.
pub fn budget(left: f64) -> String {
    if left < 0.0 {
        let times = 1.0 - left;
        return match times {
            ..10.0 => format!("used {times:.1} times"),
            _ => format!("used {times:.0} times"),
        };
    }
    format!("{:.0} %", left * 100.0)
}

/// A burn rate for people.
pub fn rate(rate: Option<f64>) -> String {
    match rate {
        None => "–".to_owned(),
        Some(rate) if rate < 9.95 => format!("{rate:.1} ×"),
        Some(rate) => format!("{rate:.0} ×"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(better: &str) -> SloEntry {
        SloEntry {
            id: "x".to_owned(),
            title: String::new(),
            tells: String::new(),
            unit: "seconds".to_owned(),
            better: better.to_owned(),
            reason: String::new(),
            target: 0.08,
            warning: 0.1,
            critical: 0.15,
            budget: None,
            by: vec!["namespace".to_owned(), "model_name".to_owned()],
            panel: None,
            covers: Vec::new(),
        }
    }

    #[test]
    fn limits_say_on_which_side_of_them_the_promise_is_kept() {
        let said = |better: &str| limits(&entry(better));
        assert_eq!(
            said("lower"),
            ["Target ≤ 80 ms", "Warning > 100 ms", "Critical > 150 ms"]
        );
        assert_eq!(
            said("higher"),
            ["Target ≥ 80 ms", "Warning < 100 ms", "Critical < 150 ms"]
        );
    }

    #[test]
    fn what_lies_beyond_a_bucket_says_so_and_nothing_is_no_zero() {
        let say = |value, beyond| {
            let state = SloState::Ok;
            reading(&entry("lower"), Some(Reading { value, state, beyond }))
        };
        assert_eq!(say(Some(0.0), None), "0 s");
        assert_eq!(say(Some(0.3), Some(Beyond::LessThan)), "< 300 ms");
        assert_eq!(say(Some(120.0), Some(Beyond::MoreThan)), "> 2 min");
        assert_eq!(
            (say(None, None), reading(&entry("lower"), None)),
            ("–".into(), "–".into())
        );
    }

    #[test]
    fn spans_budgets_and_rates_are_short() {
        let spans = [300, 3_600, 21_600, 86_400, 604_800, 2_592_000, 90].map(span);
        assert_eq!(
            spans,
            ["5 minutes", "hour", "6 hours", "day", "7 days", "30 days", "90 seconds"]
        );
        let budgets = [1.0, 0.634, 0.0, -0.25, -13.0].map(budget);
        assert_eq!(budgets, ["100 %", "63 %", "0 %", "used 1.2 times", "used 14 times"]);
        assert_eq!(
            [None, Some(0.0), Some(3.04), Some(14.4)].map(rate),
            ["–", "0.0 ×", "3.0 ×", "14 ×"]
        );
    }
}
