//! What a client cannot do to a connection: hold it, overfill it, or take others' places.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{
    harness::{Server, TOKEN, good, server_with},
    script::Deed,
};
use crate::config::ConnectionLimits;

/// Longer than any test: a clock that must not be the one that rings.
const NEVER: Duration = Duration::from_secs(3600);
const SOON: Duration = Duration::from_millis(150);
const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";

async fn limited(change: impl FnOnce(&mut ConnectionLimits)) -> Server {
    server_with(good, |config| {
        let limits = &mut config.limits.connections;
        limits.header_timeout = NEVER;
        limits.idle_timeout = NEVER;
        limits.write_timeout = NEVER;
        change(limits);
    })
    .await
}

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.running.addr).await.unwrap()
}

/// One answer of `/healthz`.
async fn healthy(stream: &mut TcpStream) {
    let mut got = Vec::new();
    while !got.ends_with(b"ok\n") {
        assert_ne!(
            stream.read_buf(&mut got).await.unwrap(),
            0,
            "{}",
            String::from_utf8_lossy(&got)
        );
    }
}

/// Everything until the server closes; within a minute, or it never will.
async fn rest(stream: &mut TcpStream) -> String {
    let mut got = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut got)).await;
    match end.expect("the server holds the connection") {
        Ok(_) => {}
        // Closed with bytes of ours unread.
        Err(cause) => assert_eq!(cause.kind(), io::ErrorKind::ConnectionReset),
    }
    String::from_utf8(got).unwrap()
}

