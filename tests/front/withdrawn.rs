//! A right that is taken away, before the real front: how long Servelens goes on showing what it gave.
//!
//! The front itself keeps what an access review said for five minutes. That is the platform's; what is ours is less.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use axum::http::Method;
use serde_json::{Value, json};
use tests::rig::front_door::front;
use tests::rig::http;

use super::matrix::before;

/// What the product promises, and a second for the question itself.
const MOST: Duration = Duration::from_secs(31);

#[tokio::test]
async fn promise_04_what_was_withdrawn_is_gone_after_half_a_minute_though_the_front_still_gives_it() -> Result<()> {
    let front = front()?;
    let (server, _assets) = before(front).await?;
    let token = front.kube.newcomer("newcomer", "team-a").await?;
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let query = "/ns/team-a/api/v1/query?query=rig_load";
    let forwarded = async || {
        let url = format!("{}{query}", server.url);
        let answer = http::send(Method::GET, &url, &headers, bytes::Bytes::new()).await?;
        anyhow::Ok(answer.status.as_u16())
    };
    let panel = async || {
        let url = format!("{}/api/panels", server.url);
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)?
            .as_secs();
        let request = json!({"panels": ["vllm.kv_cache"], "vars": {"namespace": ["team-a"]}, "from": now - 3600, "to": now,
            "width": 600});
        let answer = http::post_json(&url, &headers, &request).await?.ndjson()?;
        anyhow::Ok(answer.first().map_or(Value::Null, |record| record["state"].clone()))
    };
    let direct = async || {
        let url = format!("{}/api/v1/query?query=rig_load&namespace=team-a", front.tenancy_url);
        anyhow::Ok(front.https.get(&url, &token).await?.status.as_u16())
    };
    // Both ways have given something, and so something is kept.
    assert_eq!((forwarded().await?, direct().await?), (200, 200));
    assert_ne!(panel().await?, "denied");
    front.kube.withdraw("newcomer", "team-a").await?;
    let since = Instant::now();
    loop {
        let seen = (forwarded().await?, panel().await?);
        if seen.0 == 403 && seen.1 == "denied" {
            break;
        }
        ensure!(since.elapsed() < MOST, "{seen:?} after {:?}", since.elapsed());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    println!(
        "gone from Servelens after {:.1} s; the front itself answers {}",
        since.elapsed().as_secs_f64(),
        direct().await?
    );
    Ok(())
}
