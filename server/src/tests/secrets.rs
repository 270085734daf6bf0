//! A token is in no log line, whatever the level, and in no metric.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::http::Method;
use tracing_subscriber::{fmt::MakeWriter, prelude::*};

use super::{
    harness::{TOKEN, good, send, server},
    script::Deed,
};

/// Everything that is logged, kept.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Lines;

    fn make_writer(&'a self) -> Lines {
        self.clone()
    }
}

#[tokio::test]
async fn promise_01_a_token_is_in_no_line_at_trace_and_in_no_metric() {
    let lines = Lines::default();
    // For this thread, on which the test's whole runtime runs; every target, every level.
    let everything = tracing_subscriber::fmt::layer()
        .with_writer(lines.clone())
        .with_ansi(false);
    let _guard = tracing_subscriber::registry().with(everything).set_default();

    let server = server(|asked| match asked.param("query") {
        "fail" => Deed::answer("500 Oops", "text/plain", "x"),
        "cut" => Deed::Raw(Vec::new()),
        _ => good(asked),
    })
    .await;
    let bearer = format!("Bearer {TOKEN}");
    for path in [
        "/api/me",
        "/api/models",
        "/api/v1/query?query=up",
        "/api/v1/query?query=fail",
        "/api/v1/query?query=cut",
        "/api/nowhere",
        "/plugin-entry.js",
        "/assets/nowhere.js",
    ] {
        server.get(path).await;
        let query = format!("{path}?access_token={TOKEN}");
        server.send(Method::GET, &query, &[], "").await;
    }
    server.panels(&["t.gauge", "t.bad", "t.gone"]).await;
    let refused = [("authorization", bearer.as_str()), ("impersonate-user", TOKEN)];
    let answer = server.send(Method::GET, "/api/me", &refused, "").await;
    assert!(!answer.text().contains(TOKEN));
    let twice = format!("Bearer {TOKEN} {TOKEN}");
    server
        .send(Method::GET, "/api/me", &[("authorization", &twice)], "")
        .await;

    let metrics = send(server.running.metrics_addr, Method::GET, "/metrics", &[], "")
        .await
        .text();
    assert!(metrics.contains("servelens_http_requests_total"));
    assert!(!metrics.contains(TOKEN));
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(
        text.contains("answered") && text.contains("upstream answered 500"),
        "the lines were kept: {text}"
    );
    assert!(!text.contains(TOKEN), "{text}");
}
