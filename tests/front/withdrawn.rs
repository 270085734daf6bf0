//! A right that is taken away, before the real front: how long Servelens goes on showing what it gave. And a namespace that
//! is deleted.
//!
//! The front itself keeps what an access review said for five minutes. That is the platform's; what is ours is less.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use axum::http::Method;
use serde_json::{Value, json};
use tests::rig::front_door::{User, front};
use tests::rig::{http, wait};

use super::matrix::{ask, before};

/// What the product promises, and a second for the question itself.
const MOST: Duration = Duration::from_secs(31);

#[tokio::test]
async fn promise_04_what_was_withdrawn_is_gone_after_half_a_minute_though_the_front_still_gives_it() -> Result<()> {
    let front = front()?;
    let (server, _assets) = before(front).await?;
    let token = front.kube.newcomer("newcomer", "team-a").await?;
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let query = "/ns/team-a/api/v1/query?query=rig_load";
    let forwarded = async || {
        let url = format!("{}{query}", server.url);
        let answer = http::send(Method::GET, &url, &headers, bytes::Bytes::new()).await?;
        anyhow::Ok(answer.status.as_u16())
    };
    let panel = async || {
        let url = format!("{}/api/panels", server.url);
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)?
            .as_secs();
        let request = json!({"panels": ["vllm.kv_cache"], "vars": {"namespace": ["team-a"]}, "from": now - 3600, "to": now,
            "width": 600});
        let answer = http::post_json(&url, &headers, &request).await?.ndjson()?;
        anyhow::Ok(answer.first().map_or(Value::Null, |record| record["state"].clone()))
    };
    let direct = async || {
        let url = format!("{}/api/v1/query?query=rig_load&namespace=team-a", front.tenancy_url);
        anyhow::Ok(front.https.get(&url, &token).await?.status.as_u16())
    };
    // Both ways have given something, and so something is kept.
    assert_eq!((forwarded().await?, direct().await?), (200, 200));
    assert_ne!(panel().await?, "denied");
    front.kube.withdraw("newcomer", "team-a").await?;
    let since = Instant::now();
    loop {
        let seen = (forwarded().await?, panel().await?);
        if seen.0 == 403 && seen.1 == "denied" {
            break;
        }
        ensure!(since.elapsed() < MOST, "{seen:?} after {:?}", since.elapsed());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    println!(
        "gone from Servelens after {:.1} s; the front itself answers {}",
        since.elapsed().as_secs_f64(),
        direct().await?
    );
    Ok(())
}

/// A cluster viewer's list is what the store knows, for which a name fades after an hour only; the one that is watched is
/// looked at in the cluster, and so a deletion is told with the next answer.
#[tokio::test]
async fn a_namespace_that_is_deleted_is_gone_from_the_next_answer() -> Result<()> {
    let front = front()?;
    let (server, _assets) = before(front).await?;
    let listed = async |user: User, watched: &str| {
        let answer = ask(front, &server, user, &format!("/api/me?namespace={watched}")).await?;
        let me = answer.json()?;
        ensure!(me["namespaces"].is_array(), "{}", answer.text());
        let names = me["namespaces"].as_array().into_iter().flatten();
        anyhow::Ok(names.filter_map(Value::as_str).any(|name| name == watched))
    };
    let known = ask(front, &server, User::Viewer, "/api/me").await?.text();
    assert!(known.contains("\"gpu-operator\""), "the store knows it: {known}");
    assert!(!listed(User::Viewer, "gpu-operator").await?, "the cluster does not");

    let (https, admin) = (&front.kube.https, front.kube.token(User::Admin));
    let namespaces = format!("{}/api/v1/namespaces", front.kube.url);
    let fleeting = json!({"metadata": {"name": "fleeting"}});
    https.create(&namespaces, admin, &fleeting).await?;
    for user in [User::Admin, User::Viewer] {
        assert!(listed(user, "fleeting").await?, "{user:?} sees that it is there");
    }
    assert!(!listed(User::Nobody, "fleeting").await?, "who may not know is not told");
    let url = format!("{namespaces}/fleeting");
    let answer = https.send(Method::DELETE, &url, admin, "", String::new()).await?;
    ensure!(answer.status.is_success(), "{}", answer.text());
    for user in [User::Admin, User::Viewer] {
        assert!(!listed(user, "fleeting").await?, "{user:?} sees that it goes");
    }
    // Nothing of it stays for other tests.
    wait::until(
        "it is gone",
        async || Ok(https.get(&url, admin).await?.status.as_u16()),
        |status| *status == 404,
    )
    .await?;
    Ok(())
}
