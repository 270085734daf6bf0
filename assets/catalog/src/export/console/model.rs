//! The ConfigMap and the row format, as far as the console reads them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_saphyr::LitString;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConfigMap {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub metadata: Metadata,
    pub data: BTreeMap<String, LitString>,
}

#[derive(Serialize)]
pub(super) struct Metadata {
    pub name: String,
    pub namespace: &'static str,
    pub labels: BTreeMap<&'static str, &'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Board {
    pub uid: String,
    pub title: String,
    pub description: String,
    pub tags: [&'static str; 1],
    pub schema_version: u32,
    pub version: u32,
    pub templating: Templating,
    pub rows: Vec<Row>,
}

#[derive(Serialize)]
pub(super) struct Templating {
    pub list: Vec<Variable>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Variable {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub name: String,
    pub label: String,
    pub query: String,
    pub hide: u32,
    pub include_all: bool,
    pub multi: bool,
    pub refresh: u32,
    pub sort: u32,
    pub options: [(); 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    pub title: String,
    pub show_title: bool,
    pub collapse: bool,
    pub panels: Vec<Panel>,
}

#[derive(Serialize)]
pub(super) struct Panel {
    pub id: usize,
    #[serde(flatten)]
    pub chart: Chart,
    pub title: String,
    pub description: String,
    /// Of twelve columns.
    pub span: u32,
    pub targets: Vec<Target>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Chart {
    Graph {
        stack: bool,
        legend: Legend,
        /// Left and right; the console reads the left one's format.
        yaxes: [Axis; 2],
    },
    SingleStat {
        format: &'static str,
        decimals: u32,
        #[serde(skip_serializing_if = "String::is_empty")]
        postfix: String,
        #[serde(rename = "valueName")]
        value_name: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        options: Option<Options>,
    },
}

#[derive(Serialize)]
pub(super) struct Legend {
    pub show: bool,
}

#[derive(Serialize)]
pub(super) struct Axis {
    pub format: &'static str,
    pub show: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Options {
    pub field_options: FieldOptions,
}

#[derive(Serialize)]
pub(super) struct FieldOptions {
    pub thresholds: Vec<Step>,
}

#[derive(Serialize)]
pub(super) struct Step {
    /// As text: minus infinity is no number of JSON, and the console reads both.
    pub value: String,
    pub color: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Target {
    pub ref_id: String,
    pub expr: String,
    pub legend_format: String,
    pub instant: bool,
}
