//! The simulated processes on HTTP, all on one address: `/<process>/metrics`, and for tests `/processes` and `/truth`.
//! Each scrape first brings the simulation up to the wall clock, so it shows what has happened until that moment.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::json;
use tokio::task::{JoinHandle, spawn_blocking};

use super::error::DemoError;
use super::exposition;
use super::history::TRUTH_S;
use super::labels::target_labels;
use super::simulation::Simulation;

/// The fleet's HTTP server; it ends when this is dropped.
pub struct FleetServer {
    pub addr: SocketAddr,
    task: JoinHandle<std::io::Result<()>>,
}

impl FleetServer {
    /// Serves on a listener that was bound before.
    ///
    /// # Errors
    /// `fleet_failed` where the listener cannot be used.
    pub fn start<S: Simulation>(simulation: S, listener: TcpListener) -> Result<Self, DemoError> {
        let failed = |error: std::io::Error| DemoError::FleetFailed {
            reason: error.to_string(),
        };
        listener.set_nonblocking(true).map_err(failed)?;
        let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let router = router(simulation);
        Ok(Self {
            addr,
            task: tokio::spawn(async move { axum::serve(listener, router).await }),
        })
    }

    /// Waits until it ends, which it should not do by itself.
    pub async fn ended(&mut self) -> DemoError {
        let reason = match (&mut self.task).await {
            Ok(Ok(())) => "its server ended".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        DemoError::FleetFailed { reason }
    }
}

impl Drop for FleetServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Shared<S> = Arc<Mutex<S>>;

fn router<S: Simulation>(simulation: S) -> Router {
    Router::new()
        .route("/{process}/metrics", get(metrics::<S>))
        .route("/truth", get(truth::<S>))
        .route("/processes", get(processes::<S>))
        .with_state(Arc::new(Mutex::new(simulation)))
}

async fn metrics<S: Simulation>(State(fleet): State<Shared<S>>, Path(process): Path<String>) -> Response {
    at_now(fleet, move |fleet| {
        let Some(index) = fleet.processes().iter().position(|known| known.name == process) else {
            return (StatusCode::NOT_FOUND, "No such process. /processes names them all.\n").into_response();
        };
        match fleet.scrape(index) {
            Some(families) => ([(CONTENT_TYPE, exposition::CONTENT_TYPE)], exposition::text(&families)).into_response(),
            None => (StatusCode::SERVICE_UNAVAILABLE, "This process is down.\n").into_response(),
        }
    })
    .await
}

/// Unix seconds; without `to` it is now, without `from` an hour before `to`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    from: Option<f64>,
    to: Option<f64>,
}

async fn truth<S: Simulation>(State(fleet): State<Shared<S>>, Query(range): Query<Range>) -> Response {
    at_now(fleet, move |fleet| {
        let to = range.to.unwrap_or(fleet.now());
        let from = range.from.unwrap_or(to - 3600.0);
        if from.is_finite() && to.is_finite() && from <= to {
            axum::Json(fleet.truth(from, to)).into_response()
        } else {
            (StatusCode::BAD_REQUEST, "from must not be after to.\n").into_response()
        }
    })
    .await
}

async fn processes<S: Simulation>(State(fleet): State<Shared<S>>) -> Response {
    at_now(fleet, |fleet| {
        let list = fleet.processes().iter().enumerate().map(|(index, process)| {
            let jobs = process.jobs.iter().map(|job| {
                let labels: std::collections::BTreeMap<_, _> = target_labels(process, job).into_iter().collect();
                json!({ "job": job.job, "interval_s": job.interval_s, "labels": labels, "rename_prefix": job.rename_prefix })
            });
            let path = format!("/{}/metrics", process.name);
            let up = fleet.scrape(index).is_some();
            json!({ "name": process.name, "path": path, "up": up, "jobs": jobs.collect::<Vec<_>>() })
        });
        axum::Json(list.collect::<Vec<_>>()).into_response()
    })
    .await
}

/// Answers from the simulation at the wall clock's now. After a suspended night that is a long way: not on an async thread.
async fn at_now<S: Simulation>(fleet: Shared<S>, answer: impl FnOnce(&S) -> Response + Send + 'static) -> Response {
    let task = spawn_blocking(move || {
        let Ok(mut fleet) = fleet.lock() else { return failed() };
        let now = unix_now();
        fleet.advance_to(now);
        fleet.forget_before(now - TRUTH_S as f64);
        answer(&fleet)
    });
    task.await.unwrap_or_else(|_| failed())
}

fn failed() -> Response {
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "The simulation failed. Start the demo again.\n",
    )
        .into_response()
}

/// The wall clock, in Unix seconds. A clock before 1970 counts as 1970.
pub fn unix_now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs_f64()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;
    use crate::demo::double::Double;

    /// Status, content type and body.
    async fn get(router: &Router, path: &str) -> (u16, String, String) {
        let response = router
            .clone()
            .oneshot(Request::get(path).body(Body::empty()).unwrap())
            .await
            .unwrap();
        let content_type = response
            .headers()
            .get(CONTENT_TYPE)
            .map(|value| value.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (
            status,
            content_type.unwrap_or_default(),
            String::from_utf8(body.to_vec()).unwrap(),
        )
    }

    #[tokio::test]
    async fn each_process_answers_for_itself() {
        let origin = unix_now() as i64 - 100;
        let up = router(Double::new(origin, 0..0));
        let (status, content_type, body) = get(&up, "/app/metrics").await;
        assert_eq!(
            (status, content_type.as_str()),
            (200, "text/plain; version=0.0.4; charset=utf-8")
        );
        let requests: f64 = body
            .lines()
            .find_map(|line| line.strip_prefix("wait_seconds_count "))
            .unwrap()
            .parse()
            .unwrap();
        assert!((300.0..=600.0).contains(&requests), "brought up to now: {requests}");
        let down = router(Double::new(origin, origin..i64::MAX));
        assert_eq!(get(&down, "/app/metrics").await.0, 503);
        assert_eq!(get(&down, "/gpu/metrics").await.0, 200);
        assert_eq!(get(&down, "/other/metrics").await.0, 404);
    }

    #[tokio::test]
    async fn tests_can_ask_for_the_truth_and_the_processes() {
        let origin = unix_now() as i64 - 100;
        let router = router(Double::new(origin, origin..i64::MAX));
        assert_eq!(get(&router, "/truth?from=10&to=20.5").await.2, "[10.0,20.5]");
        assert_eq!(get(&router, "/truth?from=30&to=20").await.0, 400);
        assert_eq!(get(&router, "/truth?since=30").await.0, 400);
        let processes: serde_json::Value = serde_json::from_str(&get(&router, "/processes").await.2).unwrap();
        assert_eq!(
            processes[0],
            json!({
                "name": "app", "path": "/app/metrics", "up": false,
                "jobs": [
                    {
                        "job": "plain", "interval_s": 5, "rename_prefix": null,
                        "labels": { "instance": "app", "job": "plain", "namespace": "ns", "pod": "app-0" },
                    },
                    {
                        "job": "twin", "interval_s": 5, "rename_prefix": "kserve_",
                        "labels": { "instance": "app", "job": "twin", "namespace": "ns", "pod": "app-0" },
                    },
                ],
            })
        );
    }
}
