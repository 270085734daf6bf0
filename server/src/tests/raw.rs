//! Requests byte for byte: what no client library would send.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::harness::{TOKEN, good, server, server_with};

/// Sends these bytes and reads until the server closes. The server may close before it has read all.
pub async fn exchange(addr: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    // A server that has refused already may reset: then its answer is what could be read.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer)).await;
    assert!(
        read.is_ok(),
        "the server neither answers nor closes: {:?}",
        String::from_utf8_lossy(bytes)
    );
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("closed")
}

/// Each is refused, or answered as one request after which the connection ends: what follows is never a request.
#[tokio::test]
async fn promise_36_no_bytes_within_a_request_become_a_second_one() {
    let token = format!("authorization: Bearer {TOKEN}");
    let form = "content-type: application/x-www-form-urlencoded";
    let inner = format!("GET /api/v1/query?query=smuggled HTTP/1.1\r\nhost: a\r\n{token}\r\n\r\n");
    let post = |headers: &str, body: &str| {
        format!("POST /api/v1/query?query=up HTTP/1.1\r\nhost: a\r\n{token}\r\n{form}\r\n{headers}\r\n\r\n{body}")
    };
    let cases = [
        (
            "both lengths",
            post(
                "content-length: 5\r\ntransfer-encoding: chunked",
                &format!("0\r\n\r\n{inner}"),
            ),
        ),
        (
            "both, the other way",
            post(
                "transfer-encoding: chunked\r\ncontent-length: 5",
                &format!("0\r\n\r\n{inner}"),
            ),
        ),
        ("two lengths", post("content-length: 0\r\ncontent-length: 5", &inner)),
        ("a list of lengths", post("content-length: 0, 5", &inner)),
        ("a signed length", post("content-length: +0", &inner)),
        ("a length in hex", post("content-length: 0x0", &inner)),
        ("a negative length", post("content-length: -1", &inner)),
        ("a length of blanks", post("content-length: 0 0", &inner)),
        ("an unknown encoding", post("transfer-encoding: xchunked", &inner)),
        (
            "chunked is not the last",
            post("transfer-encoding: chunked, identity", &format!("0\r\n\r\n{inner}")),
        ),
        ("a folded header", post("x: a\r\n transfer-encoding: chunked", &inner)),
        ("a blank before the colon", post("content-length : 0", &inner)),
        ("a header without a name", post(": 0", &inner)),
        ("a NUL in a header", post("x: a\0b", &inner)),
        ("a CR in a header", post("x: a\rb: c", &inner)),
        (
            "no chunk's length",
            post("transfer-encoding: chunked", &format!("x\r\n{inner}")),
        ),
        (
            "a chunk that lies",
            post("transfer-encoding: chunked", &format!("1\r\nab\r\n{inner}")),
        ),
        (
            "a chunk's length beyond 64 bits",
            post("transfer-encoding: chunked", &format!("fffffffffffffffff\r\n{inner}")),
        ),
        (
            "HTTP/1.0 with chunks",
            post("transfer-encoding: chunked", &inner)
                .replace("HTTP/1.1\r\nhost: a\r\nauth", "HTTP/1.0\r\nhost: a\r\nauth"),
        ),
        (
            "an unknown version",
            post("content-length: 0", &inner).replacen("HTTP/1.1", "HTTP/3.1", 1),
        ),
        (
            "a blank in the address",
            post("content-length: 0", &inner).replacen("query=up", "query=up x", 1),
        ),
        (
            "a line feed in the address",
            post("content-length: 0", &inner).replacen("query=up", "query=up\nx: y", 1),
        ),
        (
            "upgrade to another protocol",
            post(
                "connection: upgrade\r\nupgrade: h2c\r\ncontent-length: 0\r\nconnection: close",
                &inner,
            ),
        ),
    ];
    for (name, bytes) in cases {
        let server = server(good).await;
        let answer = exchange(server.running.addr, bytes.as_bytes()).await;
        let questions = server.upstream.asked();
        assert!(
            questions.len() <= 1 && questions.iter().all(|asked| asked.param("query") == "up"),
            "{name}: {answer}\n{questions:?}"
        );
        let first = status(&answer);
        assert!(
            ["400", "413", "505", "closed", "200"].contains(&first),
            "{name}: {answer}"
        );
        assert_eq!(first == "200", !questions.is_empty(), "{name}: {answer}");
        assert_eq!(
            answer.matches("HTTP/1.1 ").count(),
            usize::from(first != "closed"),
            "{name}: {answer}"
        );
    }
}

/// What a body or a value holds reaches the store as a value, in one request.
#[tokio::test]
async fn promise_36_a_value_with_line_ends_stays_a_value() {
    let server = server(good).await;
    let value = "up HTTP/1.1\r\nhost: evil.example\r\n\r\nGET /api/v1/query?query=smuggled HTTP/1.1\r\n\r\n";
    let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    assert_eq!(server.get(&format!("/api/v1/query?query={encoded}")).await.status, 200);
    let asked = server.upstream.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].params, [("query".to_owned(), value.to_owned())]);
}

/// A body that is refused unread ends its connection: the rest of it is no request.
#[tokio::test]
async fn promise_36_a_body_that_nobody_reads_is_no_request() {
    let server = server(good).await;
    let inner =
        format!("GET /api/v1/query?query=smuggled HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {TOKEN}\r\n\r\n");
    let body = inner.repeat(2_000);
    for path in ["/nowhere", "/api/me", "/api/v1/query?query=up"] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let answer = exchange(server.running.addr, request.as_bytes()).await;
        assert!(
            ["401", "404", "405", "closed"].contains(&status(&answer)),
            "{path}: {answer}"
        );
    }
    assert_eq!(server.upstream.asked().len(), 0);
}

#[tokio::test]
async fn promise_12_a_head_has_a_size_and_a_count_of_headers() {
    let server = server_with(good, |_| {}).await;
    let ask = async |more: String| {
        let request = format!(
            "GET /api/v1/query?query=up HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {TOKEN}\r\nconnection: close\r\n{more}\r\n"
        );
        let answer = exchange(server.running.addr, request.as_bytes()).await;
        status(&answer).to_owned()
    };
    assert_eq!(ask(String::new()).await, "200");
    assert_eq!(ask(format!("x: {}\r\n", "a".repeat(12 << 10))).await, "200");
    assert_eq!(ask(format!("x: {}\r\n", "a".repeat(17 << 10))).await, "431");
    assert_eq!(ask("x: a\r\n".repeat(50)).await, "200");
    assert_eq!(ask("x: a\r\n".repeat(80)).await, "431");
    assert_eq!(server.upstream.asked().len(), 3);
}

/// The length that a body claims is not believed, in either direction.
#[tokio::test]
async fn promise_12_a_body_is_counted_and_not_believed() {
    let server = server(good).await;
    let head = format!(
        "POST /api/v1/query HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {TOKEN}\r\ncontent-type: application/x-www-form-urlencoded\r\nconnection: close\r\n"
    );
    let long = format!("query={}", "x".repeat(70 << 10));
    let chunked = format!(
        "{head}transfer-encoding: chunked\r\n\r\n{:x}\r\n{long}\r\n0\r\n\r\n",
        long.len()
    );
    let told = format!("{head}content-length: {}\r\n\r\n{long}", long.len());
    let huge = format!("{head}content-length: 99999999999\r\n\r\n{long}");
    for request in [chunked, told, huge] {
        let answer = exchange(server.running.addr, request.as_bytes()).await;
        assert!(["413", "closed"].contains(&status(&answer)), "{answer}");
    }
    assert_eq!(server.upstream.asked().len(), 0);
}
