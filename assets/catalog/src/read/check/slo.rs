//! `[[slo]]`.

use std::collections::BTreeSet;

use toml::Spanned;

use super::alert::{covers, panel, unit};
use super::alert_text::{is_camel_case, typed};
use super::{Checker, raw_rules};
use crate::model::{Better, Catalog, Objective, SloId};
use crate::promql::Template;

pub(super) fn add(catalog: &mut Catalog, raw: &raw_rules::Objective, panels: &BTreeSet<&str>, check: &mut Checker<'_>) {
    let Some(id) = check.id(&raw.id, SloId::new) else {
        return;
    };
    if catalog.slos.iter().any(|slo| slo.id == id) {
        return check.duplicate(&raw.id, "objective", &id);
    }
    let owner = format!("the objective {id}");
    let better = check.word(
        &raw.better,
        "better",
        Better::parse(raw.better.get_ref()),
        Better::NAMES,
    );
    let value = template(catalog, &raw.value, &owner, check);
    let bad = raw.bad.as_ref().map(|bad| template(catalog, bad, &owner, check));
    let budget = raw.budget.as_ref().map_or(0.0, |budget| *budget.get_ref());
    let alert = raw.alert.as_ref().map_or("", |alert| alert.get_ref()).to_owned();
    if bad.is_some() != (budget > 0.0 && budget < 1.0 && is_camel_case(&alert)) {
        let reason = format!("{owner} needs bad, a budget between 0 and 1 and a CamelCase alert, or none of them");
        check.fault(
            &raw.id,
            reason,
            "write budget = 0.001 for 99.9 %, or leave all three out",
        );
    }
    let (target, warning, critical) = (*raw.target.get_ref(), *raw.warning.get_ref(), *raw.critical.get_ref());
    let worse = match better {
        Some(Better::Higher) => target >= warning && warning >= critical,
        _ => target <= warning && warning <= critical,
    };
    if !worse || ![target, warning, critical].iter().all(|limit| limit.is_finite()) {
        let reason = format!("target, warning and critical of {owner} do not get worse");
        check.fault(&raw.critical, reason, "order them as `better` says");
    }
    if raw.by.get_ref().is_empty() {
        check.fault(
            &raw.by,
            format!("{owner} is by no label"),
            "name at least one, e.g. namespace",
        );
    }
    let (Some(better), Some(value)) = (better, value) else {
        return;
    };
    catalog.slos.push(Objective {
        title: check.filled(&raw.title, "title", &owner),
        tells: check.filled(&raw.tells, "tells", &owner),
        unit: unit(&raw.unit, check),
        better,
        reason: check.filled(&raw.reason, "reason", &owner),
        value,
        bad: bad.flatten(),
        budget,
        by: raw.by.get_ref().iter().map(|label| label.get_ref().clone()).collect(),
        target,
        warning,
        critical,
        panel: panel(raw.panel.as_ref(), panels, check),
        alert,
        covers: covers(&raw.covers, check),
        id,
    });
}

fn template(catalog: &Catalog, raw: &Spanned<String>, owner: &str, check: &mut Checker<'_>) -> Option<Template> {
    match Template::parse(raw.get_ref().trim()).and_then(|expr| typed(catalog, expr)) {
        Ok(expr) if !expr.uses_range() => Some(expr),
        Ok(_) => {
            check.fault(
                raw,
                format!("{owner} asks for [$range]"),
                "write [$window], which each burn rate sets",
            );
            None
        }
        Err(error) => {
            check.error(raw, owner, &error);
            None
        }
    }
}
