//! What the console's own overview cards ask and show: queries for its utilisation charts, the alerts that its health item
//! counts, and the page that shows each alert.
//!
//! The console asks these itself, with its reader's rights, so every name of a metric stands in them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ExportError;
use super::prometheus_rule::burn_alerts;
use crate::model::{Catalog, PanelId};
use crate::promql::{Durations, LabelValue, Matcher, Vars, bind_with, selector};
use crate::resolve::Choices;

/// Stands in a project's query where the console's project belongs: an exact matcher, because the tenancy port of OpenShift
/// 4.14 to 4.16 takes no other beside the one that it puts in itself.
pub const PROJECT: &str = "$namespace";

/// A chart in the utilisation card: its key, the panel and which of its queries.
const CHARTS: [(&str, &str, usize); 2] = [
    ("gpus", "overview.gpus_busy", 0),
    ("tokens", "vllm.token_throughput", 1),
];
/// The live numbers on the page of one model server.
const NUMBERS: [&str; 4] = [
    "overview.requests",
    "overview.ttft",
    "overview.kv_cache",
    "overview.waiting",
];
/// The console draws an hour in about sixty points; rates need two scrapes in each window.
const WINDOW: &str = "5m";

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overview {
    /// Chart → PromQL over the whole cluster.
    pub cluster: BTreeMap<&'static str, String>,
    /// Chart → PromQL with [`PROJECT`] in it.
    pub project: BTreeMap<&'static str, String>,
    /// PromQL: every alert of the catalogue that fires.
    pub firing: String,
    /// Alert → id of the dashboard that shows it.
    pub pages: BTreeMap<String, String>,
    pub numbers: Vec<Number>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Number {
    pub panel: String,
    pub title: String,
    pub unit: &'static str,
}

/// Of a catalogue that has the panels named here; the shipped one does.
pub fn overview(catalog: &Catalog) -> Result<Overview, ExportError> {
    let pages = pages(catalog);
    let names: Vec<_> = pages.keys().map(LabelValue::new).collect();
    let firing = [
        Matcher::is("alertstate", &LabelValue::new("firing")),
        Matcher::any_of("alertname", &names),
    ];
    let numbers = NUMBERS
        .into_iter()
        .filter_map(|id| catalog.panel(id))
        .map(|panel| Number {
            panel: panel.id.to_string(),
            title: panel.title.clone(),
            unit: panel.unit.as_str(),
        });
    let mut project = Vars::new();
    project.set("namespace", [LabelValue::new(PROJECT)]);
    Ok(Overview {
        cluster: charts(catalog, &Vars::new())?,
        project: charts(catalog, &project)?,
        firing: selector("ALERTS", &firing),
        numbers: numbers.collect(),
        pages,
    })
}

fn charts(catalog: &Catalog, vars: &Vars) -> Result<BTreeMap<&'static str, String>, ExportError> {
    let spans = Durations {
        window: WINDOW.to_owned(),
        range: WINDOW.to_owned(),
        step: None,
    };
    let mut charts = BTreeMap::new();
    for (key, id, query) in CHARTS {
        let Some(panel) = catalog.panel(id) else { continue };
        let choices = Choices::for_files(catalog, [panel]);
        // The card draws one line.
        let bound = bind_with(catalog, panel, query, &choices, vars, &spans)?;
        charts.extend(bound.map(|expr| (key, format!("sum({expr})"))));
    }
    Ok(charts)
}

/// Those without a panel lead to the first page.
fn pages(catalog: &Catalog) -> BTreeMap<String, String> {
    let page = |panel: Option<&PanelId>| {
        let page = panel.and_then(|panel| catalog.page_of(panel));
        page.or_else(|| catalog.dashboards().next())
            .map(|page| page.id.to_string())
    };
    let alerts = catalog.alerts().map(|alert| (alert.name.clone(), alert.panel.as_ref()));
    let burns = catalog
        .slos()
        .flat_map(|slo| burn_alerts(slo).map(|name| (name, slo.panel.as_ref())));
    let all = alerts.chain(burns);
    all.filter_map(|(name, panel)| Some((name, page(panel)?))).collect()
}
