//! Kubernetes' label selectors, as far as monitors use them.

use std::collections::BTreeMap;

use serde_json::Value;

pub type Labels = BTreeMap<String, String>;

/// A map of texts at a place of an object.
#[must_use]
pub fn labels(object: &Value, path: &str) -> Labels {
    let map = object.pointer(path).and_then(Value::as_object);
    let pairs = map.into_iter().flatten();
    pairs
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// Whether a selector chooses what has these labels. An empty selector chooses everything.
#[must_use]
pub fn selects(selector: &Value, labels: &Labels) -> bool {
    let wanted = self::labels(selector, "/matchLabels");
    if wanted.iter().any(|(key, value)| labels.get(key) != Some(value)) {
        return false;
    }
    let rules = selector.get("matchExpressions").and_then(Value::as_array);
    rules.into_iter().flatten().all(|rule| {
        let have = labels.get(super::text(rule, "/key"));
        let mut values = rule.get("values").and_then(Value::as_array).into_iter().flatten();
        let mut listed = |have: &String| values.any(|value| value.as_str() == Some(have));
        match super::text(rule, "/operator") {
            "In" => have.is_some_and(&mut listed),
            "NotIn" => !have.is_some_and(&mut listed),
            "Exists" => have.is_some(),
            "DoesNotExist" => have.is_none(),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_selector_chooses_by_equality_and_by_sets() {
        let labels: Labels = [("a", "1"), ("b", "2")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into();
        let check = |selector: Value, expect: bool| assert_eq!(selects(&selector, &labels), expect, "{selector}");
        check(json!({}), true);
        check(json!({"matchLabels": {"a": "1"}}), true);
        check(json!({"matchLabels": {"a": "1", "c": "3"}}), false);
        for (operator, key, values, expect) in [
            ("In", "a", json!(["0", "1"]), true),
            ("In", "c", json!(["0"]), false),
            ("NotIn", "a", json!(["1"]), false),
            ("NotIn", "c", json!(["1"]), true),
            ("Exists", "b", json!([]), true),
            ("DoesNotExist", "b", json!([]), false),
            ("DoesNotExist", "c", json!([]), true),
            ("Unheard", "b", json!([]), false),
        ] {
            check(
                json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]}),
                expect,
            );
        }
    }
}
