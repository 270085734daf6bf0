//! As each kind of user: what may be done is done, the rest is named with the missing right, and the API server's own audit
//! log shows nobody but the caller.

use std::collections::BTreeSet;

use anyhow::Result;
use axum::http::Method;
use bytes::Bytes;
use serde_json::{Value, json};
use tests::rig::front_door::User;
use tests::rig::plane::{Plane, plane};
use tests::rig::{http, small_dist, wait};

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

/// Who has written since the log had `from` lines.
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

/// Everybody asks for reviews at least, so that a log without a line is one that is not written yet.
async fn only(plane: &Plane, from: usize, account: &str) -> Result<()> {
    let seen = async || written(plane, from);
    let seen = wait::until("the audit log is written", seen, |seen| !seen.is_empty()).await?;
    assert_eq!(seen, BTreeSet::from([format!("system:serviceaccount:rig:{account}")]));
    Ok(())
}

#[tokio::test]
async fn each_user_does_what_they_may_and_is_told_the_rest() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
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
    // May make every monitor and rule, and no ConfigMap for the record.
    let unrecorded = [
        ("view", namespace),
        ("monitoring-edit", namespace),
        ("kserve-edit", namespace),
    ];
    let unrecorded = plane.account("unrecorded", &unrecorded).await?;
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
        (
            "unrecorded",
            &unrecorded,
            false,
            "you may not create configmaps in users",
        ),
        ("reader", &reader, false, "you may not create podmonitors"),
        ("nobody-else", &nobody, false, "cannot get resource \"configmaps\""),
    ] {
        let from = lines(plane)?;
        let apply = servelens(kubeconfig, &["apply", "--yes", &args[0], &args[1]]).await?;
        assert_eq!(apply.code, 3, "{name}: {apply:?}");
        let said = format!("{}{}", apply.out, apply.err);
        assert!(said.contains(named), "{name}: {said}");
        let monitor = "apis/monitoring.coreos.com/v1/namespaces/users/podmonitors/servelens-granite";
        assert_eq!(plane.get(monitor).await?.is_some(), done, "{name}: {said}");
        only(plane, from, name).await?;
        if done {
            let remove = servelens(kubeconfig, &["remove", "--yes", &args[0], &args[1]]).await?;
            assert_eq!(remove.code, 0, "{name}: {remove:?}");
            only(plane, from, name).await?;
        }
        settled(plane, &before).await?;
        let check = servelens(kubeconfig, &["check", &args[0], &args[1]]).await?;
        assert_eq!(check.err, "", "{name}");
        assert!(check.out.contains("Status check results are"), "{name}: {}", check.out);
    }
    Ok(())
}

#[tokio::test]
async fn the_administrator_and_the_servers_own_door_write_under_the_callers_name() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = model(plane, "users-door").await?;
    let before = dump(plane).await?;
    let from = lines(plane)?;
    let admin = plane.admin()?;
    for command in ["apply", "remove"] {
        let run = servelens(&admin, &[command, "--yes", &args[0], &args[1]]).await?;
        assert_eq!(run.code, 0, "{command}: {run:?}");
    }
    only(plane, from, "admin").await?;
    settled(plane, &before).await?;

    // A server that has no account at all: what is written under another name than the caller's cannot be.
    let from = lines(plane)?;
    let assets = small_dist::write()?;
    let server = plane.serve(assets.path(), &plane.kube.url).await?;
    let owner = plane.kube.another_token(User::Admin).await?;
    let bearer = format!("Bearer {owner}");
    for what in ["plan", "apply", "remove"] {
        let method = if what == "plan" { Method::GET } else { Method::POST };
        let url = format!("{}/api/setup/{what}?namespace=users-door", server.url);
        let answer = http::send(method, &url, &[("authorization", &bearer)], Bytes::new()).await?;
        assert!(answer.status.is_success(), "{what}: {}", answer.text());
        assert!(
            !answer.text().contains(r#""event":"failed""#),
            "{what}: {}",
            answer.text()
        );
        // A plan need not write, so that it is looked at with what follows.
        if what != "plan" {
            only(plane, from, "admin").await?;
        }
    }
    settled(plane, &before).await
}
