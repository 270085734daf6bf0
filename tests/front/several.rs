//! Several namespaces in one question: sums and quantiles are those of all samples together, never put together from parts.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests::rig::crowd::now;
use tests::rig::front_door::{Front, User, front};
use tests::rig::serve::Serve;
use tests::rig::{http, wait};

const OWN: &str = r#"
[[family]]
id = "rig"
title = "Rig"
[family.labels]
namespace = ["namespace"]

[[concept]]
id = "rig_queue"
family = "rig"
type = "gauge"
unit = "count"
names = ["rig_queue"]

# Stands still, as no counter does: each pod tells of one moment.
[[concept]]
id = "rig_buckets"
family = "rig"
type = "gauge"
unit = "count"
names = ["rig_seconds_bucket"]

[[panel]]
id = "rig.queue"
title = "Queue"
tells = "One."
when_bad = "Two."
unit = "count"
kind = "line"
queries = [{ expr = "sum({{rig_queue}})", legend = "all" }]

[[panel]]
id = "rig.median"
title = "Median"
tells = "One."
when_bad = "Two."
unit = "seconds"
kind = "line"
queries = [{ expr = "histogram_quantile(0.5, sum by (le) ({{rig_buckets}}))", legend = "all" }]
"#;
const SUM: &str = "sum(rig_queue)";
const MEDIAN: &str = "histogram_quantile(0.5,sum%20by%20(le)%20(rig_seconds_bucket))";

/// What each of the two panels shows at every instant that it shows; else why it shows nothing.
async fn shown(front: &Front, server: &Serve, user: User, namespaces: &[&str]) -> Result<Vec<Value>> {
    let now = now()?;
    let request = json!({"panels": ["rig.queue", "rig.median"], "vars": {"namespace": namespaces}, "from": now - 30,
        "to": now, "width": 30});
    let bearer = format!("Bearer {}", front.kube.token(user));
    let url = format!("{}/api/panels", server.url);
    let mut records = http::post_json(&url, &[("authorization", &bearer)], &request)
        .await?
        .ndjson()?;
    records.pop().context("no end")?;
    records.sort_by_key(|record| record["panel"] == "rig.median");
    let one = |record: &Value| -> Result<Value> {
        if record["state"] != "ok" {
            return Ok(record["error"]["code"].clone());
        }
        let frames = record["frames"].as_array().context("no frames")?;
        ensure!(frames.len() == 1, "{record}");
        let values = frames
            .iter()
            .flat_map(|frame| frame["values"].as_array().into_iter().flatten());
        let mut values: Vec<f64> = values.filter_map(Value::as_f64).collect();
        values.dedup();
        ensure!(values.len() == 1, "they never change: {record}");
        Ok(json!(values.first()))
    };
    records.iter().map(one).collect()
}

/// The front's own answer to the same question with a `namespace=` for each.
async fn direct(front: &Front, user: User, query: &str) -> Result<f64> {
    let both = "namespace=team-a&namespace=team-b";
    let url = format!("{}/api/v1/query?query={query}&{both}", front.tenancy_url);
    let answer = front.https.get(&url, front.kube.token(user)).await?.json()?;
    let value = answer.pointer("/data/result/0/value/1").and_then(Value::as_str);
    Ok(value.with_context(|| answer.to_string())?.parse()?)
}

#[tokio::test]
async fn sums_and_quantiles_over_several_namespaces_are_those_of_all_samples_together() -> Result<()> {
    let front = front()?;
    let own = tempfile::tempdir()?;
    std::fs::write(own.path().join("own.toml"), OWN)?;
    let folder = own.path().to_string_lossy().into_owned();
    let (server, _assets) = front
        .serve(&["--dashboards", &folder, "--scrape-interval", "1s"])
        .await?;
    let both = ["team-a", "team-b"];
    // The stores have been there for some seconds only, and the two are asked one after the other.
    wait::until(
        "every pod has been scraped",
        async || shown(front, &server, User::Admin, &both).await,
        |shown| shown.first() == Some(&json!(43.0)),
    )
    .await?;
    // By hand, from what the pods say: of 64 answers the 32nd is the 16th of the 48 that took from 2 to 4 seconds.
    let (sum, median) = (1.0 + 2.0 + 40.0, 2.0 + (4.0 - 2.0) * (32.0 - 16.0) / 48.0);
    assert_eq!(direct(front, User::Two, SUM).await?, sum);
    assert_eq!(direct(front, User::Two, MEDIAN).await?, median);
    for (user, namespaces, expect) in [
        (User::Two, &both[..], vec![json!(sum), json!(median)]),
        (User::Two, &["team-b", "team-a"], vec![json!(sum), json!(median)]),
        // Neither the parts nor their mean.
        (User::Two, &["team-a"], vec![json!(3.0), json!(0.5)]),
        (User::Two, &["team-b"], vec![json!(40.0), json!(3.0)]),
        // Confined by the guard, at the cluster's port.
        (User::Viewer, &both, vec![json!(sum), json!(median)]),
        (User::One, &both, vec![json!("namespace_denied"); 2]),
        (User::Nobody, &both, vec![json!("namespace_denied"); 2]),
    ] {
        assert_eq!(
            shown(front, &server, user, namespaces).await?,
            expect,
            "{user:?} {namespaces:?}"
        );
    }
    Ok(())
}
