//! What would be done: every step with its reason, its diff against the API server's own dry run, its risk and the
//! permissions it needs. Making a plan writes nothing.

mod counters;
pub mod diff;
pub mod edits;
mod needs;
mod objects;
mod step;

use std::collections::BTreeSet;

pub use needs::grant;
pub use step::{Action, Step, Work};

use super::SetupError;
use super::desired::{self, monitors};
use super::facts::{self, Facts, WorkloadKind};
use super::inventory::{Inventory, Origin, Stored};
use super::object::{Object, Phase};
use super::settings::Settings;
use crate::cluster::{
    CLUSTER_SERVING_RUNTIME, Cause, GRAFANA, Hands, INFERENCE_SERVICE, Kind, LLM_INFERENCE_SERVICE, NAMESPACE,
    POD_MONITOR, Refusal, SERVICE, SERVICE_MONITOR, SERVING_RUNTIME, SUBSCRIPTION,
};

/// What a plan looks at to find workloads that nobody scrapes.
pub const SERVING: [&Kind; 7] = [
    &INFERENCE_SERVICE,
    &LLM_INFERENCE_SERVICE,
    &SERVING_RUNTIME,
    &CLUSTER_SERVING_RUNTIME,
    &SERVICE_MONITOR,
    &POD_MONITOR,
    &SERVICE,
];

#[derive(Debug)]
pub struct Plan {
    /// As whom.
    pub user: String,
    pub steps: Vec<Step>,
    pub stored: Stored,
}

impl Plan {
    /// The steps that would write.
    pub fn changes(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.action.writes())
    }

    #[must_use]
    pub fn differs(&self) -> bool {
        self.changes().next().is_some()
    }
}

pub async fn make(hands: &Hands, settings: &Settings) -> Result<Plan, SetupError> {
    let user = hands.who().await?;
    for namespace in &settings.namespaces {
        exists(hands, namespace).await?;
    }
    let stored = Stored::load(hands, settings).await?;
    let inventory = &stored.inventory;
    let (mut steps, facts) = futures_util::future::try_join(
        edits::monitoring(hands, settings, inventory),
        Facts::read(hands, &SERVING, &settings.namespaces),
    )
    .await?;
    let mut wanted = desired::objects(settings)?;
    wanted.extend(for_gaps(&facts, settings));
    wanted.sort_by_key(|object| object.phase);
    let (there, mut coming) = operator(hands, settings, inventory, &mut wanted).await?;
    steps.extend(there);
    for object in wanted.iter().filter(|object| object.phase == Phase::Namespaces) {
        coming.insert(object.name.clone());
    }
    let references: BTreeSet<_> = wanted.iter().map(Object::reference).collect();
    steps.extend(objects::steps(hands, settings, inventory, wanted, &coming).await?);
    if settings.gpu {
        steps.extend(counters::step(hands, settings, inventory).await?);
    }
    if settings.console_plugin {
        steps.push(edits::plugin(hands).await?);
    }
    for entry in inventory.objects.iter().rev() {
        let Some(reference) = entry.reference().filter(|one| !references.contains(one)) else {
            continue;
        };
        let Some(uid) = entry.uid.clone().filter(|_| entry.origin == Origin::Created) else {
            continue;
        };
        let namespace = reference.namespace.as_deref();
        let live = hands.get(reference.kind, namespace, &reference.name).await?;
        if live.is_some_and(|live| facts::text(&live, "/metadata/uid") == uid) {
            let why = "it is no longer needed: the settings or the platform have changed";
            steps.push(Step::new(Action::Remove, reference, why, Work::Delete { uid }));
        }
    }
    needs::ask(hands, &mut steps).await?;
    Ok(Plan { user, steps, stored })
}

async fn exists(hands: &Hands, namespace: &str) -> Result<(), SetupError> {
    match hands.get(&NAMESPACE, None, namespace).await {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(SetupError::Use(format!(
            "there is no namespace {namespace}: make it, or name another"
        ))),
        // Who may not look at a namespace may still have rights in it.
        Err(refusal) if refusal.cause == Cause::Forbidden => Ok(()),
        Err(refusal) => Err(refusal.into()),
    }
}

/// The monitors for workloads that nobody scrapes.
pub fn for_gaps(facts: &Facts, settings: &Settings) -> Vec<Object> {
    let workloads = facts::workloads(facts, settings);
    let mut out = Vec::new();
    for gap in facts::gaps(&workloads, settings) {
        let namespace = gap.workload.namespace.as_str();
        let reason = format!("{}: {}", gap.workload.name, gap.reason);
        match gap.workload.kind {
            WorkloadKind::InferenceService => {
                if let Some(endpoint) = &gap.workload.endpoint {
                    let name = gap.workload.name.as_str();
                    out.push(monitors::of_service(settings, namespace, name, endpoint, &reason));
                }
            }
            WorkloadKind::LlmEngines => out.push(monitors::of_llm_engines(settings, namespace, &reason)),
            WorkloadKind::LlmSchedulers => out.extend(monitors::of_llm_schedulers(settings, namespace, &reason)),
        }
    }
    out
}

/// Takes the operator's objects out of `wanted` where somebody else has installed it. Gives what to say of that, and what
/// the rest may rely on.
async fn operator(
    hands: &Hands,
    settings: &Settings,
    inventory: &Inventory,
    wanted: &mut Vec<Object>,
) -> Result<(Vec<Step>, BTreeSet<String>), Refusal> {
    let mut coming = BTreeSet::new();
    let of_operator = |object: &Object| object.phase == Phase::Operator;
    if !wanted.iter().any(of_operator) {
        return Ok((Vec::new(), coming));
    }
    let ours = inventory.objects.iter().any(|entry| entry.kind == SUBSCRIPTION.kind);
    let kind_there = match hands.list(&GRAFANA, Some(&settings.grafana.namespace)).await {
        Ok(found) => found.is_some(),
        Err(refusal) if refusal.cause == Cause::Forbidden => true,
        Err(refusal) => return Err(refusal),
    };
    if ours || !kind_there {
        coming.insert(GRAFANA.group.to_owned());
        return Ok((Vec::new(), coming));
    }
    let there = wanted.iter().filter(|object| of_operator(object));
    let steps = there
        .map(|object| {
            Step::skip(
                object.reference(),
                "the Grafana operator is there already; it is used and stays",
            )
        })
        .collect();
    wanted.retain(|object| !of_operator(object));
    Ok((steps, coming))
}
