//! The manifests before a real API server with the platform's own definitions.

use anyhow::{Context as _, Result, ensure};
use axum::http::Method;
use serde_json::{Value, json};
use tests::rig::front_door::{Front, User, front};
use tests::rig::manifests::{OVERLAYS, kustomize};

/// What OpenShift and the Prometheus operator bring.
const DEFINITIONS: [(&str, &str); 4] = [
    ("console.openshift.io", "consoleplugins"),
    ("monitoring.coreos.com", "servicemonitors"),
    ("oauth.openshift.io", "oauthclients"),
    ("route.openshift.io", "routes"),
];

/// One test, because every overlay is the same installation in the same namespace.
#[tokio::test]
async fn every_overlay_is_taken_by_the_api_server_and_its_pod_is_admitted() -> Result<()> {
    let front = front()?;
    for (group, plural) in DEFINITIONS {
        front.kube.define(group, plural).await?;
    }
    for overlay in OVERLAYS {
        let objects = kustomize(overlay)?;
        let deployment = apply_all(front, overlay, &objects).await?;
        strange_fields_are_refused(front, overlay, &objects).await?;
        the_pod_is_admitted(front, &deployment).await?;
        the_account_may_nothing(front).await?;
    }
    Ok(())
}

/// First everything dry, where its namespace is there; then for good. Gives the Deployment as the API server keeps it.
async fn apply_all(front: &Front, overlay: &str, objects: &[Value]) -> Result<Value> {
    let mut kept = None;
    for dry_run in [true, false] {
        for object in objects {
            let what = format!("{overlay}: {} (dry run: {dry_run})", object["kind"]);
            let answer = front.kube.apply(object, dry_run).await?;
            ensure!(
                answer.status.is_success(),
                "{what}: {}: {}",
                answer.status,
                answer.text()
            );
            assert_eq!(answer.header("warning"), "", "{what}");
            let answer = answer.json()?;
            if dry_run && object["kind"] == "Namespace" {
                // A dry run into a namespace that is not there yet is refused.
                front.kube.apply(object, false).await?;
            }
            if object["kind"] == "Deployment" {
                kept = Some(answer);
            }
        }
    }
    kept.context("no Deployment")
}

/// That nothing was refused means something: with a field that no schema knows, each object is.
async fn strange_fields_are_refused(front: &Front, overlay: &str, objects: &[Value]) -> Result<()> {
    for object in objects {
        let mut strange = object.clone();
        let into = if object["spec"].is_object() {
            &mut strange["spec"]
        } else {
            &mut strange
        };
        into["surprise"] = json!("no such field");
        let answer = front.kube.apply(&strange, true).await?;
        let text = answer.text();
        assert!(
            !answer.status.is_success() && text.contains("surprise"),
            "{overlay} {}: {} {text}",
            object["kind"],
            answer.status
        );
    }
    Ok(())
}

/// The namespace enforces the standard `restricted`: the pod passes, and one that could gain rights does not.
async fn the_pod_is_admitted(front: &Front, deployment: &Value) -> Result<()> {
    let url = format!(
        "{}/api/v1/namespaces/servelens/pods?dryRun=All&fieldValidation=Strict",
        front.kube.url
    );
    let template = &deployment["spec"]["template"];
    let mut pod = json!({"metadata": template["metadata"], "spec": template["spec"]});
    pod["metadata"]["name"] = json!("servelens");
    let ask = async |pod: &Value| {
        let token = front.kube.token(User::Admin);
        let kind = "application/json";
        front.https.send(Method::POST, &url, token, kind, pod.to_string()).await
    };
    let answer = ask(&pod).await?;
    ensure!(answer.status.is_success(), "{}: {}", answer.status, answer.text());
    pod["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = json!(true);
    let answer = ask(&pod).await?;
    assert_eq!(answer.status.as_u16(), 403, "{}", answer.text());
    assert!(
        answer.text().contains("violates PodSecurity \\\"restricted"),
        "{}",
        answer.text()
    );
    Ok(())
}

/// Not even to look: what people see comes with their own tokens.
async fn the_account_may_nothing(front: &Front) -> Result<()> {
    let url = format!("{}/apis/authorization.k8s.io/v1/subjectaccessreviews", front.kube.url);
    for (verb, group, resource) in [
        ("list", "", "namespaces"),
        ("get", "", "secrets"),
        ("get", "metrics.k8s.io", "pods"),
        ("list", "serving.kserve.io", "inferenceservices"),
        ("create", "authorization.k8s.io", "subjectaccessreviews"),
    ] {
        let review = json!({"spec": {
            "user": "system:serviceaccount:servelens:servelens",
            "groups": ["system:serviceaccounts", "system:serviceaccounts:servelens", "system:authenticated"],
            "resourceAttributes": {"verb": verb, "group": group, "resource": resource, "namespace": "servelens"},
        }});
        let answer = front.https.create(&url, front.kube.token(User::Admin), &review).await?;
        assert_eq!(answer["status"]["allowed"], false, "{verb} {group}/{resource}");
    }
    Ok(())
}
