//! The shapes of the answers, and what is refused.

use anyhow::Result;
use axum::http::StatusCode;
use serde_json::{Value, json};
use server_api::{CatalogAnswer, Me, Scope};
use tests::rig::http;
use tests::rig::serve::panels_request;
use tests::rig::upstream::Upstream;

use super::{NOBODY, small_server};

/// Each page is the dashboard of its name; more dashboards may follow for exports.
const PAGES: [&str; 4] = ["overview", "models", "routing", "gpus"];

#[tokio::test]
async fn the_catalogue_begins_with_the_four_pages_and_names_only_panels_that_exist() -> Result<()> {
    let (server, _assets) = small_server(NOBODY, &["--identity", "demo"]).await?;
    let answer = http::get_json(&format!("{}/api/catalog", server.url)).await?;
    for key in ["version", "families", "dashboards", "panels"] {
        assert!(answer.get(key).is_some(), "{key}");
    }
    for panel in answer["panels"].as_array().unwrap() {
        for key in [
            "id",
            "title",
            "tells",
            "when_bad",
            "unit",
            "kind",
            "covers",
            "queries",
            "thresholds",
        ] {
            assert!(panel.get(key).is_some(), "{key} of {panel}");
        }
        assert!(
            panel["queries"].as_array().is_some_and(|queries| !queries.is_empty()),
            "{panel}"
        );
        assert!(
            ["line", "area", "stat", "bar"].contains(&panel["kind"].as_str().unwrap()),
            "{panel}"
        );
    }
    let catalog: CatalogAnswer = serde_json::from_value(answer)?;
    assert_eq!(catalog.version, env!("CARGO_PKG_VERSION"));
    let ids: Vec<&str> = catalog
        .dashboards
        .iter()
        .map(|dashboard| dashboard.id.as_str())
        .collect();
    assert_eq!(ids.get(..PAGES.len()), Some(PAGES.as_slice()), "the pages come first");
    for dashboard in &catalog.dashboards {
        assert!(!dashboard.panels.is_empty(), "{}", dashboard.id);
        for id in &dashboard.panels {
            assert!(
                catalog.panels.iter().any(|panel| panel.id == *id),
                "{} of {}",
                id,
                dashboard.id
            );
        }
    }
    let covered: Vec<String> = (16..=30)
        .map(|line| format!("S0.{line}"))
        .chain(["S1.14".to_owned()])
        .collect();
    for line in covered {
        assert!(
            catalog.panels.iter().any(|panel| panel.covers.contains(&line)),
            "no panel covers {line}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_caller_whom_the_store_answers_sees_the_namespaces_that_it_names() -> Result<()> {
    let upstream = Upstream::always(200, "application/json", r#"{"status":"success","data":["a","b"]}"#).await?;
    let (server, _assets) = small_server(&upstream.url, &["--identity", "demo"]).await?;
    let me: Me = serde_json::from_value(http::get_json(&format!("{}/api/me", server.url)).await?)?;
    assert_eq!(
        (me.user.as_str(), me.scope, me.namespaces),
        ("demo", Scope::Cluster, vec!["a".to_owned(), "b".to_owned()])
    );
    assert!(me.rights.iter().all(|right| right.allowed));
    Ok(())
}

#[tokio::test]
async fn a_caller_whom_the_store_refuses_is_told_the_role_and_how_to_get_it() -> Result<()> {
    let upstream = Upstream::always(403, "text/plain", "Forbidden").await?;
    let (server, _assets) = small_server(&upstream.url, &["--identity", "demo"]).await?;
    let me: Me = serde_json::from_value(http::get_json(&format!("{}/api/me", server.url)).await?)?;
    assert_eq!((me.scope, me.namespaces.len()), (Scope::None, 0));
    let missing = me.rights.iter().find(|right| !right.allowed).unwrap();
    assert!(
        !missing.role.is_empty() && missing.grant.contains(&missing.role),
        "{missing:?}"
    );
    Ok(())
}

/// The whole error object but for its request id, which must be there and differ each time.
async fn check_refused(body: &Value, status: u16, code: &str) -> Result<()> {
    let (server, _assets) = small_server(NOBODY, &["--identity", "demo"]).await?;
    let answer = http::post_json(&format!("{}/api/panels", server.url), &[], body).await?;
    let error = answer.json()?;
    assert_eq!(
        (answer.status.as_u16(), &error["code"]),
        (status, &json!(code)),
        "{error}"
    );
    for key in ["message", "next_step", "request_id"] {
        assert!(
            error[key].as_str().is_some_and(|text| !text.is_empty()),
            "{key}: {error}"
        );
    }
    Ok(())
}

fn with(key: &str, value: Value) -> Value {
    let mut body = panels_request(&["vllm.ttft"], 1_763_882_400);
    body[key] = value;
    body
}

#[tokio::test]
async fn a_request_with_an_unknown_field_is_refused() -> Result<()> {
    check_refused(&with("query", json!("up")), 400, "bad_request").await
}

#[tokio::test]
async fn a_range_that_runs_backwards_is_refused() -> Result<()> {
    check_refused(&with("from", json!(1_763_882_401)), 400, "range_reversed").await
}

#[tokio::test]
async fn a_range_of_more_points_than_allowed_is_refused() -> Result<()> {
    let mut body = with("from", json!(1_663_882_400));
    body["width"] = json!(20_000);
    check_refused(&body, 400, "too_many_points").await
}

#[tokio::test]
async fn a_request_that_is_no_json_is_refused() -> Result<()> {
    check_refused(&json!("no object"), 400, "bad_request").await
}

#[tokio::test]
async fn an_unknown_panel_fails_alone() -> Result<()> {
    let upstream = Upstream::always(200, "application/json", r#"{"status":"success","data":[]}"#).await?;
    let (server, _assets) = small_server(&upstream.url, &["--identity", "demo"]).await?;
    let body = panels_request(&["no.such", "vllm.ttft"], 1_763_882_400);
    let answer = http::post_json(&format!("{}/api/panels", server.url), &[], &body).await?;
    assert_eq!(answer.status, StatusCode::OK);
    let lines = answer.ndjson()?;
    let state = |panel: &str| {
        lines
            .iter()
            .find(|line| line["panel"] == panel)
            .map(|line| line["state"].clone())
    };
    assert_eq!(state("no.such"), Some(json!("error")));
    assert_eq!(state("vllm.ttft"), Some(json!("no_samples")));
    assert_eq!(lines.last(), Some(&json!({"done": true})));
    Ok(())
}

#[tokio::test]
async fn an_answer_of_panels_has_the_fields_that_the_doors_name() -> Result<()> {
    let upstream = Upstream::always(200, "application/json", r#"{"status":"success","data":[]}"#).await?;
    let (server, _assets) = small_server(&upstream.url, &["--identity", "demo"]).await?;
    let body = panels_request(&["vllm.ttft"], 1_763_882_400);
    let answer = http::post_json(&format!("{}/api/panels", server.url), &[], &body).await?;
    let lines = answer.ndjson()?;
    let keys: Vec<&str> = lines[0].as_object().unwrap().keys().map(String::as_str).collect();
    let mut wanted = ["panel", "state", "window_s", "sources", "frames", "warnings", "error"];
    wanted.sort_unstable();
    assert_eq!(keys, wanted);
    Ok(())
}

#[tokio::test]
async fn the_servers_own_metrics_are_on_a_port_of_their_own() -> Result<()> {
    let (server, _assets) = small_server(NOBODY, &["--identity", "demo"]).await?;
    let metrics = http::get(&format!("{}/metrics", server.metrics_url)).await?;
    assert_eq!(metrics.status, StatusCode::OK);
    assert!(metrics.text().ends_with("# EOF\n"), "{}", metrics.text());
    let elsewhere = http::get(&format!("{}/metrics", server.url)).await?;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    Ok(())
}
