//! Values in objects that belong to the cluster: the two configurations of its monitoring, and the console's list.

use serde_json::{Value, json};

use super::step::{Action, Step, Work};
use super::{counters, diff};
use crate::cluster::{CLUSTER_MONITORING, CONFIG_MAP, CONSOLE, CONSOLE_PLUGIN, Cause, Hands, NAMESPACE, Refusal};
use crate::provision::facts::{self, Switch};
use crate::provision::inventory::{Edited, Inventory};
use crate::provision::object::{NAME, Reference};
use crate::provision::settings::{Settings, seconds};
use crate::provision::text::{self, Edit};

const KEY: &str = "config.yaml";
pub const PLATFORM: &str = "openshift-monitoring";
pub const USER_WORKLOAD: &str = "openshift-user-workload-monitoring";
const ENABLE: [&str; 1] = ["enableUserWorkload"];
const RETENTION: [&str; 2] = ["prometheus", "retention"];

/// User workload monitoring on, and how long it keeps samples.
pub async fn monitoring(hands: &Hands, settings: &Settings, inventory: &Inventory) -> Result<Vec<Step>, Refusal> {
    let mut steps = Vec::new();
    let mut enabling = false;
    if settings.enable_uwm {
        let target = Target {
            namespace: PLATFORM,
            name: "cluster-monitoring-config",
            path: &ENABLE,
            value: json!(true),
            reason: "user workload monitoring scrapes the models",
            risk: "two more Prometheus servers start in openshift-user-workload-monitoring",
        };
        let found = read(hands, &target).await;
        let step = match enabled_elsewhere(hands, &found).await? {
            true => Step::new(
                Action::Keep,
                target.reference(),
                "the ClusterMonitoring object has switched it on",
                Work::Nothing,
            ),
            false => edit(hands, inventory, &target, found, false).await?,
        };
        enabling = step.action.writes() && step.blocked.is_none();
        steps.push(step);
    }
    if let Some(retention) = &settings.uwm_retention {
        let target = Target {
            namespace: USER_WORKLOAD,
            name: "user-workload-monitoring-config",
            path: &RETENTION,
            value: json!(retention),
            reason: "the charts reach back as long as samples are kept",
            risk: "the Prometheus servers of user workloads start anew; without a volumeClaimTemplate samples fill the \
                   node's disk",
        };
        let found = read(hands, &target).await;
        steps.push(edit(hands, inventory, &target, found, enabling).await?);
    }
    Ok(steps)
}

/// The ConfigMap, `None` where there is none.
type Found = Result<Option<Value>, Refusal>;

async fn read(hands: &Hands, target: &Target<'_>) -> Found {
    hands.get(&CONFIG_MAP, Some(target.namespace), target.name).await
}

/// Whether the newer object has switched it on, and the text leaves it that.
async fn enabled_elsewhere(hands: &Hands, found: &Found) -> Result<bool, Refusal> {
    let object = match hands.get(&CLUSTER_MONITORING, None, "cluster").await {
        Ok(object) => object,
        Err(refusal) if refusal.cause == Cause::Forbidden => None,
        Err(refusal) => return Err(refusal),
    };
    let config = found.as_ref().ok().and_then(Option::as_ref);
    let config = config.map(|config| facts::text(config, "/data/config.yaml"));
    Ok(facts::user_workload(config.unwrap_or_default(), object.as_ref()) == Ok(Switch::Object))
}

struct Target<'a> {
    namespace: &'static str,
    name: &'static str,
    path: &'a [&'a str],
    value: Value,
    reason: &'static str,
    risk: &'static str,
}

impl Target<'_> {
    fn reference(&self) -> Reference {
        Reference {
            kind: &CONFIG_MAP,
            namespace: Some(self.namespace.to_owned()),
            name: self.name.to_owned(),
        }
    }
}

