//! The small doors: the catalogue, who the caller is, which models are served.

use std::sync::Arc;

use axum::{
    Extension, Json,
    body::Body,
    extract::{RawQuery, State},
    http::{HeaderValue, Response, header::CONTENT_TYPE},
};
use bytes::Bytes;
use catalog::{Catalog, Concept, Panel, Threshold, read};
use server_api::{
    CatalogAnswer, DashboardEntry, FaultEntry, Me, Models, PanelEntry, QueryEntry, ThresholdEntry,
    catalog::{ConceptEntry, FamilyEntry, NameEntry, SectionEntry},
};

use super::{prometheus::Namespace, watched};
use crate::{
    app::App,
    error::{Fault, clip},
    identity::Caller,
    query,
};

/// The catalogue as JSON; the same for everybody.
pub fn catalog_answer(catalog: &Catalog, faults: &[read::Fault]) -> Result<Bytes, serde_json::Error> {
    let answer = CatalogAnswer {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        families: catalog
            .families()
            .map(|family| FamilyEntry {
                id: family.id.to_string(),
                title: family.title.clone(),
            })
            .collect(),
        concepts: catalog
            .concepts()
            .map(|concept| concept_entry(catalog, concept))
            .collect(),
        dashboards: catalog
            .dashboards()
            .map(|dashboard| DashboardEntry {
                id: dashboard.id.to_string(),
                title: dashboard.title.clone(),
                tells: dashboard.tells.clone(),
                panels: dashboard.panels.iter().map(ToString::to_string).collect(),
                group: dashboard.group.clone(),
                sections: dashboard
                    .sections()
                    .map(|(title, panels)| SectionEntry {
                        title: title.to_owned(),
                        panels: panels.iter().map(ToString::to_string).collect(),
                    })
                    .collect(),
            })
            .collect(),
        panels: catalog.panels().map(panel_entry).collect(),
        slos: catalog.slos().map(watched::slo_entry).collect(),
        alerts: catalog.alerts().map(watched::alert_entry).collect(),
        faults: faults.iter().map(fault_entry).collect(),
    };
    serde_json::to_vec(&answer).map(Bytes::from)
}

fn fault_entry(fault: &read::Fault) -> FaultEntry {
    FaultEntry {
        file: fault.file.clone(),
        line: fault.line,
        reason: fault.reason.clone(),
        next_step: fault.next_step.clone(),
    }
}

fn concept_entry(catalog: &Catalog, concept: &Concept) -> ConceptEntry {
    let name = |name: &String| NameEntry {
        versions: concept.versions_of(name).unwrap_or_default().to_owned(),
        name: name.clone(),
    };
    let family = catalog.family(concept.family.as_str());
    ConceptEntry {
        id: concept.id.to_string(),
        family: concept.family.to_string(),
        metric_type: concept.metric_type.as_str().to_owned(),
        unit: concept.unit.to_string(),
        names: concept.names.iter().map(name).collect(),
        prefixes: family.map_or_else(Vec::new, |family| family.prefixes.clone()),
    }
}

fn panel_entry(panel: &Panel) -> PanelEntry {
    PanelEntry {
        id: panel.id.to_string(),
        family: panel.family.to_string(),
        title: panel.title.clone(),
        tells: panel.tells.clone(),
        when_bad: panel.when_bad.clone(),
        unit: panel.unit.to_string(),
        kind: panel.kind.as_str().to_owned(),
        covers: panel.covers.clone(),
        queries: panel
            .queries
            .iter()
            .map(|query| QueryEntry {
                expr: query.expr.text().to_owned(),
                legend: query.legend.clone(),
            })
            .collect(),
        thresholds: panel
            .thresholds
            .iter()
            .map(|threshold| threshold_entry(threshold, false))
            .chain(panel.floors.iter().map(|floor| threshold_entry(floor, true)))
            .collect(),
    }
}

fn threshold_entry(threshold: &Threshold, below: bool) -> ThresholdEntry {
    ThresholdEntry {
        at: threshold.at,
        level: threshold.level.as_str().to_owned(),
        below,
    }
}

pub async fn catalog(State(app): State<Arc<App>>) -> Response<Body> {
    let mut response = Response::new(Body::from(app.catalog.now().answer.clone()));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// `?namespace=` names the one that is watched: whether it is still there is looked at, and not only in the metrics.
pub async fn me(
    State(app): State<Arc<App>>,
    caller: Extension<Arc<Caller>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Me>, Fault> {
    let mut pairs = form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes());
    let watched = pairs.find(|(name, _)| name == "namespace");
    // What no namespace can be called is in no list either.
    let watched = watched.and_then(|(_, value)| Namespace::named(value.into_owned()).ok());
    query::me(&app, &caller, watched.as_ref().map(Namespace::as_str))
        .await
        .map(Json)
}

/// `?namespace=` narrows it; a developer names one where the cluster keeps no list of the own projects.
pub async fn models(
    State(app): State<Arc<App>>,
    caller: Extension<Arc<Caller>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Models>, Fault> {
    let mut namespaces = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes()) {
        if name != "namespace" {
            return Err(Fault::BadRequest(format!(
                "it has no parameter {:?}; there is namespace",
                clip(&name, 40)
            )));
        }
        namespaces.push(value.into_owned());
    }
    query::models(&app, &caller, &namespaces).await.map(Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_floor_stands_beside_the_thresholds_and_says_that_it_is_one() {
        let catalog = Catalog::embedded().unwrap();
        let mut panel = catalog.panel("vllm.kv_cache").unwrap().clone();
        panel.floors = vec![Threshold {
            at: 0.2,
            level: catalog::Level::Critical,
        }];
        let thresholds = serde_json::to_string(&panel_entry(&panel).thresholds).unwrap();
        assert_eq!(
            thresholds,
            r#"[{"at":0.9,"level":"warning"},{"at":0.2,"level":"critical","below":true}]"#
        );
    }
}