#[tokio::test]
async fn promise_13_a_head_that_drips_ends_though_a_pause_may_last() {
    let server = limited(|limits| limits.header_timeout = SOON).await;
    // Of a fresh connection, and of one that has asked before.
    for asked_before in [false, true] {
        let mut stream = connect(&server).await;
        if asked_before {
            stream.write_all(HEALTH).await.unwrap();
            healthy(&mut stream).await;
        }
        let (mut reader, mut writer) = stream.into_split();
        let drip = async {
            for byte in b"GET /healthz HTTP/1.1\r\nx: ".iter().cycle() {
                if writer.write_all(&[*byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(SOON / 10).await;
            }
        };
        let mut got = Vec::new();
        tokio::select! {
            () = drip => {}
            _ = reader.read_to_end(&mut got) => {}
        }
        assert_eq!(got, b"", "closed without an answer");
    }
    // A pause after an answer is no head.
    let mut stream = connect(&server).await;
    for _ in 0..2 {
        stream.write_all(HEALTH).await.unwrap();
        healthy(&mut stream).await;
        assert!(
            tokio::time::timeout(SOON * 4, stream.read_u8()).await.is_err(),
            "it rests and is not closed"
        );
    }
}

#[tokio::test]
async fn promise_13_a_pause_ends_though_a_head_may_take_its_time() {
    let server = limited(|limits| limits.idle_timeout = SOON).await;
    let mut stream = connect(&server).await;
    for _ in 0..3 {
        stream.write_all(HEALTH).await.unwrap();
        healthy(&mut stream).await;
    }
    assert_eq!(rest(&mut stream).await, "");
    // Whoever has not asked yet is about to.
    let mut stream = connect(&server).await;
    assert!(tokio::time::timeout(SOON * 4, stream.read_u8()).await.is_err());
    stream.write_all(HEALTH).await.unwrap();
    healthy(&mut stream).await;
}

#[tokio::test]
async fn promise_13_a_request_under_way_is_neither_a_head_nor_a_pause() {
    let (go, wait) = tokio::sync::oneshot::channel();
    let wait = std::sync::Mutex::new(Some(wait));
    let play = move |_: &super::script::Asked| match wait.lock().unwrap().take() {
        Some(wait) => Deed::Wait(wait, r#"{"status":"success","data":[]}"#.to_owned()),
        None => Deed::Raw(Vec::new()),
    };
    let server = server_with(play, |config| {
        config.limits.connections.header_timeout = SOON;
        config.limits.connections.idle_timeout = SOON;
    })
    .await;
    let mut stream = connect(&server).await;
    let ask = format!("GET /api/v1/labels HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {TOKEN}\r\n\r\n");
    stream.write_all(ask.as_bytes()).await.unwrap();
    assert!(tokio::time::timeout(SOON * 4, stream.read_u8()).await.is_err());
    go.send(()).unwrap();
    let answer = rest(&mut stream).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("\"data\":[]}"),
        "{answer}"
    );
}

#[tokio::test]
async fn promise_13_whoever_takes_nothing_of_an_answer_loses_it() {
    let body = format!("{{\"status\":\"success\",\"data\":\"{}\"}}", "x".repeat(16 << 20));
    let server = server_with(
        move |_| Deed::Json(body.clone()),
        |config| config.limits.connections.write_timeout = SOON,
    )
    .await;
    let mut stream = connect(&server).await;
    let ask = format!("GET /api/v1/labels HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {TOKEN}\r\n\r\n");
    stream.write_all(ask.as_bytes()).await.unwrap();
    // Nothing is read until the server has let go.
    let open = &server.running.app.metrics.connections;
    let (mut came, mut gone) = (false, false);
    let held = async {
        while !gone {
            gone = came && open.get() == 0;
            came |= open.get() > 0;
            tokio::time::sleep(SOON / 10).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), held).await.unwrap();
    let got = rest(&mut stream).await;
    assert!(
        got.starts_with("HTTP/1.1 200 OK") && got.len() < 16 << 20,
        "{}",
        got.len()
    );
}

#[tokio::test]
async fn promise_13_a_body_that_drips_ends_too() {
    let server = server_with(good, |config| config.limits.body.timeout = SOON).await;
    let mut stream = connect(&server).await;
    let head = format!(
        "POST /api/panels HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {TOKEN}\r\ncontent-length: 100\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("did not arrive within 150 ms"), "{answer}");
}

#[tokio::test]
async fn promise_12_a_head_beyond_its_limits_is_431_and_read_no_further() {
    let server = limited(|_| {}).await;
    let check = async |head: String, expect: &str| {
        let mut stream = connect(&server).await;
        stream.write_all(head.as_bytes()).await.unwrap();
        let answer = rest(&mut stream).await;
        assert!(answer.starts_with(expect), "{answer}");
    };
    let long = "x".repeat(16 << 10);
    let many: String = (0..64).map(|number| format!("x-{number}: a\r\n")).collect();
    let ask = |more: &str| format!("GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{more}\r\n");
    check(ask(""), "HTTP/1.1 200 OK").await;
    check(ask(&format!("x: {}\r\n", &long[..15 << 10])), "HTTP/1.1 200 OK").await;
    check(ask(&format!("x: {long}\r\n")), "HTTP/1.1 431 ").await;
    check(ask(&many), "HTTP/1.1 431 ").await;
    check(format!("GET /{long} HTTP/1.1\r\nhost: a\r\n\r\n"), "HTTP/1.1 4").await;
}

#[tokio::test]
async fn a_connection_beyond_the_cap_waits_for_one_to_end() {
    let server = limited(|limits| limits.most = 2).await;
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut stream = connect(&server).await;
        stream.write_all(HEALTH).await.unwrap();
        healthy(&mut stream).await;
        open.push(stream);
    }
    let mut third = connect(&server).await;
    third.write_all(HEALTH).await.unwrap();
    assert!(
        tokio::time::timeout(SOON, third.read_u8()).await.is_err(),
        "nobody has accepted it"
    );
    open.pop();
    healthy(&mut third).await;
    assert_eq!(server.running.app.metrics.connections.get(), 2);
}

#[tokio::test]
async fn promise_13_two_hundred_dripping_clients_hold_nobody_up_and_leave_nothing_behind() {
    let server = limited(|limits| {
        limits.header_timeout = SOON;
        limits.most = 600;
    })
    .await;
    let mut dripping = Vec::new();
    for _ in 0..200 {
        let mut stream = connect(&server).await;
        stream.write_all(b"GET /healthz HT").await.unwrap();
        dripping.push(stream);
    }
    for _ in 0..20 {
        assert_eq!(server.get("/healthz").await.status, 200);
    }
    for stream in &mut dripping {
        assert_eq!(rest(stream).await, "");
    }
    drop(dripping);
    let open = &server.running.app.metrics.connections;
    let gone = async {
        while open.get() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), gone).await.unwrap();
}
