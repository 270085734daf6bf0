//! Takes back what the inventory lists, in the order that leaves nothing hanging, and gives edited texts back as they were.
//!
//! Removes an object only with the UID that was recorded, or with our own labels on it. What was adopted stays.

use std::time::Duration;

use serde_json::{Value, json};

use super::event::{Event, Events, Outcome};
use super::facts::text;
use super::former;
use super::inventory::{Edited, Entry, Origin, State, Stored};
use super::object::{NAME, Reference, is_ours};
use super::operator::{self, Operator};
use super::plan::{Action, Step, Work, edits};
use super::settings::Settings;
use super::{SetupError, apply::Summary};
use crate::cluster::{
    CLUSTER_SERVICE_VERSION, CONFIG_MAP, CONSOLE, Cause, DEPLOYMENT, GRAFANA, GRAFANA_DASHBOARD, GRAFANA_DATASOURCE,
    GRAFANA_FOLDER, Hands, Kind, NAMESPACE, OPERATOR_GROUP, POD_MONITOR, PROMETHEUS_RULE, Refusal, SERVICE_MONITOR,
    SUBSCRIPTION,
};

/// The operator must reach Grafana to take a dashboard away.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(500);

/// What a removal would do.
#[derive(Debug)]
pub struct Removal {
    pub stored: Stored,
    /// Nobody would take the finalizers of Grafana's objects away.
    orphaned: bool,
    steps: Vec<(Step, Task)>,
}

impl Removal {
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().map(|(step, _)| step)
    }
}

#[derive(Debug, Clone)]
enum Task {
    /// With the list, where it was made for our name alone.
    Plugin {
        alone: bool,
    },
    Restore(Edited),
    Delete(Entry),
    /// It was adopted.
    GiveBack(Entry),
}

pub async fn plan(hands: &Hands, settings: &Settings, stored: Stored) -> Result<Removal, Refusal> {
    let inventory = &stored.inventory;
    let has_grafana = inventory.objects.iter().any(|entry| entry.group == GRAFANA.group);
    let orphaned = has_grafana && operator::look(hands, settings).await? == Operator::Absent;
    let mut steps = Vec::new();
    if inventory.plugin {
        let console = Reference {
            kind: &CONSOLE,
            namespace: None,
            name: "cluster".to_owned(),
        };
        let step = Step::new(
            Action::Edit,
            console,
            "Servelens' pages leave the console",
            Work::Nothing,
        );
        steps.push((
            step.with_diff(vec![format!("- spec.plugins: {NAME}")])
                .with_risk("the console's pods start anew, one by one"),
            Task::Plugin {
                alone: inventory.plugin_alone,
            },
        ));
    }
    let mut entries: Vec<&Entry> = inventory.objects.iter().rev().collect();
    entries.sort_by_key(|entry| entry.reference().map_or(0, |reference| rank(reference.kind)));
    for entry in entries {
        let Some(reference) = entry.reference() else { continue };
        if entry.origin == Origin::Adopted {
            let why = "it was there before: it stays, without what was added to it and with its former values";
            let step = Step::new(Action::Edit, reference, why, Work::Nothing);
            steps.push((step, Task::GiveBack(entry.clone())));
        } else {
            let ends_here = orphaned && reference.kind.group == GRAFANA.group;
            let mut step = Step::new(Action::Remove, reference, "this installation made it", Work::Nothing);
            if ends_here {
                step =
                    step.with_risk("no Grafana operator is to be seen, so the operator's finalizer is taken away, too");
            }
            steps.push((step, Task::Delete(entry.clone())));
        }
    }
    for edit in &inventory.edits {
        let reference = Reference {
            kind: &CONFIG_MAP,
            namespace: Some(edit.namespace.clone()),
            name: edit.name.clone(),
        };
        let former = edit.former_text.as_deref().unwrap_or_default();
        let step = Step::new(
            Action::Edit,
            reference,
            "it gets back what it said before",
            Work::Nothing,
        );
        let mut step = step.with_diff(super::plan::diff::text_lines(&edit.text, former));
        if edit.namespace == edits::PLATFORM {
            // Not kept on for their sake: the text is given back as it was, which is what this command promises.
            step = step.with_risk("every monitor in users' namespaces is scraped no longer, also those of others");
        }
        steps.push((step, Task::Restore(edit.clone())));
    }
    Ok(Removal {
        stored,
        orphaned,
        steps,
    })
}

/// Dashboards go before their Grafana, accounts after whoever uses them, the namespace last.
fn rank(kind: &Kind) -> u8 {
    let order: [&[&Kind]; 7] = [
        &[&PROMETHEUS_RULE, &SERVICE_MONITOR, &POD_MONITOR],
        &[&GRAFANA_DASHBOARD],
        &[&GRAFANA_DATASOURCE, &GRAFANA_FOLDER],
        &[&GRAFANA],
        &[],
        &[&SUBSCRIPTION, &OPERATOR_GROUP],
        &[&NAMESPACE],
    ];
    let found = order.iter().position(|kinds| kinds.contains(&kind));
    u8::try_from(found.unwrap_or(4)).unwrap_or(u8::MAX)
}

