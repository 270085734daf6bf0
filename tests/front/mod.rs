//! Servelens before the real monitoring front: whose eyes see what. Needs the rig's Go programs.

mod arrives;
mod doors;
mod install;
pub mod matrix;
mod several;
mod table;
mod withdrawn;
mod workloads;

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::Value;
use tests::rig::http::Answer;

/// `200:3`: the status and how many series, groups or names; the status alone where there are none to count.
pub fn cell(answer: &Answer) -> String {
    let status = answer.status.as_u16();
    let Ok(body) = answer.json() else {
        return status.to_string();
    };
    let data = &body["data"];
    let lists = [&data["result"], &data["groups"], &data["alerts"], data];
    match lists.into_iter().find_map(Value::as_array) {
        Some(list) if status == 200 => format!("{status}:{}", list.len()),
        _ => status.to_string(),
    }
}

/// The namespaces that stand anywhere in an answer's labels; `-` for a series without one.
pub fn namespaces(body: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![body];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(list) => open.extend(list),
            Value::Object(map) => {
                if let Some(Value::String(namespace)) = map.get("namespace") {
                    found.insert(namespace.clone());
                }
                open.extend(map.values());
            }
            _ => {}
        }
    }
    found
}

/// An answer's data without what differs from one instant to the next.
pub fn data(answer: &Answer) -> Result<Value> {
    let mut body = answer.json()?;
    let mut data = body["data"].take();
    still(&mut data);
    Ok(data)
}

fn still(value: &mut Value) {
    const MOVING: [&str; 5] = ["evaluationTime", "lastEvaluation", "activeAt", "stats", "analysis"];
    match value {
        Value::Array(list) => {
            list.iter_mut().for_each(still);
            // Thanos gives series in no order that it promises.
            list.sort_by_key(Value::to_string);
        }
        Value::Object(map) => {
            map.retain(|key, _| !MOVING.contains(&key.as_str()));
            map.values_mut().for_each(still);
        }
        _ => {}
    }
}
