//! The files' shape, as serde reads it: no key but these, and where each value stands.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::raw_rules::{Alert, AlertGroup, Buckets, Objective};

type Text = Spanned<String>;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub family: Vec<Family>,
    pub concept: Vec<Concept>,
    pub panel: Vec<Panel>,
    pub dashboard: Vec<Dashboard>,
    pub buckets: Vec<Buckets>,
    pub alert_group: Vec<AlertGroup>,
    pub alert: Vec<Alert>,
    pub slo: Vec<Objective>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Family {
    pub id: Text,
    pub title: Text,
    #[serde(default)]
    pub prefixes: Vec<Text>,
    #[serde(default)]
    pub labels: BTreeMap<String, Spanned<Vec<Text>>>,
    pub alive: Option<Text>,
    #[serde(default)]
    pub asked_names: bool,
    pub serves: Option<Serves>,
    pub devices: Option<Devices>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Devices {
    pub resources: Spanned<Vec<Text>>,
    pub presence: Text,
    pub collected: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Serves {
    pub runtime: Text,
    pub presence: Text,
    pub model_label: Text,
    pub traffic: Text,
    pub adapters: Option<Adapters>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Adapters {
    pub concept: Text,
    pub labels: Spanned<Vec<Text>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Concept {
    pub id: Text,
    pub family: Text,
    #[serde(rename = "type")]
    pub metric_type: Text,
    pub unit: Text,
    pub names: Spanned<Vec<Text>>,
    pub versions: Option<Spanned<Vec<Text>>>,
    #[serde(default)]
    pub unlabelled: Vec<Text>,
    pub first: Option<Text>,
    pub only: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Panel {
    pub id: Text,
    pub title: Text,
    pub tells: Text,
    pub when_bad: Text,
    pub unit: Text,
    pub kind: Text,
    #[serde(default)]
    pub covers: Vec<Text>,
    pub queries: Spanned<Vec<Query>>,
    #[serde(default)]
    pub thresholds: Vec<Threshold>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Query {
    pub expr: Text,
    pub legend: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Threshold {
    pub at: Spanned<f64>,
    pub level: Text,
    #[serde(default)]
    pub below: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dashboard {
    pub id: Text,
    pub title: Text,
    pub tells: Text,
    pub panels: Spanned<Vec<Text>>,
    pub group: Option<Text>,
    #[serde(default)]
    pub sections: Vec<Section>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    pub title: Text,
    pub first: Text,
}
