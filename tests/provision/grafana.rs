//! Grafana in a namespace of its own: with an operator that is there already, and with one that OLM has to install.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;
use tests::rig::plane::{Plane, plane};
use tests::rig::played::{deploy, grafana, is_calm, olm, undeploy};
use tests::rig::wait;

use super::dump::{dump, settled};
use super::states::{model, round_with};
use super::{change, servelens};

static KINDS: [&str; 4] = ["grafanas", "grafanafolders", "grafanadatasources", "grafanadashboards"];
const GROUP: &str = "grafana.integreatly.org";

fn with_grafana(args: [String; 2], view: &str) -> Vec<String> {
    let mut args = args.to_vec();
    args.extend(["--grafana".to_owned(), view.to_owned()]);
    args
}

async fn calm(plane: &Plane) -> Result<()> {
    wait::until("the operator is calm", async || is_calm(plane).await, |()| true).await
}

#[tokio::test]
async fn an_operator_that_is_there_is_used_and_stays() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = with_grafana(model(plane, "grafana-there").await?, "namespace");
    let _grafana = grafana(plane);
    deploy(plane).await?;
    let (first, _) = round_with(plane, &args, async || calm(plane).await).await?;
    assert!(!first.out.contains("Subscription"), "{}", first.out);
    undeploy(plane).await?;
    // By OLM, in a namespace of somebody else's.
    plane.namespace("operators").await?;
    let subscriptions = "apis/operators.coreos.com/v1alpha1/namespaces/operators/subscriptions";
    let spec = json!({"name": "grafana-operator", "source": "community-operators", "sourceNamespace": "openshift-marketplace"});
    let theirs = json!({
        "apiVersion": "operators.coreos.com/v1alpha1", "kind": "Subscription", "metadata": {"name": "theirs"}, "spec": spec,
    });
    plane.create(subscriptions, theirs).await?;
    let (first, _) = round_with(plane, &args, async || calm(plane).await).await?;
    assert!(!first.out.contains("Subscription servelens"), "{}", first.out);
    plane.delete(&format!("{subscriptions}/theirs")).await
}

#[tokio::test]
async fn an_absent_operator_is_installed_and_taken_back_with_its_version_and_installed_again() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = with_grafana(model(plane, "grafana-new").await?, "cluster");
    // It lets go of what other tests have left, with which the definitions would stay.
    let _grafana = grafana(plane);
    for plural in KINDS {
        plane.undefine(GROUP, plural).await?;
    }
    let _olm = olm(plane, "servelens-grafana", GROUP, &KINDS);
    // The second time the definitions are still there, as OLM leaves them, and nobody who serves them.
    for time in ["first", "second"] {
        let (first, _) = round_with(plane, &args, async || calm(plane).await).await?;
        assert!(
            first.out.contains("Subscription servelens-grafana/grafana-operator"),
            "the {time} time: {}",
            first.out
        );
    }
    Ok(())
}

#[tokio::test]
async fn where_the_operator_has_gone_its_finalizers_are_taken_away_after_saying_so() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = with_grafana(model(plane, "grafana-gone").await?, "namespace");
    let admin = plane.admin()?;
    let played = grafana(plane);
    deploy(plane).await?;
    calm(plane).await?;
    let before = dump(plane).await?;
    let run = async |command: &'static str| change(&admin, command, &args, &[]).await;
    let apply = run("apply").await?;
    assert_eq!(apply.code, 0, "{apply:?}");
    calm(plane).await?;
    drop(played);
    undeploy(plane).await?;
    let begun = Instant::now();
    let remove = run("remove").await?;
    assert_eq!(remove.code, 0, "{remove:?}");
    // Each of some twenty dashboards would be waited for.
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    assert!(
        remove.out.contains("no Grafana operator is to be seen"),
        "{}",
        remove.out
    );
    settled(plane, &before).await
}

#[tokio::test]
async fn secrets_are_made_once_and_shown_nowhere() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = with_grafana(model(plane, "grafana-secrets").await?, "namespace");
    let _grafana = grafana(plane);
    deploy(plane).await?;
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
    // Whoever empties a secret gets a new one at the next run.
    let path = |name: &str| format!("api/v1/namespaces/servelens-grafana/secrets/{name}");
    plane
        .merge(&path(cookie), &json!({"data": {"session_secret": null}}))
        .await?;
    plane.merge(&path(token), &json!({"data": {"token": null}})).await?;
    let renewed = run("apply", &["--yes"]).await?;
    assert_eq!(renewed.code, 0, "{renewed:?}");
    assert!(renewed.out.contains("a key is missing in it"), "{}", renewed.out);
    let second = (secret(cookie, "session_secret").await?, secret(token, "token").await?);
    assert!(
        second.0.len() > 40 && second.1.len() > 100 && second.0 != first.0,
        "{} {}",
        second.0.len(),
        second.1.len()
    );
    let remove = run("remove", &["--yes"]).await?;
    assert_eq!(remove.code, 0, "{remove:?}");
    for said in [plan, apply, again, renewed, remove] {
        for value in [&first.0, &first.1, &second.0, &second.1] {
            assert!(
                !said.out.contains(value.as_str()) && !said.err.contains(value.as_str()),
                "a secret was shown"
            );
        }
    }
    undeploy(plane).await?;
    plane.gone("servelens-grafana").await
}
