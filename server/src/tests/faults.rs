//! Every fault of an upstream: as a panel's own error, while another panel goes on, and as an answer of `/api/v1`.

use std::time::Duration;

use super::{
    harness::{Server, good, line, server, server_with},
    script::Deed,
};

/// What `/api/v1/query_range` and the panel `t.gauge` become when the range query does `deed`; `t.sizes`, which asks
/// another door, has to be good beside it.
async fn check(deed: fn() -> Deed) -> String {
    check_within(deed, Duration::from_secs(60)).await
}

/// `timeout` ends what would hang; the other panel has to be ready before it.
async fn check_within(deed: fn() -> Deed, timeout: Duration) -> String {
    let server = server_with(
        move |asked| {
            if asked.path.ends_with("query_range") {
                deed()
            } else {
                good(asked)
            }
        },
        |config| config.upstream.timeout = timeout,
    )
    .await;
    show(&server).await
}

async fn show(server: &Server) -> String {
    let records = server.panels(&["t.gauge", "t.sizes"]).await;
    let of = |id: &str| records.iter().find(|record| record["panel"] == id).unwrap();
    assert_eq!(of("t.sizes")["state"], "ok", "the other panel goes on");
    assert_eq!(records.last().unwrap()["done"], true);
    let forwarded = server.get("/api/v1/query_range?query=up&start=1&end=2&step=1").await;
    assert_eq!(server.get("/healthz").await.status, 200);
    format!("{}\n\n{}", line(of("t.gauge")), forwarded.show())
}

