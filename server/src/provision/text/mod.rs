//! Sets and removes one value in somebody else's YAML text without losing a comment, an order or a blank.
//!
//! Works on the text and never writes the tree out again. Each way to place the change is only a proposal: it counts when
//! the text that comes out of it means the old tree with that one value, and nothing else. Must never guess.

mod block;
mod flow;
mod line;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

/// Why a text stays as it is. `Display` is one sentence; what to do about it depends on where the text lives.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditFault {
    #[error("it is no valid YAML: {0}")]
    NotYaml(String),
    #[error("it holds no mapping of keys to values")]
    NoMapping,
    #[error("`{0}` is there and holds no mapping of keys to values")]
    InTheWay(String),
    #[error("no place was found where `{0}` could be changed without touching anything else")]
    NoPlace(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// It says so already.
    Unchanged,
    Changed(String),
}

/// What the text means; an empty text is an empty mapping.
pub fn tree(text: &str) -> Result<Map<String, Value>, EditFault> {
    let value: Option<Value> = serde_saphyr::from_str(text).map_err(|fault| EditFault::NotYaml(first_line(&fault)))?;
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err(EditFault::NoMapping),
    }
}

/// The value at `path`, if it is there.
#[must_use]
pub fn get<'a>(tree: &'a Map<String, Value>, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter()
        .try_fold(tree.get(*first)?, |value, key| value.as_object()?.get(*key))
}

/// Makes the value at `path` be `value`, a plain one that needs no quotes.
pub fn set(text: &str, path: &[&str], value: &Value) -> Result<Edit, EditFault> {
    let old = tree(text)?;
    if get(&old, path) == Some(value) {
        return Ok(Edit::Unchanged);
    }
    let mut want = old;
    insert(&mut want, path, value)?;
    let plain = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let proposals = flow::set(text, path, &plain)
        .into_iter()
        .chain(block::set(text, path, &plain));
    choose(proposals, &want, path)
}

/// Takes the value at `path` away, and with it the mappings above it that would be left empty when `prune` says so.
pub fn unset(text: &str, path: &[&str], prune: bool) -> Result<Edit, EditFault> {
    let mut want = tree(text)?;
    if get(&want, path).is_none() {
        return Ok(Edit::Unchanged);
    }
    let depth = remove(&mut want, path, prune);
    let path = path.get(..depth).unwrap_or(path);
    let proposals = flow::unset(text, path).into_iter().chain(block::unset(text, path));
    choose(proposals, &want, path)
}

fn choose(
    proposals: impl Iterator<Item = String>,
    want: &Map<String, Value>,
    path: &[&str],
) -> Result<Edit, EditFault> {
    let mut good = proposals.filter(|proposal| tree(proposal).as_ref() == Ok(want));
    good.next()
        .map(Edit::Changed)
        .ok_or_else(|| EditFault::NoPlace(path.join(".")))
}

fn insert(map: &mut Map<String, Value>, path: &[&str], value: &Value) -> Result<(), EditFault> {
    let Some((first, rest)) = path.split_first() else {
        return Ok(());
    };
    if rest.is_empty() {
        map.insert((*first).to_owned(), value.clone());
        return Ok(());
    }
    let inner = map.entry(*first).or_insert(Value::Null);
    if inner.is_null() {
        *inner = Value::Object(Map::new());
    }
    match inner.as_object_mut() {
        Some(inner) => insert(inner, rest, value),
        None => Err(EditFault::InTheWay((*first).to_owned())),
    }
}

/// Gives how many keys of the path lead to what was removed.
fn remove(map: &mut Map<String, Value>, path: &[&str], prune: bool) -> usize {
    let Some((first, rest)) = path.split_first() else {
        return 0;
    };
    let Some(inner) = map
        .get_mut(*first)
        .and_then(Value::as_object_mut)
        .filter(|_| !rest.is_empty())
    else {
        map.remove(*first);
        return 1;
    };
    let depth = remove(inner, rest, prune);
    if prune && inner.is_empty() {
        map.remove(*first);
        return 1;
    }
    depth + 1
}

/// The parser shows the text around a fault on further lines.
fn first_line(fault: &serde_saphyr::Error) -> String {
    let text = fault.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}
