//! The classic model, as far as these dashboards use it. The names are Grafana's.

use serde::Serialize;

use crate::export::layout::Place;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GrafanaDashboard {
    pub id: Option<u32>,
    pub uid: String,
    pub title: String,
    pub description: String,
    pub tags: Vec<&'static str>,
    pub timezone: &'static str,
    pub editable: bool,
    pub graph_tooltip: u32,
    pub schema_version: u32,
    pub version: u32,
    pub refresh: &'static str,
    pub time: Time,
    pub templating: Templating,
    pub annotations: Annotations,
    pub links: Vec<Link>,
    pub panels: Vec<GrafanaPanel>,
}

#[derive(Serialize)]
pub(super) struct Time {
    pub from: &'static str,
    pub to: &'static str,
}

#[derive(Serialize)]
pub(super) struct Templating {
    pub list: Vec<VariableModel>,
}

#[derive(Serialize)]
pub(super) struct Annotations {
    pub list: [(); 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Link {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub title: &'static str,
    pub url: String,
    pub icon: &'static str,
    pub tooltip: &'static str,
    pub tags: [&'static str; 0],
    pub as_dropdown: bool,
    pub target_blank: bool,
    pub include_vars: bool,
    pub keep_time: bool,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct VariableModel {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub name: String,
    pub label: String,
    pub query: VariableQuery,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datasource: Option<DataSource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multi: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_all: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all_value: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Current>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum VariableQuery {
    Plugin(&'static str),
    Prometheus {
        query: String,
        #[serde(rename = "refId")]
        ref_id: &'static str,
    },
}

impl Default for VariableQuery {
    fn default() -> Self {
        Self::Plugin("")
    }
}

#[derive(Serialize)]
pub(super) struct Current {
    pub selected: bool,
    pub text: [&'static str; 1],
    pub value: [&'static str; 1],
}

#[derive(Serialize, Clone, Copy)]
pub(super) struct DataSource {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub uid: &'static str,
}

impl DataSource {
    /// Whichever the reader has chosen.
    pub const VARIABLE: Self = Self {
        kind: "prometheus",
        uid: "${datasource}",
    };
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GrafanaPanel {
    pub id: usize,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub title: String,
    pub description: String,
    pub datasource: DataSource,
    pub grid_pos: GridPos,
    pub field_config: FieldConfig,
    pub options: Options,
    pub targets: Vec<Target>,
}

#[derive(Serialize)]
pub(super) struct GridPos {
    pub x: u32,
    pub y: u32,
    pub w: u32,
    pub h: u32,
}

impl From<Place> for GridPos {
    fn from(Place { x, y, w, h }: Place) -> Self {
        Self { x, y, w, h }
    }
}

#[derive(Serialize)]
pub(super) struct FieldConfig {
    pub defaults: Defaults,
    pub overrides: [(); 0],
}

#[derive(Serialize)]
pub(super) struct Defaults {
    pub unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    pub color: Color,
    pub thresholds: Thresholds,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<Custom>,
}

#[derive(Serialize)]
pub(super) struct Color {
    pub mode: &'static str,
}

#[derive(Serialize)]
pub(super) struct Thresholds {
    pub mode: &'static str,
    pub steps: Vec<Step>,
}

#[derive(Serialize)]
pub(super) struct Step {
    /// `None`: from minus infinity on.
    pub value: Option<f64>,
    pub color: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Custom {
    pub draw_style: &'static str,
    pub line_width: u32,
    pub fill_opacity: u32,
    pub show_points: &'static str,
    pub span_nulls: bool,
    pub stacking: Stacking,
    pub thresholds_style: Mode,
}

#[derive(Serialize)]
pub(super) struct Stacking {
    pub mode: &'static str,
    pub group: &'static str,
}

#[derive(Serialize)]
pub(super) struct Mode {
    pub mode: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Options {
    TimeSeries {
        legend: Legend,
        tooltip: Tooltip,
    },
    #[serde(rename_all = "camelCase")]
    Stat {
        reduce_options: Reduce,
        orientation: &'static str,
        color_mode: &'static str,
        graph_mode: &'static str,
        justify_mode: &'static str,
        text_mode: &'static str,
    },
    #[serde(rename_all = "camelCase")]
    BarGauge {
        reduce_options: Reduce,
        orientation: &'static str,
        display_mode: &'static str,
        value_mode: &'static str,
        show_unfilled: bool,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Legend {
    pub display_mode: &'static str,
    pub placement: &'static str,
    pub show_legend: bool,
    pub calcs: [&'static str; 0],
}

#[derive(Serialize)]
pub(super) struct Tooltip {
    pub mode: &'static str,
    pub sort: &'static str,
}

#[derive(Serialize)]
pub(super) struct Reduce {
    pub calcs: [&'static str; 1],
    pub fields: &'static str,
    pub values: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Target {
    pub ref_id: String,
    pub datasource: DataSource,
    pub editor_mode: &'static str,
    pub expr: String,
    pub legend_format: String,
    pub format: &'static str,
    pub instant: bool,
    pub range: bool,
    /// The least step, from which Grafana makes the window of rates.
    pub interval: String,
}
