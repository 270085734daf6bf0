//! Dashboards of the OpenShift console itself (Observe → Dashboards): ConfigMaps that hold Grafana's old row format.
//!
//! The console draws graphs, single numbers and tables, puts text for `$name` alone and asks with its reader's rights.
//! It must never be given what it would draw wrongly: such a panel is left out by name.

mod model;
mod panel;

use std::collections::BTreeMap;

use model::{Board, ConfigMap, Metadata, Row, Templating, Variable};
use serde_saphyr::LitString;

use super::bound::{Dialect, queries};
use super::{Export, ExportError, Order, Outcome, sections, slug, variables};
use crate::model::{Dashboard, Kind, Panel};

const DIALECT: Dialect = Dialect {
    // Of five minutes or more.
    window: "$__rate_interval",
    range: "$__range",
    variables: None,
};

/// The one namespace that the console reads dashboards from.
const NAMESPACE: &str = "openshift-config-managed";
/// The longest query that fits into an address on its way through the console's router, with room for the rest.
const LONGEST_QUERY: usize = 12_000;

/// One ConfigMap for each dashboard.
pub fn export(order: &Order<'_>) -> Result<Export, ExportError> {
    let mut export = Export::default();
    for dashboard in &order.dashboards {
        let name = slug(dashboard.id.as_str());
        let board = one(order, dashboard, &name, &mut export)?;
        if board.rows.is_empty() {
            continue;
        }
        let file = format!("{}.json", dashboard.id);
        let text = serde_json::to_string_pretty(&board).map_err(|cause| ExportError::Json(file.clone(), cause))?;
        let object = ConfigMap {
            api_version: "v1",
            kind: "ConfigMap",
            metadata: Metadata {
                name,
                namespace: NAMESPACE,
                labels: BTreeMap::from([
                    ("app.kubernetes.io/part-of", "servelens"),
                    ("console.openshift.io/dashboard", "true"),
                    // For developers too: the console puts their namespace for `$namespace`.
                    ("console.openshift.io/odc-dashboard", "true"),
                ]),
            },
            data: BTreeMap::from([(file, LitString(text))]),
        };
        export.yaml_file(format!("{}.yaml", dashboard.id), &object)?;
    }
    Ok(export)
}

fn one(order: &Order<'_>, dashboard: &Dashboard, uid: &str, export: &mut Export) -> Result<Board, ExportError> {
    let mut shown: Vec<&Panel> = Vec::new();
    let mut rows = Vec::new();
    for (title, ids) in sections(dashboard) {
        let mut panels = Vec::new();
        for panel in ids.iter().filter_map(|id| order.catalog.panel(id.as_str())) {
            let queries = queries(order, panel, &DIALECT)?;
            if let Some(reason) = refusal(panel, &queries) {
                export.note(dashboard, panel, Outcome::Dropped, reason);
                continue;
            }
            if let Some(reason) = change(panel, &queries) {
                export.note(dashboard, panel, Outcome::Changed, reason);
            }
            shown.push(panel);
            panels.push(panel::panel(shown.len(), panel, queries));
            export.panels += 1;
        }
        if !panels.is_empty() {
            rows.push(Row {
                title: title.to_owned(),
                show_title: !title.is_empty(),
                collapse: false,
                panels,
            });
        }
    }
    Ok(Board {
        uid: uid.to_owned(),
        title: format!("Servelens / {}", dashboard.title),
        description: dashboard.tells.clone(),
        tags: ["servelens"],
        schema_version: 16,
        version: 1,
        templating: Templating {
            list: variables::of(order, &shown, &DIALECT)
                .into_iter()
                .map(variable)
                .collect(),
        },
        rows,
    })
}

fn refusal(panel: &Panel, queries: &[super::bound::BoundQuery]) -> Option<&'static str> {
    if queries.is_empty() {
        return Some("none of its metrics exists here");
    }
    if panel.kind == Kind::Bar {
        return Some("the console has no chart for the buckets of a histogram");
    }
    let longest = queries.iter().map(|query| escaped_len(&query.expr)).max();
    (longest > Some(LONGEST_QUERY))
        .then_some("its query is longer than an address may be, in which the console asks it")
}

fn change(panel: &Panel, queries: &[super::bound::BoundQuery]) -> Option<&'static str> {
    let is_line = matches!(panel.kind, Kind::Line | Kind::Area);
    match panel.kind {
        Kind::Stat if queries.len() > 1 => Some("only the first of its numbers is shown"),
        Kind::Stat if !panel.is_total() => Some("a number without the small line below it"),
        _ if is_line && super::bands::any(panel) => Some("drawn without its thresholds"),
        _ => None,
    }
}

/// Of the text in an address.
fn escaped_len(text: &str) -> usize {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                1
            } else {
                3
            }
        })
        .sum()
}

/// `label_values` must be written with the blank after its comma.
fn variable(variable: variables::Variable) -> Variable {
    let query = match variable.labels.as_slice() {
        [label] => format!("label_values({}, {label})", variable.selector()),
        _ => variable.values(),
    };
    Variable {
        kind: "query",
        name: variable.name,
        label: variable.title,
        query,
        // Without it the console hides the variable.
        hide: 0,
        include_all: true,
        multi: false,
        refresh: 2,
        sort: 1,
        options: [],
    }
}
