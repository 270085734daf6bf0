//! What would be done: every step with its reason, its diff against the API server's own dry run, its risk and the
//! permissions it needs. Making a plan writes nothing.

pub mod counters;
pub mod diff;
pub mod edits;
mod needs;
mod objects;
mod same;
mod step;

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, future::try_join, stream};
pub use needs::grant;
pub use step::{Action, Step, Work};

use super::SetupError;
use super::desired::{self, monitors};
use super::facts::{self, Facts, Look, WorkloadKind};
use super::inventory::{Inventory, Origin, Stored};
use super::object::{Object, Phase, Reference};
use super::operator::{self, Operator};
use super::settings::Settings;
use crate::cluster::{
    CLUSTER_SERVING_RUNTIME, Cause, GRAFANA, Hands, INFERENCE_SERVICE, Kind, LLM_INFERENCE_SERVICE, POD_MONITOR,
    PROMETHEUS_RULE, Refusal, SERVICE, SERVICE_MONITOR, SERVING_RUNTIME, SUBSCRIPTION,
};

/// Objects looked at, or tried, at once.
const AT_ONCE: usize = 16;

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
    /// Whether the caller may write the record.
    pub recordable: bool,
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
    let user = hands.who().await?.unwrap_or_else(unnamed);
    exist(hands, &settings.namespaces).await?;
    let stored = Stored::load(hands, settings).await?;
    let inventory = &stored.inventory;
    let mut kinds = SERVING.to_vec();
    if settings.rules {
        kinds.push(&PROMETHEUS_RULE);
    }
    let (mut steps, facts) = try_join(
        edits::monitoring(hands, settings, inventory),
        Facts::read(hands, &kinds, &settings.namespaces),
    )
    .await?;
    let mut wanted = desired::objects(settings)?;
    wanted.extend(for_gaps(&facts, settings));
    wanted.sort_by_key(|object| object.phase);
    let (there, mut coming) = installing(hands, settings, inventory, &mut wanted).await?;
    steps.extend(there);
    for object in wanted.iter().filter(|object| object.phase == Phase::Namespaces) {
        coming.insert(object.name.clone());
    }
    let references: BTreeSet<_> = wanted.iter().map(Object::reference).collect();
    steps.extend(objects::steps(hands, settings, (inventory, &facts), wanted, &coming).await?);
    if settings.gpu {
        steps.extend(counters::step(hands, settings, inventory).await?);
    }
    if settings.console_plugin {
        steps.push(edits::plugin(hands).await?);
    }
    steps.extend(needless(hands, inventory, &references).await?);
    let recordable = needs::ask(hands, &mut steps, &stored.permission(settings)).await?;
    Ok(Plan {
        user,
        steps,
        stored,
        recordable,
    })
}

/// Stands for a caller whose name the cluster does not tell.
#[must_use]
pub fn unnamed() -> String {
    "a user whose name the cluster does not tell".to_owned()
}

async fn exist(hands: &Hands, namespaces: &[String]) -> Result<(), SetupError> {
    // Who may not look at a namespace may still have rights in it.
    let looks = facts::look_at(hands, namespaces).await?;
    match looks.iter().find(|(_, look)| **look == Look::Absent) {
        Some((namespace, _)) => Err(SetupError::Use(format!(
            "there is no namespace {namespace}: make it, or name another"
        ))),
        None => Ok(()),
    }
}

/// What this installation has made and no longer wants, the youngest first.
async fn needless(hands: &Hands, inventory: &Inventory, wanted: &BTreeSet<Reference>) -> Result<Vec<Step>, Refusal> {
    let made = inventory.objects.iter().rev().filter_map(|entry| {
        let reference = entry.reference().filter(|one| !wanted.contains(one))?;
        let uid = entry.uid.clone().filter(|_| entry.origin == Origin::Created)?;
        Some((reference, uid))
    });
    let made: Vec<_> = made.collect();
    let looks = made.into_iter().map(|(reference, uid)| async move {
        let live = hands
            .get(reference.kind, reference.namespace.as_deref(), &reference.name)
            .await?;
        let same = live.is_some_and(|live| facts::text(&live, "/metadata/uid") == uid);
        let why = "it is no longer needed: the settings or the platform have changed";
        Ok(same.then(|| Step::new(Action::Remove, reference, why, Work::Delete { uid })))
    });
    let looks: Vec<_> = stream::iter(looks).buffered(AT_ONCE).collect().await;
    looks.into_iter().filter_map(Result::transpose).collect()
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
async fn installing(
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
    let recorded = inventory.objects.iter().any(|entry| entry.kind == SUBSCRIPTION.kind);
    let found = match recorded {
        true => Operator::Ours,
        false => operator::look(hands, settings).await?,
    };
    let kind_there = match hands.list(&GRAFANA, Some(&settings.grafana.namespace)).await {
        Ok(found) => found.is_some(),
        Err(refusal) if refusal.cause == Cause::Forbidden => true,
        Err(refusal) => return Err(refusal),
    };
    if !kind_there {
        coming.insert(GRAFANA.group.to_owned());
    }
    let installed = match found {
        Operator::Ours | Operator::Absent => false,
        Operator::Others => true,
        // Who may not look for the operator takes its definitions for it.
        Operator::Hidden => kind_there,
    };
    if !installed {
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
