//! Grafana in a namespace of its own: with an operator that is there already, and with one that OLM has to install.

use anyhow::Result;
use tests::rig::plane::plane;
use tests::rig::played::olm;

use super::servelens;
use super::states::{model, round};

static KINDS: [&str; 4] = ["grafanas", "grafanafolders", "grafanadatasources", "grafanadashboards"];
const GROUP: &str = "grafana.integreatly.org";

fn with_grafana(args: [String; 2], view: &str) -> Vec<String> {
    let mut args = args.to_vec();
    args.extend(["--grafana".to_owned(), view.to_owned()]);
    args
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
    let _olm = olm(plane, "servelens-grafana", GROUP, &KINDS);
    let (first, _) = round(plane, &args).await?;
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
