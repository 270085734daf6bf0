//! `[[dashboard]]`.

use std::collections::BTreeSet;

use super::{Checker, raw};
use crate::model::{Catalog, Dashboard, DashboardId, PanelId};

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
    catalog.dashboards.push(Dashboard {
        id,
        title,
        tells,
        panels,
    });
}
