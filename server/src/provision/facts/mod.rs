//! What a cluster already has, read once with the caller's own eyes: workloads, runtimes, monitors and Services.
//!
//! Each kind is listed once, at the widest scope that the caller may list, else in each namespace. What may not be listed is
//! told as such, never taken for nothing.

mod cover;
mod labels;
mod serving;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, stream};
use serde_json::Value;

pub use serving::{WorkloadKind, gaps, workloads};

use crate::cluster::{Cause, Hands, Kind, Refusal};

/// Lists asked at once.
const AT_ONCE: usize = 8;

/// The lists of some kinds in some namespaces.
#[derive(Debug, Default)]
pub struct Facts {
    lists: BTreeMap<&'static str, Vec<Value>>,
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
        let mut facts = Facts::default();
        for (kind, answer) in answers {
            let Found {
                objects,
                denied,
                elsewhere,
            } = answer?;
            match objects {
                Some(objects) => drop(facts.lists.insert(kind.kind, objects)),
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
        Facts {
            lists: lists.into_iter().collect(),
            ..Facts::default()
        }
    }

    /// Empty where there are none, or none may be seen.
    #[must_use]
    pub fn of(&self, kind: &Kind) -> &[Value] {
        self.lists.get(kind.kind).map_or(&[], Vec::as_slice)
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