#[tokio::test]
async fn promise_17_an_upstream_that_is_down_is_unreachable() {
    let server = server(|_| unreachable!()).await;
    // A port that nobody listens on: bound once, so that it was free, and given back.
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    drop(server);
    let server = server_with(good, |config| {
        config.upstream.cluster_url = format!("http://{closed}").parse().unwrap();
    })
    .await;
    let records = server.panels(&["t.gauge", "t.sizes"]).await;
    assert_eq!(records.len(), 3);
    insta::assert_snapshot!(line(&records[0]), @r#"{"error":{"code":"upstream_unreachable","message":"The metrics store cannot be reached.","next_step":"Try again in a minute; if it stays so, ask an administrator to check the store and `cluster-url`.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}"#);
    insta::assert_snapshot!(server.get("/api/v1/query?query=up").await.show(), @r#"
    502
    cache-control: no-store
    content-length: 198
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"upstream_unreachable","error":"The metrics store cannot be reached. Try again in a minute; if it stays so, ask an administrator to check the store and `cluster-url`."}
    "#);
    insta::assert_snapshot!(server.get("/api/me").await.show(), @r#"
    502
    cache-control: no-store
    content-length: 224
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"code":"upstream_unreachable","message":"The metrics store cannot be reached.","next_step":"Try again in a minute; if it stays so, ask an administrator to check the store and `cluster-url`.","request_id":"<id>"}
    "#);
    assert_eq!(server.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn promise_15_an_upstream_that_is_slow_times_out() {
    insta::assert_snapshot!(check_within(|| Deed::HangAfter(Vec::new()), Duration::from_secs(2)).await, @r#"
    {"error":{"code":"upstream_timeout","message":"The metrics store did not answer within 2 s.","next_step":"Choose a shorter range or fewer series, and try again.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}

    504
    cache-control: no-store
    content-length: 150
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"timeout","error":"The metrics store did not answer within 2 s. Choose a shorter range or fewer series, and try again."}
    "#);
}

#[tokio::test]
async fn promise_15_an_answer_that_stops_half_way_times_out_too() {
    let deed = || {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{\"status\":";
        Deed::HangAfter(head.as_bytes().to_vec())
    };
    insta::assert_snapshot!(check_within(deed, Duration::from_secs(2)).await, @r#"
    {"error":{"code":"upstream_timeout","message":"The metrics store did not answer within 2 s.","next_step":"Choose a shorter range or fewer series, and try again.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}

    504
    cache-control: no-store
    content-length: 150
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"timeout","error":"The metrics store did not answer within 2 s. Choose a shorter range or fewer series, and try again."}
    "#);
}

#[tokio::test]
async fn promise_17_a_500_is_an_upstream_error_and_its_text_stays_in_the_log() {
    insta::assert_snapshot!(check(|| Deed::answer("500 Oops", "text/plain", "secret detail of 10.0.0.7")).await, @r#"
    {"error":{"code":"upstream_error","message":"The metrics store failed to answer.","next_step":"Try again in a minute; if it stays so, ask an administrator to read the store's log.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}

    502
    cache-control: no-store
    content-length: 178
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"upstream_error","error":"The metrics store failed to answer. Try again in a minute; if it stays so, ask an administrator to read the store's log."}
    "#);
}

#[tokio::test]
async fn promise_29_html_instead_of_json_is_not_prometheus() {
    insta::assert_snapshot!(check(|| Deed::answer("200 OK", "text/html", "<script>alert(1)</script>")).await, @r#"
    {"error":{"code":"upstream_not_prometheus","message":"What answers as the metrics store does not speak Prometheus's HTTP API.","next_step":"Ask an administrator to check `cluster-url`.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}

    502
    cache-control: no-store
    content-length: 183
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"upstream_not_prometheus","error":"What answers as the metrics store does not speak Prometheus's HTTP API. Ask an administrator to check `cluster-url`."}
    "#);
}

#[tokio::test]
async fn another_json_document_is_not_prometheus() {
    insta::assert_snapshot!(check(|| Deed::Json("{\"hello\":\"world\"}".to_owned())).await, @r#"
    {"error":{"code":"upstream_not_prometheus","message":"What answers as the metrics store does not speak Prometheus's HTTP API.","next_step":"Ask an administrator to check `cluster-url`.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}

    502
    cache-control: no-store
    content-length: 183
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"upstream_not_prometheus","error":"What answers as the metrics store does not speak Prometheus's HTTP API. Ask an administrator to check `cluster-url`."}
    "#);
}

#[tokio::test]
async fn compressed_bytes_that_nobody_asked_for_are_not_prometheus() {
    let deed = || {
        Deed::Raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nxxxx".to_vec())
    };
    insta::assert_snapshot!(check(deed).await, @r#"
    {"error":{"code":"upstream_not_prometheus","message":"What answers as the metrics store does not speak Prometheus's HTTP API.","next_step":"Ask an administrator to check `cluster-url`.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}

    502
    cache-control: no-store
    content-length: 183
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"upstream_not_prometheus","error":"What answers as the metrics store does not speak Prometheus's HTTP API. Ask an administrator to check `cluster-url`."}
    "#);
}

#[tokio::test]
async fn bytes_that_are_no_http_are_not_prometheus() {
    insta::assert_snapshot!(check(|| Deed::Raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec())).await, @r#"
    {"error":{"code":"upstream_not_prometheus","message":"What answers as the metrics store does not speak Prometheus's HTTP API.","next_step":"Ask an administrator to check `cluster-url`.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}

    502
    cache-control: no-store
    content-length: 183
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"upstream_not_prometheus","error":"What answers as the metrics store does not speak Prometheus's HTTP API. Ask an administrator to check `cluster-url`."}
    "#);
}

#[tokio::test]
async fn a_wrong_address_is_not_prometheus() {
    insta::assert_snapshot!(check(|| Deed::answer("404 Not Found", "text/plain", "404 page not found")).await, @r#"
    {"error":{"code":"upstream_not_prometheus","message":"What answers as the metrics store does not speak Prometheus's HTTP API.","next_step":"Ask an administrator to check `cluster-url`.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}

    502
    cache-control: no-store
    content-length: 183
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"upstream_not_prometheus","error":"What answers as the metrics store does not speak Prometheus's HTTP API. Ask an administrator to check `cluster-url`."}
    "#);
}

#[tokio::test]
async fn half_a_json_is_truncated() {
    let deed = || {
        Deed::Json(r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"pod":"p"},"#.to_owned())
    };
    insta::assert_snapshot!(check(deed).await, @r#"
    {"error":{"code":"upstream_truncated","message":"The metrics store cut its answer short.","next_step":"Try again; if it stays so, ask an administrator to read the store's log.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}

    502
    cache-control: no-store
    content-length: 174
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"upstream_truncated","error":"The metrics store cut its answer short. Try again; if it stays so, ask an administrator to read the store's log."}
    "#);
}

#[tokio::test]
async fn promise_17_a_connection_cut_within_the_body_is_truncated() {
    let deed = || {
        Deed::Raw(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{\"status\":".to_vec(),
        )
    };
    insta::assert_snapshot!(check(deed).await, @r#"
    {"error":{"code":"upstream_truncated","message":"The metrics store cut its answer short.","next_step":"Try again; if it stays so, ask an administrator to read the store's log.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}

    502
    cache-control: no-store
    content-length: 174
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"upstream_truncated","error":"The metrics store cut its answer short. Try again; if it stays so, ask an administrator to read the store's log."}
    "#);
}

#[tokio::test]
async fn a_connection_cut_before_the_head_is_truncated() {
    insta::assert_snapshot!(check(|| Deed::Raw(Vec::new())).await, @r#"
    {"error":{"code":"upstream_truncated","message":"The metrics store cut its answer short.","next_step":"Try again; if it stays so, ask an administrator to read the store's log.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}

    502
    cache-control: no-store
    content-length: 174
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"upstream_truncated","error":"The metrics store cut its answer short. Try again; if it stays so, ask an administrator to read the store's log."}
    "#);
}

#[tokio::test]
async fn promise_07_a_redirect_is_not_followed() {
    let deed =
        || Deed::Raw(b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n".to_vec());
    insta::assert_snapshot!(check(deed).await, @r#"
    {"error":{"code":"upstream_redirect","message":"The metrics store sends the question elsewhere, and Servelens does not follow.","next_step":"Ask an administrator to set `cluster-url` to the store itself.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}

    502
    cache-control: no-store
    content-length: 202
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"upstream_redirect","error":"The metrics store sends the question elsewhere, and Servelens does not follow. Ask an administrator to set `cluster-url` to the store itself."}
    "#);
}

#[tokio::test]
async fn promise_16_an_answer_beyond_the_limit_is_too_large() {
    let deed = || {
        Deed::Raw(
            format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{}",
                33 << 20,
                " ".repeat(33 << 20)
            )
            .into_bytes(),
        )
    };
    let server = server(move |asked| {
        if asked.path.ends_with("query_range") {
            deed()
        } else {
            good(asked)
        }
    })
    .await;
    let records = server.panels(&["t.gauge"]).await;
    insta::assert_snapshot!(line(&records[0]), @r#"{"error":{"code":"upstream_too_large","message":"The metrics store's answer is larger than 32 MiB.","next_step":"Choose a shorter range, one namespace or one model.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}"#);
}

#[tokio::test]
async fn a_store_with_too_much_to_do_is_busy() {
    insta::assert_snapshot!(check(|| Deed::answer("429 Too Many Requests", "text/plain", "")).await, @r#"
    {"error":{"code":"upstream_busy","message":"The metrics store has too much to do.","next_step":"Try again in a minute.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}

    503
    cache-control: no-store
    content-length: 115
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    retry-after: 10
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"unavailable","error":"The metrics store has too much to do. Try again in a minute."}
    "#);
}

#[tokio::test]
async fn a_query_that_prometheus_does_not_accept_is_rejected_with_its_text() {
    let server = server(|asked| match asked.param("query") {
        query if query.starts_with("no_such_function") => Deed::refused(
            "400 Bad Request",
            "bad_data",
            "1:1: parse error: unknown function with name \"no_such_function\"",
        ),
        _ => good(asked),
    })
    .await;
    let records = server.panels(&["t.bad", "t.gauge"]).await;
    let of = |id: &str| records.iter().find(|record| record["panel"] == id).unwrap();
    assert_eq!(of("t.gauge")["state"], "ok");
    insta::assert_snapshot!(line(of("t.bad")), @r#"{"error":{"code":"query_rejected","message":"Prometheus does not accept the query: 1:1: parse error: unknown function with name \"no_such_function\"","next_step":"Correct the query; if it is a panel's, report it with the request id.","request_id":"<id>"},"frames":[],"panel":"t.bad","sources":[],"state":"error","warnings":[],"window_s":null}"#);
    insta::assert_snapshot!(server.get("/api/v1/query?query=no_such_function(up)").await.show(), @r#"
    400
    cache-control: no-store
    content-length: 117
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"bad_data","error":"1:1: parse error: unknown function with name \"no_such_function\""}
    "#);
}

#[tokio::test]
async fn a_query_that_prometheus_cannot_work_out_has_failed_with_its_text() {
    insta::assert_snapshot!(check(|| Deed::refused("422 Unprocessable Entity", "execution", "query processing would load too many samples into memory in query execution")).await, @r#"
    {"error":{"code":"query_failed","message":"Prometheus could not work the query out: query processing would load too many samples into memory in query execution","next_step":"Choose a shorter range or a narrower selection.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"error","warnings":[],"window_s":null}

    422
    cache-control: no-store
    content-length: 128
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"execution","error":"query processing would load too many samples into memory in query execution"}
    "#);
}

#[tokio::test]
async fn a_caller_without_the_right_is_denied_and_told_the_role() {
    insta::assert_snapshot!(check(|| Deed::answer("403 Forbidden", "text/plain", "Forbidden (user=eve, verb=get)")).await, @r#"
    {"error":{"code":"upstream_denied","message":"You may not read these metrics: the cluster role cluster-monitoring-view is missing.","next_step":"Ask a cluster administrator to grant it: oc adm policy add-cluster-role-to-user cluster-monitoring-view <user>","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"denied","warnings":[],"window_s":null}

    403
    cache-control: no-store
    content-length: 254
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"upstream_denied","error":"You may not read these metrics: the cluster role cluster-monitoring-view is missing. Ask a cluster administrator to grant it: oc adm policy add-cluster-role-to-user cluster-monitoring-view <user>"}
    "#);
}

#[tokio::test]
async fn a_token_that_the_store_does_not_accept_is_told_to_sign_in() {
    insta::assert_snapshot!(check(|| Deed::answer("401 Unauthorized", "text/plain", "Unauthorized")).await, @r#"
    {"error":{"code":"upstream_denied","message":"The metrics store does not accept your token.","next_step":"Sign in again.","request_id":"<id>"},"frames":[],"panel":"t.gauge","sources":[],"state":"denied","warnings":[],"window_s":null}

    401
    cache-control: no-store
    content-length: 119
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    www-authenticate: Bearer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"upstream_denied","error":"The metrics store does not accept your token. Sign in again."}
    "#);
}
