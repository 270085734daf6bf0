//! The model servers that the cluster knows of and no metric does: each caller gets those that it may list.

use anyhow::Result;
use axum::http::Method;
use serde_json::{Value, json};
use tests::rig::front_door::{Front, User, front};
use tests::rig::serve::Serve;

use super::matrix::{ask, before};

const SERVICES: [(&str, &str, &str, &str); 3] = [
    ("team-a", "v1beta1", "inferenceservices", "quiet"),
    ("team-a", "v1beta1", "inferenceservices", "starting"),
    ("team-b", "v1alpha2", "llminferenceservices", "llm"),
];

/// Makes the three, of which `starting` is not ready.
async fn make(front: &Front) -> Result<()> {
    let (https, root) = (&front.kube.https, front.kube.token(User::Admin));
    for (namespace, version, plural, name) in SERVICES {
        let path = format!(
            "{}/apis/serving.kserve.io/{version}/namespaces/{namespace}/{plural}",
            front.kube.url
        );
        let (kind, spec) = match plural {
            "inferenceservices" => (
                "InferenceService",
                json!({"predictor": {"model": {"modelFormat": {"name": "vLLM"}}}}),
            ),
            _ => (
                "LLMInferenceService",
                json!({"model": {"uri": "hf://ibm/granite", "name": "granite", "lora": {"adapters": [
                    {"name": "sql", "uri": "hf://ibm/granite-sql"},
                ]}}}),
            ),
        };
        let object = json!({
            "apiVersion": format!("serving.kserve.io/{version}"), "kind": kind, "metadata": {"name": name}, "spec": spec,
        });
        https.create(&path, root, &object).await?;
        let ready = if name == "starting" { "False" } else { "True" };
        let status = json!({"status": {"conditions": [
            {"type": "Ready", "status": ready, "lastTransitionTime": "2026-01-01T00:00:00Z"},
        ]}});
        let answer = https
            .send(
                Method::PATCH,
                &format!("{path}/{name}/status"),
                root,
                "application/merge-patch+json",
                status.to_string(),
            )
            .await?;
        assert!(answer.status.is_success(), "{}", answer.text());
    }
    Ok(())
}

/// `kind/namespace/workload model state` of each entry without metrics, then its adapters.
async fn seen(front: &Front, server: &Serve, user: User, query: &str) -> Result<Vec<String>> {
    let answer = ask(front, server, user, &format!("/api/models{query}")).await?;
    let body: Value = answer.json()?;
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let mut seen: Vec<String> = body["models"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| {
            let [kind, namespace, workload, model, state] =
                ["kind", "namespace", "workload", "model", "state"].map(|name| text(entry, name));
            let adapters = entry["adapters"].as_array().into_iter().flatten();
            let adapters: String = adapters
                .map(|name| format!(" +{}", name.as_str().unwrap_or_default()))
                .collect();
            format!("{kind}/{namespace}/{workload} {model} {state}{adapters}")
        })
        .collect();
    if seen.is_empty() {
        seen.push(format!(
            "{} {}",
            answer.status.as_u16(),
            body["code"].as_str().unwrap_or("-")
        ));
    }
    Ok(seen)
}

#[tokio::test]
async fn a_model_server_without_metrics_is_listed_to_those_who_may_list_it() -> Result<()> {
    let front = front()?;
    make(front).await?;
    let (server, _assets) = before(front).await?;
    let (quiet, starting, llm) = (
        "InferenceService/team-a/quiet  no_metrics".to_owned(),
        "InferenceService/team-a/starting  not_ready".to_owned(),
        "LLMInferenceService/team-b/llm granite no_metrics +sql".to_owned(),
    );
    let team_a = vec![quiet.clone(), starting.clone()];
    assert_eq!(seen(front, &server, User::Admin, "").await?, [quiet, starting, llm]);
    assert_eq!(seen(front, &server, User::Admin, "?namespace=team-a").await?, team_a);
    // May read every metric, and list no object.
    assert_eq!(seen(front, &server, User::Viewer, "").await?, ["200 -"]);
    assert_eq!(seen(front, &server, User::One, "?namespace=team-a").await?, team_a);
    assert_eq!(
        seen(front, &server, User::One, "?namespace=team-b").await?,
        ["403 namespace_denied"]
    );
    assert_eq!(
        seen(front, &server, User::Two, "?namespace=team-a&namespace=team-b")
            .await?
            .len(),
        3
    );
    assert_eq!(
        seen(front, &server, User::Nobody, "?namespace=team-a").await?,
        ["403 namespace_denied"]
    );
    assert_eq!(seen(front, &server, User::One, "?page=2").await?, ["400 bad_request"]);
    Ok(())
}
