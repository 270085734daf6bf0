//! A console: its page, which loads the plugin, and its bridge, which stands between the browser and Servelens.

mod bridge;
mod page;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::routing::{any, get};
use tokio::task::JoinHandle;

use super::host_build;

/// Which console the host plays.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    /// For names of tests and screenshots.
    pub name: &'static str,
    pub release: &'static str,
    /// A bundle of `tests/host`: the loader and the React it is built with.
    pub bundle: &'static str,
    /// What `--manifest-shape` of the Servelens behind it must be.
    pub manifest_shape: &'static str,
    /// `SERVER_FLAGS.basePath`, with a slash at both ends.
    pub base_path: &'static str,
    /// Whether it shares its SDK with plugins, as every console does that there is.
    pub shares_sdk: bool,
    /// 4.23 and later forbid HTTP caching of every plugin file.
    pub no_store: bool,
    /// The classes of the dark theme on `<html>`.
    pub dark: &'static str,
}

/// One request that reached the bridge, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    pub method: String,
    /// Without the console's prefix.
    pub path: String,
    pub status: u16,
}

#[derive(Debug)]
struct Shared {
    console: Console,
    /// Base address of Servelens.
    servelens: String,
    /// What the bridge exchanges the session for.
    token: String,
    passed: Mutex<Vec<Passed>>,
    nonces: AtomicUsize,
}

impl Shared {
    fn next_nonce(&self) -> String {
        format!("n{}", self.nonces.fetch_add(1, Ordering::Relaxed))
    }

    fn note(&self, passed: Passed) {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner).push(passed);
    }
}

/// A running console; it ends when it is dropped.
#[derive(Debug)]
pub struct Host {
    /// The console's address with its base path, without a slash at the end.
    pub url: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Host {
    /// Starts `console` in front of the Servelens at `servelens`.
    pub async fn start(console: Console, servelens: &str) -> Result<Host> {
        Host::start_for(console, servelens, bridge::TOKEN).await
    }

    /// The same, with the token of somebody whom a cluster knows.
    pub async fn start_for(console: Console, servelens: &str, token: &str) -> Result<Host> {
        let bundles = host_build::bundles()?;
        let shared = Arc::new(Shared {
            console,
            servelens: servelens.to_owned(),
            token: token.to_owned(),
            passed: Mutex::default(),
            nonces: AtomicUsize::new(1),
        });
        let routes = Router::new()
            .route("/host/{file}", get(move |file| page::bundle(bundles, file)))
            .route("/api/plugins/servelens/{*path}", any(bridge::assets))
            .route("/api/proxy/plugin/servelens/backend/{*path}", any(bridge::api))
            .fallback(page::index);
        let prefix = console.base_path.trim_end_matches('/');
        let router = if prefix.is_empty() {
            routes
        } else {
            Router::new().nest(prefix, routes).fallback(page::index)
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}{prefix}", listener.local_addr()?);
        let serving = router.with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move {
            drop(axum::serve(listener, serving).await);
        });
        Ok(Host { url, shared, task })
    }

    /// The requests that went through the bridge so far.
    #[must_use]
    pub fn passed(&self) -> Vec<Passed> {
        self.shared
            .passed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.task.abort();
    }
}
