//! A stand-in for Prometheus that answers as a test tells it to, and keeps what it was asked.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use http_body_util::BodyExt as _;
use tokio::task::JoinHandle;

/// One request that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub authorization: Option<String>,
    pub body: String,
}

#[derive(Debug, Clone)]
struct Shared {
    status: StatusCode,
    content_type: &'static str,
    body: &'static str,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A running stand-in; it ends when it is dropped.
#[derive(Debug)]
pub struct Upstream {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

impl Upstream {
    /// Answers every request with `status` and `body`.
    pub async fn always(status: u16, content_type: &'static str, body: &'static str) -> Result<Upstream> {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let shared = Shared {
            status: StatusCode::from_u16(status)?,
            content_type,
            body,
            asked: Arc::clone(&asked),
        };
        Self::of(Router::new().fallback(answer).with_state(shared), asked).await
    }

    /// Takes every request and answers none.
    pub async fn silent() -> Result<Upstream> {
        let router = Router::new().fallback(std::future::pending::<Response>);
        Self::of(router, Arc::default()).await
    }

    async fn of(router: Router, asked: Arc<Mutex<Vec<Asked>>>) -> Result<Upstream> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let task = tokio::spawn(async move {
            drop(axum::serve(listener, router).await);
        });
        Ok(Upstream { url, asked, task })
    }

    /// What was asked so far, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    shared.asked.lock().unwrap_or_else(PoisonError::into_inner).push(Asked {
        method: head.method.to_string(),
        target: head.uri.to_string(),
        authorization: head
            .headers
            .get("authorization")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    let mut answer = Response::new(Body::from(shared.body));
    *answer.status_mut() = shared.status;
    if let Ok(value) = shared.content_type.parse() {
        answer.headers_mut().insert("content-type", value);
    }
    answer
}