/// `coming`: an earlier step brings the namespace.
async fn edit(
    hands: &Hands,
    inventory: &Inventory,
    target: &Target<'_>,
    found: Found,
    coming: bool,
) -> Result<Step, Refusal> {
    let found = match found {
        Ok(found) => found,
        Err(refusal) if refusal.cause == Cause::Forbidden => {
            let step = Step::new(Action::Edit, target.reference(), target.reason, Work::Nothing);
            return Ok(step.blocked(format!(
                "you may not read it ({refusal}); ask an administrator of the cluster"
            )));
        }
        Err(refusal) => return Err(refusal),
    };
    if found.is_none() && !coming && is_absent(hands, target.namespace).await? {
        let why = if target.namespace == PLATFORM {
            "this cluster has no OpenShift monitoring"
        } else {
            "user workload monitoring is off"
        };
        return Ok(Step::skip(target.reference(), why));
    }
    let field = |path: &str| found.as_ref().and_then(|found| found.pointer(path)?.as_str());
    let former_text = field("/data/config.yaml");
    let old = former_text.unwrap_or_default();
    let (new, former) = match wanted(old, target) {
        Ok(Some(new)) => new,
        Ok(None) => {
            return Ok(Step::new(
                Action::Keep,
                target.reference(),
                target.reason,
                Work::Nothing,
            ));
        }
        Err(Kept::Longer(value)) => {
            let why = format!("it keeps samples for {value} already, which is longer; shortening would lose them");
            return Ok(Step::new(Action::Keep, target.reference(), why, Work::Nothing));
        }
        Err(Kept::Fault(fault)) => {
            let step = Step::new(Action::Edit, target.reference(), target.reason, Work::Nothing);
            return Ok(step.blocked(format!(
                "its config.yaml cannot be edited: {fault}; mend it with `oc -n {} edit configmap {}`, nothing was \
                 written",
                target.namespace, target.name
            )));
        }
    };
    let known = inventory.edit(target.namespace, target.name, target.path);
    let edit = Edited {
        namespace: target.namespace.to_owned(),
        name: target.name.to_owned(),
        key: KEY.to_owned(),
        path: target.path.iter().map(|key| (*key).to_owned()).collect(),
        // What was there before our first edit, not before the last.
        former: known.map_or(former, |known| known.former.clone()),
        former_text: match known {
            Some(known) => reverted(old, known).or_else(|| known.former_text.clone()),
            None => former_text.map(str::to_owned),
        },
        text: new,
        made: known.map_or(found.is_none(), |known| known.made),
    };
    let version = field("/metadata/resourceVersion").map(str::to_owned);
    let diff = diff::text_lines(old, &edit.text);
    let refused = match &version {
        Some(_) => write(hands, &edit, version.as_deref(), found.as_ref(), true)
            .await
            .err(),
        None => None,
    };
    let has_volume =
        text::tree(old).is_ok_and(|tree| text::get(&tree, &["prometheus", "volumeClaimTemplate"]).is_some());
    let work = Work::Edit {
        edit: Box::new(edit),
        version,
    };
    let mut step = Step::new(Action::Edit, target.reference(), target.reason, work).with_diff(diff);
    if !has_volume {
        step = step.with_risk(target.risk);
    }
    match refused {
        None => Ok(step),
        Some(refusal) if matches!(refusal.cause, Cause::Forbidden | Cause::Invalid) => {
            Ok(step.blocked(format!("the API server refuses it: {refusal}")))
        }
        // Whoever changed it between our two looks will be seen at the next one.
        Some(refusal) if refusal.cause == Cause::Conflict => Ok(step),
        Some(refusal) => Err(refusal),
    }
}

enum Kept {
    /// Samples are kept longer than asked for.
    Longer(String),
    Fault(text::EditFault),
}

/// The new text and the former value; `None` where nothing is to be changed.
fn wanted(old: &str, target: &Target<'_>) -> Result<Option<(String, Option<Value>)>, Kept> {
    let tree = text::tree(old).map_err(Kept::Fault)?;
    let former = text::get(&tree, target.path).cloned();
    if let (Some(Value::String(have)), Value::String(want)) = (&former, &target.value)
        && seconds(have) > seconds(want)
    {
        return Err(Kept::Longer(have.clone()));
    }
    match text::set(old, target.path, &target.value).map_err(Kept::Fault)? {
        Edit::Unchanged => Ok(None),
        Edit::Changed(new) => Ok(Some((new, former))),
    }
}

