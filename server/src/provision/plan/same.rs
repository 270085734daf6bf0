//! Whether applying an object would change nothing, told from the object alone: from its values, and from what the API server
//! has written down of our last apply.
//!
//! Says yes only where that is certain. Whatever is in doubt is left to the API server's own dry run.

use serde_json::{Map, Value};

use crate::cluster::MANAGER;
use crate::provision::facts::text;

/// `body` as it would be applied. Every field of it is there with its value, and what our apply owns is exactly these fields:
/// one that somebody else has written since is owned by them, and one that we no longer want would be taken away.
#[must_use]
pub fn is_applied(live: &Value, body: &Value) -> bool {
    let entries = live.pointer("/metadata/managedFields").and_then(Value::as_array);
    let mut ours = entries.into_iter().flatten().filter(|entry| {
        text(entry, "/manager") == MANAGER
            && text(entry, "/operation") == "Apply"
            && text(entry, "/subresource").is_empty()
    });
    let (Some(entry), None) = (ours.next(), ours.next()) else {
        return false;
    };
    let version = text(entry, "/apiVersion") == text(body, "/apiVersion");
    version
        && entry
            .get("fieldsV1")
            .is_some_and(|fields| is_owned(fields, &tracked(body), live))
}

/// Without the fields that say which object it is: nobody owns those.
fn tracked(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(map) = body.as_object_mut() {
        map.retain(|key, _| !matches!(key.as_str(), "apiVersion" | "kind"));
        if let Some(metadata) = map.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.retain(|key, _| !matches!(key.as_str(), "name" | "namespace"));
        }
    }
    body
}

/// Whether `fields`, in the API server's notation, name what `body` has, no more and no less, and `live` has the same values.
fn is_owned(fields: &Value, body: &Value, live: &Value) -> bool {
    let Some(fields) = fields.as_object() else {
        return false;
    };
    // The dot is the node itself.
    let below = fields.keys().filter(|key| *key != ".").count();
    match body {
        _ if below == 0 => holds(live, body),
        Value::Object(map) => {
            below == map.len()
                && map.iter().all(|(key, value)| {
                    let fields = fields.get(&format!("f:{key}"));
                    fields
                        .zip(live.get(key))
                        .is_some_and(|(fields, live)| is_owned(fields, value, live))
                })
        }
        Value::Array(list) => {
            below == list.len()
                && fields
                    .iter()
                    .filter(|(key, _)| *key != ".")
                    .all(|(key, fields)| item_is_owned(key, fields, list, live))
        }
        _ => false,
    }
}

/// An item of a list whose items are told apart by keys (`k:`) or by themselves (`v:`).
fn item_is_owned(key: &str, fields: &Value, list: &[Value], live: &Value) -> bool {
    let (Some((how, said)), Some(live)) = (key.split_once(':'), live.as_array()) else {
        return false;
    };
    let Ok(said) = serde_json::from_str::<Value>(said) else {
        return false;
    };
    match (how, &said) {
        ("k", Value::Object(keys)) => {
            let found = |list: &'_ [Value]| list.iter().position(|item| has(item, keys));
            let (Some(wanted), Some(live)) = (
                found(list).and_then(|at| list.get(at)),
                found(live).and_then(|at| live.get(at)),
            ) else {
                return false;
            };
            is_owned(fields, wanted, live)
        }
        ("v", said) => list.contains(said) && live.contains(said),
        _ => false,
    }
}

fn has(item: &Value, keys: &Map<String, Value>) -> bool {
    keys.iter().all(|(key, value)| item.get(key) == Some(value))
}

/// The value of something that is owned as a whole; what the API server fills in by itself may come on top.
fn holds(live: &Value, body: &Value) -> bool {
    match (live, body) {
        (Value::Object(live), Value::Object(body)) => body
            .iter()
            .all(|(key, value)| live.get(key).is_some_and(|live| holds(live, value))),
        (Value::Array(live), Value::Array(body)) => {
            live.len() == body.len() && live.iter().zip(body).all(|(live, body)| holds(live, body))
        }
        (live, body) => live == body,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body() -> Value {
        json!({
            "apiVersion": "x/v1", "kind": "X", "metadata": {"name": "a", "namespace": "b", "labels": {"l": "1"}},
            "spec": {
                "endpoints": [{"port": "http"}], "groups": [{"name": "one", "rules": [{"expr": "up"}]}],
                "selector": {"matchLabels": {"app": "a"}}, "sources": ["s"],
            },
        })
    }

    /// As the API server has it after our apply, with defaults and a label of somebody else.
    fn live() -> Value {
        let mut live = body();
        live["metadata"]["labels"]["theirs"] = json!("2");
        live["spec"]["endpoints"][0]["scheme"] = json!("http");
        live["spec"]["replicas"] = json!(1);
        live["metadata"]["managedFields"] = json!([
            {"manager": "somebody", "operation": "Update", "apiVersion": "x/v1",
                "fieldsV1": {"f:metadata": {"f:labels": {"f:theirs": {}}}}},
            {"manager": "servelens", "operation": "Apply", "apiVersion": "x/v1", "fieldsV1": {
                "f:metadata": {"f:labels": {"f:l": {}}},
                "f:spec": {
                    "f:endpoints": {},
                    "f:groups": {"k:{\"name\":\"one\"}": {".": {}, "f:name": {}, "f:rules": {}}},
                    "f:selector": {},
                    "f:sources": {"v:\"s\"": {}},
                },
            }},
        ]);
        live
    }

    #[test]
    fn what_was_applied_and_stayed_needs_no_second_look() {
        assert!(is_applied(&live(), &body()));
    }

    #[test]
    fn whatever_differs_is_left_to_the_api_server() {
        const OURS: &str = "/metadata/managedFields/1";
        let check = |what: &str, at: &str, value: Value| {
            let mut live = live();
            *live.pointer_mut(at).unwrap() = value;
            assert!(!is_applied(&live, &body()), "{what}");
        };
        check("a label has changed", "/metadata/labels/l", json!("2"));
        check("a rule has changed", "/spec/groups/0/rules/0", json!({"expr": "down"}));
        check("a rule was added", "/spec/groups/0/rules", json!([{"expr": "up"}, {}]));
        check("a group is gone", "/spec/groups", json!([]));
        check("an item of a set is gone", "/spec/sources", json!([]));
        check("the selector has changed", "/spec/selector/matchLabels/app", json!("b"));
        check(
            "somebody else has written the list",
            &format!("{OURS}/fieldsV1/f:spec"),
            json!({"f:groups": {"k:{\"name\":\"one\"}": {"f:name": {}, "f:rules": {}}}, "f:selector": {},
                "f:sources": {"v:\"s\"": {}}}),
        );
        check(
            "we own what we no longer want",
            &format!("{OURS}/fieldsV1/f:metadata/f:labels"),
            json!({"f:l": {}, "f:old": {}}),
        );
        check(
            "we own a group that we no longer want",
            &format!("{OURS}/fieldsV1/f:spec/f:groups"),
            json!({"k:{\"name\":\"one\"}": {"f:name": {}, "f:rules": {}}, "k:{\"name\":\"two\"}": {"f:name": {}}}),
        );
        check("by another version", &format!("{OURS}/apiVersion"), json!("x/v2"));
        check("not by an apply", &format!("{OURS}/operation"), json!("Update"));
        check("by somebody else", &format!("{OURS}/manager"), json!("somebody"));
        check("nobody knows", "/metadata/managedFields", json!([]));
        let mut more = body();
        more["spec"]["interval"] = json!("30s");
        assert!(!is_applied(&live(), &more), "we want more");
    }
}
