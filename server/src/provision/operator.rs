//! The Grafana operator: whether one is at work, and what it leaves hanging where none is.
//!
//! Its definitions prove nothing: OLM leaves them behind when the operator goes.

use serde_json::{Value, json};

use super::facts::{NAME, text};
use super::object::{Reference, is_ours};
use super::settings::Settings;
use crate::cluster::{Cause, DEPLOYMENT, Hands, Refusal, SUBSCRIPTION};

/// The package in its catalogue, and the name that every way of installing it puts on the Deployment.
pub const PACKAGE: &str = "grafana-operator";
/// Keeps what is meant for a Grafana until the operator has taken it out there.
const FINALIZER: &str = "operator.grafana.com/finalizer";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// This installation has subscribed to it.
    Ours,
    Others,
    Absent,
    /// The caller may not look.
    Hidden,
}

/// By a Subscription, else by the Deployment of whoever installs it without OLM.
pub async fn look(hands: &Hands, settings: &Settings) -> Result<Operator, Refusal> {
    let subscriptions = match hands.list(&SUBSCRIPTION, None).await {
        Ok(found) => found.unwrap_or_default(),
        Err(refusal) if refusal.cause == Cause::Forbidden => return Ok(Operator::Hidden),
        Err(refusal) => return Err(refusal),
    };
    let mut subscribed = subscriptions
        .iter()
        .filter(|one| text(one, "/spec/name") == PACKAGE)
        .peekable();
    if subscribed.peek().is_some() {
        return Ok(match subscribed.any(|one| is_ours(one, &settings.instance)) {
            true => Operator::Ours,
            false => Operator::Others,
        });
    }
    match hands.list(&DEPLOYMENT, None).await {
        Ok(found) => Ok(match found.iter().flatten().any(runs_it) {
            true => Operator::Others,
            false => Operator::Absent,
        }),
        Err(refusal) if refusal.cause == Cause::Forbidden => Ok(Operator::Hidden),
        Err(refusal) => Err(refusal),
    }
}

fn runs_it(deployment: &Value) -> bool {
    let label = deployment.pointer("/metadata/labels/app.kubernetes.io~1name");
    text(deployment, NAME).starts_with(PACKAGE) || label.and_then(Value::as_str) == Some(PACKAGE)
}

/// What the operator says of a Grafana that it has set up.
#[must_use]
pub fn is_ready(grafana: &Value) -> bool {
    text(grafana, "/status/stage") == "complete" && text(grafana, "/status/stageStatus") == "success"
}

/// Takes the operator's finalizer from an object that is being removed, where no operator is left to do it.
pub async fn release(hands: &Hands, object: &Reference) -> Result<(), Refusal> {
    let namespace = object.namespace.as_deref();
    let Some(live) = hands.get(object.kind, namespace, &object.name).await? else {
        return Ok(());
    };
    let finalizers = live.pointer("/metadata/finalizers").and_then(Value::as_array);
    let Some(at) = finalizers.and_then(|list| list.iter().position(|one| one == FINALIZER)) else {
        return Ok(());
    };
    let path = format!("/metadata/finalizers/{at}");
    let steps = json!([{"op": "test", "path": path, "value": FINALIZER}, {"op": "remove", "path": path}]);
    match hands.patch(object.kind, namespace, &object.name, &steps, false).await {
        Err(refusal) if refusal.cause != Cause::Absent => Err(refusal),
        _ => Ok(()),
    }
}
