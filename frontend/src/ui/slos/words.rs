//! How the board says states, limits and spans.

use chart::Unit;
use server_api::{Reading, SloState, catalog::SloEntry, slos::Beyond};

use crate::{
    state,
    words::{self, counted, forms, key, t, t_with},
};

/// For a reader.
pub fn word(state: SloState) -> String {
    t(match state {
        SloState::Ok => key("Within target"),
        SloState::NoTraffic => key("No traffic"),
        SloState::NotMeasurable => key("Cannot be measured"),
        SloState::Missed => key("Target missed"),
        SloState::Warning => key("Warning"),
        SloState::Critical => key("Critical"),
    })
}

/// For the style sheet.
pub fn style(state: SloState) -> &'static str {
    match state {
        SloState::Ok => "ok",
        SloState::NoTraffic => "no_traffic",
        SloState::NotMeasurable => "not_measurable",
        SloState::Missed => "missed",
        SloState::Warning => "warning",
        SloState::Critical => "critical",
    }
}

pub fn number(entry: &SloEntry, value: f64) -> String {
    words::number(Unit::parse(&entry.unit).unwrap_or(Unit::None).format(value))
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
    let say = |name: String, sign: &str, limit: f64| format!("{name} {sign} {}", number(entry, limit));
    [
        say(t("Target"), kept, entry.target),
        say(word(SloState::Warning), beyond, entry.warning),
        say(word(SloState::Critical), beyond, entry.critical),
    ]
}

/// Whom an objective is promised for: the heading of its first column.
pub fn whom(entry: &SloEntry) -> String {
    t(match entry.by.last().map(String::as_str) {
        Some("model_name" | "model" | "name") => key("Model"),
        Some("deployment") => key("Deployment"),
        Some("pod" | "exported_pod") => key("Pod"),
        _ => key("For"),
    })
}

/// `86_400` to `1 day`.
pub fn span(seconds: u32) -> String {
    let said = |forms, count: u32| counted(forms, usize::try_from(count).unwrap_or_default(), &[]);
    match seconds {
        s if s >= 86_400 && s.is_multiple_of(86_400) => said(forms("{{count}} day", "{{count}} days"), s / 86_400),
        3_600 => said(forms("{{count}} hour", "{{count}} hours"), 1),
        s => state::span(s),
    }
}

/// The share of a budget that is left, for people.
pub fn budget(left: f64) -> String {
    if left < 0.0 {
        let times = 1.0 - left;
        let times = match times {
            ..10.0 => format!("{times:.1}"),
            _ => format!("{times:.0}"),
        };
        return t_with("used {{times}} times", &[("times", &words::number(times))]);
    }
    format!("{:.0} %", left * 100.0)
}

/// A burn rate for people.
pub fn rate(rate: Option<f64>) -> String {
    match rate {
        None => "–".to_owned(),
        Some(rate) if rate < 9.95 => words::number(format!("{rate:.1} ×")),
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
            [
                "5 minutes",
                "1 hour",
                "6 hours",
                "1 day",
                "7 days",
                "30 days",
                "90 seconds"
            ]
        );
        let budgets = [1.0, 0.634, 0.0, -0.25, -13.0].map(budget);
        assert_eq!(budgets, ["100 %", "63 %", "0 %", "used 1.2 times", "used 14 times"]);
        assert_eq!(
            [None, Some(0.0), Some(3.04), Some(14.4)].map(rate),
            ["–", "0.0 ×", "3.0 ×", "14 ×"]
        );
    }
}
