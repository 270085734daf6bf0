//! Perses's model, as far as these dashboards use it. The names are Perses's.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::export::layout::Place;

#[derive(Serialize)]
pub(super) struct Dashboard<'a> {
    pub kind: &'static str,
    pub metadata: Metadata<'a>,
    pub spec: &'a Spec,
}

#[derive(Serialize)]
pub(super) struct Metadata<'a> {
    pub name: &'a str,
    pub project: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Object<'a> {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub metadata: ObjectMeta<'a>,
    pub spec: ObjectSpec<'a>,
}

#[derive(Serialize)]
pub(super) struct ObjectMeta<'a> {
    pub name: &'a str,
    pub namespace: &'a str,
    pub labels: BTreeMap<&'static str, &'static str>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum ObjectSpec<'a> {
    Plain(&'a Spec),
    Config { config: &'a Spec },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spec {
    pub display: Display,
    pub variables: Vec<Kinded<ListVariable>>,
    pub panels: BTreeMap<String, Kinded<PanelSpec>>,
    pub layouts: Vec<Kinded<Grid>>,
    pub duration: &'static str,
    pub refresh_interval: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

/// A plugin, or anything else that says its kind before its content.
#[derive(Serialize)]
pub(super) struct Kinded<T> {
    pub kind: &'static str,
    pub spec: T,
}

#[derive(Serialize)]
pub(super) struct Display {
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Link {
    pub name: &'static str,
    pub url: String,
    pub tooltip: &'static str,
    pub target_blank: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListVariable {
    pub name: String,
    pub display: Display,
    pub allow_all_value: bool,
    pub allow_multiple: bool,
    pub custom_all_value: &'static str,
    pub default_value: [&'static str; 1],
    pub sort: &'static str,
    pub plugin: Kinded<Values>,
}

/// Where the values of a variable come from.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Values {
    #[serde(rename_all = "camelCase")]
    Label {
        #[serde(skip_serializing_if = "Option::is_none")]
        datasource: Option<DatasourceRef>,
        label_name: String,
        matchers: [String; 1],
    },
    #[serde(rename_all = "camelCase")]
    Query {
        #[serde(skip_serializing_if = "Option::is_none")]
        datasource: Option<DatasourceRef>,
        expr: String,
        label_name: &'static str,
    },
}

#[derive(Serialize, Clone)]
pub(super) struct DatasourceRef {
    kind: &'static str,
    name: String,
}

impl DatasourceRef {
    pub fn named(name: Option<&str>) -> Option<Self> {
        name.map(|name| Self {
            kind: "PrometheusDatasource",
            name: name.to_owned(),
        })
    }
}

#[derive(Serialize)]
pub(super) struct Grid {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<GridDisplay>,
    pub items: Vec<GridItem>,
}

#[derive(Serialize)]
pub(super) struct GridDisplay {
    pub title: String,
}

#[derive(Serialize)]
pub(super) struct GridItem {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    content: Reference,
}

impl GridItem {
    pub fn new(Place { x, y, w, h }: Place, content: Reference) -> Self {
        Self {
            x,
            y,
            width: w,
            height: h,
            content,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Reference {
    #[serde(rename = "$ref")]
    path: String,
}

impl Reference {
    pub fn to(panel: &str) -> Self {
        Self {
            path: format!("#/spec/panels/{panel}"),
        }
    }
}

#[derive(Serialize)]
pub(super) struct PanelSpec {
    pub display: Display,
    pub plugin: Kinded<Chart>,
    pub queries: Vec<Kinded<Query>>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Chart {
    #[serde(rename_all = "camelCase")]
    TimeSeries {
        legend: Legend,
        y_axis: Axis,
        #[serde(skip_serializing_if = "Option::is_none")]
        thresholds: Option<Thresholds>,
        visual: Visual,
    },
    Stat {
        calculation: &'static str,
        format: Format,
        #[serde(skip_serializing_if = "Option::is_none")]
        thresholds: Option<Thresholds>,
        #[serde(skip_serializing_if = "Option::is_none")]
        sparkline: Option<Sparkline>,
    },
}

#[derive(Serialize)]
pub(super) struct Legend {
    pub position: &'static str,
    pub mode: &'static str,
}

#[derive(Serialize)]
pub(super) struct Axis {
    pub format: Format,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Format {
    pub unit: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub short_values: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Visual {
    pub display: &'static str,
    pub line_width: f64,
    pub area_opacity: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack: Option<&'static str>,
    pub connect_nulls: bool,
}

/// Drawn below the number.
#[derive(Serialize)]
pub(super) struct Sparkline {
    pub width: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Thresholds {
    pub mode: &'static str,
    pub default_color: &'static str,
    pub steps: Vec<Step>,
}

#[derive(Serialize)]
pub(super) struct Step {
    pub value: f64,
    pub color: &'static str,
}

#[derive(Serialize)]
pub(super) struct Query {
    pub plugin: Kinded<PrometheusQuery>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PrometheusQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datasource: Option<DatasourceRef>,
    pub query: String,
    pub series_name_format: String,
    /// The least step, from which Perses makes the window of rates.
    pub min_step: String,
}
