//! The checks by category, each with its sign, what to do about it and where that is explained.

use leptos::prelude::*;
use server_api::{
    SetupChecks,
    setup::{CheckCategory, CheckEntry},
};

use super::{Sign, line, sentence};
use crate::{
    ui::{grant, tag, text},
    words::{Forms, counted, forms, t, told},
};

/// `user`: whom the commands grant a right; empty where that is not known.
pub fn card(answer: &SetupChecks, user: &str) -> AnyView {
    let all = || answer.categories.iter().flat_map(|category| &category.checks);
    let count = |sign, forms: Forms| {
        let count = all().filter(|check| sign_of(check) == sign).count();
        (count > 0).then(|| counted(forms, count, &[]))
    };
    let summary: Vec<String> = [
        count(Sign::Error, forms("{{count}} error", "{{count}} errors")),
        count(Sign::Warning, forms("{{count}} warning", "{{count}} warnings")),
        count(
            Sign::Good,
            forms("{{count}} check is good", "{{count}} checks are good"),
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut inside = vec![super::muted(summary.join(" · "))];
    let groups: Vec<AnyView> = answer.categories.iter().map(|one| category(one, user)).collect();
    inside.push(tag("div", "sl-setup-groups", groups));
    super::card("checks", t("Checks"), inside)
}

fn sign_of(check: &CheckEntry) -> Sign {
    match check.result.as_str() {
        "success" => Sign::Good,
        "warning" => Sign::Warning,
        _ => Sign::Error,
    }
}

fn category(category: &CheckCategory, user: &str) -> AnyView {
    let lines: Vec<AnyView> = category.checks.iter().map(|one| check(one, user)).collect();
    tag(
        "section",
        "",
        vec![
            tag("h3", "", vec![heading(&category.name)]),
            tag("ul", "sl-setup-lines", lines),
        ],
    )
}

fn heading(category: &str) -> AnyView {
    let words = match category {
        "cluster" => t("Cluster"),
        "monitoring" => t("Monitoring"),
        "serving" => t("Model serving"),
        "targets" => t("Targets"),
        "network" => t("Network"),
        "gpu" => t("GPUs"),
        "rights" => t("Rights"),
        "grafana" => return name("Grafana"),
        "servelens" => return name("Servelens"),
        other => other.to_owned(),
    };
    text(words)
}

/// A product's own name, the same in every language.
fn name(product: &'static str) -> AnyView {
    view! { <span translate="no">{product}</span> }.into_any()
}

fn check(check: &CheckEntry, user: &str) -> AnyView {
    let mut inside = vec![sentence("", &check.description)];
    if let Some(next) = &check.error {
        inside.push(sentence("sl-muted", &grant(next, user)));
    }
    if let Some(hint) = &check.hint {
        let about = format!("{}: {}", t("Read more"), told(&check.description));
        inside.push(
            view! {
                <a class="sl-text-link" href=hint.clone() target="_blank" rel="noopener noreferrer" aria-label=about>
                    {t("Read more")}
                </a>
            }
            .into_any(),
        );
    }
    line(sign_of(check), inside)
}
