//! `[[family]]`.

use super::{Checker, raw};
use crate::model::{Adapters, Catalog, ConceptId, Devices, Family, FamilyId, Serves};
use crate::promql::{Placeholder, is_label_name, is_metric_name};

pub(super) fn add(catalog: &mut Catalog, raw: &raw::Family, check: &mut Checker<'_>) {
    let Some(id) = check.id(&raw.id, FamilyId::new) else {
        return;
    };
    if catalog.families.contains_key(&id) {
        check.duplicate(&raw.id, "family", &id);
        return;
    }
    let title = check.filled(&raw.title, "title", &format!("the family {id}"));
    for prefix in raw.prefixes.iter().filter(|prefix| !is_metric_name(prefix.get_ref())) {
        check.fault(
            prefix,
            format!("{:?} cannot begin a metric name", prefix.get_ref()),
            "use letters, digits and '_'",
        );
    }
    for (variable, labels) in &raw.labels {
        if labels.get_ref().is_empty() {
            let reason = format!("the variable {variable:?} of the family {id} has no label");
            check.fault(labels, reason, "name at least one label or leave the variable out");
        }
        for label in labels.get_ref().iter().filter(|label| !is_label_name(label.get_ref())) {
            check.fault(
                label,
                format!("{:?} is not a label name", label.get_ref()),
                "use letters, digits and '_'",
            );
        }
    }
    let owned = |labels: &Vec<toml::Spanned<String>>| labels.iter().map(|label| label.get_ref().clone()).collect();
    let family = Family {
        id: id.clone(),
        title,
        prefixes: owned(&raw.prefixes),
        labels: raw
            .labels
            .iter()
            .map(|(variable, labels)| (variable.clone(), owned(labels.get_ref())))
            .collect(),
        asked_names: raw.asked_names,
        alive: None,
        serves: None,
        devices: None,
    };
    catalog.families.insert(id, family);
}

/// Once all concepts are there: one of this family, or of another that the same target exports.
pub(super) fn add_alive(catalog: &mut Catalog, raw: &raw::Family, check: &mut Checker<'_>) {
    let Some(alive) = &raw.alive else { return };
    if catalog.concept(alive.get_ref()).is_none() {
        let reason = format!(
            "the family {} is alive by {:?}, which is no concept",
            raw.id.get_ref(),
            alive.get_ref()
        );
        return check.fault(
            alive,
            reason,
            "name a [[concept]] that its targets export from the start",
        );
    }
    let id = check.id(alive, ConceptId::new);
    if let Some(family) = catalog.families.get_mut(raw.id.get_ref().as_str()) {
        family.alive = id;
    }
}

/// Once all concepts are there.
pub(super) fn add_devices(catalog: &mut Catalog, raw: &raw::Family, check: &mut Checker<'_>) {
    let Some(devices) = &raw.devices else { return };
    let owner = format!("the family {}", raw.id.get_ref());
    let of_family = catalog
        .concept(devices.presence.get_ref())
        .is_some_and(|concept| concept.family == *raw.id.get_ref().as_str());
    if !of_family {
        let reason = format!("{owner} has no concept {:?}", devices.presence.get_ref());
        return check.fault(&devices.presence, reason, "name a [[concept]] of this family");
    }
    if devices.resources.get_ref().is_empty() {
        let reason = format!("{owner} has devices of no resource");
        check.fault(
            &devices.resources,
            reason,
            "name what pods request, e.g. nvidia_com_gpu",
        );
    }
    let Some(presence) = check.id(&devices.presence, ConceptId::new) else {
        return;
    };
    let resources = devices.resources.get_ref().iter();
    let resources = resources.map(|name| name.get_ref().clone()).collect();
    if let Some(family) = catalog.families.get_mut(raw.id.get_ref().as_str()) {
        family.devices = Some(Devices {
            resources,
            presence,
            collected: devices.collected.as_ref().map_or("", |text| text.get_ref()).to_owned(),
        });
    }
}

/// Once all concepts are there.
pub(super) fn add_serves(catalog: &mut Catalog, raw: &raw::Family, check: &mut Checker<'_>) {
    let Some(serves) = &raw.serves else { return };
    let owner = format!("the family {}", raw.id.get_ref());
    let known = |catalog: &Catalog, concept: &str| {
        catalog
            .concept(concept)
            .is_some_and(|concept| concept.family == *raw.id.get_ref().as_str())
    };
    if !known(catalog, serves.presence.get_ref()) {
        let reason = format!("{owner} has no concept {:?}", serves.presence.get_ref());
        check.fault(&serves.presence, reason, "name a [[concept]] of this family");
        return;
    }
    if !is_label_name(serves.model_label.get_ref()) {
        let reason = format!("{:?} is not a label name", serves.model_label.get_ref());
        check.fault(&serves.model_label, reason, "use letters, digits and '_'");
    }
    let traffic = match Placeholder::parse(serves.traffic.get_ref()) {
        Ok(traffic) => traffic,
        Err(error) => return check.error(&serves.traffic, &owner, &error),
    };
    let counts = catalog
        .concept(&traffic.concept)
        .is_some_and(|concept| concept.metric_type.accumulates() && concept.metric_type.has(traffic.part));
    if !known(catalog, &traffic.concept) || !counts {
        let reason = format!("{owner} has no counter {:?}", serves.traffic.get_ref());
        check.fault(
            &serves.traffic,
            reason,
            "name a counter of this family, or a histogram's .count",
        );
        return;
    }
    let Some(presence) = check.id(&serves.presence, ConceptId::new) else {
        return;
    };
    let runtime = check.filled(&serves.runtime, "runtime", &owner);
    let adapters = serves.adapters.as_ref().and_then(|adapters| {
        if !known(catalog, adapters.concept.get_ref()) {
            let reason = format!("{owner} has no concept {:?}", adapters.concept.get_ref());
            check.fault(&adapters.concept, reason, "name a [[concept]] of this family");
            return None;
        }
        for label in adapters
            .labels
            .get_ref()
            .iter()
            .filter(|label| !is_label_name(label.get_ref()))
        {
            let reason = format!("{:?} is not a label name", label.get_ref());
            check.fault(label, reason, "use letters, digits and '_'");
        }
        let labels = adapters.labels.get_ref().iter();
        Some(Adapters {
            concept: check.id(&adapters.concept, ConceptId::new)?,
            labels: labels.map(|label| label.get_ref().clone()).collect(),
        })
    });
    if let Some(family) = catalog.families.get_mut(raw.id.get_ref().as_str()) {
        let model_label = serves.model_label.get_ref().clone();
        family.serves = Some(Serves {
            runtime,
            presence,
            model_label,
            traffic,
            adapters,
        });
    }
}
