//! Does what a plan says, step by step, as the caller.
//!
//! The inventory is written before the first change and after the last: whoever is cut off in between runs the same again
//! and goes on, and a removal beside it sees that it does not have all. A refusal leaves one step undone; a cluster that does
//! not answer ends the run at that step.

use std::time::Duration;

use serde_json::{Value, json};

use super::event::{Event, Events, Outcome};
use super::facts::text;
use super::inventory::{Entry, Inventory, State, Stored};
use super::object::{NAME, Object, Phase};
use super::plan::{Action, Plan, Step, Work, edits};
use super::settings::Settings;
use super::{SetupError, operator, secret};
use crate::cluster::{
    CLUSTER_SERVICE_VERSION, CONFIG_MAP, CONSOLE, Cause, GRAFANA, Hands, NAMESPACE, Refusal, SUBSCRIPTION,
};

/// What is waited for: the cluster's own operators take a minute or two.
const PATIENCE: Duration = Duration::from_secs(300);
const PAUSE: Duration = Duration::from_secs(1);

/// What a run has come to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Summary {
    pub done: usize,
    pub kept: usize,
    /// What stayed undone, each with why.
    pub left: Vec<String>,
    /// Where it stopped: the next run goes on from there.
    pub stopped: Option<String>,
}

impl Summary {
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.left.is_empty() && self.stopped.is_none()
    }
}

/// `wanted` chooses the steps: all of them, or those of a repair.
pub async fn run(
    hands: &Hands,
    settings: &Settings,
    plan: Plan,
    events: &Events,
    wanted: impl Fn(&Step, &Stored) -> bool,
) -> Result<Summary, SetupError> {
    let Plan {
        steps,
        mut stored,
        recordable,
        ..
    } = plan;
    if stored.inventory.state == State::Removing {
        return Err(removing());
    }
    let (chosen, other): (Vec<Step>, Vec<Step>) = steps
        .into_iter()
        .partition(|step| step.action.writes() && wanted(step, &stored));
    let mut summary = Summary {
        kept: other.iter().filter(|step| step.action == Action::Keep).count(),
        ..Summary::default()
    };
    let before = stored.inventory.clone();
    // A lost record is written anew from what is there and bears this installation's name.
    let kept = other
        .into_iter()
        .filter(|step| recordable && step.action == Action::Keep);
    stored.inventory.extend(kept.filter_map(|step| step.entry));
    let changes = stored.inventory != before || chosen.iter().any(Step::is_ready);
    if changes {
        for step in chosen.iter().filter(|step| step.is_ready()) {
            foresee(&mut stored, step);
        }
        let claimed = stored.claim(hands, settings).await.map_err(|refusal| SetupError::Cluster(format!(
            "nothing was changed, because the record {}/{} cannot be written: {refusal}; ask for the right to write \
             configmaps there",
            settings.home(),
            Stored::name(settings),
        )))?;
        if !claimed {
            return Err(removing());
        }
    }
    let of = chosen.len();
    for (n, step) in chosen.iter().enumerate() {
        let number = n + 1;
        events.tell(Event::Begun {
            step: number,
            of,
            action: step.action.as_str(),
            object: step.object.clone(),
        });
        let outcome = match why_not(step) {
            Some(why) => Outcome::Left(why),
            None => one(hands, step, &mut stored, events, number).await,
        };
        match &outcome {
            Outcome::Done(_) => summary.done += 1,
            Outcome::Left(why) => {
                forget(&mut stored, &before, step);
                summary.left.push(format!("{}: {why}", step.object));
            }
            Outcome::Stopped(why) => summary.stopped = Some(format!("step {number} of {of}, {}: {why}", step.object)),
        }
        events.tell(Event::Ended {
            step: number,
            object: step.object.clone(),
            outcome,
        });
        if summary.stopped.is_some() {
            return Ok(summary);
        }
    }
    if changes {
        stored.save(hands, settings).await?;
        if stored.inventory.state == State::Removing {
            summary.stopped = Some("a removal began meanwhile; run `servelens remove` to its end".to_owned());
        }
    }
    Ok(summary)
}

fn removing() -> SetupError {
    SetupError::Cluster(
        "a removal has begun and not ended: run `servelens remove` to its end first, then apply again".to_owned(),
    )
}

