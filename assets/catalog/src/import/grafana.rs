//! A Grafana dashboard: its panels one by one, each tried on its own, and the file of those that stand.

use std::collections::BTreeSet;

use serde_json::Value;

use super::panel::{self, Panel};
use super::{Fate, Ground, ImportError, Imported, Verdict, write};
use crate::read::Fault;

/// A panel and the heading it stands under.
struct Found<'a> {
    value: &'a Value,
    row: &'a str,
}

pub(super) fn read(ground: &Ground<'_>, dashboard: &Value) -> Result<Imported, ImportError> {
    let found = panels(dashboard).ok_or(ImportError::NoDashboard)?;
    let (id, title) = named(dashboard);
    let mut taken = BTreeSet::new();
    let mut kept: Vec<(Panel, &str)> = Vec::new();
    let mut verdicts = Vec::new();
    for Found { value, row } in found {
        let name = text(value, "title").filter(|title| !title.trim().is_empty());
        let name = name.unwrap_or("Panel without a title").to_owned();
        let mut reasons = Vec::new();
        let panel_id = unique(&mut taken, format!("{id}.{}", write::id(&[&name])));
        let fate = match panel::read(ground.catalog, value, &panel_id, &name, &title, &mut reasons) {
            Ok(panel) => match fault(ground, &id, &panel)? {
                None => {
                    kept.push((panel, row));
                    if reasons.is_empty() { Fate::Kept } else { Fate::Changed }
                }
                Some(reason) => dropped(&mut reasons, reason),
            },
            Err(reason) => dropped(&mut reasons, reason),
        };
        verdicts.push(Verdict {
            title: name,
            fate,
            reasons,
        });
    }
    let text = if kept.is_empty() {
        String::new()
    } else {
        write::file(&id, &title, &kept)
    };
    // Each was tried alone; now all of them together.
    if !text.is_empty()
        && let Some(fault) = faults(ground, &text)?
    {
        return Err(ImportError::Broken(fault.to_string()));
    }
    Ok(Imported {
        id,
        title,
        text,
        panels: verdicts,
    })
}

/// Id and title.
pub(super) fn named(dashboard: &Value) -> (String, String) {
    let title = text(dashboard, "title").filter(|title| !title.trim().is_empty());
    let title = title.unwrap_or("Dashboard without a title").to_owned();
    (write::id(&["imported", &title]), title)
}

fn dropped(reasons: &mut Vec<String>, reason: String) -> Fate {
    *reasons = vec![reason];
    Fate::Dropped
}

/// Why the catalogue would not take the panel.
fn fault(ground: &Ground<'_>, family: &str, panel: &Panel) -> Result<Option<String>, ImportError> {
    let found = faults(ground, &write::panels(family, &[panel]))?;
    let owner = format!("the panel {}: ", panel.id);
    Ok(found.map(|fault| fault.reason.trim_start_matches(&owner).to_owned()))
}

/// The first fault of the text; those of other files are not its own.
fn faults(ground: &Ground<'_>, text: &str) -> Result<Option<Fault>, ImportError> {
    const NAME: &str = "imported.toml";
    let layered = (ground.layered)(NAME, text).map_err(|cause| ImportError::Broken(cause.to_string()))?;
    Ok(layered.faults.into_iter().find(|fault| fault.file == NAME))
}

/// Panels, those of rows included; old dashboards have rows alone.
fn panels(dashboard: &Value) -> Option<Vec<Found<'_>>> {
    let is_list = |key: &str| dashboard.get(key).is_some_and(Value::is_array);
    if !is_list("panels") && !is_list("rows") {
        return None;
    }
    let mut found = Vec::new();
    let entries = |key: &str| dashboard.get(key).and_then(Value::as_array).into_iter().flatten();
    for row in entries("rows") {
        let title = text(row, "title").unwrap_or_default();
        let inner = row.get("panels").and_then(Value::as_array).into_iter().flatten();
        found.extend(inner.map(|value| Found { value, row: title }));
    }
    let mut row = "";
    for value in entries("panels") {
        if text(value, "type") == Some("row") {
            row = text(value, "title").unwrap_or_default();
            let inner = value.get("panels").and_then(Value::as_array).into_iter().flatten();
            found.extend(inner.map(|value| Found { value, row }));
        } else {
            found.push(Found { value, row });
        }
    }
    Some(found)
}

pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

fn unique(taken: &mut BTreeSet<String>, id: String) -> String {
    let mut fresh = id.clone();
    let mut number = 2;
    while !taken.insert(fresh.clone()) {
        fresh = format!("{id}_{number}");
        number += 1;
    }
    fresh
}
