//! Stores, clocks and callers at their worst: nothing hangs longer than its limit, and everybody else is served.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::http::Method;
use futures_util::future::join_all;
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::{Semaphore, oneshot},
};
use tokio_rustls::TlsAcceptor;

use super::{
    harness::{Answer, START, Server, TOKEN, good, server, server_with},
    script::{Asked, Deed},
};
use crate::config::{CacheConfig, ServeConfig, provider};

const QUERY: &str = "/api/v1/query_range?query=up&start=1&end=2&step=1";

fn success(length: usize) -> Vec<u8> {
    let body = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}

#[tokio::test]
async fn promise_17_a_length_that_is_wrong_is_never_taken_for_a_whole_answer() {
    for (told, expect) in [
        (64, "upstream_truncated"),
        (40, "upstream_truncated"),
        (0, "upstream_truncated"),
    ] {
        let server = server(move |asked| match asked.path.as_str() {
            "/api/v1/query_range" => Deed::Raw(success(told)),
            _ => good(asked),
        })
        .await;
        let answer: Value = serde_json::from_str(&server.get(QUERY).await.text()).unwrap();
        assert_eq!(answer["errorType"], expect, "{told} told");
        let panel = &server.panels(&["t.gauge"]).await[0];
        assert_eq!(panel["error"]["code"], expect, "{told} told: {panel}");
        assert_eq!(server.get("/api/v1/labels").await.status, 200);
    }
}

#[tokio::test]
async fn promise_15_an_answer_that_drips_ends_with_the_time_of_the_whole() {
    let store = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = store.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = store.accept().await {
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
                let mut sent = stream.write_all(head.as_bytes()).await;
                while sent.is_ok() {
                    sent = stream.write_all(b"1\r\n \r\n").await;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            });
        }
    });
    let server = server_with(good, |config| {
        config.upstream.cluster_url = format!("http://{addr}").parse().unwrap();
        config.upstream.timeout = Duration::from_millis(300);
    })
    .await;
    let answer = server.get(QUERY).await;
    assert_eq!(answer.status, 504, "{}", answer.show());
}

/// A store behind TLS that is good to everybody.
async fn tls_store(pair: &CertifiedKey<KeyPair>) -> std::net::SocketAddr {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(pair.signing_key.serialize_der()));
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![pair.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = socket.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = socket.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(&success(63)).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    addr
}

#[tokio::test]
async fn promise_22_the_trusted_certificates_are_read_again_and_nobody_else_is_ever_asked() {
    let (ours, other) = (
        generate_simple_self_signed(["localhost".to_owned()]).unwrap(),
        generate_simple_self_signed(["localhost".to_owned()]).unwrap(),
    );
    let addr = tls_store(&ours).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.crt");
    fs::write(&file, other.cert.pem()).unwrap();
    let path = file.clone();
    let server = server_with(good, move |config| {
        config.upstream.cluster_url = format!("https://localhost:{}", addr.port()).parse().unwrap();
        config.upstream.ca_file = Some(path);
    })
    .await;
    let ask = async || server.get(QUERY).await;
    insta::assert_snapshot!(ask().await.text(), @r#"{"status":"error","errorType":"upstream_untrusted","error":"The metrics store cannot prove that it is the one that is meant, so nothing was asked of it. Ask an administrator to check the store's certificate and `ca-file`."}"#);
    for bad in ["", "none", &ours.cert.pem()[..100]] {
        fs::write(&file, bad).unwrap();
        server.running.app.upstream.look().await;
        assert_eq!(ask().await.status, 502, "{bad}");
    }
    fs::write(&file, ours.cert.pem()).unwrap();
    server.running.app.upstream.look().await;
    assert_eq!(ask().await.status, 200, "{}", ask().await.show());
    fs::write(&file, other.cert.pem()).unwrap();
    server.running.app.upstream.look().await;
    assert_eq!(
        ask().await.status,
        502,
        "the old trust is gone, kept connections included"
    );
}

/// Within a minute, or never.
async fn until(reached: impl Fn() -> bool) {
    let reaching = async {
        while !reached() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), reaching).await.unwrap();
}

