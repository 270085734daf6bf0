//! The page of each alert: what it means, how to look, what the causes are and what to do.

use super::settings::{RuleSettings, SettingError};
use super::{BURNS, Rule, groups, text};
use crate::model::{Alert, Catalog, span_text};

/// One page; `name` without `.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runbook {
    pub name: String,
    pub text: String,
}

/// Of every alert, those of the objectives included, as the default settings have them.
pub fn runbooks(catalog: &Catalog) -> Result<Vec<Runbook>, SettingError> {
    let mut pages: Vec<Runbook> = Vec::new();
    for group in groups(catalog, &RuleSettings::default())? {
        for rule in &group.rules {
            let Rule::Alert { alert: name, expr, .. } = rule else {
                continue;
            };
            if let Some(alert) = catalog.alert(name) {
                let text = page(catalog, alert, expr);
                pages.push(Runbook {
                    name: name.clone(),
                    text,
                });
            } else if !pages.iter().any(|page| page.name == *name) {
                pages.extend(burn_page(catalog, name));
            }
        }
    }
    Ok(pages)
}

fn page(catalog: &Catalog, alert: &Alert, expr: &str) -> String {
    let limits = alert.defaults();
    let words = |text: &str| {
        let text = text::with_limits(text, alert, &limits);
        text.replace(['{', '}'], "*")
    };
    let mut out = format!("# {}\n\n{}\n\n", alert.name, words(&alert.means));
    let lasting = match alert.for_s {
        0 => "fires at once".to_owned(),
        seconds => format!("fires after {}", span_text(seconds)),
    };
    out += &format!("Severity {}, {lasting}.\n\n## How to look\n\n", alert.severity.as_str());
    if let Some(panel) = alert.panel.as_ref().and_then(|id| catalog.panel(id.as_str())) {
        let page = catalog.page_of(&panel.id).map_or("", |page| page.id.as_str());
        out += &format!(
            "In Servelens: **{}** on the page `/servelens/{page}`. {}\n\n",
            panel.title, panel.tells
        );
    }
    out += &format!("The rule, for the query page of the console:\n\n```promql\n{expr}\n```\n\n");
    if !alert.limits.is_empty() {
        out += "| limit | default | why |\n|---|---|---|\n";
        for limit in &alert.limits {
            out += &format!(
                "| `{}.{}` | {} | {} |\n",
                alert.name,
                limit.name,
                text::number(limit.default, limit.unit),
                limit.reason
            );
        }
        out += "\n";
    }
    if !alert.unless.is_empty() {
        out += "It is silent where it would mean nothing:\n\n";
        out += &list(alert.unless.iter().map(|unless| unless.why.clone()), "-");
    }
    out += "## Likely causes\n\n";
    out += &list(alert.causes.iter().map(|cause| words(cause)), "-");
    out += "## What to do\n\n";
    out += &list(alert.steps.iter().map(|step| words(step)), "1.");
    out.truncate(out.trim_end().len());
    out + "\n"
}

fn burn_page(catalog: &Catalog, name: &str) -> Option<Runbook> {
    let slo = catalog
        .slos()
        .find(|slo| !slo.alert.is_empty() && name.starts_with(&slo.alert))?;
    let fast = name.ends_with("Fast");
    let severity = if fast { "critical" } else { "warning" };
    let mut out = format!(
        "# {name}\n\n{} The share that may be bad, {} %, is being used up {}.\n\nSeverity {severity}.\n\n## How to look\n\n",
        slo.tells,
        (slo.budget * 1e8).round() / 1e6,
        if fast {
            "within days or hours"
        } else {
            "before its 30 days are over"
        },
    );
    if let Some(panel) = slo.panel.as_ref().and_then(|id| catalog.panel(id.as_str())) {
        let page = catalog.page_of(&panel.id).map_or("", |page| page.id.as_str());
        out += &format!(
            "In Servelens: the page `/servelens/slos`, then **{}** on `/servelens/{page}`. {}\n\n",
            panel.title, panel.tells
        );
    }
    out += "It fires where the share was above the limit in both windows:\n\n| long | short | burn rate | bad share |\n|---|---|---|---|\n";
    for burn in BURNS
        .iter()
        .filter(|burn| (burn.severity.as_str() == "critical") == fast)
    {
        out += &format!(
            "| {} | {} | {} | {} % |\n",
            span_text(burn.long_s),
            span_text(burn.short_s),
            burn.rate,
            (burn.rate * slo.budget * 1e8).round() / 1e6
        );
    }
    let panel = slo.panel.as_ref().and_then(|id| catalog.panel(id.as_str()));
    out += &format!(
        "\nTarget {}, warning {}, critical {}: {}\n\n## What to do\n\n{}\n",
        text::number(slo.target, slo.unit),
        text::number(slo.warning, slo.unit),
        text::number(slo.critical, slo.unit),
        slo.reason,
        list(
            [
                panel.map_or_else(String::new, |panel| panel.when_bad.clone()),
                if fast {
                    "Act now: at this rate the month's budget is gone within days.".to_owned()
                } else {
                    "No need to wake anybody: find what is worse than before within this week, or agree on another objective.".to_owned()
                },
            ]
            .into_iter()
            .filter(|text| !text.is_empty()),
            "1."
        )
    );
    out.truncate(out.trim_end().len());
    Some(Runbook {
        name: name.to_owned(),
        text: out + "\n",
    })
}

fn list(items: impl Iterator<Item = String>, mark: &str) -> String {
    let lines: String = items.map(|item| format!("{mark} {item}\n")).collect();
    format!("{lines}\n")
}
