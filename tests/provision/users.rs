//! As each kind of user: what may be done is done, the rest is named with the missing right, and the API server's own audit
//! log shows nobody but the caller.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::plane::{Plane, plane};
use tests::rig::wait;

use super::dump::{dump, settled};
use super::servelens;
use super::states::model;

/// The roles that OpenShift's monitoring brings.
async fn roles(plane: &Plane) -> Result<()> {
    for (name, group, resources) in [
        (
            "monitoring-edit",
            "monitoring.coreos.com",
            json!(["servicemonitors", "podmonitors", "prometheusrules"]),
        ),
        ("kserve-edit", "serving.kserve.io", json!(["*"])),
    ] {
        let role = json!({
            "metadata": {"name": name},
            "rules": [{"apiGroups": [group], "resources": resources, "verbs": ["*"]}],
        });
        plane
            .create("apis/rbac.authorization.k8s.io/v1/clusterroles", role)
            .await?;
    }
    Ok(())
}

/// Who has written what since the log had `from` lines: user, verb and resource.
fn written(plane: &Plane, from: usize) -> Result<BTreeSet<String>> {
    let log = std::fs::read_to_string(&plane.kube.audit_file)?;
    let mut seen = BTreeSet::new();
    for line in log.lines().skip(from) {
        let event: Value = serde_json::from_str(line)?;
        let text = |path: &str| {
            event
                .pointer(path)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let by_servelens = text("/userAgent").contains("servelens") || text("/objectRef/name").starts_with("servelens");
        if by_servelens {
            seen.insert(text("/user/username"));
        }
    }
    Ok(seen)
}

fn lines(plane: &Plane) -> Result<usize> {
    Ok(std::fs::read_to_string(&plane.kube.audit_file)?.lines().count())
}

#[tokio::test]
async fn each_user_does_what_they_may_and_is_told_the_rest() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await;
    let namespace = "users";
    let args = model(plane, namespace).await?;
    roles(plane).await?;
    let owner = plane
        .account(
            "owner",
            &[
                ("admin", namespace),
                ("monitoring-edit", namespace),
                ("kserve-edit", namespace),
            ],
        )
        .await?;
    let reader = plane.account("reader", &[("view", namespace)]).await?;
    let nobody = plane.account("nobody-else", &[]).await?;
    let before = dump(plane).await?;
    for (name, kubeconfig, done, named) in [
        (
            "owner",
            &owner,
            true,
            "you may not patch configmaps cluster-monitoring-config in openshift-monitoring",
        ),
        ("reader", &reader, false, "you may not create podmonitors"),
        ("nobody-else", &nobody, false, "the right"),
    ] {
        let from = lines(plane)?;
        let apply = servelens(kubeconfig, &["apply", "--yes", &args[0], &args[1]]).await?;
        assert_eq!(apply.code, 3, "{name}: {apply:?}");
        let said = format!("{}{}", apply.out, apply.err);
        assert!(said.contains(named) || !done, "{name}: {said}");
        let monitor = "apis/monitoring.coreos.com/v1/namespaces/users/podmonitors/servelens-granite";
        assert_eq!(plane.get(monitor).await?.is_some(), done, "{name}: {said}");
        if done {
            let caller = format!("system:serviceaccount:rig:{name}");
            let only = BTreeSet::from([caller]);
            wait::until(
                "the audit log is written",
                async || written(plane, from),
                |seen| !seen.is_empty(),
            )
            .await?;
            assert_eq!(written(plane, from)?, only);
            let remove = servelens(kubeconfig, &["remove", "--yes", &args[0], &args[1]]).await?;
            assert_eq!(remove.code, 0, "{name}: {remove:?}");
            assert_eq!(written(plane, from)?, only);
        }
        settled(plane, &before).await?;
        let check = servelens(kubeconfig, &["check", &args[0], &args[1]]).await?;
        assert_eq!(check.err, "", "{name}");
        assert!(check.out.contains("Status check results are"), "{name}: {}", check.out);
    }
    Ok(())
}