async fn as_caller(server: &Server, token: &str, path: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    server.send(Method::GET, path, &[("authorization", &bearer)], "").await
}

/// A store that answers when the test lets it, and few questions at once.
async fn narrow() -> (Server, Arc<Semaphore>) {
    let go = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&go);
    let server = server_with(
        move |asked| {
            let Deed::Json(body) = good(asked) else { unreachable!() };
            let (send, receive) = oneshot::channel();
            let held = Arc::clone(&held);
            tokio::spawn(async move {
                held.acquire().await.unwrap().forget();
                let _ = send.send(());
            });
            Deed::Wait(receive, body)
        },
        |config: &mut ServeConfig| {
            let queries = &mut config.limits.queries;
            queries.in_all = 4;
            queries.per_caller = 2;
            queries.waiting = 4;
            queries.waiting_per_caller = 3;
            queries.patience = Duration::from_secs(600);
        },
    )
    .await;
    (server, go)
}

#[tokio::test]
async fn promise_14_ten_times_the_load_is_shed_with_a_time_to_come_back_and_then_all_is_well() {
    let (server, go) = narrow().await;
    // One caller beyond its own places, and nobody else feels it.
    let own = join_all((0..20).map(|_| as_caller(&server, "a", QUERY)));
    let release = async {
        // Two ask and three wait: 15 are turned away before anything is answered.
        until(|| server.running.app.metrics.refused_queries() == 15).await;
        assert_eq!(server.get("/healthz").await.status, 200);
        let asked = async {
            until(|| server.upstream.asked().len() == 3).await;
            go.add_permits(6);
        };
        tokio::join!(as_caller(&server, "b", QUERY), asked).0
    };
    let (own, other) = tokio::join!(own, release);
    assert_eq!(other.status, 200);
    let statuses = |answers: &[Answer]| {
        let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        (count(200), count(429), count(503))
    };
    assert_eq!(statuses(&own), (5, 15, 0));
    let refused = own.iter().find(|answer| answer.status == 429).unwrap();
    insta::assert_snapshot!(refused.show(), @r#"
    429
    cache-control: no-store
    content-length: 166
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    retry-after: 5
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"unavailable","error":"You have too many questions open at once. Close some pages that show dashboards, and try again in some seconds."}
    "#);

    // Eighty callers where eight have room.
    let tokens: Vec<String> = (0..80).map(|number| format!("c{number}")).collect();
    let all = join_all(tokens.iter().map(|token| as_caller(&server, token, QUERY)));
    let release = async {
        until(|| server.running.app.metrics.refused_queries() == 15 + 72).await;
        // A whole dashboard is turned away at its door.
        let request = json!({"panels": ["t.gauge"], "from": START, "to": START + 90, "width": 600});
        let dashboard = server.dashboard(&request).await;
        go.add_permits(8);
        dashboard
    };
    let (all, dashboard) = tokio::join!(all, release);
    assert_eq!(statuses(&all), (8, 0, 72));
    assert!(
        all.iter()
            .all(|answer| answer.status == 200 || answer.headers["retry-after"] == "5")
    );
    assert_eq!(
        (dashboard.status.as_u16(), &dashboard.headers["retry-after"]),
        (503, &"5".parse().unwrap())
    );
    go.add_permits(1000);
    for token in &tokens {
        assert_eq!(as_caller(&server, token, QUERY).await.status, 200);
    }
    assert_eq!(server.panels(&["t.gauge"]).await[0]["state"], "ok");
}

#[tokio::test]
async fn promise_14_whoever_goes_away_gives_its_places_back() {
    let (server, go) = narrow().await;
    for _ in 0..5 {
        let before = server.upstream.asked().len();
        let gone = join_all((0..2).map(|_| as_caller(&server, "a", QUERY)));
        let seen = until(|| server.upstream.asked().len() == before + 2);
        tokio::select! {
            _ = gone => panic!("nobody has answered yet"),
            () = seen => {}
        }
    }
    go.add_permits(1000);
    for _ in 0..20 {
        assert_eq!(as_caller(&server, "a", QUERY).await.status, 200);
    }
}

