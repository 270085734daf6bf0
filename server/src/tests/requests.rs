//! Every fault of a request: refused with its own code before the upstream hears of it.

use axum::http::Method;
use serde_json::{Value, json};

use super::harness::{START, TOKEN, good, line, server};

async fn check(request: Value) -> String {
    let server = server(good).await;
    let answer = server.dashboard(&request).await;
    assert_eq!(server.upstream.asked().len(), 0);
    answer.show()
}

fn asking(changes: &[(&str, Value)]) -> Value {
    let mut request = json!({"panels": ["t.gauge"], "from": START, "to": START + 90, "width": 600});
    for (key, value) in changes {
        request[key] = value.clone();
    }
    request
}

#[tokio::test]
async fn a_range_that_ends_before_it_starts_is_refused() {
    insta::assert_snapshot!(check(asking(&[("from", json!(20)), ("to", json!(10))])).await, @r#"
    400
    cache-control: no-store
    content-length: 169
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"code":"range_reversed","message":"The time range does not end after it starts.","next_step":"Choose an end that lies after the start.","request_id":"<id>"}
    "#);
}

#[tokio::test]
async fn a_plan_of_over_11_000_points_is_refused() {
    let month = json!(START + 30 * 86_400);
    insta::assert_snapshot!(check(asking(&[("to", month), ("width", json!(40_000))])).await, @r#"
    400
    cache-control: no-store
    content-length: 203
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"code":"too_many_points","message":"The request would give 28801 points for each series, and 11000 are allowed.","next_step":"Choose a shorter range or a smaller width.","request_id":"<id>"}
    "#);
}

#[tokio::test]
async fn milliseconds_instead_of_seconds_are_refused() {
    insta::assert_snapshot!(check(asking(&[("to", json!(START * 1000))])).await, @r#"
    400
    cache-control: no-store
    content-length: 276
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"code":"bad_request","message":"The request cannot be read: the range from 1763796000 to 1763796000000 is longer than a hundred years: times are Unix seconds, not milliseconds.","next_step":"Correct what the message names, and send it again.","request_id":"<id>"}
    "#);
}

#[tokio::test]
async fn an_unknown_field_is_refused_by_name() {
    insta::assert_snapshot!(check(asking(&[("query", json!("up"))])).await, @r#"
    400
    cache-control: no-store
    content-length: 271
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"code":"bad_request","message":"The request cannot be read: at `query`: unknown field `query`, expected one of `panels`, `vars`, `from`, `to`, `width` at line 1 column 47.","next_step":"Correct what the message names, and send it again.","request_id":"<id>"}
    "#);
}

#[tokio::test]
async fn an_unknown_variable_is_refused_with_the_known_ones() {
    insta::assert_snapshot!(check(asking(&[("vars", json!({"cluster": ["a"]}))])).await, @r#"
    400
    cache-control: no-store
    content-length: 224
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"code":"bad_request","message":"The request cannot be read: `vars` has no \"cluster\"; there are model, namespace, workload.","next_step":"Correct what the message names, and send it again.","request_id":"<id>"}
    "#);
}

#[tokio::test]
async fn no_panel_too_many_panels_and_too_many_values_are_refused() {
    let many: Vec<_> = (0..200).map(|n| format!("p{n}")).collect();
    for (key, value) in [
        ("panels", json!([])),
        ("panels", json!(many)),
        (
            "vars",
            json!({"model": (0..501).map(|n| n.to_string()).collect::<Vec<_>>()}),
        ),
        ("vars", json!({"model": ["m".repeat(5000)]})),
        ("width", json!(0)),
    ] {
        let text = check(asking(&[(key, value)])).await;
        assert!(
            text.starts_with("400\n") && text.contains("\"code\":\"bad_request\""),
            "{text}"
        );
    }
}

