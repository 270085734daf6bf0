//! What an alert says: its PromQL, its limits, its words.

use toml::Spanned;

use super::{Checker, raw_rules};
use crate::model::{Alert, Catalog};
use crate::promql::{Template, TemplateError};

/// The query holds together with its windows and limits.
pub(super) fn expr(catalog: &Catalog, raw: &raw_rules::Alert, alert: &Alert, owner: &str, check: &mut Checker<'_>) {
    match alert.condition(&alert.defaults()).and_then(|expr| typed(catalog, expr)) {
        Err(error) => check.error(&raw.expr, owner, &error),
        Ok(expr) => {
            for (key, given, used) in [
                ("window", alert.window_s, expr.uses_window()),
                ("range", alert.range_s, expr.uses_range()),
            ] {
                if (given > 0) != used {
                    let reason = format!("{owner} has a {key} without [${key}] in its expr, or the other way round");
                    check.fault(&raw.expr, reason, format!("write both or neither, e.g. {key} = \"5m\""));
                }
            }
        }
    }
    for limit in alert
        .limits
        .iter()
        .filter(|limit| !alert.expr.contains(&format!("${}", limit.name)))
    {
        let reason = format!("the limit {:?} of {owner} is not in its expr", limit.name);
        check.fault(
            &raw.expr,
            reason,
            format!("compare with ${} or remove the limit", limit.name),
        );
    }
    for unless in &raw.unless {
        if let Err(error) = Template::parse(unless.expr.get_ref()).and_then(|expr| typed(catalog, expr)) {
            check.error(&unless.expr, owner, &error);
        }
    }
}

pub(super) fn typed(catalog: &Catalog, expr: Template) -> Result<Template, TemplateError> {
    expr.check_types(|concept| catalog.concept(concept).map(|concept| concept.metric_type))?;
    Ok(expr)
}

/// Texts name labels, `{value}` and limits that exist.
pub(super) fn texts(raw: &raw_rules::Alert, alert: &Alert, owner: &str, check: &mut Checker<'_>) {
    for text in [&raw.summary, &raw.means]
        .into_iter()
        .chain(raw.steps.get_ref().first())
    {
        if let Some(reason) = text_fault(text, alert) {
            check.fault(
                text,
                format!("a text of {owner} {reason}"),
                "write {label}, {value} or the $name of a limit",
            );
        }
    }
}

fn text_fault(text: &Spanned<String>, alert: &Alert) -> Option<&'static str> {
    let text = text.get_ref();
    if super::panel::legend_fault(text).is_some() {
        return Some("has braces around something that is no label");
    }
    let known = |name: &str| alert.limits.iter().any(|limit| limit.name == name);
    let mut unknown = false;
    for part in text.split('$').skip(1) {
        let end = part
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(part.len());
        unknown |= !known(part.get(..end).unwrap_or_default());
    }
    unknown.then_some("names a limit that the alert does not have")
}

/// Upper case first, then letters and digits.
pub(super) fn is_camel_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
}
