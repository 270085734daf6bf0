//! The InferenceServices and LLMInferenceServices that the caller may list: also those that no metric tells of.

use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use serde_json::Value;

use super::{AT_ONCE, Ask, names::Names};
use crate::{error::Fault, identity::Caller};

/// One model server as the cluster knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    pub namespace: String,
    pub name: String,
    pub kind: &'static str,
    /// The served name, where the object says it.
    pub model: String,
    /// The serving runtime or the model's format, where the object says it.
    pub runtime: String,
    /// What its controller says; `None` until it has looked.
    pub ready: Option<bool>,
    /// What requests may ask for.
    pub names: Names,
}

struct Kind {
    name: &'static str,
    plural: &'static str,
    /// The newest first: the first that the cluster serves is asked.
    versions: &'static [&'static str],
}

const KINDS: [Kind; 2] = [
    Kind {
        name: "InferenceService",
        plural: "inferenceservices",
        versions: &["v1beta1"],
    },
    Kind {
        name: "LLMInferenceService",
        plural: "llminferenceservices",
        versions: &["v1alpha2", "v1alpha1"],
    },
];

/// Everything of both kinds in these namespaces, or in all. What the caller may not list, and a kind that the cluster does
/// not have, adds nothing.
pub async fn list(ask: &Ask, caller: &Caller, namespaces: Option<&[String]>) -> Result<Vec<Workload>, Fault> {
    let places: Vec<String> = match namespaces {
        None => vec![String::new()],
        Some(names) => names.iter().map(|name| format!("namespaces/{name}/")).collect(),
    };
    let mut questions = Vec::new();
    for place in &places {
        questions.extend(KINDS.iter().map(|kind| of_kind(ask, caller, kind, place)));
    }
    let answers: Vec<_> = stream::iter(questions).buffered(AT_ONCE).collect().await;
    let mut found = Vec::new();
    for answer in answers {
        found.extend(answer?);
    }
    Ok(found)
}

async fn of_kind(ask: &Ask, caller: &Caller, kind: &Kind, place: &str) -> Result<Vec<Workload>, Fault> {
    for version in kind.versions {
        let path = format!("/apis/serving.kserve.io/{version}/{place}{}", kind.plural);
        if let Some(items) = ask.list(caller, &path).await? {
            return Ok(items.into_iter().filter_map(|item| workload(kind.name, item)).collect());
        }
    }
    Ok(Vec::new())
}

fn workload(kind: &'static str, item: Value) -> Option<Workload> {
    let text = |path: &str| {
        item.pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let runtime = [
        "/spec/predictor/model/runtime",
        "/spec/predictor/model/modelFormat/name",
    ];
    let runtime = runtime.into_iter().map(text).find(|text| !text.is_empty());
    let conditions = item.pointer("/status/conditions").cloned().unwrap_or_default();
    Some(Workload {
        namespace: text("/metadata/namespace"),
        name: Some(text("/metadata/name")).filter(|name| !name.is_empty())?,
        kind,
        model: text("/spec/model/name"),
        runtime: runtime.unwrap_or_default(),
        names: Names::of(&item),
        ready: ready(conditions),
    })
}

fn ready(conditions: Value) -> Option<bool> {
    #[derive(Deserialize)]
    struct Condition {
        r#type: String,
        status: String,
    }
    let conditions: Vec<Condition> = serde_json::from_value(conditions).ok()?;
    let ready = conditions.into_iter().find(|condition| condition.r#type == "Ready")?;
    match ready.status.as_str() {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_says_its_runtime_its_model_and_whether_it_is_ready() {
        let found = workload(
            "InferenceService",
            json!({
                "metadata": {"namespace": "a", "name": "granite"},
                "spec": {"predictor": {"model": {"modelFormat": {"name": "vLLM"}}}},
                "status": {"conditions": [{"type": "PredictorReady", "status": "True"}, {"type": "Ready", "status": "False"}]},
            }),
        );
        let expect = Workload {
            namespace: "a".to_owned(),
            name: "granite".to_owned(),
            kind: "InferenceService",
            model: String::new(),
            runtime: "vLLM".to_owned(),
            ready: Some(false),
            names: Names::default(),
        };
        assert_eq!(found, Some(expect));
        let new = json!({"metadata": {"namespace": "a", "name": "b"}, "spec": {"model": {"name": "ibm/granite"}}});
        let new = workload("LLMInferenceService", new).unwrap();
        assert_eq!((new.model.as_str(), new.ready), ("ibm/granite", None));
        assert_eq!(workload("InferenceService", json!({"metadata": {}})), None);
    }
}
