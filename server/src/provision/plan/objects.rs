//! Each wanted object against the one that is there.

use std::borrow::Cow;
use std::collections::BTreeSet;

use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use super::step::{Action, Step, Work};
use super::{AT_ONCE, diff, same};
use crate::cluster::{Cause, Hands, Refusal};
use crate::provision::facts::{Facts, text};
use crate::provision::former;
use crate::provision::inventory::{Entry, Inventory, Origin};
use crate::provision::object::{Generated, Object, Reference, is_marked_adopted, is_of_another, is_ours};
use crate::provision::secret;
use crate::provision::settings::Settings;

/// What these write they write again at once: taking it over would be a fight without an end.
const NEVER: [&str; 4] = ["odh-model-controller", "llmisvc", "gpu-operator", "grafana-operator"];

/// One step for each object, in their order. `coming`: namespaces and groups that earlier steps bring.
pub async fn steps(
    hands: &Hands,
    settings: &Settings,
    known: (&Inventory, &Facts),
    objects: Vec<Object>,
    coming: &BTreeSet<String>,
) -> Result<Vec<Step>, Refusal> {
    let asked = objects
        .into_iter()
        .map(|object| step(hands, settings, known, object, coming));
    let answers: Vec<_> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    answers.into_iter().collect()
}

async fn step(
    hands: &Hands,
    settings: &Settings,
    (inventory, facts): (&Inventory, &Facts),
    object: Object,
    coming: &BTreeSet<String>,
) -> Result<Step, Refusal> {
    let reference = object.reference();
    let reason = object.reason.clone();
    let found = match facts.find(&reference) {
        Some(listed) => Ok(listed.map(Cow::Borrowed)),
        None => {
            let one = hands.get(object.kind, object.namespace.as_deref(), &object.name);
            one.await.map(|live| live.map(Cow::Owned))
        }
    };
    let live = match found {
        Ok(live) => live,
        Err(refusal) if refusal.cause == Cause::Forbidden => {
            let work = Work::Apply(Box::new(object));
            let step = Step::new(Action::Create, reference, reason, work);
            return Ok(step.blocked(format!("you may not look at it: {refusal}")));
        }
        Err(refusal) => return Err(refusal),
    };
    let live = live.as_deref();
    let origin = live.map(|live| origin(inventory, &reference, live, &settings.instance));
    let mut entry = Entry::new(&reference, origin.flatten().unwrap_or(Origin::Created));
    entry.uid = live.map(|live| text(live, "/metadata/uid").to_owned());
    if let (Some(live), Some(None)) = (live, origin) {
        let owner = owner(live);
        let step = Step::new(Action::Adopt, reference, reason, Work::Nothing);
        if is_of_another(live, &settings.instance) {
            return Ok(step.blocked(
                "it belongs to another installation of Servelens; choose another --instance, or remove that one first",
            ));
        }
        if settings.adopt && !NEVER.iter().any(|never| owner.contains(never)) && object.generated.is_none() {
            entry.origin = Origin::Adopted;
            return apply(hands, object, Some(live), Action::Adopt, entry, coming).await;
        }
        return Ok(step.blocked(format!(
            "it is there already and belongs to {owner}; choose another --instance, or take it over with --adopt"
        )));
    }
    if let Some(content) = &object.generated {
        let work = Work::Generate(Box::new(object.clone()));
        let step = match (live, content) {
            (None, _) => Step::new(Action::Create, reference, reason, work),
            (Some(live), Generated::Token(_)) if secret::is_old(live) => {
                Step::new(Action::Renew, reference, "its token ends soon", work)
            }
            (Some(live), _) if secret::is_whole(live, content) => {
                Step::new(Action::Keep, reference, reason, Work::Nothing)
            }
            (Some(_), _) => Step::new(Action::Renew, reference, "a key is missing in it", work),
        };
        return Ok(step.recorded(entry));
    }
    let action = if live.is_some() { Action::Change } else { Action::Create };
    apply(hands, object, live, action, entry, coming).await
}

