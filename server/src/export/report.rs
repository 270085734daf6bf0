//! What was written, and what is not in it and why.

use std::fmt::Write as _;
use std::path::Path;

use catalog::export::{Export, Note};
use serde::Serialize;

use super::Target;

pub fn text(target: Target, folder: &Path, export: &Export) -> String {
    let mut out = format!(
        "{}: {} files in {} with {} panels\n",
        target.as_str(),
        export.files.len(),
        folder.display(),
        export.panels
    );
    for Note {
        dashboard,
        panel,
        outcome,
        reason,
    } in &export.notes
    {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{} {dashboard} {panel}: {reason}", outcome.as_str());
    }
    out
}

#[derive(Serialize)]
struct Report<'a> {
    target: &'a str,
    files: Vec<&'a str>,
    panels: usize,
    notes: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    dashboard: &'a str,
    panel: &'a str,
    outcome: &'a str,
    reason: &'a str,
}

pub fn json(target: Target, export: &Export) -> Result<String, serde_json::Error> {
    let report = Report {
        target: target.as_str(),
        files: export.files.iter().map(|file| file.name.as_str()).collect(),
        panels: export.panels,
        notes: export
            .notes
            .iter()
            .map(|note| Entry {
                dashboard: &note.dashboard,
                panel: note.panel.as_str(),
                outcome: note.outcome.as_str(),
                reason: &note.reason,
            })
            .collect(),
    };
    Ok(serde_json::to_string_pretty(&report)? + "\n")
}
