//! Many good answers that are each as long as an answer may be, at once: the container's memory holds them.

use anyhow::{Context as _, Result, ensure};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::rig::serve::{Serve, serve_with_assets};
use tests::rig::{http, small_dist};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// The container's, as the manifests have it.
const LIMIT_KIB: u64 = 512 << 10;
/// Together with 10,800 instants a little less than the 32 MiB that an answer may have.
const SERIES: usize = 115;
const POINTS: i64 = 10_800;
const STEP: i64 = 30;

/// Gives every range query all of its samples, and says afterwards how long the longest answer was.
async fn generous() -> Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = vec![0; 64 << 10];
                let length = stream.read(&mut head).await?;
                let head = String::from_utf8_lossy(head.get(..length).unwrap_or_default()).into_owned();
                let begin = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
                stream.write_all(begin.as_bytes()).await?;
                let number = |name: &str| -> Option<i64> {
                    let (_, rest) = head.split_once(&format!("&{name}="))?;
                    rest.split(['&', ' ']).next()?.parse().ok()
                };
                let (Some(start), Some(end), Some(step)) = (number("start"), number("end"), number("step")) else {
                    let one = r#"{"status":"success","data":[{"__name__":"vllm:kv_cache_usage_perc","namespace":"a","pod":"p"}]}"#;
                    return stream.write_all(one.as_bytes()).await;
                };
                let values: Vec<String> = (0..=(end - start) / step)
                    .map(|index| format!("[{},\"0.1234567\"]", start + index * step))
                    .collect();
                let values = values.join(",");
                stream
                    .write_all(br#"{"status":"success","data":{"resultType":"matrix","result":["#)
                    .await?;
                for series in 0..SERIES {
                    let comma = if series == 0 { "" } else { "," };
                    let labels = format!(r#"{comma}{{"metric":{{"namespace":"a","pod":"p{series}"}},"values":["#);
                    stream.write_all(labels.as_bytes()).await?;
                    stream.write_all(values.as_bytes()).await?;
                    stream.write_all(b"]}").await?;
                }
                stream.write_all(b"]}}").await
            });
        }
    });
    Ok(url)
}

/// One panel of all instants, in a part of the past that no other one looks at; its state, or why there is none.
async fn look(server: &Serve, caller: usize, month: i64, points: i64) -> Result<String> {
    let to = 1_763_796_000 - month * 30 * 86_400;
    let request = json!({"panels": ["vllm.kv_cache"], "from": to - (points - 1) * STEP, "to": to, "width": points});
    let bearer = format!("Bearer c{caller}");
    let url = format!("{}/api/panels", server.url);
    let answer = http::post_json(&url, &[("authorization", &bearer)], &request).await?;
    let line = answer.body.split(|byte| *byte == b'\n').next().context("a line")?;
    let record: Value = serde_json::from_slice(line).with_context(|| answer.status.to_string())?;
    if record["state"] == "ok" {
        let frames = record["frames"].as_array().context("frames")?;
        ensure!(frames.len() == SERIES, "{} series", frames.len());
        let values = frames.iter().filter_map(|frame| frame["values"].as_array());
        ensure!(values.clone().all(|values| values.len() as i64 == points));
        return Ok("ok".to_owned());
    }
    Ok(record["error"]["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn promise_16_sixteen_of_the_longest_answers_at_once_stay_within_the_container_and_others_are_served()
-> Result<()> {
    let store = generous().await?;
    let assets = small_dist::write()?;
    let server = serve_with_assets(assets.path(), &store, &[]).await?;
    for callers in [1, 4] {
        let looks = join_all((0..16).map(|look_no| {
            let month = look_no as i64 + 16 * callers as i64;
            look(&server, look_no % callers, month, POINTS)
        }));
        let other = async {
            let mut states = Vec::new();
            for month in 0..10 {
                states.push(look(&server, 100, month, 20).await?);
            }
            anyhow::Ok(states)
        };
        let (looks, other) = tokio::join!(looks, other);
        assert_eq!(other?, vec!["ok"; 10], "short answers do not wait for long ones");
        let looks = looks.into_iter().collect::<Result<Vec<_>>>()?;
        let count = |state: &str| looks.iter().filter(|seen| *seen == state).count();
        println!(
            "{callers} callers: {} answered, {} turned away; peak memory {} MiB",
            count("ok"),
            count("busy"),
            server.child.peak_kib()? >> 10
        );
        assert_eq!(count("ok") + count("busy"), looks.len(), "{looks:?}");
        assert!(count("ok") >= 2, "{looks:?}");
    }
    let peak = server.child.peak_kib()?;
    assert!(peak < LIMIT_KIB, "{peak} KiB at the peak");
    assert_eq!(
        look(&server, 200, 40, POINTS).await?,
        "ok",
        "afterwards there is room again"
    );
    Ok(())
}
