//! An API server that answers badly: what passes is tried again, what does not ends the run at a named step, and the next
//! run goes on from there. A fake stands in front of the real server only to give the one bad answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, Response, StatusCode};
use tests::rig::front_door::{Https, User};
use tests::rig::plane::{Plane, plane};

use super::dump::{dump, settled};
use super::servelens;
use super::states::model;

struct Front {
    https: Https,
    url: String,
    token: String,
    status: StatusCode,
    /// Writes that are let through before the bad ones.
    good: usize,
    /// How many bad answers there are.
    bad: usize,
    seen: AtomicUsize,
}

/// Gives the address of a server that passes everything on but `bad` writes after the first `good` ones.
async fn front(plane: &Plane, status: StatusCode, good: usize, bad: usize) -> Result<String> {
    let front = Arc::new(Front {
        https: plane.kube.https.clone(),
        url: plane.kube.url.clone(),
        token: plane.kube.token(User::Admin).to_owned(),
        status,
        good,
        bad,
        seen: AtomicUsize::new(0),
    });
    let app = Router::new().fallback(pass).with_state(front);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(url)
}

async fn pass(State(front): State<Arc<Front>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let path = head.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let writes = head.method != Method::GET && !path.contains("dryRun") && !path.contains("selfsubject");
    if writes {
        let n = front.seen.fetch_add(1, Ordering::SeqCst);
        if (front.good..front.good + front.bad).contains(&n) {
            let text = format!(
                r#"{{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Rig","message":"the rig says no","code":{}}}"#,
                front.status.as_u16()
            );
            return Response::builder()
                .status(front.status)
                .header("content-type", "application/json")
                .body(Body::from(text))
                .unwrap();
        }
    }
    let kind = head
        .headers
        .get("content-type")
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let text = String::from_utf8_lossy(&body).into_owned();
    let url = format!("{}{path}", front.url);
    match front.https.send(head.method, &url, &front.token, kind, text).await {
        Ok(answer) => Response::builder()
            .status(answer.status)
            .header("content-type", "application/json")
            .body(Body::from(answer.body))
            .unwrap(),
        Err(_) => Response::builder().status(502).body(Body::empty()).unwrap(),
    }
}

#[tokio::test]
async fn a_bad_answer_is_tried_again_or_named_and_the_next_run_goes_on() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = model(plane, "faults").await?;
    let admin = plane.admin()?;
    let before = dump(plane).await?;
    for (status, good, bad, code) in [
        // Passes: twice busy, twice broken.
        (429, 3, 2, 0),
        (500, 3, 2, 0),
        (503, 0, 2, 0),
        // Does not pass: the run ends at that step.
        (500, 3, 100, 3),
        (429, 4, 100, 3),
        // Somebody else was faster once.
        (409, 1, 1, 3),
        // An admission webhook refuses one object.
        (422, 4, 1, 3),
    ] {
        let url = front(plane, StatusCode::from_u16(status)?, good, bad).await?;
        let file = plane.kubeconfig("faults", &url, "canary-passed-on")?;
        let apply = servelens(&file, &["apply", "--yes", &args[0], &args[1]]).await?;
        assert_eq!(apply.code, code, "{status} after {good}, {bad} times: {apply:?}");
        if bad == 100 {
            assert!(apply.out.contains("Stopped at step "), "{status}: {}", apply.out);
        }
        let again = servelens(&admin, &["apply", "--yes", &args[0], &args[1]]).await?;
        assert_eq!(again.code, 0, "after {status}: {again:?}");
        let remove = servelens(&admin, &["remove", "--yes", &args[0], &args[1]]).await?;
        assert_eq!(remove.code, 0, "after {status}: {remove:?}");
        settled(plane, &before).await?;
    }
    Ok(())
}
