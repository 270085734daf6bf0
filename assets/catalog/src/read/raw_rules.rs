//! The shape of buckets, alert rules and objectives in the files.

use serde::Deserialize;
use toml::Spanned;

type Text = Spanned<String>;

/// The finite bounds of one histogram, in its concept's unit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Buckets {
    pub concept: Text,
    pub bounds: Spanned<Vec<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlertGroup {
    pub id: Text,
    pub title: Text,
    pub home: Text,
    pub namespace: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Alert {
    pub name: Text,
    pub group: Text,
    pub severity: Text,
    #[serde(rename = "for")]
    pub lasting: Text,
    pub window: Option<Text>,
    pub range: Option<Text>,
    pub unit: Text,
    pub expr: Text,
    #[serde(default)]
    pub limits: Vec<Limit>,
    #[serde(default)]
    pub unless: Vec<Unless>,
    pub summary: Text,
    pub means: Text,
    pub causes: Spanned<Vec<Text>>,
    pub steps: Spanned<Vec<Text>>,
    pub panel: Option<Text>,
    #[serde(default)]
    pub covers: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limit {
    pub name: Text,
    pub default: Spanned<f64>,
    pub unit: Text,
    pub reason: Text,
    pub bounds_of: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unless {
    pub expr: Text,
    pub on: Vec<Text>,
    pub why: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Objective {
    pub id: Text,
    pub title: Text,
    pub tells: Text,
    pub unit: Text,
    pub better: Text,
    pub reason: Text,
    pub value: Text,
    pub bad: Option<Text>,
    #[serde(default)]
    pub budget: Option<Spanned<f64>>,
    pub by: Spanned<Vec<Text>>,
    pub target: Spanned<f64>,
    pub warning: Spanned<f64>,
    pub critical: Spanned<f64>,
    pub panel: Option<Text>,
    pub alert: Option<Text>,
    #[serde(default)]
    pub covers: Vec<Text>,
}
