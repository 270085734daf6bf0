//! Several servers with one key: each opens the sessions of the others, and none goes on with one that was ended at another.

use axum::http::Method;

use super::{
    harness::{Answer, Server},
    sign_in::{KEY, OWN, rig},
};
use crate::config::SessionToken;

async fn me(server: &Server, session: &str) -> Answer {
    server.send(Method::GET, "/api/me", &[("cookie", session)], "").await
}

#[tokio::test]
async fn promise_25_every_sign_in_makes_a_new_session_which_each_replica_with_the_key_opens() {
    let rig = rig(false, SessionToken::Access).await;
    let first = rig.sign_in().await;
    rig.renew();
    let second = rig.sign_in().await;
    assert_ne!(first, second);
    for (key, status) in [(KEY, 200), ([8; 32], 401)] {
        let replica = rig.replica(false, key).await;
        let answer = me(&replica, &second).await;
        assert_eq!(answer.status, status, "{}", answer.show());
    }
}

#[tokio::test]
async fn promise_25_a_session_that_was_ended_at_one_replica_ends_at_the_others_and_after_a_new_start() {
    let rig = rig(true, SessionToken::Access).await;
    let session = rig.sign_in().await;
    let (other, started_again) = (rig.replica(true, KEY).await, rig.replica(true, KEY).await);
    assert_eq!(me(&other, &session).await.status, 200);
    let headers = [("cookie", session.as_str()), OWN];
    let out = rig.server.send(Method::POST, "/auth/logout", &headers, "").await;
    assert_eq!(out.status, 200, "{}", out.show());
    let after = me(&started_again, &session).await;
    assert_eq!(after.status, 401);
    assert!(after.text().contains("session_over"), "{}", after.text());
    // What the other one was told just now holds for half a minute.
    assert_eq!(me(&other, &session).await.status, 200);
    other.running.app.identity.sessions().unwrap().forget_known();
    assert_eq!(me(&other, &session).await.status, 401);
}
