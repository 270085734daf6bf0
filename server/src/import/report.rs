//! What became of each panel, and why.

use std::fmt::Write as _;
use std::path::Path;

use catalog::import::{Fate, Imported, Verdict};
use serde::Serialize;

pub fn text(imported: &Imported, written: Option<&Path>) -> String {
    let count = |fate| imported.panels.iter().filter(|panel| panel.fate == fate).count();
    let mut out = format!(
        "{}: {} panels kept, {} changed, {} dropped\n",
        imported.title,
        count(Fate::Kept),
        count(Fate::Changed),
        count(Fate::Dropped)
    );
    for Verdict { title, fate, reasons } in &imported.panels {
        // Writing to a String cannot fail.
        let _ = match reasons.as_slice() {
            [] => writeln!(out, "{} {title}", fate.as_str()),
            reasons => writeln!(out, "{} {title}: {}", fate.as_str(), reasons.join("; ")),
        };
    }
    if let Some(path) = written {
        let _ = writeln!(
            out,
            "written to {}; the page is /servelens/{}",
            path.display(),
            imported.id
        );
    }
    out
}

#[derive(Serialize)]
struct Report<'a> {
    dashboard: &'a str,
    title: &'a str,
    file: Option<String>,
    panels: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    title: &'a str,
    outcome: &'a str,
    reasons: &'a [String],
}

pub fn json(imported: &Imported, written: Option<&Path>) -> Result<String, serde_json::Error> {
    let report = Report {
        dashboard: &imported.id,
        title: &imported.title,
        file: written.map(|path| path.display().to_string()),
        panels: imported
            .panels
            .iter()
            .map(|panel| Entry {
                title: &panel.title,
                outcome: panel.fate.as_str(),
                reasons: &panel.reasons,
            })
            .collect(),
    };
    Ok(serde_json::to_string_pretty(&report)? + "\n")
}
