//! The address of an upstream question is the configuration's, whatever a request says of hosts and paths; and each
//! question is asked once.

use std::{collections::BTreeSet, sync::Mutex};

use axum::http::Method;
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};

use super::{
    harness::{TOKEN, good, server},
    raw::exchange,
    script::Deed,
};

/// What an address may be made of, the tricks first.
const PIECES: [&str; 28] = [
    "..",
    ".",
    "%2e%2e",
    "%2f",
    "%5c",
    "\\",
    "//",
    "@evil.example",
    ":80",
    ";x",
    "%00",
    "%0d%0aHost:%20evil.example",
    "?",
    "&",
    "#",
    "http://evil.example",
    "ns",
    "team-a",
    "api",
    "v1",
    "query",
    "query_range",
    "series",
    "labels",
    "label/namespace/values",
    "label",
    "admin/tsdb/delete_series",
    "query=up",
];

#[test]
fn promise_07_no_request_reaches_another_address() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(server(good));
    let (addr, upstream) = (server.running.addr, server.upstream.addr.to_string());
    let doors: BTreeSet<&str> = ["query", "query_range", "series", "labels"].into();
    let heard = Mutex::new(0);
    let config = Config {
        cases: 1_500,
        failure_persistence: None,
        ..Config::default()
    };
    let address = (
        select(vec![
            "/",
            "/api/v1/",
            "/ns/a/api/v1/",
            "/api/v1/label/",
            "http://evil.example/api/v1/",
        ]),
        vec(select(PIECES.to_vec()), 0..6),
        select(vec!["", "/"]),
        select(vec!["", "", "/values", "/values?match[]=up"]),
    );
    let run = TestRunner::new(config).run(&address, |(base, pieces, between, end)| {
        let target = format!("{base}{}{end}", pieces.join(between));
        let request = format!(
            "GET {target} HTTP/1.1\r\nhost: evil.example\r\nauthorization: Bearer {TOKEN}\r\nconnection: close\r\n\r\n"
        );
        runtime.block_on(exchange(addr, request.as_bytes()));
        let asked = server.upstream.asked();
        let mut heard = heard.lock().unwrap();
        for question in &asked[*heard..] {
            let door = question.path.strip_prefix("/api/v1/").unwrap_or("none");
            let value = door
                .strip_prefix("label/")
                .and_then(|door| door.strip_suffix("/values"));
            let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            prop_assert!(
                doors.contains(door) || value.is_some_and(plain),
                "{target} became {question:?}"
            );
            let host = question.headers.iter().find(|(name, _)| name == "host");
            prop_assert_eq!(host.map(|(_, host)| host.as_str()), Some(upstream.as_str()));
            prop_assert_eq!(&question.method, "GET");
        }
        *heard = asked.len();
        Ok(())
    });
    run.unwrap();
    assert!(*heard.lock().unwrap() > 5, "some are good: {}", heard.lock().unwrap());
}

/// A second question would make a store that has too much to do have more.
#[tokio::test]
async fn promise_19_a_question_that_fails_is_not_asked_again() {
    let deeds: [fn() -> Deed; 8] = [
        || Deed::answer("500 Oops", "text/plain", "x"),
        || Deed::answer("503 Service Unavailable", "text/plain", "x"),
        || Deed::refused("429 Too Many Requests", "unavailable", "x"),
        || Deed::refused("400 Bad Request", "bad_data", "x"),
        || Deed::answer("401 Unauthorized", "text/plain", "x"),
        || Deed::answer("403 Forbidden", "text/plain", "x"),
        || Deed::Json("{\"status\":\"succ".to_owned()),
        || Deed::Raw(Vec::new()),
    ];
    for (at, deed) in deeds.into_iter().enumerate() {
        let server = server(move |_| deed()).await;
        let answer = server.get("/api/v1/query?query=up").await;
        assert!(!answer.status.is_success(), "{at}: {}", answer.show());
        assert_eq!(server.upstream.asked().len(), 1, "{at}");
    }
}

#[tokio::test]
async fn promise_19_a_connection_that_the_store_has_closed_costs_no_answer() {
    let server = server(|_| Deed::answer("200 OK", "application/json", "{\"status\":\"success\",\"data\":[]}")).await;
    for asked in 1..20 {
        assert_eq!(server.get("/api/v1/labels").await.status, 200);
        assert_eq!(server.upstream.asked().len(), asked);
    }
    assert_eq!(server.send(Method::GET, "/healthz", &[], "").await.status, 200);
}
