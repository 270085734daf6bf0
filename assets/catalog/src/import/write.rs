//! The imported panels as a file for the folder of own dashboards.

use std::collections::BTreeSet;

use super::panel::Panel;

/// An id of the catalogue made of any text.
pub(super) fn id(parts: &[&str]) -> String {
    let mut id = String::new();
    for c in parts.join("_").to_lowercase().chars() {
        match c {
            c if c.is_ascii_alphanumeric() => id.push(c),
            _ if id.is_empty() || id.ends_with('_') => {}
            _ => id.push('_'),
        }
    }
    let id = id.trim_end_matches('_');
    match id.starts_with(|c: char| c.is_ascii_lowercase()) {
        true => id.to_owned(),
        false => format!("p{id}"),
    }
}

/// The whole file.
pub(super) fn file(id: &str, title: &str, kept: &[(Panel, &str)]) -> String {
    let panels_only: Vec<&Panel> = kept.iter().map(|(panel, _)| panel).collect();
    let mut out = panels(id, &panels_only);
    out += &format!(
        "[[dashboard]]\nid = {}\ntitle = {}\ntells = {}\npanels = [{}]\n",
        quoted(id),
        quoted(title),
        quoted("Imported from Grafana."),
        panels_only
            .iter()
            .map(|panel| quoted(&panel.id))
            .collect::<Vec<_>>()
            .join(", "),
    );
    let mut sections = Vec::new();
    let mut last = "";
    for (panel, row) in kept {
        if !row.is_empty() && *row != last {
            sections.push(format!("{{ title = {}, first = {} }}", quoted(row), quoted(&panel.id)));
        }
        last = row;
    }
    if !sections.is_empty() {
        out += &format!("sections = [{}]\n", sections.join(", "));
    }
    out
}

/// Without the dashboard: new concepts first, each once, in a family of this file's own.
pub(super) fn panels(family: &str, panels: &[&Panel]) -> String {
    let mut out = String::new();
    let concepts: BTreeSet<_> = panels.iter().flat_map(|panel| &panel.concepts).collect();
    if !concepts.is_empty() {
        out += &format!(
            "[[family]]\nid = {}\ntitle = \"Imported\"\nlabels = {{ namespace = [\"namespace\"], pod = [\"pod\"] }}\n\n",
            quoted(family)
        );
    }
    for concept in concepts {
        out += &format!(
            "[[concept]]\nid = {}\nfamily = {}\ntype = {}\nunit = \"none\"\nnames = [{}]\n\n",
            quoted(&concept.id),
            quoted(family),
            quoted(concept.metric_type),
            quoted(&concept.name),
        );
    }
    for panel in panels {
        out += &format!(
            "[[panel]]\nid = {}\ntitle = {}\ntells = {}\nwhen_bad = {}\nunit = {}\nkind = {}\nqueries = [\n",
            quoted(&panel.id),
            quoted(&panel.title),
            quoted(&panel.tells),
            quoted("The dashboard that it comes from does not say what to do."),
            quoted(panel.unit.as_str()),
            quoted(panel.kind.as_str()),
        );
        for (expr, legend) in &panel.queries {
            out += &format!("    {{ expr = {}, legend = {} }},\n", quoted(expr), quoted(legend));
        }
        out += "]\n";
        if !panel.thresholds.is_empty() {
            let list: Vec<_> = panel
                .thresholds
                .iter()
                .map(|threshold| {
                    let below = if threshold.below { ", below = true" } else { "" };
                    format!(
                        "{{ at = {:?}, level = {}{below} }}",
                        threshold.at,
                        quoted(threshold.level)
                    )
                })
                .collect();
            out += &format!("thresholds = [{}]\n", list.join(", "));
        }
        out.push('\n');
    }
    out
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
