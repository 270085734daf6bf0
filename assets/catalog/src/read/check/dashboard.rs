//! `[[dashboard]]`.

use std::collections::BTreeSet;

use super::{Checker, raw};
use crate::model::{Catalog, Dashboard, DashboardId, GROUPS, PanelId};

/// `written` are the ids of all panels of the files: one whose own faults kept it out is not reported here again.
pub(super) fn add(catalog: &mut Catalog, raw: &raw::Dashboard, written: &BTreeSet<&str>, check: &mut Checker<'_>) {
    let Some(id) = check.id(&raw.id, DashboardId::new) else {
        return;
    };
    if catalog.dashboard(id.as_str()).is_some() {
        return check.duplicate(&raw.id, "dashboard", &id);
    }
    let owner = format!("the dashboard {id}");
    let title = check.filled(&raw.title, "title", &owner);
    let tells = check.filled(&raw.tells, "tells", &owner);
    if raw.panels.get_ref().is_empty() {
        check.fault(
            &raw.panels,
            format!("{owner} has no panel"),
            "list panel ids in reading order",
        );
    }
    let mut panels: Vec<PanelId> = Vec::new();
    for panel in raw.panels.get_ref() {
        let text = panel.get_ref();
        match catalog.panel(text).map(|panel| panel.id.clone()) {
            None if written.contains(text.as_str()) => {}
            None => check.fault(
                panel,
                format!("there is no panel {text:?}"),
                "add a [[panel]] of that id or correct the name",
            ),
            Some(id) if panels.contains(&id) => {
                check.fault(panel, format!("{owner} has the panel {id} twice"), "remove one");
            }
            Some(id) => panels.push(id),
        }
    }
    let group = raw.group.as_ref().map_or("", |group| group.get_ref().as_str());
    if let Some(text) = &raw.group
        && !GROUPS.contains(&group)
    {
        check.fault(
            text,
            format!("there is no group {group:?}"),
            format!("choose one of: {}", GROUPS.join(", ")),
        );
    }
    let mut headings: Vec<(String, usize)> = Vec::new();
    for section in &raw.sections {
        let title = check.filled(&section.title, "title of a section", &owner);
        let first = section.first.get_ref();
        let last = headings.last().map(|(_, at)| *at);
        match panels.iter().position(|panel| panel.as_str() == first) {
            None if written.contains(first.as_str()) && catalog.panel(first).is_none() => {}
            Some(at) if last.is_none_or(|last| last < at) => headings.push((title, at)),
            _ => check.fault(
                &section.first,
                format!("no panel {first:?} of {owner} follows the section before"),
                "name the first panel of each section, in the order of the panels",
            ),
        }
    }
    catalog.dashboards.push(Dashboard {
        id,
        title,
        tells,
        panels,
        group: group.to_owned(),
        headings,
    });
}