#[tokio::test]
async fn a_clock_that_jumps_changes_no_answer_and_holds_nobody_up() {
    let clock = |asked: &Asked| {
        if !asked.path.ends_with("query_range") {
            return good(asked);
        }
        let number = |name: &str| asked.param(name).parse::<i64>().unwrap();
        let (start, end, step) = (number("start"), number("end"), number("step"));
        let values: Vec<_> = (0..=(end - start) / step)
            .map(|index| json!([start + index * step, (start + index * step).to_string()]))
            .collect();
        super::harness::matrix(&json!([{"metric": {"pod": "p"}, "values": values}]))
    };
    let server = server_with(clock, |config| {
        config.cache = CacheConfig {
            bytes: 16 << 20,
            refresh: Duration::from_secs(30),
        };
    })
    .await;
    let app = &server.running.app;
    let real = app.now();
    for jump in [0, 86_400, -86_400, 10 * 365 * 86_400, -real, 1, 0] {
        app.jumped.store(jump, Ordering::Relaxed);
        for to in [real, app.now().max(86_400)] {
            let request = json!({"panels": ["t.gauge"], "from": to - 3600, "to": to, "width": 600});
            let answer = server.dashboard(&request).await.lines();
            assert_eq!(answer[0]["state"], "ok", "{jump}: {}", answer[0]);
            let frame = &answer[0]["frames"][0];
            let (start, step) = (frame["start"].as_i64().unwrap(), frame["step"].as_i64().unwrap());
            for (index, value) in frame["values"].as_array().unwrap().iter().enumerate() {
                let at = start + step * i64::try_from(index).unwrap();
                #[expect(clippy::cast_precision_loss, reason = "Unix seconds are far below 2^53")]
                let at = at as f64;
                assert_eq!(value.as_f64(), Some(at), "{jump}");
            }
        }
        assert_eq!(server.get("/api/models").await.status, 200);
    }
}

#[tokio::test]
async fn an_api_server_that_hangs_ends_with_its_time_and_is_no_denial() {
    let server = server_with(
        |asked| match asked.path.strip_prefix("/kube") {
            Some(_) => Deed::HangAfter(Vec::new()),
            None => good(asked),
        },
        |config| {
            super::front::front(config);
            config.upstream.timeout = Duration::from_millis(300);
        },
    )
    .await;
    let answer: Value = serde_json::from_str(&server.get(QUERY).await.text()).unwrap();
    assert_eq!(answer["errorType"], "cluster_failed");
    let panel = &server.panels(&["t.gauge"]).await[0];
    assert_eq!(
        (&panel["state"], &panel["error"]["code"]),
        (&json!("error"), &json!("cluster_failed"))
    );
    assert_eq!(server.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_store_that_hangs_for_one_caller_holds_up_no_other() {
    let hang = Arc::new(AtomicBool::new(true));
    let hangs = Arc::clone(&hang);
    let server = server_with(
        move |asked| {
            let slow = asked.headers.iter().any(|(_, value)| value == "Bearer slow");
            if slow && hangs.load(Ordering::Relaxed) {
                return Deed::HangAfter(Vec::new());
            }
            good(asked)
        },
        |config| config.upstream.timeout = Duration::from_secs(2),
    )
    .await;
    let slow = join_all((0..40).map(|_| as_caller(&server, "slow", QUERY)));
    let others = async {
        let mut served = 0;
        until(|| !server.upstream.asked().is_empty()).await;
        for number in 0..100 {
            let answer = as_caller(&server, &format!("c{number}"), QUERY).await;
            assert_eq!(answer.status, 200, "{}", answer.show());
            served += 1;
        }
        served
    };
    let (slow, served) = tokio::join!(slow, others);
    assert_eq!(served, 100);
    // Each ends: with the store's time, or after its own patience in the queue.
    assert!(slow.iter().all(|answer| matches!(answer.status.as_u16(), 504 | 429)));
    assert!(slow.iter().any(|answer| answer.status == 504));
    hang.store(false, Ordering::Relaxed);
    assert_eq!(as_caller(&server, "slow", QUERY).await.status, 200);
    assert_eq!(server.get(&format!("{QUERY}&_={TOKEN}")).await.status, 200);
}
