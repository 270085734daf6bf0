//! `GET /api/models`: which models are served, and whether anybody uses them. From metrics alone where there is no cluster to
//! ask; else with the model servers that the cluster knows of and no metric does.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use catalog::{
    Catalog,
    models::{ServedModel, Traffic, model_candidates, served_models, traffic},
    promql::Vars,
    resolve::{Sighting, choose, match_selectors},
};
use futures_util::future::try_join_all;
use server_api::{ModelEntry, ModelState, Models};

use super::{
    Eyes, Way,
    decode::{self, Element, Holds},
    fetch,
};
use crate::{
    app::App,
    cluster::Workload,
    error::Fault,
    identity::Caller,
    upstream::{Api, Params},
};

/// "Lately": long enough for a model that is asked now and then, short enough to mean now.
const RECENT_S: u32 = 300;

/// Asks once for the series and twice for each family that serves here.
pub async fn models(app: &App, caller: &Arc<Caller>, namespaces: &[String]) -> Result<Models, Fault> {
    let eyes = &Eyes::open(app, caller, namespaces).await?;
    let loaded = app.catalog.now();
    let catalog: &Catalog = &loaded.catalog;
    let vars: Vars = [("namespace".to_owned(), namespaces.to_vec())].into_iter().collect();
    let candidates = model_candidates(catalog);
    let seen = series(app, eyes, &match_selectors(&candidates, &vars)).await?;
    let choices = choose(catalog, &candidates, &seen);
    let questions = traffic(catalog, &choices, &vars, RECENT_S);
    let counted = try_join_all(questions.iter().map(|traffic| counted(app, eyes, traffic))).await?;
    let mut counts = BTreeMap::new();
    for family in counted {
        counts.extend(family);
    }
    let mut models: Vec<ModelEntry> = served_models(catalog, &seen)
        .into_iter()
        .map(|model| entry(model, &counts, &seen))
        .collect();
    let mut warnings = Vec::new();
    match listed(app, eyes, namespaces).await {
        Ok(listed) => {
            models.iter_mut().for_each(|entry| name(entry, &listed));
            let silent = silent(&listed, &models);
            models.extend(silent);
        }
        Err(fault) => {
            tracing::warn!("listing workloads failed: {fault}");
            let public = fault.public();
            warnings.push(format!(
                "Only models with metrics are listed. {} {}",
                public.message, public.next_step
            ));
        }
    }
    models.sort();
    Ok(Models { models, warnings })
}

/// The model servers that the cluster knows of; none where there is no cluster.
async fn listed(app: &App, eyes: &Eyes, chosen: &[String]) -> Result<Arc<Vec<Workload>>, Fault> {
    let Some(cluster) = &app.cluster else {
        return Ok(Arc::default());
    };
    let namespaces = match eyes.way() {
        Way::Cluster if chosen.is_empty() => None,
        Way::Cluster => Some(chosen),
        Way::Namespaces(names) | Way::Walled(names) => Some(names.as_slice()),
    };
    cluster.workloads(eyes.caller(), namespaces).await
}

/// Adds the names that only the object of a model server knows.
fn name(entry: &mut ModelEntry, listed: &[Workload]) {
    let is_its = |listed: &&Workload| {
        (listed.namespace.as_str(), listed.kind, listed.name.as_str())
            == (entry.namespace.as_str(), entry.kind.as_str(), entry.workload.as_str())
    };
    let Some(names) = listed.iter().find(is_its).map(|listed| &listed.names) else {
        return;
    };
    let served = names.served.iter().filter(|name| **name != entry.model);
    entry.also = served.cloned().collect();
    let adapters: BTreeSet<String> = entry.adapters.drain(..).chain(names.adapters.iter().cloned()).collect();
    entry.adapters = adapters.into_iter().collect();
}

/// The cluster's model servers that none of these entries is.
fn silent(listed: &[Workload], told: &[ModelEntry]) -> Vec<ModelEntry> {
    let told: BTreeSet<(&str, &str, &str)> = told
        .iter()
        .map(|entry| (entry.namespace.as_str(), entry.kind.as_str(), entry.workload.as_str()))
        .collect();
    let silent = listed
        .iter()
        .filter(|listed| !told.contains(&(listed.namespace.as_str(), listed.kind, listed.name.as_str())));
    silent
        .map(|listed| ModelEntry {
            namespace: listed.namespace.clone(),
            workload: listed.name.clone(),
            kind: listed.kind.to_owned(),
            model: match listed.names.served.first() {
                Some(first) if listed.model.is_empty() => first.clone(),
                _ => listed.model.clone(),
            },
            runtime: listed.runtime.clone(),
            state: if listed.ready == Some(true) {
                ModelState::NoMetrics
            } else {
                ModelState::NotReady
            },
            adapters: listed.names.adapters.clone(),
            also: listed.names.served.iter().skip(1).cloned().collect(),
        })
        .collect()
}

