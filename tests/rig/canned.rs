//! A store that knows one series and answers at once, or when it is told to: what is measured is the server before it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::Result;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::{Router, routing::get};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

#[derive(Debug, Default)]
pub struct Now {
    /// Questions for ranges that came.
    pub ranges: AtomicUsize,
    held: AtomicBool,
    go: Notify,
}

impl Now {
    pub fn hold(&self) {
        self.held.store(true, Ordering::SeqCst);
    }

    pub fn release(&self) {
        self.held.store(false, Ordering::SeqCst);
        self.go.notify_waiters();
    }

    async fn wait(&self) {
        // Told to go on between the look and the wait, it would wait for ever: the place is taken first.
        let go = self.go.notified();
        if self.held.load(Ordering::SeqCst) {
            go.await;
        }
    }
}

/// Ends when it is dropped.
#[derive(Debug)]
pub struct Store {
    pub url: String,
    pub now: Arc<Now>,
    task: JoinHandle<()>,
}

impl Drop for Store {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub async fn start() -> Result<Store> {
    let now = Arc::<Now>::default();
    let router = Router::new()
        .route("/api/v1/series", get(series).post(series))
        .route("/api/v1/query_range", get(range).post(range))
        .with_state(Arc::clone(&now));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let task = tokio::spawn(async move {
        drop(axum::serve(listener, router).await);
    });
    Ok(Store { url, now, task })
}

fn success(data: &Value) -> impl IntoResponse + use<> {
    let body = json!({"status": "success", "data": data}).to_string();
    ([(CONTENT_TYPE, "application/json")], body)
}

async fn series() -> impl IntoResponse {
    success(&json!([{"__name__": "rig_load", "namespace": "a", "pod": "p", "instance": "i", "job": "j"}]))
}

async fn range(State(now): State<Arc<Now>>, Query(asked): Query<HashMap<String, String>>) -> impl IntoResponse {
    now.ranges.fetch_add(1, Ordering::SeqCst);
    now.wait().await;
    let number = |name: &str| asked.get(name).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
    let (start, end, step) = (number("start"), number("end"), number("step").max(1));
    let values: Vec<Value> = (0..=(end - start) / step)
        .map(|index| json!([start + index * step, "7"]))
        .collect();
    success(&json!({"resultType": "matrix", "result": [{"metric": {"pod": "p"}, "values": values}]}))
}
