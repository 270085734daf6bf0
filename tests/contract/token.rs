//! Whose eyes: without a token nothing is answered, and the token that is sent is the one that reaches the store.

use anyhow::Result;
use axum::http::{Method, StatusCode};
use bytes::Bytes;
use serde_json::json;
use tests::rig::http;
use tests::rig::serve::panels_request;
use tests::rig::upstream::Upstream;
use tests::rig::wait;

use super::{NOBODY, small_server};

#[tokio::test]
async fn every_door_of_data_wants_a_token() -> Result<()> {
    let (server, _assets) = small_server(NOBODY, &[]).await?;
    for (method, path) in [
        (Method::GET, "/api/catalog"),
        (Method::GET, "/api/me"),
        (Method::GET, "/api/models"),
        (Method::POST, "/api/panels"),
    ] {
        let answer = http::send(method, &format!("{}{path}", server.url), &[], Bytes::new()).await?;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        let mut error = answer.json()?;
        let id = error["request_id"].take();
        assert!(id.as_str().is_some_and(|id| !id.is_empty()), "{path}");
        assert_eq!(
            error,
            json!({
                "code": "no_caller",
                "message": "The request names no caller.",
                "next_step": "Send your own token: `Authorization: Bearer <token>`.",
                "request_id": null,
            }),
            "{path}"
        );
    }
    for path in [
        "query?query=up",
        "query_range?query=up",
        "series?match[]=up",
        "labels",
        "label/job/values",
    ] {
        let answer = http::get(&format!("{}/api/v1/{path}", server.url)).await?;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(answer.json()?["status"], "error", "{path}");
    }
    for path in ["/healthz", "/readyz"] {
        let answer = http::get(&format!("{}{path}", server.url)).await?;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (StatusCode::OK, "ok\n"),
            "{path}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn the_store_is_asked_with_the_callers_own_token_and_no_other() -> Result<()> {
    let upstream = Upstream::always(
        200,
        "application/json",
        r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#,
    )
    .await?;
    let (server, _assets) = small_server(&upstream.url, &[]).await?;
    assert_eq!(upstream.asked(), [], "nothing is asked on nobody's behalf");
    for token in ["canary-of-alice", "canary-of-bob"] {
        let bearer = format!("Bearer {token}");
        let url = format!("{}/api/v1/query?query=up", server.url);
        let answer = http::send(Method::GET, &url, &[("authorization", &bearer)], Bytes::new()).await?;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let last = upstream.asked().pop().unwrap();
        assert_eq!(last.authorization, Some(bearer));
    }
    Ok(())
}

#[tokio::test]
async fn a_browser_cannot_act_as_somebody_else() -> Result<()> {
    let upstream = Upstream::always(200, "application/json", "{}").await?;
    let (server, _assets) = small_server(&upstream.url, &[]).await?;
    let headers = [
        ("authorization", "Bearer canary-of-alice"),
        ("impersonate-user", "admin"),
    ];
    let answer = http::post_json(
        &format!("{}/api/panels", server.url),
        &headers,
        &panels_request(&["vllm.ttft"], 1_763_882_400),
    )
    .await?;
    assert_eq!(
        (answer.status, answer.json()?["code"].as_str()),
        (StatusCode::FORBIDDEN, Some("impersonation_refused"))
    );
    assert_eq!(upstream.asked(), []);
    Ok(())
}

#[tokio::test]
async fn no_token_reaches_the_log() -> Result<()> {
    let (server, _assets) = small_server(NOBODY, &["--log-level", "trace"]).await?;
    let headers = [
        ("authorization", "Bearer canary-of-alice"),
        ("cookie", "session=canary-of-alice"),
    ];
    let url = format!("{}/api/panels", server.url);
    let answer = http::post_json(&url, &headers, &panels_request(&["vllm.ttft"], 1_763_882_400)).await?;
    // The line that tells of the answer is the request's last.
    let log = wait::until(
        "the log tells of the request",
        async || Ok(server.child.stderr()),
        |log| log.contains("route=\"/api/panels\""),
    )
    .await?;
    for text in [log, answer.text()] {
        assert!(!text.contains("canary-of-alice"), "{text}");
    }
    Ok(())
}
