//! Who is calling, and what the upstream hears of it.

use std::sync::Mutex;

use axum::http::Method;
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};

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
async fn promise_02_a_token_in_the_address_is_no_caller() {
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
async fn promise_05_impersonation_is_refused_at_every_door() {
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
async fn promise_06_the_upstream_hears_the_caller_s_token_and_no_other_header_of_the_request() {
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

/// What a front, a browser or an attacker might put into a request, and what nobody has thought of.
fn header() -> impl Strategy<Value = (String, String)> {
    let known = select(vec![
        "x-forwarded-user",
        "x_forwarded_user",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-uri",
        "x-forwarded-access-token",
        "x-remote-user",
        "x-remote-group",
        "x-remote-extra-scopes",
        "x-original-url",
        "x-rewrite-url",
        "x-http-method-override",
        "x-scope-orgid",
        "thanos-tenant",
        "x-prom-label-proxy",
        "forwarded",
        "via",
        "cookie",
        "te",
        "trailer",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "origin",
        "referer",
        "accept",
        "accept-encoding",
        "content-type",
        "if-none-match",
        "range",
        "user-agent",
        "traceparent",
    ]);
    let name = prop_oneof![known.prop_map(str::to_owned), "x[a-z0-9_-]{0,12}"];
    (name, "[!-~]{0,24}")
}

/// The upstream hears five headers, whatever a request brings, and of the request's own the token alone.
#[test]
fn promise_05_no_header_of_a_request_goes_on_but_the_token() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(server(good));
    let seen = Mutex::new(0);
    let config = Config {
        cases: 300,
        failure_persistence: None,
        ..Config::default()
    };
    let run = TestRunner::new(config).run(&vec(header(), 0..24), |brought| {
        let bearer = format!("Bearer {TOKEN}");
        let mut headers: Vec<_> = brought
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        headers.push(("authorization", &bearer));
        let ask = server.send(Method::GET, "/api/v1/query?query=up", &headers, "");
        prop_assert_eq!(runtime.block_on(ask).status, 200);
        let asked = server.upstream.asked();
        let mut seen = seen.lock().unwrap();
        prop_assert_eq!(asked.len(), *seen + 1);
        *seen += 1;
        let mut heard = asked[*seen - 1].headers.clone();
        heard.sort();
        let names: Vec<&str> = heard.iter().map(|(name, _)| name.as_str()).collect();
        prop_assert_eq!(
            names,
            ["accept", "accept-encoding", "authorization", "host", "user-agent"]
        );
        prop_assert_eq!(&heard[0].1, "application/json");
        prop_assert_eq!(&heard[2].1, &bearer);
        Ok(())
    });
    run.unwrap();
}

/// Who stands before Servelens may say what it likes of the client: nothing follows from it.
#[tokio::test]
async fn promise_33_what_a_front_says_of_the_client_changes_nothing() {
    let server = server(good).await;
    let bearer = format!("Bearer {TOKEN}");
    let spoofs = [
        ("x-forwarded-uri", "/healthz"),
        ("x-original-url", "/healthz"),
        ("x-rewrite-url", "/healthz"),
        ("x-forwarded-user", "admin"),
        ("x-forwarded-email", "admin@example.com"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-real-ip", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1;host=evil.example"),
        ("x-http-method-override", "GET"),
        ("x-forwarded-prefix", "/healthz"),
    ];
    let token = [("authorization", bearer.as_str())];
    for (method, path) in DOORS
        .into_iter()
        .chain([(Method::GET, "/nowhere"), (Method::GET, "/healthz")])
    {
        for with in [&[][..], &token[..]] {
            let spoofed = [with, &spoofs[..]].concat();
            let plain = server.send(method.clone(), path, with, "").await;
            let spoofed = server.send(method.clone(), path, &spoofed, "").await;
            assert_eq!(plain.show(), spoofed.show(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn promise_02_a_token_in_the_address_goes_no_further() {
    let server = server(good).await;
    for name in ["access_token", "auth_token", "token", "id_token"] {
        let path = format!("/api/v1/query?query=up&{name}={TOKEN}");
        assert_eq!(server.get(&path).await.status, 200);
        let asked = server.upstream.asked().pop().unwrap();
        assert_eq!(asked.params, [("query".to_owned(), "up".to_owned())], "{name}");
    }
}

#[tokio::test]
async fn each_question_of_a_dashboard_carries_the_token_of_its_own_caller() {
    let server = server(good).await;
    server.panels(&["t.gauge", "t.rate", "t.sizes"]).await;
    let asked = server.upstream.asked();
    // What exists, how often it is scraped, and three panels.
    assert_eq!(asked.len(), 5);
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
    insta::assert_snapshot!(answer.text(), @r#"{"user":"demo","scope":"cluster","namespaces":["a","b"],"rights":[{"name":"Read the metrics of every namespace","allowed":true,"role":"cluster-monitoring-view","grant":"oc adm policy add-cluster-role-to-user cluster-monitoring-view demo"}]}"#);
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
