//! A store that sends without end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Result, ensure};
use axum::http::Method;
use futures_util::future::join_all;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use tests::rig::http;
use tests::rig::serve::serve_with_assets;
use tests::rig::small_dist;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const GIB: u64 = 1 << 30;

/// Sends a gibibyte of a JSON document to whoever asks for a range, a good answer to others. Counts what it got rid of.
async fn flood() -> Result<(String, Arc<AtomicU64>)> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let sent = Arc::<AtomicU64>::default();
    let counted = Arc::clone(&sent);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let counted = Arc::clone(&counted);
            tokio::spawn(async move {
                let mut head = vec![0; 64 << 10];
                let Ok(length) = stream.read(&mut head).await else {
                    return;
                };
                let head = String::from_utf8_lossy(&head[..length]).into_owned();
                let begin = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
                if !head.contains("query_range") {
                    let data = r#"{"status":"success","data":[{"__name__":"vllm:kv_cache_usage_perc","namespace":"a","pod":"p"}]}"#;
                    let _ = stream.write_all(format!("{begin}{data}").as_bytes()).await;
                    return;
                }
                let _ = stream.write_all(begin.as_bytes()).await;
                let _ = stream
                    .write_all(br#"{"status":"success","data":{"resultType":"matrix","result":["#)
                    .await;
                let piece = vec![b' '; 256 << 10];
                let mut left = GIB;
                while left > 0 && stream.write_all(&piece).await.is_ok() {
                    left = left.saturating_sub(256 << 10);
                    counted.fetch_add(256 << 10, Ordering::Relaxed);
                }
            });
        }
    });
    Ok((url, sent))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn promise_16_a_store_that_sends_a_gibibyte_is_cut_off_and_memory_stays_bounded() -> Result<()> {
    let (store, sent) = flood().await?;
    let assets = small_dist::write()?;
    let server = serve_with_assets(assets.path(), &store, &[]).await?;
    let panels = json!({"panels": ["vllm.kv_cache"], "from": 1_763_796_000, "to": 1_763_799_600, "width": 600});
    let url = format!("{}/api/panels", server.url);
    let by_panels = join_all((0..4).map(async |caller| {
        let bearer = format!("Bearer p{caller}");
        http::post_json(&url, &[("authorization", &bearer)], &panels)
            .await?
            .ndjson()
    }));
    let by_forwarding = join_all((0..4).map(async |caller| {
        let url = format!("{}/api/v1/query_range?query=up&start=1&end=2&step=1", server.url);
        let request = axum::http::Request::builder()
            .uri(url)
            .header("authorization", format!("Bearer f{caller}"))
            .body(Empty::<bytes::Bytes>::new())?;
        let mut body = Client::builder(TokioExecutor::new())
            .build_http()
            .request(request)
            .await?
            .into_body();
        let mut got = 0;
        // A proper end would say that this was all.
        while let Some(frame) = body.frame().await {
            match frame {
                Ok(frame) => got += frame.data_ref().map_or(0, bytes::Bytes::len),
                Err(_) => return anyhow::Ok(Some(got)),
            }
        }
        Ok(None)
    }));
    let others = async {
        for _ in 0..20 {
            let health = http::get(&format!("{}/healthz", server.url)).await?;
            ensure!(health.status.is_success());
            let url = format!("{}/api/v1/labels", server.url);
            let labels = http::send(Method::GET, &url, &[("authorization", "Bearer o")], bytes::Bytes::new()).await?;
            ensure!(labels.status.is_success(), "{}", labels.text());
        }
        anyhow::Ok(())
    };
    let (by_panels, by_forwarding, others) = tokio::join!(by_panels, by_forwarding, others);
    others?;
    for records in by_panels {
        let records = records?;
        assert_eq!(records[0]["error"]["code"], "upstream_too_large", "{}", records[0]);
    }
    for got in by_forwarding {
        let got = got?;
        assert!(
            got.is_some_and(|got| got <= 32 << 20),
            "{got:?} bytes, and a proper end is none"
        );
    }
    let sent = sent.load(Ordering::Relaxed);
    assert!(sent < 8 * (48 << 20), "{sent} bytes were taken of 8 GiB");
    let peak = server.child.peak_kib()?;
    println!("{} MiB of 8 GiB were taken; peak memory {} MiB", sent >> 20, peak >> 10);
    assert!(peak < 350 << 10, "{peak} KiB at the peak");
    Ok(())
}
