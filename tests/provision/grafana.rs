//! Grafana in a namespace of its own: with an operator that is there already, and with one that OLM has to install.
//!
//! OLM is played: on a Subscription it brings the operator's definitions and a version that has succeeded. Left out are
//! catalogues, install plans, the operator's own Deployment, and everything that the operator does with its objects.

use std::time::Duration;

use anyhow::Result;
use axum::http::Method;
use serde_json::{Value, json};
use tests::rig::front_door::User;
use tests::rig::plane::{Plane, plane};

use super::servelens;
use super::states::{model, round};

const KINDS: [&str; 4] = ["grafanas", "grafanafolders", "grafanadatasources", "grafanadashboards"];
const GROUP: &str = "grafana.integreatly.org";
const OLM: &str = "apis/operators.coreos.com/v1alpha1/namespaces/servelens-grafana";

fn with_grafana(args: [String; 2], view: &str) -> Vec<String> {
    let mut args = args.to_vec();
    args.extend(["--grafana".to_owned(), view.to_owned()]);
    args
}

/// What a Subscription brings, until the test ends.
async fn play_olm(plane: &'static Plane) -> Result<()> {
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let name = "grafana-operator.v5.24.0";
        let subscription = plane.get(&format!("{OLM}/subscriptions/grafana-operator")).await?;
        let waiting = subscription.is_some_and(|one| one.pointer("/status/installedCSV").is_none());
        if waiting {
            for plural in KINDS {
                plane.define(GROUP, plural).await?;
            }
            let version = json!({
                "apiVersion": "operators.coreos.com/v1alpha1", "kind": "ClusterServiceVersion", "metadata": {"name": name},
                "spec": {"displayName": "Grafana Operator", "install": {"strategy": "deployment", "spec": {"deployments": []}}},
            });
            plane.create(&format!("{OLM}/clusterserviceversions"), version).await?;
            status(
                plane,
                &format!("clusterserviceversions/{name}"),
                json!({"phase": "Succeeded"}),
            )
            .await?;
            let now = "2026-01-01T00:00:00Z";
            status(
                plane,
                "subscriptions/grafana-operator",
                json!({"installedCSV": name, "state": "AtLatestKnown", "lastUpdated": now}),
            )
            .await?;
        }
    }
}

async fn status(plane: &Plane, object: &str, status: Value) -> Result<()> {
    let url = format!("{}/{OLM}/{object}/status", plane.kube.url);
    let (root, kind) = (plane.kube.token(User::Admin), "application/merge-patch+json");
    let body = json!({"status": status}).to_string();
    let answer = plane.kube.https.send(Method::PATCH, &url, root, kind, body).await?;
    anyhow::ensure!(answer.status.is_success(), "{object}: {}", answer.text());
    Ok(())
}

#[tokio::test]
async fn an_operator_that_is_there_is_used_and_stays() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await;
    let args = with_grafana(model(plane, "grafana-there").await?, "namespace");
    let (first, _) = round(plane, &args).await?;
    assert!(!first.out.contains("Subscription"), "{}", first.out);
    Ok(())
}

#[tokio::test]
async fn an_absent_operator_is_installed_and_taken_back_with_its_version() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await;
    let args = with_grafana(model(plane, "grafana-new").await?, "cluster");
    for plural in KINDS {
        plane.undefine(GROUP, plural).await?;
    }
    let (first, _) = tokio::select! {
        done = round(plane, &args) => done?,
        ended = play_olm(plane) => anyhow::bail!("the played OLM ended early: {ended:?}"),
    };
    assert!(
        first.out.contains("Subscription servelens-grafana/grafana-operator"),
        "{}",
        first.out
    );
    Ok(())
}

#[tokio::test]
async fn secrets_are_made_once_and_shown_nowhere() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await;
    let args = with_grafana(model(plane, "grafana-secrets").await?, "namespace");
    let admin = plane.admin()?;
    let run = async |command: &'static str, more: &'static [&'static str]| {
        let mut all = vec![command];
        all.extend(more);
        all.extend(args.iter().map(String::as_str));
        servelens(&admin, &all).await
    };
    let plan = run("plan", &["--output", "json"]).await?;
    assert_eq!(plan.code, 1, "{plan:?}");
    let apply = run("apply", &["--yes"]).await?;
    assert_eq!(apply.code, 0, "{apply:?}");
    let secret = async |name: &str, key: &str| -> Result<String> {
        let path = format!("api/v1/namespaces/servelens-grafana/secrets/{name}");
        let object = plane.get(&path).await?.unwrap_or_default();
        Ok(object["data"][key].as_str().unwrap_or_default().to_owned())
    };
    let (cookie, token) = (
        "rhoai-grafana-proxy-cookie",
        "rhoai-grafana-reader-grafana-secrets-token",
    );
    let first = (secret(cookie, "session_secret").await?, secret(token, "token").await?);
    assert!(
        first.0.len() > 40 && first.1.len() > 100,
        "{} {}",
        first.0.len(),
        first.1.len()
    );
    let again = run("apply", &["--yes"]).await?;
    assert_eq!(
        (again.code, &first),
        (
            0,
            &(secret(cookie, "session_secret").await?, secret(token, "token").await?)
        )
    );
    let remove = run("remove", &["--yes"]).await?;
    assert_eq!(remove.code, 0, "{remove:?}");
    for said in [plan, apply, again, remove] {
        for value in [&first.0, &first.1] {
            assert!(
                !said.out.contains(value.as_str()) && !said.err.contains(value.as_str()),
                "a secret was shown"
            );
        }
    }
    plane.gone("servelens-grafana").await
}
