//! Who the caller is, on clusters that tell it in different ways. Answers that no API server of the rig gives.

use axum::http::{Request, Response};
use bytes::Bytes;
use http_body_util::Full;
use kube::{Client, client::Body};

use super::{Cause, Hands};

/// A cluster that answers the review and `users/~` like this.
fn cluster(review: (u16, &'static str), user: (u16, &'static str)) -> Hands {
    let service = tower::service_fn(move |request: Request<Body>| {
        let (status, text) = if request.uri().path().ends_with("/users/~") {
            user
        } else {
            review
        };
        let body = Full::new(Bytes::from(text));
        let answer = Response::builder().status(status).body(body);
        async move { Ok::<_, tower::BoxError>(answer?) }
    });
    Hands {
        client: Client::new(service, "default"),
        token: None,
    }
}

#[tokio::test]
async fn the_name_comes_from_whichever_way_the_cluster_has() {
    const REVIEW: (u16, &str) = (201, r#"{"status":{"userInfo":{"username":"jane"}}}"#);
    const USER: (u16, &str) = (200, r#"{"metadata":{"name":"old-jane"}}"#);
    const MISSING: (u16, &str) = (404, "404 page not found\n");
    const DENIED: (u16, &str) = (
        403,
        r#"{"kind":"Status","status":"Failure","reason":"Forbidden","code":403}"#,
    );
    const EXPIRED: (u16, &str) = (
        401,
        r#"{"kind":"Status","status":"Failure","reason":"Unauthorized","code":401}"#,
    );
    for (review, user, expect) in [
        (REVIEW, MISSING, Ok(Some("jane"))),
        // OpenShift 4.14.
        (MISSING, USER, Ok(Some("old-jane"))),
        (DENIED, USER, Ok(Some("old-jane"))),
        // An issuer of its own on a cluster that is as old: the name is only shown, so everything else goes on.
        (MISSING, MISSING, Ok(None)),
        (DENIED, DENIED, Ok(None)),
        (EXPIRED, USER, Err(Cause::NotSignedIn)),
        (MISSING, EXPIRED, Err(Cause::NotSignedIn)),
    ] {
        let said = cluster(review, user).who().await;
        let said = said.as_ref().map(Option::as_deref).map_err(|refusal| refusal.cause);
        assert_eq!(said, expect, "{review:?} {user:?}");
    }
}
