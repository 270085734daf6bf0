//! Asking the server: the only place that fetches.
//!
//! Every fault comes out as an [`ApiError`] with a sentence and a next step. It must not hold state and must not
//! know which page asks.

mod fault;
mod panels;
mod setup;

use gloo_net::http::{Request, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use server_api::{ApiError, CatalogAnswer, Me, Models, SlosAnswer, SlosRequest, lean};
use web_sys::{AbortController, AbortSignal};

pub use fault::{cut_short, fault_of};

use crate::route::encode;

const CSRF_HEADER: &str = "X-CSRFToken";

/// Where the server is, as seen from the page.
#[derive(Debug, Clone)]
pub struct Client {
    /// Before `/api/…`, without a slash at the end.
    pub base: String,
    /// Sent back with every POST where the host wants it.
    pub csrf: Option<String>,
}

/// Ends its request when dropped.
pub struct Abort(Option<AbortController>);

impl Abort {
    pub fn new() -> Self {
        Self(AbortController::new().ok())
    }

    pub fn signal(&self) -> Option<AbortSignal> {
        self.0.as_ref().map(AbortController::signal)
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

impl Client {
    pub async fn catalog(&self) -> Result<CatalogAnswer, ApiError> {
        self.get("/api/catalog").await
    }

    pub async fn models(&self) -> Result<Models, ApiError> {
        self.get("/api/models").await
    }

    /// `watched`: the namespace that is looked at, which the cluster is asked about where the store alone would tell.
    pub async fn me(&self, watched: Option<&str>) -> Result<Me, ApiError> {
        let mut path = "/api/me".to_owned();
        if let Some(name) = watched {
            path.push_str("?namespace=");
            encode(name, &mut path);
        }
        self.get(&path).await
    }

    /// How every objective stands. Ends when `signal` says so.
    pub async fn slos(&self, asked: &SlosRequest, signal: Option<&AbortSignal>) -> Result<SlosAnswer, ApiError> {
        let mut request = Request::post(&self.url("/api/slos"))
            .header("Accept", "application/json")
            .header("Content-Type", "application/json")
            .abort_signal(signal);
        if let Some(token) = &self.csrf {
            request = request.header(CSRF_HEADER, token);
        }
        let body = serde_json::to_string(asked).map_err(|_| fault::not_understood())?;
        let request = request.body(body).map_err(|_| fault::unreachable())?;
        let response = good(request.send().await.map_err(|_| fault::unreachable())?).await?;
        let text = response.text().await.map_err(|_| fault::unreachable())?;
        lean::from_slice(text.as_bytes()).map_err(|_| fault::not_understood())
    }

    /// The words of a language: JSON, as [`crate::words::speak`] takes it.
    pub async fn words(&self, tag: &str, file: &str) -> Result<String, ApiError> {
        text(Request::get(
            &self.url(&format!("/locales/{tag}/plugin__servelens{file}.json")),
        ))
        .await
    }

    /// Ends the session at `door`, which the server named.
    pub async fn sign_out(&self, door: &str) -> Result<(), ApiError> {
        let mut request = Request::post(&self.url(door));
        if let Some(token) = &self.csrf {
            request = request.header(CSRF_HEADER, token);
        }
        text(request).await.map(drop)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        let request = Request::get(&self.url(path)).header("Accept", "application/json");
        let text = text(request).await?;
        lean::from_slice(text.as_bytes()).map_err(|_| fault::not_understood())
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

async fn text(request: RequestBuilder) -> Result<String, ApiError> {
    let response = request.send().await.map_err(|_| fault::unreachable())?;
    let response = good(response).await?;
    response.text().await.map_err(|_| fault::unreachable())
}

/// The response, or the fault that its status and body tell.
async fn good(response: Response) -> Result<Response, ApiError> {
    if response.ok() {
        return Ok(response);
    }
    let body = response.text().await.unwrap_or_default();
    Err(fault_of(response.status(), &body))
}