/// How an object that is there came to be this installation's; `None`: it is not.
fn origin(inventory: &Inventory, reference: &Reference, live: &Value, instance: &str) -> Option<Origin> {
    let known = inventory.entry(reference);
    // Made anew by somebody else, it is another object under the same name.
    let known = known.filter(|entry| {
        entry
            .uid
            .as_deref()
            .is_none_or(|uid| uid == text(live, "/metadata/uid"))
    });
    match known {
        Some(entry) if entry.origin == Origin::Adopted || entry.uid.is_some() => Some(entry.origin),
        _ if !is_ours(live, instance) => None,
        // The record was lost, or its run was cut off.
        _ if is_marked_adopted(live) => Some(Origin::Adopted),
        _ => Some(Origin::Created),
    }
}

/// A dry run of the apply, judged; none where it is plain that nothing would change.
async fn apply(
    hands: &Hands,
    object: Object,
    live: Option<&Value>,
    action: Action,
    mut entry: Entry,
    coming: &BTreeSet<String>,
) -> Result<Step, Refusal> {
    let (reference, reason) = (object.reference(), object.reason.clone());
    let object = match entry.origin {
        Origin::Created => object,
        Origin::Adopted => object.adopted(),
    };
    if live.is_some_and(|live| same::is_applied(live, &object.body)) {
        return Ok(Step::new(Action::Keep, reference, reason, Work::Nothing).recorded(entry));
    }
    let dry = hands
        .apply(object.kind, object.namespace.as_deref(), &object.body, true)
        .await;
    let body = object.body.clone();
    let namespace = object.namespace.clone().unwrap_or_default();
    let group = object.kind.group;
    if let (Origin::Adopted, Some(live), Ok(after)) = (entry.origin, live, &dry) {
        entry.former = former::between(live, after);
    }
    let step = Step::new(action, reference, reason, Work::Apply(Box::new(object))).recorded(entry);
    let refusal = match dry {
        Ok(after) => {
            let diff = diff::lines(live, Some(&after));
            if diff.is_empty() {
                return Ok(Step {
                    action: Action::Keep,
                    work: Work::Nothing,
                    ..step
                });
            }
            return Ok(step.with_diff(diff));
        }
        Err(refusal) => refusal,
    };
    match refusal.cause {
        // An earlier step brings what is missing; the API server looks at it then.
        Cause::Absent if coming.contains(&namespace) || coming.contains(group) => {
            Ok(step.with_diff(diff::lines(None, Some(&body))))
        }
        Cause::Absent if refusal.message.contains("namespaces") => {
            Ok(step.blocked(format!("there is no namespace {namespace}")))
        }
        Cause::Absent => Ok(step.blocked(format!("this cluster has no {group}: what brings it is not installed"))),
        Cause::Conflict => Ok(step.blocked(format!(
            "others own what would be changed: {}; nothing was forced",
            refusal.owners.join("; ")
        ))),
        Cause::Forbidden => Ok(step.blocked(format!("you may not: {refusal}"))),
        Cause::Invalid => Ok(step.blocked(format!("the API server refuses it: {refusal}"))),
        Cause::Exists | Cause::NotSignedIn | Cause::Failed => Err(refusal),
    }
}

/// Who made an object, as far as it tells.
#[must_use]
pub fn owner(live: &Value) -> String {
    let reference = text(live, "/metadata/ownerReferences/0/kind");
    let label = live
        .pointer("/metadata/labels/app.kubernetes.io~1managed-by")
        .and_then(Value::as_str);
    let managers = live.pointer("/metadata/managedFields").and_then(Value::as_array);
    let manager = managers
        .and_then(|list| list.first())
        .map(|first| text(first, "/manager"));
    match (reference, label, manager) {
        ("", Some(label), _) => label.to_owned(),
        ("", None, Some(manager)) if !manager.is_empty() => manager.to_owned(),
        ("", ..) => "somebody else".to_owned(),
        (kind, ..) => format!("{kind} {}", text(live, "/metadata/ownerReferences/0/name")),
    }
}
