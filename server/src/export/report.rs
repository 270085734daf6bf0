//! What was written, and what is not in it and why.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use catalog::export::Note;
use serde::Serialize;

use super::Made;

pub fn text(target: &str, folder: &Path, made: &Made) -> String {
    let mut out = format!(
        "{target}: {} files in {} with {} {}\n",
        made.export.files.len(),
        folder.display(),
        made.count,
        made.what
    );
    for Note {
        dashboard,
        panel,
        outcome,
        reason,
    } in &made.export.notes
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
    /// `panels` or `rules`, and how many.
    #[serde(flatten)]
    count: BTreeMap<&'static str, usize>,
    notes: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    dashboard: &'a str,
    panel: &'a str,
    outcome: &'a str,
    reason: &'a str,
}

pub fn json(target: &str, made: &Made) -> Result<String, serde_json::Error> {
    let report = Report {
        target,
        files: made.export.files.iter().map(|file| file.name.as_str()).collect(),
        count: BTreeMap::from([(made.what, made.count)]),
        notes: made
            .export
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
