//! `[[alert_group]]` and `[[alert]]`.

use std::collections::BTreeSet;

use toml::Spanned;

use super::alert_text::{self, is_camel_case};
use super::panel::is_requirement;
use super::{Checker, raw_rules};
use crate::model::{Alert, AlertGroup, Catalog, ConceptId, Home, Limit, PanelId, Severity, Unit, Unless, seconds_of};

type Text = Spanned<String>;

pub(super) fn add_group(catalog: &mut Catalog, raw: &raw_rules::AlertGroup, check: &mut Checker<'_>) {
    let id = raw.id.get_ref().clone();
    let home = check.word(&raw.home, "home", Home::parse(raw.home.get_ref()), Home::NAMES);
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
        let reason = format!("{id:?} cannot name an object of the cluster");
        return check.fault(&raw.id, reason, "use lower-case letters and '-'");
    }
    if catalog.alert_groups.iter().any(|group| group.id == id) {
        return check.duplicate(&raw.id, "alert group", id);
    }
    let title = check.filled(&raw.title, "title", &format!("the alert group {id}"));
    let namespace = raw.namespace.as_ref().map_or("", |name| name.get_ref()).to_owned();
    if home.is_some_and(|home| (home == Home::Service) == namespace.is_empty()) {
        let reason = format!("the alert group {id} has a namespace without being a service's, or the other way round");
        check.fault(
            &raw.home,
            reason,
            "write namespace where home = \"service\", and there alone",
        );
    }
    catalog.alert_groups.extend(home.map(|home| AlertGroup {
        id,
        title,
        home,
        namespace,
    }));
}

pub(super) fn add(catalog: &mut Catalog, raw: &raw_rules::Alert, panels: &BTreeSet<&str>, check: &mut Checker<'_>) {
    let name = raw.name.get_ref().clone();
    let owner = format!("the alert {name}");
    if !is_camel_case(&name) {
        let reason = format!("{name:?} is not a name for an alert");
        return check.fault(&raw.name, reason, "write it like QueueTooLong");
    }
    if catalog.alert(&name).is_some() {
        return check.duplicate(&raw.name, "alert", &name);
    }
    if !catalog
        .alert_groups
        .iter()
        .any(|group| group.id == *raw.group.get_ref())
    {
        let reason = format!("there is no alert group {:?}", raw.group.get_ref());
        check.fault(
            &raw.group,
            reason,
            "add an [[alert_group]] of that id or correct the name",
        );
    }
    let severity = Severity::parse(raw.severity.get_ref());
    let severity = check.word(&raw.severity, "severity", severity, Severity::NAMES);
    let unit = unit(&raw.unit, check);
    let alert = Alert {
        group: raw.group.get_ref().clone(),
        severity: severity.unwrap_or(Severity::Info),
        for_s: span(&raw.lasting, check),
        window_s: raw.window.as_ref().map_or(0, |text| span(text, check)),
        range_s: raw.range.as_ref().map_or(0, |text| span(text, check)),
        unit,
        expr: raw.expr.get_ref().trim().to_owned(),
        limits: limits(catalog, raw, &owner, check),
        unless: raw.unless.iter().map(|raw| unless(raw, &owner, check)).collect(),
        summary: check.filled(&raw.summary, "summary", &owner),
        means: check.filled(&raw.means, "means", &owner),
        causes: list(&raw.causes, "causes", &owner, check),
        steps: list(&raw.steps, "steps", &owner, check),
        panel: panel(raw.panel.as_ref(), panels, check),
        covers: covers(&raw.covers, check),
        name,
    };
    alert_text::expr(catalog, raw, &alert, &owner, check);
    alert_text::texts(raw, &alert, &owner, check);
    catalog.alerts.push(alert);
}

fn unless(raw: &raw_rules::Unless, owner: &str, check: &mut Checker<'_>) -> Unless {
    Unless {
        expr: raw.expr.get_ref().clone(),
        on: raw.on.iter().map(|label| label.get_ref().clone()).collect(),
        why: check.filled(&raw.why, "why of an unless", owner),
    }
}

fn limits(catalog: &Catalog, raw: &raw_rules::Alert, owner: &str, check: &mut Checker<'_>) -> Vec<Limit> {
    let mut limits: Vec<Limit> = Vec::new();
    for raw in &raw.limits {
        let name = raw.name.get_ref().clone();
        let default = *raw.default.get_ref();
        let reason = check.filled(&raw.reason, "reason of a limit", owner);
        let bounds_of = raw.bounds_of.as_ref().and_then(|id| bounds(catalog, id, check));
        if matches!(name.as_str(), "" | "window" | "range") || limits.iter().any(|limit| limit.name == name) {
            let reason = format!("{owner} cannot have a limit {name:?} here");
            check.fault(&raw.name, reason, "give it a name of its own");
        }
        let limit = Limit {
            name,
            default,
            unit: unit(&raw.unit, check),
            reason,
            bounds_of,
        };
        if let Err(fault) = limit.check(catalog, default) {
            check.error(&raw.default, owner, &fault);
        }
        limits.push(limit);
    }
    limits
}

fn bounds(catalog: &Catalog, id: &Text, check: &mut Checker<'_>) -> Option<ConceptId> {
    if catalog.buckets(id.get_ref()).is_empty() {
        let reason = format!("nobody wrote down the buckets of {:?}", id.get_ref());
        check.fault(id, reason, "add [[buckets]] for that concept");
        return None;
    }
    check.id(id, ConceptId::new)
}

pub(super) fn unit(text: &Text, check: &mut Checker<'_>) -> Unit {
    let known = Unit::parse(text.get_ref());
    check
        .word(text, "unit", known, &super::units(|_| true))
        .unwrap_or(Unit::None)
}

fn span(text: &Text, check: &mut Checker<'_>) -> u32 {
    seconds_of(text.get_ref()).unwrap_or_else(|| {
        let reason = format!("{:?} is not a length of time", text.get_ref());
        check.fault(text, reason, "write it like 5m or 1h30m");
        0
    })
}

fn list(raw: &Spanned<Vec<Text>>, key: &str, owner: &str, check: &mut Checker<'_>) -> Vec<String> {
    if raw.get_ref().is_empty() {
        check.fault(raw, format!("{owner} has no {key}"), "write at least one sentence");
    }
    raw.get_ref()
        .iter()
        .map(|text| check.filled(text, key, owner))
        .collect()
}

pub(super) fn panel(raw: Option<&Text>, panels: &BTreeSet<&str>, check: &mut Checker<'_>) -> Option<PanelId> {
    let text = raw?;
    if !panels.contains(text.get_ref().as_str()) {
        let reason = format!("there is no panel {:?}", text.get_ref());
        check.fault(text, reason, "add a [[panel]] of that id or correct the name");
        return None;
    }
    check.id(text, PanelId::new)
}

pub(super) fn covers(raw: &[Text], check: &mut Checker<'_>) -> Vec<String> {
    for line in raw.iter().filter(|line| !is_requirement(line.get_ref())) {
        let reason = format!("{:?} is not a requirement line", line.get_ref());
        check.fault(line, reason, "write it like S3.17");
    }
    raw.iter().map(|line| line.get_ref().clone()).collect()
}
