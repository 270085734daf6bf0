//! `/api/setup/…` before an API server that keeps everybody waiting: threads and memory have an end there, too.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::http::Method;
use serde_json::json;
use tokio::sync::oneshot;

use super::{
    front::front,
    harness::{Answer, good, send, server_with},
    said::MARK,
    script::{Asked, Deed, Script},
};
use crate::{
    cluster::{Hands, NAMESPACE},
    config::QueryLimits,
    identity::Caller,
    upstream::HttpClient,
};

/// Questions that are kept waiting; `None`: nobody is any more.
type Held = Arc<Mutex<Option<Vec<oneshot::Sender<()>>>>>;

fn world(held: Held) -> impl Fn(&Asked) -> Deed {
    move |asked: &Asked| {
        if !asked.path.starts_with("/kube") {
            return good(asked);
        }
        match held.lock().unwrap().as_mut() {
            Some(waiting) => {
                let (go, wait) = oneshot::channel();
                waiting.push(go);
                Deed::Wait(wait, String::new())
            }
            None => Deed::answer("401 Unauthorized", "text/plain", "no such token"),
        }
    }
}

async fn waiting(held: &Held, callers: usize) {
    let reaching = async {
        while held.lock().unwrap().as_ref().map_or(0, Vec::len) < callers {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), reaching).await.unwrap();
}

#[tokio::test]
async fn promise_14_setting_up_has_places_of_its_own_and_they_are_taken_until_the_work_has_ended() {
    let held: Held = Arc::new(Mutex::new(Some(Vec::new())));
    let server = server_with(world(Arc::clone(&held)), |config| {
        front(config);
        config.limits.setups = QueryLimits {
            in_all: 2,
            per_caller: 1,
            waiting: 2,
            waiting_per_caller: 1,
            patience: Duration::from_millis(50),
        };
    })
    .await;
    let addr = server.running.addr;
    let ask = move |caller: &'static str, path: &'static str| async move {
        let bearer = format!("Bearer {MARK}{caller}");
        send(addr, Method::GET, path, &[("authorization", &bearer)], "").await
    };
    let told = |answer: &Answer| {
        let retry = answer.headers.get("retry-after").map(|value| value.to_str().unwrap());
        (answer.status.as_u16(), retry.map(str::to_owned))
    };
    // A reader that leaves: the work goes on, and so its place is taken.
    let left = tokio::spawn(ask("alice", "/api/setup/checks"));
    waiting(&held, 1).await;
    left.abort();
    assert_eq!(
        told(&ask("alice", "/api/setup/plan").await),
        (429, Some("5".to_owned()))
    );
    let bob = tokio::spawn(ask("bob", "/api/setup/plan"));
    waiting(&held, 2).await;
    assert_eq!(
        told(&ask("carol", "/api/setup/checks").await),
        (503, Some("5".to_owned()))
    );
    assert_eq!(ask("carol", "/api/catalog").await.status, 200, "others are served");
    *held.lock().unwrap() = None;
    assert_eq!(bob.await.unwrap().status, 401);
    let again = async {
        while ask("alice", "/api/setup/checks").await.status == 429 {
            tokio::task::yield_now().await;
        }
        assert_eq!(ask("alice", "/api/setup/checks").await.status, 401);
    };
    tokio::time::timeout(Duration::from_secs(60), again).await.unwrap();
}

/// How many pages of an endless list are read, each with one object of so many bytes; and what is said then.
async fn pages(bytes: usize) -> (usize, String) {
    let page = json!({
        "apiVersion": "v1", "kind": "NamespaceList", "metadata": {"continue": "more"},
        "items": [{"metadata": {"name": "a", "annotations": {"long": "x".repeat(bytes)}}}],
    })
    .to_string();
    let api = Script::start(move |_| Deed::Json(page.clone())).await;
    let client = HttpClient::new(None, "ca-file", Duration::from_secs(1)).unwrap();
    let hands = Hands::of_caller(Arc::new(client), &format!("http://{}", api.addr), &Caller::nobody(), ());
    let refusal = hands.list(&NAMESPACE, None).await.unwrap_err();
    (api.asked().len(), refusal.message)
}

#[tokio::test]
async fn a_list_without_end_is_no_list_and_neither_is_a_part_of_one() {
    let (many, said) = pages(1).await;
    assert_eq!(many, 100);
    insta::assert_snapshot!(said, @"the cluster has too many namespaces to read at once; name the namespaces that are meant");
    let (heavy, also) = pages(4 << 20).await;
    assert!((30..=32).contains(&heavy), "{heavy} pages of 4 MiB");
    assert_eq!(also, said);
}