pub async fn run(hands: &Hands, settings: &Settings, removal: Removal, events: &Events) -> Result<Summary, SetupError> {
    let mut stored = removal.stored;
    if stored.inventory.state != State::Removing {
        stored.inventory.state = State::Removing;
        stored.save(hands, settings).await?;
    }
    // With what another run has put into the record since the plan was made.
    let Removal {
        mut stored,
        orphaned,
        steps,
    } = plan(hands, settings, stored).await?;
    // All of Grafana's objects together: an operator that stands still does so for each of them.
    let mut patience = if orphaned { Patience::NoOperator } else { Patience::Left };
    let mut summary = Summary::default();
    let of = steps.len();
    for (n, (step, task)) in steps.into_iter().enumerate() {
        let number = n + 1;
        events.tell(Event::Begun {
            step: number,
            of,
            action: step.action.as_str(),
            object: step.object.clone(),
        });
        let outcome = match one(hands, settings, &step.object, &task, &mut patience).await {
            Ok(what) => {
                forget(&mut stored, &task);
                Outcome::Done(what)
            }
            Err(refusal) if matches!(refusal.cause, Cause::Failed | Cause::NotSignedIn) => {
                Outcome::Stopped(format!("{refusal}; run `servelens remove` again, it goes on from here"))
            }
            Err(refusal) => Outcome::Left(format!("{refusal}; run `servelens remove` again once that is solved")),
        };
        match &outcome {
            Outcome::Done("keep") => summary.kept += 1,
            Outcome::Done(_) => summary.done += 1,
            Outcome::Left(why) => summary.left.push(format!("{}: {why}", step.object)),
            Outcome::Stopped(why) => summary.stopped = Some(format!("step {number} of {of}, {}: {why}", step.object)),
        }
        events.tell(Event::Ended {
            step: number,
            object: step.object,
            outcome,
        });
        if summary.stopped.is_some() {
            return Ok(summary);
        }
    }
    let whole = if stored.inventory.is_empty() {
        stored.delete(hands, settings).await?
    } else {
        stored.save(hands, settings).await?;
        // What stayed undone has been told.
        !summary.left.is_empty()
    };
    if !whole {
        summary.stopped = Some(
            "the record has more in it now, by a run beside this one or by a newer version; run `servelens remove` again"
                .to_owned(),
        );
    }
    Ok(summary)
}

fn forget(stored: &mut Stored, task: &Task) {
    let inventory = &mut stored.inventory;
    match task {
        Task::Plugin { .. } => {
            inventory.plugin = false;
            inventory.plugin_alone = false;
        }
        Task::Restore(edit) => inventory.edits.retain(|other| other != edit),
        Task::Delete(entry) | Task::GiveBack(entry) => inventory.objects.retain(|other| other != entry),
    }
}

/// With the operator that takes its finalizers away.
enum Patience {
    Left,
    /// It was waited for once, and did not come.
    Spent,
    NoOperator,
}

async fn one(
    hands: &Hands,
    settings: &Settings,
    object: &Reference,
    task: &Task,
    patience: &mut Patience,
) -> Result<&'static str, Refusal> {
    match task {
        Task::GiveBack(entry) => give_back(hands, object, entry).await,
        Task::Plugin { alone } => unlist(hands, *alone).await,
        Task::Restore(edit) => restore(hands, edit).await,
        Task::Delete(entry) => delete(hands, settings, object, entry.uid.as_deref(), patience).await,
    }
}

/// Applies nothing but the former values, which takes away what is ours alone.
async fn give_back(hands: &Hands, object: &Reference, entry: &Entry) -> Result<&'static str, Refusal> {
    let namespace = object.namespace.as_deref();
    let Some(live) = hands.get(object.kind, namespace, &object.name).await? else {
        return Ok("gone");
    };
    let another = entry
        .uid
        .as_deref()
        .is_some_and(|uid| uid != text(&live, "/metadata/uid"));
    match former::body(object, &entry.former, &live).filter(|_| !another) {
        None => Ok("keep"),
        Some(body) => hands.apply(object.kind, namespace, &body, false).await.map(|_| "edit"),
    }
}

