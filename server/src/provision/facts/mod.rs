//! What a cluster already has, read once with the caller's own eyes: workloads, runtimes, monitors and Services.
//!
//! Each kind is listed once, at the widest scope that the caller may list, else in each namespace. What may not be listed is
//! told as such, never taken for nothing.

mod cover;
mod labels;
mod places;
mod serving;
mod switch;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, stream};
use serde_json::Value;

#[cfg(test)]
pub use cover::Covered;
pub use labels::{Labels, selects};
pub use places::{Look, look_at};
pub use serving::{Workload, WorkloadKind, gaps, workloads};
pub use switch::{Switch, user_workload};

use super::object::Reference;
use crate::cluster::{Cause, Hands, Kind, Refusal};

/// Lists asked at once.
const AT_ONCE: usize = 8;

/// The lists of some kinds in some namespaces.
#[derive(Debug, Default)]
pub struct Facts {
    /// Each in the order of namespaces and names.
    lists: BTreeMap<&'static str, Vec<Value>>,
    /// Where it was looked.
    namespaces: BTreeSet<String>,
    /// Kinds that the cluster does not have.
    pub absent: BTreeSet<&'static str>,
    /// Kinds, and where the caller may not list them.
    pub denied: BTreeMap<&'static str, BTreeSet<String>>,
    /// Other namespaces that have objects of a kind, as far as they were seen in passing.
    pub elsewhere: BTreeMap<&'static str, BTreeSet<String>>,
}

impl Facts {
    /// Lists every kind in these namespaces.
    pub async fn read(hands: &Hands, kinds: &[&'static Kind], namespaces: &[String]) -> Result<Facts, Refusal> {
        Facts::read_widely(hands, kinds, namespaces, &[]).await
    }

    /// As [`Facts::read`]; those of `wide` in the whole cluster, where the caller may, however few the namespaces are.
    pub async fn read_widely(
        hands: &Hands,
        kinds: &[&'static Kind],
        namespaces: &[String],
        wide: &[&'static Kind],
    ) -> Result<Facts, Refusal> {
        let asked = kinds.iter().map(|kind| async move {
            let wide = !kind.namespaced || namespaces.len() > 1 || wide.contains(kind);
            (*kind, list(hands, kind, namespaces, wide).await)
        });
        let answers: Vec<_> = stream::iter(asked).buffered(AT_ONCE).collect().await;
        let mut facts = Facts {
            namespaces: namespaces.iter().cloned().collect(),
            ..Facts::default()
        };
        for (kind, answer) in answers {
            let Found {
                objects,
                denied,
                elsewhere,
            } = answer?;
            match objects {
                Some(objects) => drop(facts.lists.insert(kind.kind, in_order(objects))),
                None => drop(facts.absent.insert(kind.kind)),
            }
            if !denied.is_empty() {
                facts.denied.insert(kind.kind, denied);
            }
            facts.elsewhere.insert(kind.kind, elsewhere);
        }
        Ok(facts)
    }

    #[cfg(test)]
    pub fn of_lists(lists: impl IntoIterator<Item = (&'static str, Vec<Value>)>) -> Facts {
        let lists = lists.into_iter().map(|(kind, objects)| (kind, in_order(objects)));
        Facts {
            lists: lists.collect(),
            ..Facts::default()
        }
    }

    /// Empty where there are none, or none may be seen.
    #[must_use]
    pub fn of(&self, kind: &Kind) -> &[Value] {
        self.lists.get(kind.kind).map_or(&[], Vec::as_slice)
    }

    /// Those of one namespace.
    #[must_use]
    pub fn within(&self, kind: &Kind, namespace: &str) -> &[Value] {
        let all = self.of(kind);
        let from = all.partition_point(|object| text(object, NAMESPACE) < namespace);
        let to = all.partition_point(|object| text(object, NAMESPACE) <= namespace);
        all.get(from..to).unwrap_or_default()
    }

    /// One object. The outer `None`: it was not looked for where it is.
    #[must_use]
    pub fn find(&self, object: &Reference) -> Option<Option<&Value>> {
        let kind = object.kind;
        if self.absent.contains(kind.kind) {
            return Some(None);
        }
        let namespace = object.namespace.as_ref()?;
        let looked = self.lists.contains_key(kind.kind) && self.namespaces.contains(namespace);
        if !looked || !self.sees(kind, namespace) {
            return None;
        }
        let here = self.within(kind, namespace);
        let at = here.binary_search_by(|other| text(other, NAME).cmp(&object.name));
        Some(at.ok().and_then(|at| here.get(at)))
    }

    /// Whether nothing of the kind was hidden from the caller in this namespace.
    #[must_use]
    pub fn sees(&self, kind: &Kind, namespace: &str) -> bool {
        !self
            .denied
            .get(kind.kind)
            .is_some_and(|denied| denied.contains(namespace))
    }
}

fn in_order(mut objects: Vec<Value>) -> Vec<Value> {
    let key = |object: &Value| (text(object, NAMESPACE).to_owned(), text(object, NAME).to_owned());
    objects.sort_by_cached_key(key);
    objects
}

/// What became of one kind.
#[derive(Default)]
struct Found {
    /// `None` where the cluster has no such kind.
    objects: Option<Vec<Value>>,
    denied: BTreeSet<String>,
    elsewhere: BTreeSet<String>,
}

/// One list of the whole cluster where that is wanted and the caller may, else one for each namespace.
async fn list(hands: &Hands, kind: &'static Kind, namespaces: &[String], wide: bool) -> Result<Found, Refusal> {
    let mut found = Found::default();
    if wide {
        match hands.list(kind, None).await {
            Ok(None) => return Ok(found),
            Ok(Some(mut all)) => {
                all.retain(|object| {
                    let place = text(object, NAMESPACE);
                    let here = !kind.namespaced || namespaces.iter().any(|name| name == place);
                    if !here {
                        found.elsewhere.insert(place.to_owned());
                    }
                    here
                });
                found.objects = Some(all);
                return Ok(found);
            }
            Err(refusal) if refusal.cause == Cause::Forbidden && kind.namespaced => {}
            Err(refusal) if refusal.cause == Cause::Forbidden => {
                found.denied.insert(String::new());
                found.objects = Some(Vec::new());
                return Ok(found);
            }
            Err(refusal) => return Err(refusal),
        }
    }
    let asked = namespaces
        .iter()
        .map(|namespace| async move { (namespace, hands.list(kind, Some(namespace)).await) });
    let answers: Vec<_> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    let mut objects = Vec::new();
    for (namespace, answer) in answers {
        match answer {
            Ok(None) => return Ok(found),
            Ok(Some(some)) => objects.extend(some),
            Err(refusal) if refusal.cause == Cause::Forbidden => drop(found.denied.insert(namespace.clone())),
            Err(refusal) => return Err(refusal),
        }
    }
    found.objects = Some(objects);
    Ok(found)
}

pub const NAME: &str = "/metadata/name";
pub const NAMESPACE: &str = "/metadata/namespace";

/// The text at a place of an object, empty where there is none.
#[must_use]
pub fn text<'a>(object: &'a Value, path: &str) -> &'a str {
    object.pointer(path).and_then(Value::as_str).unwrap_or_default()
}
