//! Dashboards of other programs as files of the catalogue, with a report of what became of each panel.
//!
//! A query comes in only as the catalogue writes it: each metric name becomes a concept's, each range a range of the page, and
//! the result must read and bind like any other file. What cannot be said so is dropped and named, never passed on as text.

mod grafana;
mod panel;
mod query;
mod write;

use serde_json::Value;

use crate::model::Catalog;
use crate::read::{CatalogError, Layered};

/// What is to be imported over: the shipped files' catalogue, and what says of a bound query why it is no PromQL.
pub struct Ground<'a> {
    pub catalog: &'a Catalog,
    pub layered: &'a dyn Fn(&str, &str) -> Result<Layered, CatalogError>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Of the new dashboard.
    pub id: String,
    pub title: String,
    /// The file for the folder of own dashboards; empty where nothing was kept.
    pub text: String,
    /// In the dashboard's order.
    pub panels: Vec<Verdict>,
}

/// What became of one panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub title: String,
    pub fate: Fate,
    /// Each one sentence without its full stop; empty where it was kept as it is.
    pub reasons: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Kept,
    Changed,
    Dropped,
}

impl Fate {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Changed => "changed",
            Self::Dropped => "dropped",
        }
    }
}

/// Each text is the reason and, after a semicolon, the next step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    #[error("it is no JSON: {0}; export the dashboard from Grafana as JSON")]
    Json(String),
    #[error("it is no Grafana dashboard: it has neither panels nor rows; export a dashboard as JSON")]
    NoDashboard,
    #[error("the result cannot be read: {0}; report this")]
    Broken(String),
}

/// A dashboard of Grafana's classic model, also as its API answers it.
pub fn grafana(ground: &Ground<'_>, text: &str) -> Result<Imported, ImportError> {
    grafana::read(ground, &dashboard(text)?)
}

/// Which id the dashboard will have.
pub fn grafana_id(text: &str) -> Result<String, ImportError> {
    let (id, _) = grafana::named(&dashboard(text)?);
    Ok(id)
}

fn dashboard(text: &str) -> Result<Value, ImportError> {
    let mut value: Value = serde_json::from_str(text).map_err(|cause| ImportError::Json(cause.to_string()))?;
    Ok(match value.get_mut("dashboard") {
        Some(inner) => inner.take(),
        None => value,
    })
}
