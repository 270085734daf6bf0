//! What stood in an object of others before it was adopted, so that it can be given back as it was.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::facts::text;
use super::object::Reference;
use super::plan::diff::still;
use crate::cluster::MANAGER;

/// By its place, as a JSON pointer; null where nothing stood.
pub type Former = BTreeMap<String, Value>;

/// Each place where `after` differs from `live`. Lists count as a whole; a secret's content is never kept.
#[must_use]
pub fn between(live: &Value, after: &Value) -> Former {
    let mut former = Former::new();
    collect(&still(live), &still(after), "", &mut former);
    if text(live, "/kind") == "Secret" {
        former.retain(|place, _| !place.starts_with("/data") && !place.starts_with("/stringData"));
    }
    former
}

fn collect(live: &Value, after: &Value, place: &str, former: &mut Former) {
    let (Some(old), Some(new)) = (live.as_object(), after.as_object()) else {
        if live != after {
            former.insert(place.to_owned(), live.clone());
        }
        return;
    };
    for key in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
        let place = format!("{place}/{}", key.replace('~', "~0").replace('/', "~1"));
        let of = |map: &Map<String, Value>| map.get(key).cloned().unwrap_or_default();
        collect(&of(old), &of(new), &place, former);
    }
}

/// Adds what was found at a later change; what was there before the first one stays.
pub fn join(known: &mut Former, more: &Former) {
    for (place, value) in more {
        let is_known = known.keys().any(|other| {
            place == other
                || place
                    .strip_prefix(other.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
        });
        if !is_known {
            known.insert(place.clone(), value.clone());
        }
    }
}

/// Our last apply to an object: the former values and nothing else, so that all that was ours alone goes. A place that
/// somebody else has written since stays as they want it. `None` where nothing of it is ours.
#[must_use]
pub fn body(object: &Reference, former: &Former, live: &Value) -> Option<Value> {
    let entries = live.pointer("/metadata/managedFields").and_then(Value::as_array);
    let ours = |entry: &&Value| text(entry, "/manager") == MANAGER && text(entry, "/operation") == "Apply";
    let fields = entries?.iter().find(ours)?.get("fieldsV1")?;
    let mut body = json!({
        "apiVersion": object.kind.api_version(), "kind": object.kind.kind, "metadata": {"name": object.name},
    });
    if let (Some(metadata), Some(namespace)) = (body.pointer_mut("/metadata"), &object.namespace) {
        put(metadata, "/namespace", namespace.as_str().into());
    }
    for owned in former.keys().filter_map(|place| owned(fields, place)) {
        let value = restored(former, live, owned);
        if !value.is_null() {
            put(&mut body, owned, value);
        }
    }
    Some(body)
}

/// The part of a place down to which the API server tells owners apart, some maps being owned as a whole; `None` where it is
/// not ours.
fn owned<'a>(fields: &Value, place: &'a str) -> Option<&'a str> {
    let mut at = fields;
    let mut end = 0;
    for key in place.split('/').skip(1) {
        if end > 0 && at.as_object().is_some_and(Map::is_empty) {
            break;
        }
        at = at.get(format!("f:{}", plain(key)))?;
        end += 1 + key.len();
    }
    place.get(..end)
}

/// What stood at a place, be it that only parts of it were changed.
fn restored(former: &Former, live: &Value, place: &str) -> Value {
    if let Some(value) = former.get(place) {
        return value.clone();
    }
    let mut value = live.pointer(place).cloned().unwrap_or_default();
    for (other, old) in former {
        if let Some(rest) = other.strip_prefix(place).filter(|rest| rest.starts_with('/')) {
            put(&mut value, rest, old.clone());
        }
    }
    value
}

fn plain(key: &str) -> String {
    key.replace("~1", "/").replace("~0", "~")
}

/// Null takes away.
fn put(into: &mut Value, place: &str, value: Value) {
    let (above, last) = place.rsplit_once('/').unwrap_or(("", place));
    let mut at = into;
    for key in above.split('/').skip(1) {
        if !at.is_object() {
            *at = json!({});
        }
        let Some(map) = at.as_object_mut() else { return };
        at = map.entry(plain(key)).or_insert(Value::Null);
    }
    if !at.is_object() {
        *at = json!({});
    }
    let Some(map) = at.as_object_mut() else { return };
    match value {
        Value::Null => drop(map.remove(&plain(last))),
        value => drop(map.insert(plain(last), value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::POD_MONITOR;

    fn live() -> Value {
        json!({
            "kind": "PodMonitor", "metadata": {"name": "a", "uid": "1", "labels": {"team/x": "1"}},
            "spec": {"selector": {"matchLabels": {"app": "a"}}, "podMetricsEndpoints": [{"port": "http"}]},
        })
    }

    fn after() -> Value {
        json!({
            "kind": "PodMonitor", "metadata": {"name": "a", "uid": "1", "labels": {"team/x": "2", "ours": "1"}},
            "spec": {
                "selector": {"matchLabels": {"app": "a", "more": "1"}},
                "podMetricsEndpoints": [{"port": "http", "interval": "30s"}],
                "more": {"deep": 1},
            },
        })
    }

    #[test]
    fn what_stood_before_is_kept_once_and_nothing_of_a_secret() {
        let former = between(&live(), &after());
        let expect = json!({
            "/metadata/labels/ours": null, "/metadata/labels/team~1x": "1", "/spec/more": null,
            "/spec/podMetricsEndpoints": [{"port": "http"}], "/spec/selector/matchLabels/more": null,
        });
        assert_eq!(json!(former), expect);
        let mut later = former.clone();
        let second = [
            ("/spec/more/deep", json!(1)),
            ("/spec/podMetricsEndpoints", json!([])),
            ("/spec/moreover", json!(2)),
        ];
        join(
            &mut later,
            &second.map(|(place, value)| (place.to_owned(), value)).into(),
        );
        assert_eq!(later.len(), former.len() + 1, "{later:?}");
        assert_eq!(later["/spec/podMetricsEndpoints"], json!([{"port": "http"}]));
        let secret =
            |value: &str| json!({"kind": "Secret", "metadata": {"labels": {"a": value}}, "data": {"token": value}});
        assert_eq!(
            json!(between(&secret("1"), &secret("2"))),
            json!({"/metadata/labels/a": "1"})
        );
    }

    #[test]
    fn what_is_given_back_is_what_is_still_ours() {
        let object = Reference {
            kind: &POD_MONITOR,
            namespace: Some("b".to_owned()),
            name: "a".to_owned(),
        };
        let former = between(&live(), &after());
        let mut now = after();
        assert_eq!(body(&object, &former, &now), None);
        now["metadata"]["managedFields"] = json!([
            {"manager": "other", "operation": "Update", "fieldsV1": {"f:spec": {"f:podMetricsEndpoints": {}}}},
            {"manager": "servelens", "operation": "Apply", "fieldsV1": {
                "f:metadata": {"f:labels": {"f:team/x": {}, "f:ours": {}}}, "f:spec": {"f:more": {"f:deep": {}}, "f:selector": {}},
            }},
        ]);
        let expect = json!({
            "apiVersion": "monitoring.coreos.com/v1", "kind": "PodMonitor",
            "metadata": {"name": "a", "namespace": "b", "labels": {"team/x": "1"}},
            // As a whole, because it is owned as a whole.
            "spec": {"selector": {"matchLabels": {"app": "a"}}},
        });
        assert_eq!(body(&object, &former, &now), Some(expect));
    }
}
