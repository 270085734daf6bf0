//! One object that setting up makes: its kind, its place, its body, and the labels by which it is known again.

use serde_json::{Value, json};

use super::settings::Settings;
use crate::cluster::Kind;

/// Who made an object; the Grafana operator writes its own name here on what it derives.
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
pub const PART_OF: &str = "app.kubernetes.io/part-of";
/// Which installation; two of them on one cluster never touch each other's objects.
pub const INSTANCE: &str = "servelens.io/instance";
pub const NAME: &str = "servelens";
/// On an object that was there before: whoever has lost the record must not take it for one of ours.
pub const ADOPTED: &str = "servelens.io/adopted";

/// Objects are made in this order, and removed against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Namespaces,
    Operator,
    Access,
    Grafana,
    GrafanaSources,
    GrafanaDashboards,
    Monitors,
    Rules,
    Console,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    pub kind: &'static Kind,
    pub namespace: Option<String>,
    pub name: String,
    pub phase: Phase,
    /// Why it is made: one clause for the plan.
    pub reason: String,
    /// As it is applied: without status, managed fields or a resource version.
    pub body: Value,
    /// A Secret whose content is made once and never applied, shown or compared.
    pub generated: Option<Generated>,
}

/// What a generated Secret holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Generated {
    /// 32 random bytes.
    Cookie,
    /// A token of this account in the Secret's own namespace, which ends by itself.
    Token(String),
}

impl Object {
    /// `rest` is the object without apiVersion, kind, name, namespace and our labels.
    #[must_use]
    pub fn new(settings: &Settings, kind: &'static Kind, namespace: Option<&str>, name: &str, rest: Value) -> Object {
        let mut body = rest;
        let labels = json!({MANAGED_BY: NAME, PART_OF: NAME, INSTANCE: settings.instance});
        let head = [("apiVersion", json!(kind.api_version())), ("kind", json!(kind.kind))];
        if let Some(map) = body.as_object_mut() {
            for (key, value) in head {
                map.insert(key.to_owned(), value);
            }
            let metadata = map.entry("metadata").or_insert_with(|| json!({}));
            merge(metadata, &json!({"name": name, "labels": labels}));
            if let Some(namespace) = namespace {
                merge(metadata, &json!({"namespace": namespace}));
            }
        }
        Object {
            kind,
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
            phase: Phase::Rules,
            reason: String::new(),
            body,
            generated: None,
        }
    }

    #[must_use]
    pub fn at(mut self, phase: Phase, reason: &str) -> Object {
        self.phase = phase;
        reason.clone_into(&mut self.reason);
        self
    }

    #[must_use]
    pub fn generated(mut self, content: Generated) -> Object {
        self.generated = Some(content);
        self
    }

    /// As it is applied to one that was there before.
    #[must_use]
    pub fn adopted(mut self) -> Object {
        merge(&mut self.body, &json!({"metadata": {"annotations": {ADOPTED: "true"}}}));
        self
    }

    #[must_use]
    pub fn reference(&self) -> Reference {
        Reference {
            kind: self.kind,
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }
}

/// Where an object is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    pub kind: &'static Kind,
    pub namespace: Option<String>,
    pub name: String,
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{} {namespace}/{}", self.kind.kind, self.name),
            None => write!(f, "{} {}", self.kind.kind, self.name),
        }
    }
}

/// Whether an object in the cluster is one of this installation's.
#[must_use]
pub fn is_ours(live: &Value, instance: &str) -> bool {
    let label = |name: &str| live.pointer("/metadata/labels")?.get(name)?.as_str();
    label(MANAGED_BY) == Some(NAME) && label(INSTANCE) == Some(instance)
}

/// Whether it belonged to somebody else before.
#[must_use]
pub fn is_marked_adopted(live: &Value) -> bool {
    let notes = live.pointer("/metadata/annotations");
    notes.is_some_and(|notes| notes.get(ADOPTED).is_some())
}

/// Whether it is of another installation of Servelens.
#[must_use]
pub fn is_of_another(live: &Value, instance: &str) -> bool {
    let labels = live.pointer("/metadata/labels");
    let managed = labels.and_then(|labels| labels.get(MANAGED_BY)?.as_str());
    managed == Some(NAME) && !is_ours(live, instance)
}

/// Puts every entry of `from` into `into`, map by map.
pub fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}
