//! `/api/setup/…`: the same engine from the page, with the request's own caller; and the proof by metrics before the real
//! monitoring front.

use anyhow::{Context as _, Result};
use axum::http::Method;
use bytes::Bytes;
use serde_json::{Value, json};
use tests::rig::front_door::{User, front};
use tests::rig::http::{self, Answer};
use tests::rig::plane::plane;
use tests::rig::small_dist;

use super::dump::{dump, settled};
use super::servelens;
use super::states::model;

async fn send(url: &str, method: Method, token: &str) -> Result<Answer> {
    http::send(
        method,
        url,
        &[("authorization", &format!("Bearer {token}"))],
        Bytes::new(),
    )
    .await
}

/// As an `EventSource` asks.
async fn get_events(url: &str, token: &str) -> Result<Answer> {
    let authorization = format!("Bearer {token}");
    let headers = [
        ("authorization", authorization.as_str()),
        ("accept", "text/event-stream"),
    ];
    http::send(Method::GET, url, &headers, Bytes::new()).await
}

/// The data of each event, in the order they came.
fn events(answer: &Answer) -> Result<Vec<Value>> {
    let text = answer.text();
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    Ok(data.map(serde_json::from_str).collect::<Result<_, _>>()?)
}

#[tokio::test]
async fn the_page_plans_applies_and_removes_as_its_caller() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    model(plane, "door").await?;
    let before = dump(plane).await?;
    let assets = small_dist::write()?;
    let server = plane.serve(assets.path(), &plane.kube.url).await?;
    let url = |what: &str| format!("{}/api/setup/{what}?namespace=door", server.url);
    let admin = plane.kube.token(User::Admin);
    let nobody = plane.kube.token(User::Nobody);

    let plan = send(&url("plan"), Method::GET, admin).await?.json()?;
    assert_eq!(
        (&plan["user"], &plan["differs"]),
        (&json!("system:serviceaccount:rig:admin"), &json!(true))
    );
    let told = send(&url("apply"), Method::GET, admin).await?.json()?;
    assert_eq!(told["differs"], true, "a plain GET tells and does nothing");
    settled(plane, &before).await?;
    let answer = send(&url("apply"), Method::POST, nobody).await?;
    let last = events(&answer)?.pop().context("an event")?;
    assert_eq!(last["event"], "failed", "{last}");
    settled(plane, &before).await?;

    let answer = send(&url("apply"), Method::POST, admin).await?;
    assert_eq!(answer.header("content-type"), "text/event-stream");
    let told = events(&answer)?;
    let last = told.last().context("an event")?;
    assert_eq!(
        (&last["event"], &last["left"], &last["stopped"]),
        (&json!("end"), &json!([]), &Value::Null)
    );
    assert_eq!(told[0]["event"], "begun", "{told:?}");
    let plan = send(&url("plan"), Method::GET, admin).await?.json()?;
    assert_eq!(plan["differs"], false, "{plan}");
    let checks = send(&url("checks"), Method::GET, admin).await?.json()?;
    assert!(
        checks["categories"].as_array().is_some_and(|list| list.len() > 4),
        "{checks}"
    );

    let answer = get_events(&url("remove"), admin).await?;
    assert_eq!(events(&answer)?.last().context("an event")?["event"], "end");
    settled(plane, &before).await?;
    let unknown = send(&format!("{}/api/setup/plan?no-such=1", server.url), Method::GET, admin).await?;
    assert_eq!(unknown.status.as_u16(), 400);
    Ok(())
}

#[tokio::test]
async fn what_arrives_is_asked_of_the_metrics_with_the_callers_token() -> Result<()> {
    let front = front()?;
    let folder = tempfile::tempdir()?;
    let kubeconfig = |user: User| -> Result<std::path::PathBuf> {
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "rig",
            "clusters": [{"name": "rig", "cluster": {"server": front.kube.url, "certificate-authority": front.ca_file}}],
            "users": [{"name": "rig", "user": {"token": front.kube.token(user)}}],
            "contexts": [{"name": "rig", "context": {"cluster": "rig", "user": "rig"}}],
        });
        let file = folder.path().join(user.account());
        std::fs::write(&file, config.to_string())?;
        Ok(file)
    };
    let ca = front.ca_file.to_string_lossy().into_owned();
    let ask = async |command: &'static str, user: User, namespace: &str| {
        let args = [
            command,
            "--output",
            "json",
            "--namespace",
            namespace,
            "--cluster-url",
            &front.cluster_url,
            "--tenancy-url",
            &front.tenancy_url,
            "--ca-file",
            &ca,
        ];
        servelens(&kubeconfig(user)?, &args).await
    };
    // The rig's targets are up and serve no model's family: a model that is served there is found to show nothing.
    let path = format!(
        "{}/apis/serving.kserve.io/v1beta1/namespaces/team-b/inferenceservices",
        front.kube.url
    );
    let service = json!({
        "apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "metadata": {"name": "verified"},
        "spec": {"predictor": {"model": {"modelFormat": {"name": "vLLM"}}}},
    });
    front
        .kube
        .https
        .create(&path, front.kube.token(User::Admin), &service)
        .await?;
    // Where the GPU operator is to be seen, its exporter must show something, too.
    front.kube.define("nvidia.com", "clusterpolicies").await?;
    let policies = format!("{}/apis/nvidia.com/v1/clusterpolicies", front.kube.url);
    let parts = [
        "daemonsets",
        "dcgm",
        "dcgmExporter",
        "devicePlugin",
        "driver",
        "gfd",
        "nodeStatusExporter",
        "toolkit",
    ];
    let mut spec: Value = parts.iter().map(|part| ((*part).to_owned(), json!({}))).collect();
    spec["operator"] = json!({"defaultRuntime": "crio"});
    let policy =
        json!({"apiVersion": "nvidia.com/v1", "kind": "ClusterPolicy", "metadata": {"name": "gpus"}, "spec": spec});
    front
        .kube
        .https
        .create(&policies, front.kube.token(User::Admin), &policy)
        .await?;
    for user in [User::Admin, User::Two] {
        let said = ask("verify", user, "team-b").await?;
        assert_eq!(said.code, 1, "{said:?}");
        let found: Value = serde_json::from_str(&said.out)?;
        // Others serve there, too.
        let findings = found["findings"].as_array().into_iter().flatten();
        let what: Vec<&str> = findings.filter_map(|finding| finding["what"].as_str()).collect();
        assert!(what.contains(&"team-b/verified: no target"), "{what:?}");
        assert!(what.contains(&"team-b: no samples of vllm"), "{what:?}");
        let gpus = what.contains(&"nvidia-gpu-operator: no samples of dcgm");
        assert_eq!(gpus, user == User::Admin, "{what:?}");
        // The checks tell of targets by the same door.
        let checks = ask("check", user, "team-b").await?;
        assert!(checks.out.contains(r#""team-b/verified: no target""#), "{}", checks.out);
    }
    let denied = ask("verify", User::Nobody, "team-b").await?;
    assert_eq!(denied.code, 3, "{denied:?}");
    for path in [format!("{path}/verified"), format!("{policies}/gpus")] {
        let admin = front.kube.token(User::Admin);
        let sent = front.kube.https.send(Method::DELETE, &path, admin, "", String::new());
        sent.await?;
    }
    Ok(())
}
