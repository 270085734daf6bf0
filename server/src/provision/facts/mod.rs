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
}

impl Facts {
    /// Lists every kind in these namespaces.
    pub async fn read(hands: &Hands, kinds: &[&'static Kind], namespaces: &[String]) -> Result<Facts, Refusal> {
        let asked = kinds
            .iter()
            .map(|kind| async move { (*kind, list(hands, kind, namespaces).await) });
        let answers: Vec<_> = stream::iter(asked).buffered(AT_ONCE).collect().await;
        let mut facts = Facts::default();
        for (kind, answer) in answers {
            let (found, denied) = answer?;
            match found {
                Some(found) => drop(facts.lists.insert(kind.kind, found)),
                None => drop(facts.absent.insert(kind.kind)),
            }
            if !denied.is_empty() {
                facts.denied.insert(kind.kind, denied);
            }
        }
        Ok(facts)
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

type Found = (Option<Vec<Value>>, BTreeSet<String>);

/// One list where the caller may see all, or needs to see one namespace only; else one for each namespace.
async fn list(hands: &Hands, kind: &'static Kind, namespaces: &[String]) -> Result<Found, Refusal> {
    let mut denied = BTreeSet::new();
    if !kind.namespaced || namespaces.len() > 1 {
        match hands.list(kind, None).await {
            Ok(None) => return Ok((None, denied)),
            Ok(Some(mut all)) => {
                all.retain(|object| !kind.namespaced || namespaces.iter().any(|name| name == text(object, NAMESPACE)));
                return Ok((Some(all), denied));
            }
            Err(refusal) if refusal.cause == Cause::Forbidden && kind.namespaced => {}
            Err(refusal) if refusal.cause == Cause::Forbidden => {
                denied.insert(String::new());
                return Ok((Some(Vec::new()), denied));
            }
            Err(refusal) => return Err(refusal),
        }
    }
    let asked = namespaces
        .iter()
        .map(|namespace| async move { (namespace, hands.list(kind, Some(namespace)).await) });
    let answers: Vec<_> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    let mut found = Vec::new();
    for (namespace, answer) in answers {
        match answer {
            Ok(None) => return Ok((None, denied)),
            Ok(Some(objects)) => found.extend(objects),
            Err(refusal) if refusal.cause == Cause::Forbidden => drop(denied.insert(namespace.clone())),
            Err(refusal) => return Err(refusal),
        }
    }
    Ok((Some(found), denied))
}

pub const NAME: &str = "/metadata/name";
pub const NAMESPACE: &str = "/metadata/namespace";

/// The text at a place of an object, empty where there is none.
#[must_use]
pub fn text<'a>(object: &'a Value, path: &str) -> &'a str {
    object.pointer(path).and_then(Value::as_str).unwrap_or_default()
}
