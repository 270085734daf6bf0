//! How an object is and how it would be: the API server's own answer to a dry run against what it has now.

use std::collections::BTreeMap;

use serde_json::Value;

/// What the server itself writes at every change, or writes for somebody else.
const MOVING: [&str; 7] = [
    "managedFields",
    "resourceVersion",
    "generation",
    "uid",
    "creationTimestamp",
    "selfLink",
    "deletionTimestamp",
];
const HIDDEN: &str = "(hidden)";
/// A line of a rule or a dashboard can be as long as a page.
const LONGEST: usize = 160;

/// Without what changes by itself, and with nothing of a secret but its keys.
#[must_use]
pub fn still(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(map) = object.as_object_mut() {
        map.remove("status");
    }
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.retain(|key, _| !MOVING.contains(&key.as_str()));
    }
    object
}

/// One line for each value that differs: `-` as it is, `+` as it would be. Empty: nothing would change.
#[must_use]
pub fn lines(live: Option<&Value>, wanted: Option<&Value>) -> Vec<String> {
    let (live, wanted) = (live.map(still), wanted.map(still));
    let (before, after) = (leaves(live.as_ref()), leaves(wanted.as_ref()));
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    let mut out = Vec::new();
    for key in keys {
        let (old, new) = (before.get(key), after.get(key));
        if old == new {
            continue;
        }
        let mut line = |sign: char, value: Option<&String>| {
            if let Some(value) = value {
                out.push(format!("{sign} {key}: {}", shortened(value)));
            }
        };
        line('-', old);
        line('+', new);
    }
    out
}

/// Each changed line of a text that was edited in place.
#[must_use]
pub fn text_lines(before: &str, after: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = old.iter().zip(&new).take_while(same).count();
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let tail = tail.min(old.len().min(new.len()) - head);
    let part = |lines: &[&str], sign: char| -> Vec<String> {
        let end = lines.len() - tail;
        let middle = lines.get(head..end).unwrap_or_default();
        middle.iter().map(|line| format!("{sign} {line}")).collect()
    };
    let mut out = part(&old, '-');
    out.extend(part(&new, '+'));
    out
}

fn leaves(object: Option<&Value>) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let Some(object) = object else { return out };
    let secret = object.get("kind").and_then(Value::as_str) == Some("Secret");
    let mut open = vec![(String::new(), object)];
    while let Some((path, value)) = open.pop() {
        let hidden = secret && (path.starts_with("data.") || path.starts_with("stringData."));
        match value {
            Value::Object(map) if !map.is_empty() => {
                let dot = if path.is_empty() { "" } else { "." };
                open.extend(map.iter().map(|(key, value)| (format!("{path}{dot}{key}"), value)));
            }
            Value::Array(list) if !list.is_empty() => {
                open.extend(
                    list.iter()
                        .enumerate()
                        .map(|(n, value)| (format!("{path}[{n}]"), value)),
                );
            }
            _ if hidden => drop(out.insert(path, HIDDEN.to_owned())),
            Value::String(text) => drop(out.insert(path, text.clone())),
            other => drop(out.insert(path, other.to_string())),
        }
    }
    out
}

fn shortened(value: &str) -> String {
    let line = value.replace('\n', "⏎");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_told_and_no_secret() {
        let live = json!({
            "kind": "Secret", "metadata": {"name": "a", "uid": "1", "resourceVersion": "7", "labels": {"x": "1"}},
            "data": {"token": "c2VjcmV0"}, "status": {"seen": true},
        });
        let wanted = json!({
            "kind": "Secret", "metadata": {"name": "a", "uid": "1", "resourceVersion": "8", "labels": {"x": "2"}},
            "data": {"token": "b3RoZXI=", "more": "eA=="},
        });
        insta::assert_snapshot!(lines(Some(&live), Some(&wanted)).join("\n"), @r#"
+ data.more: (hidden)
- metadata.labels.x: 1
+ metadata.labels.x: 2
"#);
        assert_eq!(lines(Some(&live), Some(&live)), Vec::<String>::new());
        assert_eq!(
            lines(None, Some(&json!({"spec": {"a": [1, {}]}}))),
            ["+ spec.a[0]: 1", "+ spec.a[1]: {}"]
        );
    }

    #[test]
    fn an_edited_text_shows_its_changed_lines() {
        let check = |before: &str, after: &str, expect: &[&str]| assert_eq!(text_lines(before, after), expect);
        check("a\nb\n", "a\nb\nc\n", &["+ c"]);
        check("a\nb\nc", "a\nx\nc", &["- b", "+ x"]);
        check("", "a\n", &["+ a"]);
        check("a\na\n", "a\n", &["- a"]);
        check("a", "a", &[]);
    }
}
