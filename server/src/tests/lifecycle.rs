//! Start and stop.

use axum::http::Method;
use serde_json::json;
use tokio::sync::oneshot;

use super::{
    harness::{START, TOKEN, assets, catalog, config, good, send, server_with},
    script::{Asked, Deed},
};
use crate::start_with;

#[tokio::test]
async fn a_port_in_use_is_a_wrong_configuration_and_says_so() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let assets = assets();
    let mut config = config(assets.path().to_owned(), ([127, 0, 0, 1], 9).into());
    config.listen = taken.local_addr().unwrap();
    let fault = start_with(config.clone(), catalog()).await.err().unwrap();
    assert_eq!(fault.exit_code(), 2);
    let text = fault.to_string().replace(&config.listen.port().to_string(), "<port>");
    insta::assert_snapshot!(text, @"cannot listen on 127.0.0.1:<port>: Address already in use (os error 98); end the program that uses the port, or choose another with --listen");

    config.metrics_listen = config.listen;
    config.listen.set_port(0);
    let fault = start_with(config, catalog()).await.err().unwrap();
    assert!(fault.to_string().ends_with("--metrics-listen"), "{fault}");
}

#[tokio::test]
async fn a_directory_without_the_page_is_a_wrong_configuration() {
    let empty = tempfile::tempdir().unwrap();
    let shown = empty.path().display().to_string();
    let start = async |path: &std::path::Path| {
        let config = config(path.to_owned(), ([127, 0, 0, 1], 9).into());
        let fault = start_with(config, catalog()).await.err().unwrap();
        assert_eq!(fault.exit_code(), 2);
        fault.to_string().replace(&shown, "<dir>")
    };
    insta::assert_snapshot!(start(empty.path()).await, @"the configuration has a fault: --assets <dir>: <dir>/assets cannot be read: No such file or directory (os error 2); build the page with `cargo xtask build`, or give its directory");
    std::fs::create_dir(empty.path().join("assets")).unwrap();
    insta::assert_snapshot!(start(empty.path()).await, @"the configuration has a fault: --assets <dir>: there is no index.html; build the page with `cargo xtask build`, or give its directory");
}

#[tokio::test]
async fn a_file_of_certificates_that_is_none_is_a_wrong_configuration() {
    let assets = assets();
    let file = assets.path().join("ca.crt");
    std::fs::write(&file, "no certificate").unwrap();
    let mut config = config(assets.path().to_owned(), ([127, 0, 0, 1], 9).into());
    config.upstream.ca_file = Some(file.clone());
    let fault = start_with(config, catalog()).await.err().unwrap();
    assert_eq!(fault.exit_code(), 2);
    insta::assert_snapshot!(fault.to_string().replace(&file.display().to_string(), "<file>"), @"the configuration has a fault: --ca-file <file>: holds no certificate; give a PEM file");
}

#[tokio::test]
async fn promise_24_a_request_in_flight_is_answered_whole_after_the_server_was_asked_to_stop() {
    let (asked, was_asked) = oneshot::channel();
    let (go, wait) = oneshot::channel();
    let once = std::sync::Mutex::new(Some((asked, wait)));
    let play = move |request: &Asked| match once.lock().unwrap().take() {
        Some((asked, wait)) => {
            asked.send(()).unwrap();
            Deed::Wait(wait, json!({"status": "success", "data": []}).to_string())
        }
        None => good(request),
    };
    let server = server_with(play, |_| {}).await;
    let addr = server.running.addr;
    let body = json!({"panels": ["t.gauge"], "from": START, "to": START + 90, "width": 600}).to_string();
    let bearer = format!("Bearer {TOKEN}");
    let in_flight =
        tokio::spawn(
            async move { send(addr, Method::POST, "/api/panels", &[("authorization", &bearer)], &body).await },
        );
    was_asked.await.unwrap();
    let stopped = tokio::spawn(server.running.stop());
    // New connections are refused as soon as the stop has begun.
    while tokio::net::TcpStream::connect(addr).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!stopped.is_finished());
    go.send(()).unwrap();
    let lines = in_flight.await.unwrap().lines();
    assert_eq!(lines[0]["state"], "no_samples");
    assert_eq!(lines[1], json!({"done": true}));
    stopped.await.unwrap();
}

#[tokio::test]
async fn promise_24_readiness_fails_before_requests_are_refused() {
    let server = server_with(good, |config| {
        config.shutdown_delay = std::time::Duration::from_secs(3600);
    })
    .await;
    let addr = server.running.addr;
    assert_eq!(server.get("/readyz").await.text(), "ok\n");
    let stopping = tokio::spawn(server.running.stop());
    let ready = async || send(addr, Method::GET, "/readyz", &[], "").await;
    while ready().await.status == 200 {
        tokio::task::yield_now().await;
    }
    insta::assert_snapshot!(ready().await.show(), @r#"
    503
    content-length: 9
    content-security-policy: default-src 'none'; frame-ancestors 'none'
    content-type: text/plain; charset=utf-8
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    stopping
    "#);
    assert_eq!(send(addr, Method::GET, "/healthz", &[], "").await.status, 200);
    assert!(!stopping.is_finished());
    stopping.abort();
}

/// However a client leaves, its connection and its place go with it.
#[tokio::test]
async fn promise_35_what_connections_took_is_given_back() {
    use tokio::{io::AsyncWriteExt as _, net::TcpStream};

    let server = server_with(good, |_| {}).await;
    let open = || server.running.app.metrics.connections.get();
    let beginnings = [
        String::new(),
        "GET /api/v1/que".to_owned(),
        format!(
            "POST /api/v1/query HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {TOKEN}\r\ncontent-length: 9\r\n\r\nqu"
        ),
        "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
        "no HTTP at all\r\n\r\n".to_owned(),
    ];
    // Together more than there are places at once.
    for _ in 0..4 {
        let mut streams = Vec::new();
        for number in 0..300 {
            let mut stream = TcpStream::connect(server.running.addr).await.unwrap();
            stream
                .write_all(beginnings[number % beginnings.len()].as_bytes())
                .await
                .unwrap();
            streams.push(stream);
        }
        while open() < 200 {
            tokio::task::yield_now().await;
        }
        drop(streams);
        while open() > 0 {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(server.get("/api/v1/query?query=up").await.status, 200);
}