/// What the record must know before the step is tried.
fn foresee(stored: &mut Stored, step: &Step) {
    match &step.work {
        Work::Apply(_) | Work::Generate(_) => stored.inventory.extend(step.entry.clone()),
        Work::Edit { edit, .. } => {
            let same = |other: &super::inventory::Edited| {
                (&other.namespace, &other.name, &other.path) == (&edit.namespace, &edit.name, &edit.path)
            };
            stored.inventory.edits.retain(|other| !same(other));
            stored.inventory.edits.push((**edit).clone());
        }
        Work::Plugin { listed, .. } => {
            if !std::mem::replace(&mut stored.inventory.plugin, true) {
                stored.inventory.plugin_alone = !listed;
            }
        }
        Work::Nothing | Work::Delete { .. } => {}
    }
}

/// What did not happen must not be taken back one day, unless a run beside this one was faster with the same. An object that
/// is not there needs no such care.
fn forget(stored: &mut Stored, before: &Inventory, step: &Step) {
    let Stored { inventory, others, .. } = stored;
    match &step.work {
        Work::Edit { edit, .. } => {
            let path: Vec<&str> = edit.path.iter().map(String::as_str).collect();
            let of = |known: &Inventory| known.edit(&edit.namespace, &edit.name, &path).cloned();
            inventory.edits.retain(|other| other != &**edit);
            inventory.edits.extend(of(others).or_else(|| of(before)));
        }
        Work::Plugin { .. } => {
            inventory.plugin = before.plugin || others.plugin;
            inventory.plugin_alone = before.plugin_alone || others.plugin_alone;
        }
        _ => {}
    }
}

/// Why a step is not tried.
fn why_not(step: &Step) -> Option<String> {
    let missing: Vec<String> = step
        .missing()
        .map(|need| format!("you may not {}; to grant it: {}", need.permission, need.grant))
        .collect();
    if missing.is_empty() {
        step.blocked.clone()
    } else {
        Some(missing.join("; "))
    }
}

async fn one(hands: &Hands, step: &Step, stored: &mut Stored, events: &Events, number: usize) -> Outcome {
    match work(hands, step, events, number).await {
        Ok(Some(object)) => {
            stored.inventory.extend(step.entry.clone().map(|entry| Entry {
                uid: Some(text(&object, "/metadata/uid").to_owned()),
                ..entry
            }));
            Outcome::Done(step.action.as_str())
        }
        Ok(None) => {
            stored.inventory.objects.retain(|entry| !entry.is(&step.object));
            Outcome::Done(step.action.as_str())
        }
        Err(Undone::Waited(what)) => Outcome::Left(what),
        Err(Undone::Refused(refusal)) => match refusal.cause {
            Cause::Failed | Cause::NotSignedIn => {
                Outcome::Stopped(format!("{refusal}; run the same command again, it goes on from here"))
            }
            Cause::Conflict => Outcome::Left(format!(
                "somebody changed it at the same time ({refusal}); run the same command again"
            )),
            _ => Outcome::Left(refusal.to_string()),
        },
    }
}

enum Undone {
    Refused(Refusal),
    /// The cluster did not do its part in time.
    Waited(String),
}

impl From<Refusal> for Undone {
    fn from(refusal: Refusal) -> Undone {
        Undone::Refused(refusal)
    }
}

