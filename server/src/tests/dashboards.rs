//! `POST /api/panels`: states, order, streaming, both forms.

use std::sync::Mutex;

use axum::http::Method;
use http_body_util::BodyExt as _;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::{Value, json};
use server_api::{Record, wire};
use tokio::sync::oneshot;

use super::{
    harness::{START, TOKEN, good, line, matrix, series, server, vector},
    script::{Asked, Deed},
};

/// One panel's record when the upstream answers its query with `deed`.
async fn check(panel: &str, deed: impl Fn() -> Deed + Send + Sync + 'static) -> String {
    let server = server(move |asked| {
        if asked.path.ends_with("series") {
            good(asked)
        } else {
            deed()
        }
    })
    .await;
    line(&server.panels(&[panel]).await[0])
}

#[tokio::test]
async fn a_panel_with_samples_is_ok_and_says_where_they_came_from() {
    insta::assert_snapshot!(check("t.gauge", || matrix(&json!([
        {"metric": {"pod": "p"}, "values": [[START, "0.5"], [START + 60, "NaN"], [START + 90, "+Inf"]]},
        {"metric": {"pod": "q"}, "values": [[START + 30, "-Inf"]]},
    ]))).await, @r#"{"error":null,"frames":[{"labels":{"pod":"p"},"query":0,"start":1763796000,"step":30,"values":[0.5,null,"NaN","+Inf"]},{"labels":{"pod":"q"},"query":0,"start":1763796000,"step":30,"values":[null,"-Inf",null,null]}],"panel":"t.gauge","sources":[{"concept":"gauge","metric":"t_new","monitors":["j"],"pods":[{"monitors":["j"],"namespace":"a","pod":"p"}],"workloads":1}],"state":"ok","warnings":[],"window_s":null}"#);
}

#[tokio::test]
async fn a_rate_tells_its_window() {
    insta::assert_snapshot!(check("t.rate", || matrix(&json!([{"metric": {}, "values": [[START, "0"]]}]))).await, @r#"{"error":null,"frames":[{"labels":{},"query":0,"start":1763796000,"step":30,"values":[0.0,null,null,null]}],"panel":"t.rate","sources":[{"concept":"count","metric":"t_total","monitors":["j"],"pods":[{"monitors":["j"],"namespace":"a","pod":"p"}],"workloads":1}],"state":"ok","warnings":[],"window_s":120}"#);
}

#[tokio::test]
async fn a_distribution_is_one_value_for_each_bucket() {
    insta::assert_snapshot!(check("t.sizes", || vector(&json!([
        {"metric": {"le": "+Inf"}, "value": [START, "9"]},
        {"metric": {"le": "16"}, "value": [START, "4"]},
    ]))).await, @r#"{"error":null,"frames":[{"labels":{"le":"16"},"query":0,"start":1763796090,"step":30,"values":[4.0]},{"labels":{"le":"+Inf"},"query":0,"start":1763796090,"step":30,"values":[5.0]}],"panel":"t.sizes","sources":[{"concept":"sizes","metric":"t_sizes","monitors":["j"],"pods":[{"monitors":["j"],"namespace":"a","pod":"p"}],"workloads":1}],"state":"ok","warnings":[],"window_s":null}"#);
}

#[tokio::test]
async fn an_empty_matrix_is_no_samples() {
    insta::assert_snapshot!(check("t.gauge", || matrix(&json!([]))).await, @r#"{"error":null,"frames":[],"panel":"t.gauge","sources":[{"concept":"gauge","metric":"t_new","monitors":["j"],"pods":[{"monitors":["j"],"namespace":"a","pod":"p"}],"workloads":1}],"state":"no_samples","warnings":[],"window_s":null}"#);
}

#[tokio::test]
async fn only_nan_is_no_traffic() {
    let deed = || matrix(&json!([{"metric": {}, "values": [[START, "NaN"], [START + 30, "NaN"]]}]));
    insta::assert_snapshot!(check("t.gauge", deed).await, @r#"{"error":null,"frames":[{"labels":{},"query":0,"start":1763796000,"step":30,"values":["NaN","NaN",null,null]}],"panel":"t.gauge","sources":[{"concept":"gauge","metric":"t_new","monitors":["j"],"pods":[{"monitors":["j"],"namespace":"a","pod":"p"}],"workloads":1}],"state":"no_traffic","warnings":[],"window_s":null}"#);
}

#[tokio::test]
async fn only_infinities_are_shown_as_what_they_are() {
    let deed = || matrix(&json!([{"metric": {}, "values": [[START, "+Inf"], [START + 30, "-Inf"]]}]));
    insta::assert_snapshot!(check("t.gauge", deed).await, @r#"{"error":null,"frames":[{"labels":{},"query":0,"start":1763796000,"step":30,"values":["+Inf","-Inf",null,null]}],"panel":"t.gauge","sources":[{"concept":"gauge","metric":"t_new","monitors":["j"],"pods":[{"monitors":["j"],"namespace":"a","pod":"p"}],"workloads":1}],"state":"ok","warnings":[],"window_s":null}"#);
}

#[tokio::test]
async fn an_empty_distribution_is_no_traffic() {
    let deed = || {
        vector(
            &json!([{"metric": {"le": "1"}, "value": [START, "0"]}, {"metric": {"le": "+Inf"}, "value": [START, "0"]}]),
        )
    };
    insta::assert_snapshot!(check("t.sizes", deed).await, @r#"{"error":null,"frames":[{"labels":{"le":"1"},"query":0,"start":1763796090,"step":30,"values":[0.0]},{"labels":{"le":"+Inf"},"query":0,"start":1763796090,"step":30,"values":[0.0]}],"panel":"t.sizes","sources":[{"concept":"sizes","metric":"t_sizes","monitors":["j"],"pods":[{"monitors":["j"],"namespace":"a","pod":"p"}],"workloads":1}],"state":"no_traffic","warnings":[],"window_s":null}"#);
}

#[tokio::test]
async fn nothing_with_a_warning_is_unknown() {
    let deed = || {
        Deed::Json(json!({"status": "success", "data": {"resultType": "matrix", "result": []}, "warnings": ["store 10 did not answer"]}).to_string())
    };
    insta::assert_snapshot!(check("t.gauge", deed).await, @r#"{"error":null,"frames":[],"panel":"t.gauge","sources":[{"concept":"gauge","metric":"t_new","monitors":["j"],"pods":[{"monitors":["j"],"namespace":"a","pod":"p"}],"workloads":1}],"state":"unknown","warnings":["store 10 did not answer"],"window_s":null}"#);
}

#[tokio::test]
async fn a_name_that_is_nowhere_is_no_samples_and_its_query_is_not_sent() {
    let server = server(|asked| {
        if asked.path.ends_with("series") {
            series(&["t_total"])
        } else {
            good(asked)
        }
    })
    .await;
    let records = server.panels(&["t.gauge"]).await;
    insta::assert_snapshot!(line(&records[0]), @r#"{"error":null,"frames":[],"panel":"t.gauge","sources":[],"state":"no_samples","warnings":[],"window_s":null}"#);
    assert_eq!(server.upstream.asked().len(), 1);
}

#[tokio::test]
async fn where_the_names_cannot_be_asked_every_panel_says_why() {
    let server = server(|_| Deed::answer("403 Forbidden", "text/plain", "no")).await;
    let records = server.panels(&["t.gauge", "t.rate"]).await;
    let states: Vec<_> = records.iter().map(|record| &record["state"]).collect();
    assert_eq!(states, [&json!("denied"), &json!("denied"), &Value::Null]);
}

fn questions(asked: &[Asked]) -> String {
    let mut lines: Vec<_> = asked
        .iter()
        .map(|asked| {
            let params: Vec<_> = asked
                .params
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            format!("{} {} {}", asked.method, asked.path, params.join(" & "))
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

#[tokio::test]
async fn one_series_request_and_one_query_each_are_asked_on_one_grid() {
    let server = server(good).await;
    let request = json!({
        "panels": ["t.gauge", "t.rate", "t.sizes", "t.gauge"],
        "vars": {"namespace": ["a"], "model": ["x\"}", "m"]},
        "from": START + 7, "to": START + 3_607, "width": 600,
    });
    let lines = server.dashboard(&request).await.lines();
    assert_eq!(lines.len(), 4);
    insta::assert_snapshot!(questions(&server.upstream.asked()), @r#"
    GET /api/v1/query query=sum by (le) (increase(t_sizes_bucket{model_name=~"m|x\"\\}",namespace="a"}[3600s])) & time=1763799600
    GET /api/v1/query_range query=label_replace(max by (job, namespace) (count_over_time(up{job="j"}[299s])), "over", "299", "job", ".*") or on (__name__, le, job, namespace, over) label_replace(max by (job, namespace) (count_over_time(up{job="j"}[1799s])), "over", "1799", "job", ".*") & start=1763796000 & end=1763799600 & step=225
    GET /api/v1/query_range query=max by (pod) (t_new{model_name=~"m|x\"\\}",namespace="a"}) & start=1763796000 & end=1763799600 & step=30
    GET /api/v1/query_range query=sum(rate(t_total{model_name=~"m|x\"\\}",namespace="a"}[120s])) & start=1763796000 & end=1763799600 & step=30
    GET /api/v1/series start=1763795400 & end=1763799600 & match[]={__name__=~"t_new|t_old|t_sizes_count|t_total",namespace="a"}
    "#);
}

#[tokio::test]
async fn an_old_name_feeds_the_panel_where_the_new_one_is_not_there() {
    let server = server(|asked| {
        if asked.path.ends_with("series") {
            series(&["t_old"])
        } else {
            good(asked)
        }
    })
    .await;
    let records = server.panels(&["t.gauge"]).await;
    insta::assert_snapshot!(records[0]["sources"].to_string(), @r#"[{"concept":"gauge","metric":"t_old","monitors":["j"],"pods":[{"monitors":["j"],"namespace":"a","pod":"p"}],"workloads":1}]"#);
    assert_eq!(
        server.upstream.asked().last().unwrap().param("query"),
        "max by (pod) (t_old)"
    );
}

#[tokio::test]
async fn a_dashboard_too_long_for_an_address_is_asked_as_a_form() {
    let server = server(good).await;
    let mut models: Vec<_> = (0..400).map(|n| format!("model-with-a-long-name-{n}")).collect();
    models.push("m".to_owned());
    let request =
        json!({"panels": ["t.gauge"], "vars": {"model": models}, "from": START, "to": START + 90, "width": 600});
    assert_eq!(server.dashboard(&request).await.lines()[0]["state"], "ok");
    let methods: Vec<_> = server
        .upstream
        .asked()
        .iter()
        .map(|asked| asked.method.clone())
        .collect();
    // What exists is asked of all models.
    assert_eq!(methods, ["GET", "GET", "POST"]);
}

#[tokio::test]
async fn all_forms_hold_the_same_records() {
    let server = server(good).await;
    let bearer = format!("Bearer {TOKEN}");
    let body = json!({"panels": ["t.gauge"], "from": START, "to": START + 90, "width": 600}).to_string();
    let ask = async |accept: &str| {
        let headers = [("authorization", bearer.as_str()), ("accept", accept)];
        let answer = server.send(Method::POST, "/api/panels", &headers, &body).await;
        assert_eq!(answer.headers["content-type"], accept);
        answer
    };
    let lines = ask(wire::NDJSON).await;
    let expect: Vec<Record> = lines
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(expect.len(), 2);
    for form in [wire::FRAMES_V1, wire::FRAMES_V1_PACKED] {
        let frames = ask(form).await;
        let mut decoder = wire::Decoder::default();
        assert_eq!(decoder.push(&frames.body).unwrap(), expect);
        assert!(decoder.is_empty());
    }
}

/// The range query waits until the test lets it go; the sender is in the cell.
fn held_back() -> (oneshot::Sender<()>, impl Fn(&Asked) -> Deed + Send + Sync) {
    let (go, wait) = oneshot::channel();
    let wait = Mutex::new(Some(wait));
    let play = move |asked: &Asked| {
        let is_range = asked.path.ends_with("query_range");
        let wait = is_range.then(|| wait.lock().unwrap().take()).flatten();
        let empty = json!({"status": "success", "data": {"resultType": "matrix", "result": []}});
        wait.map_or_else(|| good(asked), |wait| Deed::Wait(wait, empty.to_string()))
    };
    (go, play)
}

#[tokio::test]
async fn a_panel_is_sent_while_a_slower_one_is_still_asked() {
    let (go, play) = held_back();
    let server = server(play).await;
    let body = json!({"panels": ["t.gauge", "t.sizes"], "from": START, "to": START + 90, "width": 600}).to_string();
    let request = axum::http::Request::post(format!("http://{}/api/panels", server.running.addr))
        .header("authorization", format!("Bearer {TOKEN}"))
        .body(body)
        .unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http();
    let mut answer = client.request(request).await.unwrap().into_body();
    let first = answer.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(first.starts_with(b"{\"panel\":\"t.sizes\""));
    go.send(()).unwrap();
    let rest = answer.collect().await.unwrap().to_bytes();
    let rest = String::from_utf8(rest.to_vec()).unwrap();
    let panels: Vec<Value> = rest.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(panels[0]["panel"], "t.gauge");
    assert_eq!(panels[1], json!({"done": true}));
}

#[tokio::test]
async fn a_caller_who_goes_away_takes_the_questions_along() {
    let (gone, was_gone) = oneshot::channel();
    let gone = Mutex::new(Some(gone));
    let server = server(move |asked| {
        let is_range = asked.path.ends_with("query_range");
        let gone = is_range.then(|| gone.lock().unwrap().take()).flatten();
        gone.map_or_else(|| good(asked), Deed::Silence)
    })
    .await;
    let body = json!({"panels": ["t.gauge", "t.sizes"], "from": START, "to": START + 90, "width": 600}).to_string();
    let request = axum::http::Request::post(format!("http://{}/api/panels", server.running.addr))
        .header("authorization", format!("Bearer {TOKEN}"))
        .body(body)
        .unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http();
    let mut answer = client.request(request).await.unwrap().into_body();
    let first = answer.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(first.starts_with(b"{\"panel\":\"t.sizes\""));
    drop((answer, client));
    was_gone.await.unwrap();
}

#[tokio::test]
async fn models_are_listed_with_what_their_counters_say() {
    let server = server(|asked| match asked.path.as_str() {
        "/api/v1/query" => {
            let value = if asked.param("query").contains("increase") {
                "0"
            } else {
                "12"
            };
            vector(&json!([{"metric": {"namespace": "a", "pod": "p", "model_name": "m"}, "value": [START, value]}]))
        }
        _ => good(asked),
    })
    .await;
    insta::assert_snapshot!(server.get("/api/models").await.text(), @r#"{"models":[{"namespace":"a","workload":"p","kind":"Pod","model":"m","runtime":"Tester","state":"idle"}]}"#);
}

#[tokio::test]
async fn the_catalogue_is_answered_as_it_is() {
    insta::assert_snapshot!(server(good).await.get("/api/catalog").await.show(), @r#"
    200
    cache-control: no-store
    content-length: 1690
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"version":"0.1.0","families":[{"id":"t","title":"Test"}],"concepts":[{"id":"count","family":"t","type":"counter","unit":"requests","names":[{"name":"t_total"}]},{"id":"gauge","family":"t","type":"gauge","unit":"count","names":[{"name":"t_new"},{"name":"t_old"}]},{"id":"sizes","family":"t","type":"histogram","unit":"tokens","names":[{"name":"t_sizes"}]}],"dashboards":[{"id":"overview","title":"Overview","tells":"All.","panels":["t.gauge","t.rate","t.sizes","t.bad"],"group":"","sections":[]}],"panels":[{"id":"t.gauge","family":"t","title":"Gauge","tells":"One.","when_bad":"Two.","unit":"count","kind":"line","covers":["S0.16"],"queries":[{"expr":"max by (pod) ({{gauge}})","legend":"{pod}"}],"thresholds":[]},{"id":"t.rate","family":"t","title":"Rate","tells":"One.","when_bad":"Two.","unit":"requests_per_second","kind":"stat","covers":["S0.16"],"queries":[{"expr":"sum(rate({{count}}[$window]))","legend":"all"}],"thresholds":[]},{"id":"t.sizes","family":"t","title":"Sizes","tells":"One.","when_bad":"Two.","unit":"requests","kind":"bar","covers":["S0.21"],"queries":[{"expr":"sum by (le) (increase({{sizes.bucket}}[$range]))","legend":"{le}"}],"thresholds":[]},{"id":"t.p95","family":"t","title":"Size, p95","tells":"One.","when_bad":"Two.","unit":"tokens","kind":"line","covers":["S0.21"],"queries":[{"expr":"histogram_quantile(0.95, sum by (le, model_name) (rate({{sizes.bucket}}[$window])))","legend":"{model_name}"}],"thresholds":[]},{"id":"t.bad","family":"t","title":"Bad","tells":"One.","when_bad":"Two.","unit":"count","kind":"line","covers":["S0.16"],"queries":[{"expr":"no_such_function({{gauge}})","legend":"{pod}"}],"thresholds":[]}],"slos":[],"alerts":[],"faults":[]}
    "#);
}
