//! How many bytes of answers the server holds at once, and what becomes of those for which there is no room.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{
    harness::{START, good, matrix, server_with},
    script::{Asked, Deed},
};
use crate::config::{Limits, RoomLimits};

const MIB: usize = 1 << 20;

fn small(limits: &mut Limits) {
    limits.answers.bytes = MIB;
    limits.queries.patience = Duration::from_millis(50);
    limits.room = RoomLimits {
        text: MIB,
        decoded: 2 * MIB,
        unread: MIB,
    };
}

/// A range query's answer of some 300 KiB.
fn long() -> String {
    let series =
        |pod: usize| json!({"metric": {"pod": format!("{pod}{}", "x".repeat(3000))}, "values": [[START, "1"]]});
    let all: Vec<_> = (0..100).map(series).collect();
    json!({"status": "success", "data": {"resultType": "matrix", "result": all}}).to_string()
}

#[tokio::test]
async fn promise_16_a_long_answer_is_not_read_on_while_there_is_no_room_for_it() {
    let (asked, wait) = (
        Arc::<AtomicUsize>::default(),
        Arc::<Mutex<Option<oneshot::Sender<()>>>>::default(),
    );
    let go = Arc::clone(&wait);
    let play = move |question: &Asked| match question.path.as_str() {
        // The first one's end does not come before it is told to.
        "/api/v1/query_range" if asked.fetch_add(1, Ordering::SeqCst) == 0 => {
            let (sender, receiver) = oneshot::channel();
            *go.lock().unwrap() = Some(sender);
            let body = long();
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            Deed::Pieces(
                format!("{head}{}", &body[..body.len() - 10]).into_bytes(),
                receiver,
                body[body.len() - 10..].into(),
            )
        }
        "/api/v1/query_range" => Deed::Json(long()),
        _ => good(question),
    };
    let server = server_with(play, |config| small(&mut config.limits)).await;
    let first = server.panels(&["t.gauge"]);
    let others = async {
        let sender = loop {
            let sender = wait.lock().unwrap().take();
            match sender {
                Some(sender) => break sender,
                None => tokio::task::yield_now().await,
            }
        };
        // It takes its room as soon as more than a short answer of it has come. The others look at other days: an equal
        // question would wait for the first one's answer, or be given one that is kept.
        for day in 1_i64.. {
            let from = START + day * 86_400;
            let request = json!({"panels": ["t.gauge"], "from": from, "to": from + 90, "width": 600});
            if server.dashboard(&request).await.lines()[0]["error"]["code"] == "busy" {
                break;
            }
        }
        let short = server.get("/api/v1/labels").await;
        assert_eq!(short.status, 200, "what is short needs no room");
        sender.send(()).unwrap();
    };
    let others = tokio::time::timeout(Duration::from_secs(60), others);
    let (first, others) = tokio::join!(first, others);
    others.unwrap();
    assert_eq!(first[0]["state"], "ok", "{}", first[0]);
    assert_eq!(
        server.panels(&["t.gauge"]).await[0]["state"],
        "ok",
        "there is room again"
    );
}

#[tokio::test]
async fn promise_16_a_short_text_that_would_become_much_is_too_large() {
    let play = |asked: &Asked| match asked.path.as_str() {
        "/api/v1/series" => {
            let all: Vec<Value> = vec![json!({"__name__": "t_new"}); 8_000];
            Deed::Json(json!({"status": "success", "data": all}).to_string())
        }
        _ => good(asked),
    };
    let server = server_with(play, |config| small(&mut config.limits)).await;
    let line = &server.panels(&["t.gauge"]).await[0];
    assert_eq!(line["error"]["code"], "upstream_too_large", "{line}");
}

#[tokio::test]
async fn promise_16_an_answer_of_more_series_or_values_than_may_be_is_too_large() {
    let play = |asked: &Asked| match asked.path.as_str() {
        "/api/v1/query_range" => {
            let values: Vec<_> = (0..4).map(|step| json!([START + step * 30, "1"])).collect();
            let series = |pod: &str| json!({"metric": {"pod": pod}, "values": values});
            matrix(&json!([series("p"), series("q"), series("r")]))
        }
        _ => good(asked),
    };
    for (series, values, expect) in [
        (3, 12, ""),
        (2, 12, "The metrics store's answer is larger than 2 series."),
        (3, 11, "The metrics store's answer is larger than 11 values."),
    ] {
        let server = server_with(play, |config| {
            config.limits.answers.series = series;
            config.limits.answers.values = values;
        })
        .await;
        let line = &server.panels(&["t.gauge"]).await[0];
        assert_eq!(line["error"]["message"].as_str().unwrap_or_default(), expect, "{line}");
    }
}
