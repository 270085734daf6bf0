//! Controllers of the platform that do not run here, played: small loops that react to objects as the real ones do.
//!
//! Each file says what its part leaves out. They act as cluster-admin and look ten times in a second instead of watching.

mod grafana;
mod monitoring;
mod olm;

use std::time::Duration;

use anyhow::{Result, ensure};
use axum::http::Method;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

pub use grafana::grafana;
pub use monitoring::{Servers, USER_WORKLOAD, monitoring};
pub use olm::olm;

use super::front_door::User;
use super::plane::Plane;

const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A running controller; it stops when this is dropped.
#[derive(Debug)]
pub struct Played(JoinHandle<()>);

impl Drop for Played {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Does a step again and again. What fails once (an object that has just gone) is tried anew, as controllers do.
fn again(mut step: impl AsyncFnMut() -> Result<()> + 'static) -> impl Future<Output = ()> {
    async move {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        loop {
            ticks.tick().await;
            if let Err(fault) = step().await {
                eprintln!("a played controller: {fault:#}");
            }
        }
    }
}

/// Runs the loop on a thread of its own: no future of a generic closure has to be `Send`, and no test can starve it.
fn play<F: Future<Output = ()>>(make: impl FnOnce() -> F + Send + 'static) -> Played {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = runtime {
            runtime.block_on(async {
                tokio::select! {
                    () = make() => {}
                    _ = stopped => {}
                }
            });
        }
    });
    Played(tokio::spawn(async move {
        // Held until this task is aborted: then the other end wakes.
        let _stop = stop;
        std::future::pending::<()>().await;
    }))
}

/// Writes an object's status, unless it says so already.
async fn status(plane: &Plane, path: &str, object: &Value, status: Value) -> Result<()> {
    if object.get("status") == Some(&status) {
        return Ok(());
    }
    let url = format!("{}/{path}/status", plane.kube.url);
    let (root, kind) = (plane.kube.token(User::Admin), "application/merge-patch+json");
    let body = json!({"status": status}).to_string();
    let answer = plane.kube.https.send(Method::PATCH, &url, root, kind, body).await?;
    ensure!(
        answer.status.is_success() || answer.status.as_u16() == 404,
        "{path}: {}",
        answer.text()
    );
    Ok(())
}
