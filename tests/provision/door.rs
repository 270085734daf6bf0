//! `/api/setup/…`: the same engine from the page, with the request's own caller.

use anyhow::{Context as _, Result};
use axum::http::Method;
use bytes::Bytes;
use serde_json::{Value, json};
use tests::rig::front_door::User;
use tests::rig::http::{self, Answer};
use tests::rig::plane::plane;
use tests::rig::small_dist;

use super::dump::{dump, settled};
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
    // What cannot begin is an answer with its status, to a GET and a POST alike.
    for (token, status, code) in [(nobody, 403, "setup_denied"), ("canary-unknown", 401, "token_refused")] {
        let answer = send(&url("apply"), Method::POST, token).await?;
        let said = answer.json()?;
        assert_eq!(
            (answer.status.as_u16(), &said["code"]),
            (status, &json!(code)),
            "{said}"
        );
    }
    let said = send(&url("apply"), Method::POST, nobody).await?.json()?;
    let next = said["next_step"].as_str().unwrap_or_default();
    assert!(next.contains("grant admin and monitoring-edit there"), "{said}");
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