/// Family, namespace, pod, model.
type Place = (String, String, String, String);

/// What one pod has counted; `None` where it gives no number.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    total: Option<f64>,
    recent: Option<f64>,
}

async fn series(app: &App, eyes: &Eyes, selectors: &[String]) -> Result<Vec<Sighting>, Fault> {
    let now = app.now();
    let mut params = Params::default()
        .with("start", (now - i64::from(RECENT_S)).to_string())
        .with("end", now.to_string());
    for selector in selectors {
        params.push("match[]", selector.as_str());
    }
    let answer = fetch::ask(app, eyes, &Api::Series, params, Holds::Series, decode::sightings);
    Ok(answer.await?.data)
}

async fn counted(app: &App, eyes: &Eyes, traffic: &Traffic) -> Result<BTreeMap<Place, Counts>, Fault> {
    let mut counts: BTreeMap<Place, Counts> = BTreeMap::new();
    let place = |element: &Element| {
        let label = |name: &str| element.metric.get(name).cloned().unwrap_or_default();
        let (namespace, pod, model) = (label("namespace"), label("pod"), label(&traffic.model_label));
        (traffic.family.to_string(), namespace, pod, model)
    };
    for element in instant(app, eyes, &traffic.total).await? {
        counts.entry(place(&element)).or_default().total = element.number();
    }
    for element in instant(app, eyes, &traffic.recent).await? {
        counts.entry(place(&element)).or_default().recent = element.number();
    }
    Ok(counts)
}

async fn instant(app: &App, eyes: &Eyes, expr: &str) -> Result<Vec<Element>, Fault> {
    let params = Params::default().with("query", expr);
    let answer = fetch::ask(app, eyes, &Api::Query, params, Holds::Series, decode::vector);
    Ok(answer.await?.data)
}

fn entry(model: ServedModel, counts: &BTreeMap<Place, Counts>, seen: &[Sighting]) -> ModelEntry {
    let family = model.family.to_string();
    // Some series have no pod; then all of the model's instances share one count.
    let pods: BTreeSet<&str> = model
        .pods
        .iter()
        .map(|pod| if has_pod_label(seen, pod) { pod.as_str() } else { "" })
        .collect();
    let of = |pod: &str| {
        let place = (
            family.clone(),
            model.namespace.clone(),
            pod.to_owned(),
            model.model.clone(),
        );
        counts.get(&place).copied()
    };
    let state = state(&pods.into_iter().map(of).collect::<Vec<_>>());
    ModelEntry {
        namespace: model.namespace,
        workload: model.workload,
        kind: model.kind.as_str().to_owned(),
        model: model.model,
        runtime: model.runtime,
        state,
        adapters: model.adapters,
        also: Vec::new(),
    }
}

fn has_pod_label(seen: &[Sighting], pod: &str) -> bool {
    seen.iter()
        .any(|sighting| sighting.labels.get("pod").is_some_and(|label| label == pod))
}

/// What the counters of all pods of one model say together.
///
/// A pod that counted within the last minutes and gives no number now has stopped answering. One that gave no number
/// at all has either had no request, or is gone: metrics alone cannot tell, so it decides nothing while another answers.
fn state(pods: &[Option<Counts>]) -> ModelState {
    let answering = || pods.iter().flatten().filter(|counts| counts.total.is_some());
    let silent = pods
        .iter()
        .flatten()
        .any(|counts| counts.total.is_none() && counts.recent.is_some());
    if silent {
        ModelState::Degraded
    } else if answering().any(|counts| counts.recent.is_some_and(|recent| recent > 0.0)) {
        ModelState::Serving
    } else if answering().any(|counts| counts.total.is_some_and(|total| total > 0.0)) {
        ModelState::Idle
    } else if answering().next().is_some() {
        ModelState::NoRequestYet
    } else {
        ModelState::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counters_of_all_pods_decide_together() {
        let pod = |total, recent| Some(Counts { total, recent });
        let check = |pods: &[Option<Counts>], expect| assert_eq!(state(pods), expect, "{pods:?}");
        check(
            &[pod(Some(9.0), Some(2.0)), pod(Some(1.0), Some(0.0))],
            ModelState::Serving,
        );
        check(&[pod(Some(9.0), Some(0.0))], ModelState::Idle);
        check(&[pod(Some(9.0), None)], ModelState::Idle);
        check(&[pod(Some(0.0), Some(0.0))], ModelState::NoRequestYet);
        check(&[pod(Some(9.0), Some(2.0)), pod(None, Some(1.0))], ModelState::Degraded);
        check(&[None], ModelState::Unknown);
        check(&[None, pod(Some(0.0), None)], ModelState::NoRequestYet);
        check(&[], ModelState::Unknown);
    }
}