/// Gives the object as it is now; `None` where it is gone.
async fn work(hands: &Hands, step: &Step, events: &Events, number: usize) -> Result<Option<Value>, Undone> {
    let namespace = step.object.namespace.as_deref();
    match &step.work {
        Work::Nothing => Ok(Some(Value::Null)),
        Work::Apply(object) => {
            let made = applied(hands, object, events, number).await?;
            if object.phase == Phase::Operator && object.kind == &SUBSCRIPTION {
                installed(hands, object, events, number).await?;
            }
            if object.kind == &GRAFANA {
                ready(hands, object, events, number).await?;
            }
            Ok(Some(made))
        }
        Work::Generate(object) => Ok(Some(secret::write(hands, object).await?)),
        Work::Edit { edit, version } => {
            if version.is_none() {
                let what = format!("the namespace {}", edit.namespace);
                let there = async || Ok(hands.get(&NAMESPACE, None, &edit.namespace).await?.is_some());
                wait(events, number, &what, there).await?;
            }
            // The cluster's own operator may have made the ConfigMap meanwhile.
            let live = hands.get(&CONFIG_MAP, namespace, &step.object.name).await?;
            let made = match (version, &live) {
                (None, Some(live)) if text(live, "/data/config.yaml").is_empty() => Some(text(live, RESOURCE_VERSION)),
                (version, _) => version.as_deref(),
            };
            Ok(Some(edits::write(hands, edit, made, live.as_ref(), false).await?))
        }
        Work::Plugin { version, listed } => {
            let (path, value) = if *listed {
                ("/spec/plugins/-", json!(NAME))
            } else {
                ("/spec/plugins", json!([NAME]))
            };
            let steps = json!([
                {"op": "test", "path": RESOURCE_VERSION, "value": version},
                {"op": "add", "path": path, "value": value},
            ]);
            Ok(Some(
                hands.patch(&CONSOLE, None, &step.object.name, &steps, false).await?,
            ))
        }
        Work::Delete { uid } => {
            hands
                .delete(step.object.kind, namespace, &step.object.name, uid)
                .await?;
            Ok(None)
        }
    }
}

const RESOURCE_VERSION: &str = "/metadata/resourceVersion";

/// What an earlier step has brought is served a moment later.
async fn applied(hands: &Hands, object: &Object, events: &Events, number: usize) -> Result<Value, Undone> {
    let namespace = object.namespace.as_deref();
    let mut made = None;
    let what = format!("the cluster to take {}", object.reference());
    let mut first = true;
    let attempt = async || match hands.apply(object.kind, namespace, &object.body, false).await {
        Ok(object) => Ok(Some(object)),
        Err(refusal) if refusal.cause == Cause::Absent => Ok(None),
        Err(refusal) => Err(refusal),
    };
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    while made.is_none() {
        made = attempt().await?;
        if made.is_none() {
            if tokio::time::Instant::now() > deadline {
                return Err(Undone::Waited(format!(
                    "{what} took too long; run the same command again"
                )));
            }
            if std::mem::take(&mut first) {
                events.tell(Event::Waiting {
                    step: number,
                    what: what.clone(),
                });
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(made.unwrap_or_default())
}

/// The operator is there when the version that the subscription installed has succeeded.
async fn installed(hands: &Hands, object: &Object, events: &Events, number: usize) -> Result<(), Undone> {
    let namespace = object.namespace.as_deref();
    let succeeded = async || {
        let subscription = hands.get(&SUBSCRIPTION, namespace, &object.name).await?;
        let Some(version) = subscription
            .as_ref()
            .map(|one| text(one, "/status/installedCSV"))
            .filter(|v| !v.is_empty())
        else {
            return Ok(false);
        };
        let version = hands.get(&CLUSTER_SERVICE_VERSION, namespace, version).await?;
        Ok(version.is_some_and(|version| text(&version, "/status/phase") == "Succeeded"))
    };
    wait(events, number, "the Grafana operator to be installed", succeeded).await
}

/// Its dashboards are of no use before.
async fn ready(hands: &Hands, object: &Object, events: &Events, number: usize) -> Result<(), Undone> {
    let is_ready = async || {
        let grafana = hands.get(&GRAFANA, object.namespace.as_deref(), &object.name).await?;
        Ok(grafana.is_some_and(|grafana| operator::is_ready(&grafana)))
    };
    wait(events, number, "Grafana to be ready", is_ready).await
}

async fn wait(
    events: &Events,
    step: usize,
    what: &str,
    ready: impl AsyncFn() -> Result<bool, Refusal>,
) -> Result<(), Undone> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let mut told = false;
    while !ready().await? {
        if tokio::time::Instant::now() > deadline {
            let waited = PATIENCE.as_secs();
            return Err(Undone::Waited(format!(
                "waited {waited} s for {what}; look what holds it up, then run the same command again"
            )));
        }
        if !std::mem::replace(&mut told, true) {
            events.tell(Event::Waiting {
                step,
                what: what.to_owned(),
            });
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}
