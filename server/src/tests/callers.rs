//! Who is calling, and what the upstream hears of it.

use axum::http::Method;

use super::harness::{TOKEN, assets, catalog, config, good, server, server_with};
use crate::{config::IdentityMode, start_with};

const DOORS: [(Method, &str); 14] = [
    (Method::GET, "/api/catalog"),
    (Method::GET, "/api/me"),
    (Method::GET, "/api/models"),
    (Method::POST, "/api/panels"),
    (Method::GET, "/api/v1/query?query=up"),
    (Method::POST, "/api/v1/query_range"),
    (Method::GET, "/api/v1/series"),
    (Method::GET, "/api/v1/labels"),
    (Method::GET, "/api/v1/label/pod/values"),
    (Method::GET, "/ns/a/api/v1/query?query=up"),
    (Method::POST, "/ns/a/api/v1/query_range"),
    (Method::GET, "/ns/a/api/v1/series"),
    (Method::POST, "/ns/a/api/v1/labels"),
    (Method::GET, "/ns/a/api/v1/label/pod/values"),
];

#[tokio::test]
async fn without_a_caller_every_door_answers_401() {
    let server = server(good).await;
    for (method, path) in DOORS {
        let headers = [
            ("user-agent", "kube-probe/1.31"),
            ("x-forwarded-user", "admin"),
            ("cookie", "token=a"),
        ];
        let answer = server
            .send(method, &format!("{path}?access_token={TOKEN}"), &headers, "")
            .await;
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    assert_eq!(server.upstream.asked().len(), 0);
    insta::assert_snapshot!(server.send(Method::GET, "/api/me", &[], "").await.show(), @r#"
    401
    cache-control: no-store
    content-length: 161
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    www-authenticate: Bearer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"code":"no_caller","message":"The request names no caller.","next_step":"Send your own token: `Authorization: Bearer <token>`.","request_id":"<id>"}
    "#);
    insta::assert_snapshot!(server.send(Method::GET, "/api/v1/labels", &[], "").await.show(), @r#"
    401
    cache-control: no-store
    content-length: 135
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    www-authenticate: Bearer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"no_caller","error":"The request names no caller. Send your own token: `Authorization: Bearer <token>`."}
    "#);
}

#[tokio::test]
async fn impersonation_is_refused_at_every_door() {
    let server = server(good).await;
    let bearer = format!("Bearer {TOKEN}");
    for (method, path) in DOORS {
        let headers = [("authorization", bearer.as_str()), ("impersonate-user", "admin")];
        assert_eq!(server.send(method, path, &headers, "").await.status, 403, "{path}");
    }
    assert_eq!(server.upstream.asked().len(), 0);
    let headers = [
        ("authorization", bearer.as_str()),
        ("Impersonate-Group", "system:masters"),
    ];
    insta::assert_snapshot!(server.send(Method::GET, "/api/me", &headers, "").await.show(), @r#"
    403
    cache-control: no-store
    content-length: 235
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"code":"impersonation_refused","message":"Servelens answers with the caller's own rights and refuses the header impersonate-group.","next_step":"Stop impersonating, or send the other user's own token.","request_id":"<id>"}
    "#);
}

#[tokio::test]
async fn the_upstream_hears_the_caller_s_token_and_no_other_header_of_the_request() {
    let server = server(good).await;
    let bearer = format!("Bearer {TOKEN}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("cookie", "session=1"),
        ("x-forwarded-for", "1.2.3.4"),
        ("x-remote-user", "admin"),
        ("connection", "authorization"),
        ("te", "trailers"),
        ("accept", "text/html"),
        ("accept-encoding", "gzip"),
        ("x-own", "1"),
    ];
    let answer = server.send(Method::GET, "/api/v1/query?query=up", &headers, "").await;
    assert_eq!(answer.status, 200);
    let asked = server.upstream.asked();
    let host = server.upstream.addr.to_string();
    assert_eq!(asked.len(), 1);
    let mut heard = asked[0].headers.clone();
    heard.sort();
    let expect = [
        ("accept", "application/json"),
        ("accept-encoding", "identity"),
        ("authorization", &bearer),
        ("host", &host),
        ("user-agent", concat!("servelens/", env!("CARGO_PKG_VERSION"))),
    ];
    assert_eq!(heard, expect.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn each_question_of_a_dashboard_carries_the_token_of_its_own_caller() {
    let server = server(good).await;
    server.panels(&["t.gauge", "t.rate", "t.sizes"]).await;
    let asked = server.upstream.asked();
    assert_eq!(asked.len(), 4);
    for question in asked {
        let tokens: Vec<_> = question
            .headers
            .iter()
            .filter(|(name, _)| name == "authorization")
            .collect();
        assert_eq!(tokens, [&("authorization".to_owned(), format!("Bearer {TOKEN}"))]);
    }
}

#[tokio::test]
async fn the_demo_identity_needs_no_token_and_sends_none() {
    let server = server_with(good, |config| config.identity = IdentityMode::Demo).await;
    let answer = server
        .send(Method::GET, "/api/me", &[("authorization", "Bearer someone")], "")
        .await;
    insta::assert_snapshot!(answer.text(), @r#"{"user":"demo","scope":"cluster","namespaces":["a","b"],"rights":[{"name":"Read the metrics of every namespace","allowed":true,"role":"cluster-monitoring-view","grant":"oc adm policy add-cluster-role-to-user cluster-monitoring-view <user>"}]}"#);
    assert!(
        server.upstream.asked()[0]
            .headers
            .iter()
            .all(|(name, _)| name != "authorization")
    );
}

#[tokio::test]
async fn the_demo_identity_does_not_start_where_others_could_reach_it() {
    let assets = assets();
    let mut config = config(assets.path().to_owned(), ([127, 0, 0, 1], 9).into());
    config.identity = IdentityMode::Demo;
    config.listen = ([0, 0, 0, 0], 0).into();
    let fault = start_with(config, catalog()).await.err().unwrap();
    assert_eq!(fault.exit_code(), 2);
    insta::assert_snapshot!(fault.to_string(), @"the configuration has a fault: --identity demo lets everybody in and so listens on loopback only: use --listen 127.0.0.1:8477, or --identity bearer");
}
