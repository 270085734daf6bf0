//! `/api/v1`: what Prometheus says, passed on.

use axum::http::Method;

use super::{
    harness::{TOKEN, good, send, server},
    script::Deed,
};

#[tokio::test]
async fn promise_06_an_answer_passes_byte_for_byte_under_our_own_head() {
    let server = server(|_| {
        let body = "{\"status\":\"success\", \"data\":[\"\u{e9}\"],\"warnings\":[\"w\"]}\n";
        Deed::Raw(format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nset-cookie: a=b\r\naccess-control-allow-origin: *\r\nserver: x\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes())
    }).await;
    insta::assert_snapshot!(server.get("/api/v1/labels").await.show(), @r#"
    200
    cache-control: no-store
    content-length: 53
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"success", "data":["é"],"warnings":["w"]}
    "#);
}

#[tokio::test]
async fn all_five_doors_are_forwarded_to_their_own_path() {
    let server = server(good).await;
    let bearer = format!("Bearer {TOKEN}");
    let form = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    for (path, body) in [
        ("/api/v1/query", "query=up"),
        ("/api/v1/query_range", "query=up&start=1&end=2&step=1"),
        ("/api/v1/series", "match[]=up"),
        ("/api/v1/labels", ""),
        ("/api/v1/label/pod/values", ""),
    ] {
        assert_eq!(server.get(&format!("{path}?{body}")).await.status, 200);
        assert_eq!(server.send(Method::POST, path, &form, body).await.status, 200);
        let asked = server.upstream.asked();
        let [.., by_get, by_post] = asked.as_slice() else {
            panic!()
        };
        assert_eq!((by_get.path.as_str(), by_get.method.as_str()), (path, "GET"));
        assert_eq!((by_post.path.as_str(), by_post.method.as_str()), (path, "GET"));
        assert_eq!(by_get.params, by_post.params);
    }
}

#[tokio::test]
async fn promise_09_a_doubled_parameter_and_another_kind_of_body_are_bad_data() {
    let server = server(good).await;
    insta::assert_snapshot!(server.get("/api/v1/query?query=a&query=b").await.text(), @r#"{"status":"error","errorType":"bad_data","error":"The request cannot be read: the parameter \"query\" is given twice. Correct what the message names, and send it again."}"#);
    let bearer = format!("Bearer {TOKEN}");
    let json = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    insta::assert_snapshot!(server.send(Method::POST, "/api/v1/query", &json, "{}").await.text(), @r#"{"status":"error","errorType":"bad_data","error":"The request cannot be read: its body is not application/x-www-form-urlencoded. Correct what the message names, and send it again."}"#);
    assert_eq!(server.upstream.asked().len(), 0);
}

/// A body of some megabytes, in chunks, that ends as told.
fn long(end: &'static str, proper: bool) -> impl Fn(&super::script::Asked) -> Deed + Send + Sync {
    move |_| {
        let piece = format!("{{\"status\":\"success\",\"data\":[\"{}\"]{end}", "x".repeat(3 << 20));
        let close = if proper { "\r\n0\r\n\r\n" } else { "" };
        let text = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{piece}{close}",
            piece.len()
        );
        Deed::Raw(text.into_bytes())
    }
}

#[tokio::test]
async fn a_long_answer_is_passed_on_whole() {
    let server = server(long("}\n", true)).await;
    let answer = server.get("/api/v1/labels").await;
    let begin = b"{\"status\":\"success\",\"data\":[\"xxx";
    assert!(answer.body.starts_with(begin) && answer.body.ends_with(b"xxx\"]}\n"));
    assert_eq!(answer.body.iter().filter(|byte| **byte == b'x').count(), 3 << 20);
}

#[tokio::test]
async fn a_long_answer_that_breaks_off_never_gets_a_proper_end() {
    for upstream in [long("}\n", false), long("", true)] {
        let server = server(upstream).await;
        let request = axum::http::Request::get(format!("http://{}/api/v1/labels", server.running.addr))
            .header("authorization", format!("Bearer {TOKEN}"))
            .body(String::new())
            .unwrap();
        let client = hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new()).build_http();
        let answer = client.request(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(http_body_util::BodyExt::collect(answer.into_body()).await.is_err());
    }
}

#[tokio::test]
async fn promise_31_the_server_s_own_metrics_have_no_label_that_a_request_can_choose() {
    let server = server(good).await;
    let metrics = async || {
        send(server.running.metrics_addr, Method::GET, "/metrics", &[], "")
            .await
            .text()
    };
    server.get("/api/v1/query?query=up").await;
    server.get("/nowhere").await;
    server.panels(&["t.gauge", "t.gone"]).await;
    let series = |text: &str| text.lines().filter(|line| !line.starts_with('#')).count();
    let before = series(&metrics().await);
    for n in 0..50 {
        server.get(&format!("/nowhere/{n}")).await;
        server.get(&format!("/servelens/p{n}")).await;
        server.get(&format!("/assets/{n}.js")).await;
        let method = Method::from_bytes(format!("M{n}").as_bytes()).unwrap();
        server.send(method, "/api/me", &[], "").await;
    }
    let text = metrics().await;
    assert!(series(&text) <= before + 3 * 14, "{text}");
    let mut counted: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("servelens_panels") || line.contains("upstream_requests_total"))
        .collect();
    counted.sort_unstable();
    insta::assert_snapshot!(counted.join("\n"), @r#"
    servelens_panels_total{state="error"} 1
    servelens_panels_total{state="ok"} 1
    servelens_upstream_requests_total{api="query",outcome="ok"} 1
    servelens_upstream_requests_total{api="query_range",outcome="ok"} 2
    servelens_upstream_requests_total{api="series",outcome="ok"} 1
    "#);
    assert_eq!(
        send(server.running.metrics_addr, Method::GET, "/api/me", &[], "")
            .await
            .status,
        404
    );
}
