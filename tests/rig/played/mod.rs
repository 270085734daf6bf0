//! Controllers of the platform that do not run here, played: small loops that react to objects as the real ones do.
//!
//! Each file says what its part leaves out. They act as cluster-admin and look ten times in a second instead of watching.

mod grafana;
mod monitoring;
mod olm;

use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Result, ensure};
use axum::http::Method;
use serde_json::{Value, json};
use tokio::sync::oneshot;

pub use grafana::{deploy, grafana, is_calm, undeploy};
pub use monitoring::{Servers, USER_WORKLOAD, monitoring};
pub use olm::olm;

use super::front_door::User;
use super::plane::Plane;

const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A running controller; it has stopped when dropping it returns.
#[derive(Debug)]
pub struct Played {
    /// Its loss ends the loop.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Played {
    fn drop(&mut self) {
        drop(self.stop.take());
        drop(self.thread.take().map(JoinHandle::join));
    }
}

/// Does a step again and again. What fails once (an object that has just gone) is tried anew, as controllers do.
async fn again(mut step: impl AsyncFnMut() -> Result<()>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    loop {
        ticks.tick().await;
        if let Err(fault) = step().await {
            eprintln!("a played controller: {fault:#}");
        }
    }
}

/// Runs the loop on a thread of its own: no future of a generic closure has to be `Send`, and no test can starve it.
fn play<F: Future<Output = ()>>(make: impl FnOnce() -> F + Send + 'static) -> Played {
    let (stop, stopped) = oneshot::channel();
    let thread = thread::spawn(move || {
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
    Played {
        stop: Some(stop),
        thread: Some(thread),
    }
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