async fn is_absent(hands: &Hands, namespace: &str) -> Result<bool, Refusal> {
    match hands.get(&NAMESPACE, None, namespace).await {
        Ok(found) => Ok(found.is_none()),
        Err(refusal) if refusal.cause == Cause::Forbidden => Ok(false),
        Err(refusal) => Err(refusal),
    }
}

/// The text without our value: as it was before, whatever else was changed since.
#[must_use]
pub fn reverted(now: &str, edit: &Edited) -> Option<String> {
    if edit.path.is_empty() {
        return Some(counters::without(now, edit));
    }
    let path: Vec<&str> = edit.path.iter().map(String::as_str).collect();
    let changed = match &edit.former {
        Some(former) => text::set(now, &path, former),
        None => {
            // A mapping that was empty or absent before goes with its only value.
            let above = path.split_last().map_or(&[][..], |(_, above)| above);
            let before = text::tree(edit.former_text.as_deref().unwrap_or_default()).unwrap_or_default();
            let prune = !above.is_empty() && text::get(&before, above).is_none();
            text::unset(now, &path, prune)
        }
    };
    match changed.ok()? {
        Edit::Unchanged => Some(now.to_owned()),
        Edit::Changed(text) => Some(text),
    }
}

/// Writes the edit, if the ConfigMap is still at this version; makes it where there is none.
pub async fn write(
    hands: &Hands,
    edit: &Edited,
    version: Option<&str>,
    live: Option<&Value>,
    dry: bool,
) -> Result<Value, Refusal> {
    let namespace = Some(edit.namespace.as_str());
    let Some(version) = version else {
        let body = json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": edit.name, "namespace": edit.namespace}, "data": {&edit.key: edit.text},
        });
        return hands.create(&CONFIG_MAP, namespace, &body, dry).await;
    };
    let has_data = live.is_none_or(|live| live.pointer("/data").is_some_and(Value::is_object));
    let steps = json!([
        {"op": "test", "path": "/metadata/resourceVersion", "value": version},
        if has_data {
            json!({"op": "add", "path": format!("/data/{}", edit.key), "value": edit.text})
        } else {
            json!({"op": "add", "path": "/data", "value": {&edit.key: edit.text}})
        },
    ]);
    hands.patch(&CONFIG_MAP, namespace, &edit.name, &steps, dry).await
}

/// Our name in the console's list, where our plugin is deployed.
pub async fn plugin(hands: &Hands) -> Result<Step, Refusal> {
    let reference = Reference {
        kind: &CONSOLE,
        namespace: None,
        name: "cluster".to_owned(),
    };
    let seen = async |kind, name| match hands.get(kind, None, name).await {
        Ok(found) => Ok(found),
        Err(refusal) if refusal.cause == Cause::Forbidden => Ok(None),
        Err(refusal) => Err(refusal),
    };
    if seen(&CONSOLE_PLUGIN, NAME).await?.is_none() {
        let why = "no ConsolePlugin `servelens` is to be seen: deploy Servelens first, then run this again";
        return Ok(Step::skip(reference, why));
    }
    let Some(console) = seen(&CONSOLE, "cluster").await? else {
        return Ok(Step::skip(
            reference,
            "this cluster has no console, or you may not look at its settings",
        ));
    };
    let plugins = console.pointer("/spec/plugins").and_then(Value::as_array);
    if plugins.is_some_and(|plugins| plugins.iter().any(|name| name == NAME)) {
        return Ok(Step::new(
            Action::Keep,
            reference,
            "the console shows Servelens' pages",
            Work::Nothing,
        ));
    }
    let version = console.pointer("/metadata/resourceVersion").and_then(Value::as_str);
    let work = Work::Plugin {
        version: version.unwrap_or_default().to_owned(),
        listed: plugins.is_some(),
    };
    Ok(
        Step::new(Action::Edit, reference, "the console shows Servelens' pages", work)
            .with_diff(vec![format!("+ spec.plugins: {NAME}")])
            .with_risk("the console's pods start anew, one by one"),
    )
}