async fn delete(
    hands: &Hands,
    settings: &Settings,
    object: &Reference,
    uid: Option<&str>,
    patience: &mut Patience,
) -> Result<&'static str, Refusal> {
    let namespace = object.namespace.as_deref();
    let Some(live) = hands.get(object.kind, namespace, &object.name).await? else {
        return Ok("gone");
    };
    let now = text(&live, "/metadata/uid");
    // Somebody has made it anew, or it was about to be made when a run was cut off.
    if uid.is_none_or(|uid| uid != now) && !is_ours(&live, &settings.instance) {
        return Ok("keep");
    }
    if object.kind == &NAMESPACE && is_used(hands, &object.name).await? {
        return Ok("keep");
    }
    hands.delete(object.kind, namespace, &object.name, now).await?;
    if object.kind == &SUBSCRIPTION {
        // OLM leaves the installed version behind.
        let version = text(&live, "/status/installedCSV");
        if let Some(version) = hands
            .get(&CLUSTER_SERVICE_VERSION, namespace, version)
            .await?
            .filter(|_| !version.is_empty())
        {
            let (name, uid) = (text(&version, "/metadata/name"), text(&version, "/metadata/uid"));
            hands.delete(&CLUSTER_SERVICE_VERSION, namespace, name, uid).await?;
        }
    }
    if object.kind.group == GRAFANA.group {
        return gone(hands, object, patience).await;
    }
    Ok("remove")
}

/// Whether a namespace of ours holds programs of others.
async fn is_used(hands: &Hands, namespace: &str) -> Result<bool, Refusal> {
    let deployments = hands.list(&DEPLOYMENT, Some(namespace)).await?.unwrap_or_default();
    Ok(deployments.iter().any(|deployment| {
        let labels = deployment.pointer("/metadata/labels");
        let label = |name: &str| labels.and_then(|labels| labels.get(name)?.as_str()).unwrap_or_default();
        label("app.kubernetes.io/managed-by") != "grafana-operator" && label("olm.owner").is_empty()
    }))
}

/// The operator takes its finalizer away once Grafana itself has forgotten the object.
async fn gone(hands: &Hands, object: &Reference, patience: &mut Patience) -> Result<&'static str, Refusal> {
    let namespace = object.namespace.as_deref();
    let wait = match patience {
        Patience::Left => PATIENCE,
        Patience::Spent => Duration::ZERO,
        Patience::NoOperator => {
            operator::release(hands, object).await?;
            PATIENCE
        }
    };
    let deadline = tokio::time::Instant::now() + wait;
    while let Some(live) = hands.get(object.kind, namespace, &object.name).await? {
        if tokio::time::Instant::now() > deadline {
            *patience = Patience::Spent;
            let finalizers = live.pointer("/metadata/finalizers").cloned().unwrap_or_default();
            return Err(Refusal::new(
                Cause::Conflict,
                format!(
                    "it still waits for the Grafana operator ({finalizers}); see that the operator runs, or take the \
                     finalizer away by hand"
                ),
            ));
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok("remove")
}

async fn unlist(hands: &Hands, alone: bool) -> Result<&'static str, Refusal> {
    let Some(console) = hands.get(&CONSOLE, None, "cluster").await? else {
        return Ok("gone");
    };
    let plugins = console.pointer("/spec/plugins").and_then(Value::as_array);
    let Some(at) = plugins.and_then(|plugins| plugins.iter().position(|name| name == NAME)) else {
        return Ok("gone");
    };
    let (path, value) = match plugins.is_some_and(|plugins| alone && plugins.len() == 1) {
        true => ("/spec/plugins".to_owned(), json!([NAME])),
        false => (format!("/spec/plugins/{at}"), json!(NAME)),
    };
    let steps = json!([{"op": "test", "path": path, "value": value}, {"op": "remove", "path": path}]);
    hands.patch(&CONSOLE, None, "cluster", &steps, false).await?;
    Ok("edit")
}

/// The text as it was; or, where others have changed it since, as it is without our value.
async fn restore(hands: &Hands, edit: &Edited) -> Result<&'static str, Refusal> {
    let namespace = Some(edit.namespace.as_str());
    let Some(live) = hands.get(&CONFIG_MAP, namespace, &edit.name).await? else {
        return Ok("gone");
    };
    let data = live.pointer("/data").and_then(Value::as_object);
    let now = data.and_then(|data| data.get(&edit.key)?.as_str()).unwrap_or_default();
    let untouched = now == edit.text;
    let keys = data.map_or(0, serde_json::Map::len);
    if untouched && edit.made && keys == 1 {
        let uid = text(&live, "/metadata/uid");
        hands.delete(&CONFIG_MAP, namespace, &edit.name, uid).await?;
        return Ok("remove");
    }
    let former = if untouched {
        edit.former_text.clone()
    } else {
        edits::reverted(now, edit)
    };
    if former.as_deref() == Some(now) {
        return Ok("gone");
    }
    let path = format!("/data/{}", edit.key);
    let change = match former {
        Some(former) => json!({"op": "replace", "path": path, "value": former}),
        None if untouched => json!({"op": "remove", "path": path}),
        None => {
            return Err(Refusal::new(
                Cause::Invalid,
                format!(
                    "its {} has changed so that `{}` cannot be taken out",
                    edit.key,
                    edit.path.join(".")
                ),
            ));
        }
    };
    let version = text(&live, "/metadata/resourceVersion");
    let steps = json!([{"op": "test", "path": "/metadata/resourceVersion", "value": version}, change]);
    hands.patch(&CONFIG_MAP, namespace, &edit.name, &steps, false).await?;
    Ok("edit")
}
