//! The recording rules of objectives and the two alerts of each: its error budget burns fast, or slowly.
//!
//! A burn rate of 1 uses up the budget exactly within the objective's 30 days. An alert wants it in a long and in a short
//! window: the long one says that it matters, the short one that it still goes on.

use std::collections::BTreeMap;

use super::rule::{bound, links};
use super::settings::RuleSettings;
use super::{Group, Rule};
use crate::model::{Catalog, Dashboard, Home, Objective, Severity, span_text};
use crate::promql::Spans;

/// A pair of windows and the burn rate above which both mean trouble.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burn {
    pub long_s: u32,
    pub short_s: u32,
    pub rate: f64,
    pub severity: Severity,
    pub for_s: u32,
}

/// 14.4 uses 2 % of a month's budget in an hour, 6 uses 5 % in six hours, 3 uses 10 % in a day, 1 uses 10 % in three days.
pub const BURNS: [Burn; 4] = [
    Burn {
        long_s: 3_600,
        short_s: 300,
        rate: 14.4,
        severity: Severity::Critical,
        for_s: 120,
    },
    Burn {
        long_s: 21_600,
        short_s: 1_800,
        rate: 6.0,
        severity: Severity::Critical,
        for_s: 900,
    },
    Burn {
        long_s: 86_400,
        short_s: 7_200,
        rate: 3.0,
        severity: Severity::Warning,
        for_s: 3_600,
    },
    Burn {
        long_s: 259_200,
        short_s: 21_600,
        rate: 1.0,
        severity: Severity::Warning,
        for_s: 10_800,
    },
];

pub(super) fn group(catalog: &Catalog, settings: &RuleSettings) -> Option<Group> {
    let mut windows: Vec<u32> = BURNS.iter().flat_map(|burn| [burn.short_s, burn.long_s]).collect();
    windows.sort_unstable();
    windows.dedup();
    let mut rules = Vec::new();
    for slo in catalog.slos() {
        let Some(bad) = &slo.bad else { continue };
        for window_s in &windows {
            let spans = Spans {
                window_s: *window_s,
                range_s: 0,
            };
            rules.push(Rule::Record {
                record: record(slo, *window_s),
                expr: bound(catalog, bad, spans),
            });
        }
        for (severity, speed) in SPEEDS {
            rules.extend(alerts(catalog, slo, severity, speed, settings));
        }
    }
    (!rules.is_empty()).then(|| Group {
        name: super::object_name("objectives"),
        home: Home::Models,
        namespace: String::new(),
        interval: None,
        rules,
    })
}

const SPEEDS: [(Severity, &str); 2] = [(Severity::Critical, "Fast"), (Severity::Warning, "Slow")];

fn alert_name(slo: &Objective, speed: &str) -> String {
    format!("{}Burns{speed}", slo.alert)
}

/// The names of an objective's alerts; none where it has no rules.
pub(in crate::export) fn burn_alerts(slo: &Objective) -> impl Iterator<Item = String> + '_ {
    let speeds = SPEEDS.iter().filter(|_| slo.bad.is_some());
    speeds.map(|(_, speed)| alert_name(slo, speed))
}

fn record(slo: &Objective, window_s: u32) -> String {
    format!(
        "servelens:{}:bad_ratio_{}",
        slo.id.as_str().replace('.', "_"),
        span_text(window_s)
    )
}

fn alerts<'a>(
    catalog: &'a Catalog,
    slo: &'a Objective,
    severity: Severity,
    speed: &'static str,
    settings: &'a RuleSettings,
) -> impl Iterator<Item = Rule> + 'a {
    BURNS
        .iter()
        .filter(move |burn| burn.severity == severity)
        .map(move |burn| {
            let name = alert_name(slo, speed);
            let on = slo.by.join(", ");
            let limit = burn.rate * slo.budget;
            let expr = format!(
                "{} > {limit}\nand on ({on}) {} > {limit}",
                record(slo, burn.long_s),
                record(slo, burn.short_s)
            );
            let mut labels: BTreeMap<_, _> = settings.labels.clone();
            labels.insert("severity".to_owned(), severity.as_str().to_owned());
            // Without it two pairs of windows would be one alert that fires twice.
            labels.insert("window".to_owned(), span_text(burn.long_s));
            let mut annotations = links(&name, board(catalog, slo), Home::Models, settings);
            let who: Vec<_> = slo
                .by
                .iter()
                .map(|label| format!("{{{{ $labels.{label} }}}}"))
                .collect();
            annotations.insert(
                "summary".to_owned(),
                format!(
                    "{}: the error budget of {} burns {} times too fast",
                    slo.title,
                    who.join(" "),
                    burn.rate
                ),
            );
            annotations.insert(
            "description".to_owned(),
            format!(
                "{} Over {} {{{{ $value | humanizePercentage }}}} was bad, more than {} times the {} % that may be.",
                slo.tells,
                span_text(burn.long_s),
                burn.rate,
                (slo.budget * 1e8).round() / 1e6,
            ),
        );
            Rule::Alert {
                alert: name,
                expr,
                lasting: Some(span_text(burn.for_s)),
                labels,
                annotations,
            }
        })
}

/// The page of all objectives; in a catalogue without one, that of the objective's panel.
fn board<'a>(catalog: &'a Catalog, slo: &Objective) -> Option<&'a Dashboard> {
    let of_panel = || slo.panel.as_ref().and_then(|panel| catalog.page_of(panel));
    catalog.dashboard("slos").or_else(of_panel)
}
