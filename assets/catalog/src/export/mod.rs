//! The catalogue's dashboards as files of other programs.
//!
//! Typed values become JSON through serde, never through text templates; the same catalogue and options always give
//! the same bytes. What a target cannot show is left out with a [`Note`] that says why, never silently. Nothing here
//! writes a file.

mod bands;
mod bound;
pub mod console;
pub mod grafana;
mod layout;
pub mod overview;
pub mod perses;
pub mod prometheus_rule;
mod units;
mod variables;

use crate::model::{Catalog, Dashboard, Panel, PanelId};
use crate::promql::BindError;
use crate::resolve::Choices;

/// What to export and how.
pub struct Order<'a> {
    pub catalog: &'a Catalog,
    /// Which names the queries hold: [`Choices::for_files`], or what was found in a cluster.
    pub choices: &'a Choices,
    pub dashboards: Vec<&'a Dashboard>,
    /// Where the same dashboards are in Servelens, without a slash at the end; `None`: no links.
    pub servelens_url: Option<&'a str>,
    /// Of the cluster's monitors; the window of rates follows from it.
    pub scrape_interval_s: u32,
}

/// Files, and what is not in them as it is in Servelens.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Export {
    pub files: Vec<File>,
    pub notes: Vec<Note>,
    /// How many panels the files hold.
    pub panels: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub dashboard: String,
    pub panel: PanelId,
    pub outcome: Outcome,
    /// One sentence without its full stop.
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is there and looks or behaves otherwise.
    Changed,
    /// It is not there.
    Dropped,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Dropped => "dropped",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error("the file {0} could not be written as JSON: {1}")]
    Json(String, serde_json::Error),
    #[error("the file {0} could not be written as YAML: {1}")]
    Yaml(String, String),
}

impl Export {
    fn file(&mut self, name: String, value: &impl serde::Serialize) -> Result<(), ExportError> {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.files.push(File {
                name,
                text: text + "\n",
            }),
            Err(cause) => return Err(ExportError::Json(name, cause)),
        }
        Ok(())
    }

    fn yaml_file(&mut self, name: String, value: &impl serde::Serialize) -> Result<(), ExportError> {
        match serde_saphyr::to_string(value) {
            Ok(text) => self.files.push(File { name, text }),
            Err(cause) => return Err(ExportError::Yaml(name, cause.to_string())),
        }
        Ok(())
    }

    fn note(&mut self, dashboard: &Dashboard, panel: &Panel, outcome: Outcome, reason: impl Into<String>) {
        self.notes.push(Note {
            dashboard: dashboard.id.to_string(),
            panel: panel.id.clone(),
            outcome,
            reason: reason.into(),
        });
    }
}

/// Every heading with its panels; one without a title where the dashboard has none.
fn sections(dashboard: &Dashboard) -> Vec<(&str, &[PanelId])> {
    let sections: Vec<_> = dashboard.sections().collect();
    if sections.is_empty() {
        vec![("", &dashboard.panels)]
    } else {
        sections
    }
}

/// What the panel tells and what to do, for a reader who does not have Servelens before them.
fn description(panel: &Panel) -> String {
    format!("{}\n\n{WHEN_BAD}{}", panel.tells, panel.when_bad)
}

/// Stands before the second part of a [`description`].
const WHEN_BAD: &str = "When it is bad: ";

/// A name that programs take: dots and underscores become dashes; at most 40 characters, the longest that Grafana takes.
fn slug(id: &str) -> String {
    const LONGEST: usize = 40;
    let name: String = format!("servelens-{id}").replace(['.', '_'], "-");
    if name.len() <= LONGEST {
        return name;
    }
    // FNV-1a: two long ids that begin alike stay apart, and the name stays the same for ever.
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    let start = name.get(..LONGEST - 9).unwrap_or_default();
    format!("{start}-{hash:08x}")
}