#[tokio::test]
async fn promise_12_a_body_beyond_the_limit_is_refused() {
    let long = "x".repeat(70 << 10);
    insta::assert_snapshot!(check(asking(&[("panels", json!([long]))])).await, @r#"
    413
    cache-control: no-store
    content-length: 177
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"code":"body_too_large","message":"The request's body is longer than 65536 bytes.","next_step":"Ask for fewer panels or shorter lists at once.","request_id":"<id>"}
    "#);
}

#[tokio::test]
async fn an_unknown_panel_fails_alone() {
    let server = server(good).await;
    let records = server.panels(&["t.gone", "t.gauge"]).await;
    let of = |id: &str| records.iter().find(|record| record["panel"] == id).unwrap();
    assert_eq!(of("t.gauge")["state"], "ok");
    insta::assert_snapshot!(line(of("t.gone")), @r#"{"error":{"code":"unknown_panel","message":"The catalogue has no panel \"t.gone\".","next_step":"Reload the page; GET /api/catalog lists every panel.","request_id":"<id>"},"frames":[],"panel":"t.gone","sources":[],"state":"error","warnings":[],"window_s":null}"#);
}

#[tokio::test]
async fn an_unknown_version_of_the_frames_is_refused() {
    let server = server(good).await;
    let bearer = format!("Bearer {TOKEN}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("accept", "application/vnd.servelens.frames;v=9"),
    ];
    let answer = server
        .send(Method::POST, "/api/panels", &headers, &asking(&[]).to_string())
        .await;
    insta::assert_snapshot!(answer.show(), @r#"
    406
    cache-control: no-store
    content-length: 210
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"code":"unknown_frame_version","message":"This version of the frame format is not spoken here.","next_step":"Reload the page, or ask for version 1 or for application/x-ndjson.","request_id":"<id>"}
    "#);
}

#[tokio::test]
async fn an_address_that_is_none_is_not_found_in_the_shape_of_its_door() {
    let server = server(good).await;
    insta::assert_snapshot!(server.get("/api/nothing").await.show(), @r#"
    404
    content-length: 142
    content-security-policy: default-src 'none'; frame-ancestors 'none'
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"code":"not_found","message":"There is nothing at this address.","next_step":"Check the address for a slip.","request_id":"<id>"}
    "#);
    insta::assert_snapshot!(server.get("/api/v1/admin/tsdb/delete_series").await.show(), @r#"
    404
    content-length: 116
    content-security-policy: default-src 'none'; frame-ancestors 'none'
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"not_found","error":"There is nothing at this address. Check the address for a slip."}
    "#);
}

#[tokio::test]
async fn another_method_is_told_which_ones_there_are() {
    let server = server(good).await;
    insta::assert_snapshot!(server.get("/api/panels").await.show(), @r#"
    405
    allow: POST
    content-length: 171
    content-security-policy: default-src 'none'; frame-ancestors 'none'
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"code":"method_not_allowed","message":"This address does not take this method.","next_step":"Use the method named in the `Allow` header.","request_id":"<id>"}
    "#);
    insta::assert_snapshot!(server.send(Method::DELETE, "/api/v1/series", &[], "").await.show(), @r#"
    405
    allow: GET,HEAD,POST
    content-length: 145
    content-security-policy: default-src 'none'; frame-ancestors 'none'
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"method_not_allowed","error":"This address does not take this method. Use the method named in the `Allow` header."}
    "#);
}

#[tokio::test]
async fn promise_08_only_exact_paths_reach_the_upstream() {
    let server = server(good).await;
    for path in [
        "/api/v1/query/",
        "/api/v1//query",
        "//api/v1/query",
        "/api/v1/./query",
        "/api/v1/x/../query",
        "/api/v1/%71uery",
        "/api/v1/query;x",
        "/API/v1/query",
        "/api/v1/label/a%2fb/values",
        "/api/v1/label/../values",
        "/api/v1/label//values",
        "/api/v1/query%00",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.show());
    }
    assert_eq!(server.upstream.asked().len(), 0);
}
