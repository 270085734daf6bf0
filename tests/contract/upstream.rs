//! A store that is away or answers badly: every panel has its own error with a code, a sentence and a next step, and
//! the answer still ends as it should.

use anyhow::Result;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tests::rig::http;
use tests::rig::serve::panels_request;
use tests::rig::upstream::Upstream;

use super::{NOBODY, small_server};

const TOKEN: [(&str, &str); 1] = [("authorization", "Bearer canary-of-alice")];

/// Both panels fail with `code`, and the answer is whole.
async fn check(upstream: &str, code: &str) -> Result<()> {
    let (server, _assets) = small_server(upstream, &["--upstream-timeout", "2s"]).await?;
    let body = panels_request(&["vllm.ttft", "gpu.power"], 1_763_882_400);
    let answer = http::post_json(&format!("{}/api/panels", server.url), &TOKEN, &body).await?;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (StatusCode::OK, "application/x-ndjson"),
        "{}",
        answer.text()
    );
    let mut lines = answer.ndjson()?;
    assert_eq!(lines.pop(), Some(json!({"done": true})));
    lines.sort_by_key(|line| line["panel"].to_string());
    let got: Vec<(&str, &str, &str)> = lines
        .iter()
        .map(|line| (text(&line["panel"]), text(&line["state"]), text(&line["error"]["code"])))
        .collect();
    assert_eq!(got, [("gpu.power", "error", code), ("vllm.ttft", "error", code)]);
    for line in &lines {
        for part in ["message", "next_step"] {
            let said = text(&line["error"][part]);
            assert!(said.ends_with('.') && !said.contains("127.0.0.1"), "{said}");
        }
    }
    Ok(())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_store_that_is_down_is_named_unreachable() -> Result<()> {
    check(NOBODY, "upstream_unreachable").await
}

#[tokio::test]
async fn a_store_that_answers_500_is_named_failing() -> Result<()> {
    let upstream = Upstream::always(500, "text/plain", "out of memory at 10.0.0.7").await?;
    check(&upstream.url, "upstream_error").await
}

#[tokio::test]
async fn html_in_the_place_of_json_is_no_prometheus() -> Result<()> {
    let upstream = Upstream::always(200, "text/html", "<html>Log in</html>").await?;
    check(&upstream.url, "upstream_not_prometheus").await
}

#[tokio::test]
async fn half_a_json_is_named_cut_short() -> Result<()> {
    let upstream = Upstream::always(200, "application/json", r#"{"status":"success","data":[{"__name__":"#).await?;
    check(&upstream.url, "upstream_truncated").await
}

#[tokio::test]
async fn a_login_redirect_is_not_followed() -> Result<()> {
    let upstream = Upstream::always(302, "text/html", "").await?;
    check(&upstream.url, "upstream_redirect").await
}

#[tokio::test]
async fn the_page_and_the_catalogue_are_there_while_the_store_is_away() -> Result<()> {
    let (server, _assets) = small_server(NOBODY, &["--identity", "demo"]).await?;
    for path in ["/readyz", "/servelens/overview", "/api/catalog"] {
        let answer = http::get(&format!("{}{path}", server.url)).await?;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    }
    let answer = http::get(&format!("{}/api/v1/query?query=up", server.url)).await?;
    let body = answer.json()?;
    assert_eq!(
        (answer.status, &body["status"]),
        (StatusCode::BAD_GATEWAY, &json!("error"))
    );
    assert!(body["errorType"].is_string() && body["error"].is_string(), "{body}");
    Ok(())
}
