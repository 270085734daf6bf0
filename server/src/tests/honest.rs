//! What a number can say and what it cannot: the ends of histograms.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::{
    harness::{START, good, line, matrix, series, server},
    script::{Asked, Deed},
};

fn bucket(model: &str, le: &str) -> serde_json::Value {
    json!({"metric": {"__name__": "t_sizes_bucket", "le": le, "model_name": model}, "values": [[START, "1"], [START + 90, "1"]]})
}

/// Two engines: `old` counts up to 10, `new` up to 80.
fn two_engines(asked: &Asked) -> Deed {
    match asked.param("query") {
        probe if probe.contains("group by") => matrix(&json!([
            bucket("old", "0.3"),
            bucket("old", "10.0"),
            bucket("new", "0.001"),
            bucket("new", "80")
        ])),
        _ if asked.path.ends_with("query_range") => matrix(&json!([
            {"metric": {"model_name": "old"}, "values": [[START, "10"], [START + 30, "0.1"]]},
            {"metric": {"model_name": "new"}, "values": [[START, "10"]]},
        ])),
        _ => good(asked),
    }
}

#[tokio::test]
async fn each_series_of_a_quantile_carries_the_ends_of_its_own_histogram() {
    let server = server(two_engines).await;
    let record = &server.panels(&["t.p95"]).await[0];
    insta::assert_snapshot!(line(&record["frames"]), @r#"[{"above":[80.0],"below":0.001,"few":{"runs":[[0,1]],"under":20},"labels":{"model_name":"new"},"query":0,"start":1763796000,"step":30,"values":[10.0,null,null,null]},{"above":[10.0],"below":0.3,"few":{"runs":[[0,2]],"under":20},"labels":{"model_name":"old"},"query":0,"start":1763796000,"step":30,"values":[10.0,0.1,null,null]}]"#);
}

#[tokio::test]
async fn the_ends_are_asked_once_for_a_dashboard_and_remembered() {
    let server = server(two_engines).await;
    server.panels(&["t.p95", "t.rate"]).await;
    let cold = server.upstream.asked();
    let probes: Vec<_> = cold
        .iter()
        .filter(|asked| asked.param("query").contains("group by"))
        .map(|asked| {
            ["query", "start", "end", "step"]
                .map(|name| asked.param(name))
                .join(" ")
        })
        .collect();
    insta::assert_snapshot!(probes.join("\n"), @r#"group by (__name__, le, model_name) ({__name__="t_sizes_bucket",le!="+Inf"}) or on (__name__, le, model_name, job, namespace, over) label_replace(max by (job, namespace) (count_over_time(up{job="j"}[299s])), "over", "299", "job", ".*") or on (__name__, le, model_name, job, namespace, over) label_replace(max by (job, namespace) (count_over_time(up{job="j"}[1799s])), "over", "1799", "job", ".*") 1763796000 1763796090 6"#);
    server.panels(&["t.p95", "t.rate"]).await;
    let warm = server.upstream.asked().split_off(cold.len());
    assert!(
        warm.iter().all(|asked| !asked.param("query").contains("group by")),
        "{warm:?}"
    );
    assert_eq!(warm.len(), cold.len() - 1);
}

#[tokio::test]
async fn a_probe_that_fails_leaves_the_numbers_and_says_so_once() {
    let broken = AtomicBool::new(true);
    let server = server(move |asked| {
        let is_probe = asked.param("query").contains("group by");
        if is_probe && broken.swap(false, Ordering::Relaxed) {
            return Deed::answer("503 Service Unavailable", "text/plain", "no");
        }
        if asked.path.ends_with("series") {
            series(&["t_sizes_count"])
        } else {
            two_engines(asked)
        }
    })
    .await;
    let record = &server.panels(&["t.p95"]).await[0];
    assert_eq!(record["state"], "ok");
    assert_eq!(
        record["warnings"],
        json!([
            "The ends of the histogram are not known right now: a value at its last bucket may be higher than shown."
        ])
    );
    // A failure is not remembered.
    assert_eq!(server.panels(&["t.p95"]).await[0]["warnings"], json!([]));
}
