//! Whether series arrive, asked of the metrics at the real front's ports by `servelens verify` and `check`.

use anyhow::Result;
use axum::http::Method;
use serde_json::{Value, json};
use tests::rig::front_door::{User, front};

use crate::provision::servelens;

#[tokio::test]
async fn what_arrives_is_asked_of_the_metrics_with_the_callers_token() -> Result<()> {
    let front = front()?;
    let folder = tempfile::tempdir()?;
    front.kube.found("arrives").await?;
    let developer = front.kube.newcomer("arriving", "arrives").await?;
    let (admin, nobody) = (front.kube.token(User::Admin), front.kube.token(User::Nobody));
    let kubeconfig = |token: &str| -> Result<std::path::PathBuf> {
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "rig",
            "clusters": [{"name": "rig", "cluster": {"server": front.kube.url, "certificate-authority": front.ca_file}}],
            "users": [{"name": "rig", "user": {"token": token}}],
            "contexts": [{"name": "rig", "context": {"cluster": "rig", "user": "rig"}}],
        });
        let file = folder.path().join("kubeconfig");
        std::fs::write(&file, config.to_string())?;
        Ok(file)
    };
    let ca = front.ca_file.to_string_lossy().into_owned();
    let ask = async |command: &'static str, token: &str| {
        let args = [
            command,
            "--output",
            "json",
            "--namespace",
            "arrives",
            "--cluster-url",
            &front.cluster_url,
            "--tenancy-url",
            &front.tenancy_url,
            "--ca-file",
            &ca,
        ];
        servelens(&kubeconfig(token)?, &args).await
    };
    // The rig's targets are up and serve no model's family: a model that is served there is found to show nothing.
    let path = format!(
        "{}/apis/serving.kserve.io/v1beta1/namespaces/arrives/inferenceservices",
        front.kube.url
    );
    let service = json!({
        "apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "metadata": {"name": "verified"},
        "spec": {"predictor": {"model": {"modelFormat": {"name": "vLLM"}}}},
    });
    front.kube.https.create(&path, admin, &service).await?;
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
    front.kube.https.create(&policies, admin, &policy).await?;
    for token in [admin, developer.as_str()] {
        let said = ask("verify", token).await?;
        assert_eq!(said.code, 1, "{said:?}");
        let found: Value = serde_json::from_str(&said.out)?;
        let findings = found["findings"].as_array().into_iter().flatten();
        let what: Vec<&str> = findings.filter_map(|finding| finding["what"].as_str()).collect();
        assert!(what.contains(&"arrives/verified: no target"), "{what:?}");
        assert!(what.contains(&"arrives: no samples of vllm"), "{what:?}");
        let gpus = what.contains(&"nvidia-gpu-operator: no samples of dcgm");
        assert_eq!(gpus, token == admin, "{what:?}");
        // The checks tell of targets by the same door.
        let checks = ask("check", token).await?;
        assert!(
            checks.out.contains(r#""arrives/verified: no target""#),
            "{}",
            checks.out
        );
    }
    let denied = ask("verify", nobody).await?;
    assert_eq!(denied.code, 3, "{denied:?}");
    assert!(
        denied.err.contains("add-role-to-user view <user> -n arrives"),
        "{denied:?}"
    );
    for path in [format!("{path}/verified"), format!("{policies}/gpus")] {
        let sent = front.kube.https.send(Method::DELETE, &path, admin, "", String::new());
        sent.await?;
    }
    Ok(())
}
