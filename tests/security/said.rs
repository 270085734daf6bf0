//! What the program says of itself, at the finest level and with real tokens.

use anyhow::Result;
use axum::http::Method;
use tests::rig::child;
use tests::rig::front_door::{User, front};
use tests::rig::{http, secrets, wait};

use super::now;

#[tokio::test]
async fn promise_01_no_token_of_any_user_is_said_measured_or_answered() -> Result<()> {
    let front = front()?;
    let (server, _assets) = front.serve(&["--log-level", "trace"]).await?;
    let mut told = Vec::new();
    for user in User::ALL {
        let token = front.kube.token(user);
        let bearer = format!("Bearer {token}");
        let auth = ("authorization", bearer.as_str());
        for target in [
            "/api/me".to_owned(),
            "/api/models".to_owned(),
            "/api/v1/query?query=rig_load".to_owned(),
            "/ns/team-a/api/v1/query?query=rig_load".to_owned(),
            "/ns/team-a/api/v1/alerts".to_owned(),
            "/ns/team-a/api/v1/query?query=rig_load%7B".to_owned(),
            format!("/api/v1/query?query=up&access_token={token}"),
            format!("/api/{token}"),
        ] {
            let url = format!("{}{target}", server.url);
            for headers in [
                &[auth][..],
                &[auth, ("impersonate-user", token), ("cookie", token)],
                &[("x-token", token)],
            ] {
                told.push(http::send(Method::GET, &url, headers, bytes::Bytes::new()).await?);
            }
        }
        let panels = serde_json::json!({"panels": ["vllm.ttft"], "from": now() - 600, "to": now(), "width": 600});
        told.push(http::post_json(&format!("{}/api/panels", server.url), &[auth], &panels).await?);
    }
    told.push(http::get(&format!("{}/metrics", server.metrics_url)).await?);
    for answer in told {
        assert!(
            !secrets::holds(&format!("{:?}{}", answer.headers, answer.text())),
            "{}",
            answer.text()
        );
    }
    let said = wait::until(
        "the log tells of the requests",
        async || Ok(server.child.stderr()),
        |said| said.contains("answered") && said.contains("TRACE"),
    )
    .await?;
    assert_eq!(server.child.leaks(), Vec::<String>::new(), "{said}");
    Ok(())
}

/// The watch on what children say can fail.
#[test]
fn promise_01_a_token_that_a_program_says_is_noticed() -> Result<()> {
    let sayings = ["say canary-of-alice", "say eyJhbGciOiJSUzI1NiJ9.e30.x", "say nothing"];
    let mut noticed = Vec::new();
    for saying in sayings {
        let mut said = child::start("echo".as_ref(), &[saying], &[])?;
        said.wait_line(wait::PATIENCE, |line| line.starts_with("say").then_some(()))?;
        noticed.push(!said.leaks().is_empty());
    }
    assert_eq!(noticed, [true, true, false]);
    Ok(())
}
