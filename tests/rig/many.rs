//! A large cluster in the control plane: namespaces with models and pods, which run nowhere.

use anyhow::{Result, ensure};
use axum::http::Method;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};

use super::front_door::User;
use super::plane::Plane;

/// Objects made at once.
const AT_ONCE: usize = 16;

#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub namespaces: usize,
    pub models: usize,
    pub pods: usize,
}

/// The cluster that setting up is measured on.
pub const LARGE: Size = Size {
    namespaces: 200,
    models: 500,
    pods: 5_000,
};

/// Spreads models and pods over new namespaces whose names begin with `prefix`; gives the names.
pub async fn fill(plane: &Plane, prefix: &str, size: Size) -> Result<Vec<String>> {
    let names: Vec<String> = (0..size.namespaces).map(|index| format!("{prefix}-{index}")).collect();
    let spaces = names
        .iter()
        .map(|name| ("api/v1/namespaces".to_owned(), json!({"metadata": {"name": name}})));
    make(plane, spaces).await?;
    // What admission asks of a namespace with pods; its controller is slower than this.
    let accounts = names.iter().map(|name| {
        let account = json!({"metadata": {"name": "default"}});
        (format!("api/v1/namespaces/{name}/serviceaccounts"), account)
    });
    make(plane, accounts).await?;
    let place = |index: usize| names.get(index % names.len().max(1)).map_or("", String::as_str);
    let models = (0..size.models).map(|index| {
        let model = json!({
            "apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService",
            "metadata": {"name": format!("model-{index}")},
            "spec": {"predictor": {"model": {"modelFormat": {"name": "vLLM"}}}},
        });
        let path = "apis/serving.kserve.io/v1beta1/namespaces";
        (format!("{path}/{}/inferenceservices", place(index)), model)
    });
    make(plane, models).await?;
    let pods = (0..size.pods).map(|index| {
        let model = format!("model-{}", index % size.models.max(1));
        let pod = json!({
            "metadata": {
                "name": format!("{model}-predictor-{index}"),
                "labels": {"serving.kserve.io/inferenceservice": model, "component": "predictor"},
            },
            "spec": {"containers": [{"name": "kserve-container", "image": "none", "ports": [{"containerPort": 8080}]}]},
        });
        (
            format!("api/v1/namespaces/{}/pods", place(index % size.models.max(1))),
            pod,
        )
    });
    make(plane, pods).await?;
    Ok(names)
}

/// What is there already, its controller has made.
async fn make(plane: &Plane, objects: impl Iterator<Item = (String, Value)>) -> Result<()> {
    let root = plane.kube.token(User::Admin);
    let posts = objects.map(|(path, object)| async move {
        let url = format!("{}/{path}", plane.kube.url);
        let (kind, text) = ("application/json", object.to_string());
        let answer = plane.kube.https.send(Method::POST, &url, root, kind, text).await?;
        let good = answer.status.is_success() || answer.status.as_u16() == 409;
        ensure!(good, "{path}: {}", answer.text());
        Ok(())
    });
    stream::iter(posts).buffer_unordered(AT_ONCE).try_collect().await
}
