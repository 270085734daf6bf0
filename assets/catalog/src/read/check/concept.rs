//! `[[concept]]`.

use super::{Checker, raw};
use crate::model::{Catalog, Concept, ConceptId, FamilyId, First, MetricType, Unit};
use crate::promql::{Matcher, is_metric_name, matchers};

pub(super) fn add(catalog: &mut Catalog, raw: &raw::Concept, check: &mut Checker<'_>) {
    let metric_type = MetricType::parse(raw.metric_type.get_ref());
    let metric_type = check.word(&raw.metric_type, "type", metric_type, MetricType::NAMES);
    let unit = check.word(
        &raw.unit,
        "unit",
        Unit::parse(raw.unit.get_ref()),
        &super::units(|_| true),
    );
    let id = check.id(&raw.id, ConceptId::new);
    let (Some(id), Some(metric_type), Some(unit)) = (id, metric_type, unit) else {
        return;
    };
    if catalog.concepts.contains_key(&id) {
        return check.duplicate(&raw.id, "concept", &id);
    }
    if id.as_str().contains('.') {
        let reason = format!("the concept {id} has a dot, after which a query names a histogram's part");
        return check.fault(&raw.id, reason, "write '_' instead");
    }
    let Some(family) = catalog.families.get(raw.family.get_ref().as_str()) else {
        let reason = format!("there is no family {:?}", raw.family.get_ref());
        return check.fault(&raw.family, reason, "add a [[family]] of that id or correct the name");
    };
    if raw.names.get_ref().is_empty() {
        return check.fault(
            &raw.names,
            format!("the concept {id} has no name"),
            "list its metric names, newest first",
        );
    }
    let mut names: Vec<String> = Vec::new();
    for name in raw.names.get_ref() {
        let text = name.get_ref();
        if !is_metric_name(text) {
            check.fault(
                name,
                format!("{text:?} is not a metric name"),
                "use letters, digits, '_' and ':'",
            );
        } else if names.contains(text) {
            check.fault(
                name,
                format!("the concept {id} has the name {text:?} twice"),
                "remove one",
            );
        } else if let Some(other) = other_with(catalog, text) {
            let reason = format!("the metric {text:?} already belongs to the concept {other}");
            check.fault(name, reason, "use that concept");
        } else {
            names.push(text.clone());
        }
    }
    for variable in raw
        .unlabelled
        .iter()
        .filter(|variable| !family.labels.contains_key(variable.get_ref()))
    {
        let reason = format!("the family {} has no variable {:?}", family.id, variable.get_ref());
        check.fault(variable, reason, "name one of the family's labels or leave it out");
    }
    let Some(family) = check.id(&raw.family, FamilyId::new) else {
        return;
    };
    let unlabelled = raw
        .unlabelled
        .iter()
        .map(|variable| variable.get_ref().clone())
        .collect();
    let versions = versions(raw, &id, check);
    let only = only(raw, &id, check);
    let first = raw.first.as_ref();
    let first = first.and_then(|text| check.word(text, "first", First::parse(text.get_ref()), First::NAMES));
    catalog.concepts.insert(
        id.clone(),
        Concept {
            id,
            family,
            metric_type,
            unit,
            names,
            versions,
            first,
            unlabelled,
            only,
        },
    );
}

/// One text for each name.
fn versions(raw: &raw::Concept, id: &ConceptId, check: &mut Checker<'_>) -> Vec<String> {
    let Some(all) = &raw.versions else {
        return Vec::new();
    };
    let (versions, names) = (all.get_ref(), raw.names.get_ref());
    if versions.len() != names.len() {
        let reason = format!(
            "the concept {id} has {} names and {} versions",
            names.len(),
            versions.len()
        );
        check.fault(
            all,
            reason,
            "write one for each name, in their order; \"\" where nobody knows",
        );
    }
    versions.iter().map(|text| text.get_ref().clone()).collect()
}

fn only(raw: &raw::Concept, id: &ConceptId, check: &mut Checker<'_>) -> Vec<Matcher> {
    let Some(text) = &raw.only else {
        return Vec::new();
    };
    match matchers(text.get_ref()) {
        Some(only) => only,
        None => {
            let reason = format!("{:?} of the concept {id} is no list of matchers", text.get_ref());
            check.fault(text, reason, "write label=\"value\", with commas between several");
            Vec::new()
        }
    }
}

fn other_with<'a>(catalog: &'a Catalog, name: &str) -> Option<&'a ConceptId> {
    catalog
        .concepts()
        .find(|concept| concept.names.iter().any(|known| known == name))
        .map(|concept| &concept.id)
}
