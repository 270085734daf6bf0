//! Namespaces by their names: few are read one by one, many with one list, where the caller may.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use super::{NAME, text};
use crate::cluster::{Cause, Hands, NAMESPACE, Refusal};

/// What became of one look.
#[derive(Debug, Clone, PartialEq)]
pub enum Look {
    Found(Value),
    Absent,
    /// The caller may not look.
    Hidden,
}

impl Look {
    pub fn value(&self) -> Option<&Value> {
        match self {
            Look::Found(value) => Some(value),
            Look::Absent | Look::Hidden => None,
        }
    }

    /// Any other refusal stays one.
    pub fn of(answer: Result<Option<Value>, Refusal>) -> Result<Look, Refusal> {
        match answer {
            Ok(Some(value)) => Ok(Look::Found(value)),
            Ok(None) => Ok(Look::Absent),
            Err(refusal) if refusal.cause == Cause::Forbidden => Ok(Look::Hidden),
            Err(refusal) => Err(refusal),
        }
    }
}

/// A cluster may have thousands of others.
const FEW: usize = 16;
const AT_ONCE: usize = 16;

/// Each of these namespaces.
pub async fn look_at(hands: &Hands, names: &[String]) -> Result<BTreeMap<String, Look>, Refusal> {
    if names.len() > FEW
        && let Look::Found(Value::Array(all)) =
            Look::of(hands.list(&NAMESPACE, None).await.map(|list| list.map(Value::from)))?
    {
        let mut all: BTreeMap<String, Value> = all.into_iter().map(|one| (text(&one, NAME).to_owned(), one)).collect();
        let looks = names
            .iter()
            .map(|name| (name.clone(), all.remove(name).map_or(Look::Absent, Look::Found)));
        return Ok(looks.collect());
    }
    let looks = names.iter().map(|name| async move {
        let look = Look::of(hands.get(&NAMESPACE, None, name).await)?;
        Ok((name.clone(), look))
    });
    let looks: Vec<_> = stream::iter(looks).buffer_unordered(AT_ONCE).collect().await;
    looks.into_iter().collect()
}
