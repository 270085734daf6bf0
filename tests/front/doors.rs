//! Every path of the other two doors: without a namespace what port 9091 gives, and rules and alerts as port 9093 gives them.

use anyhow::Result;
use tests::rig::crowd::now;
use tests::rig::front_door::{User, front};

use super::matrix::{DATA, ask, before};
use super::{cell, data};

#[tokio::test]
async fn without_a_namespace_every_path_gives_what_port_9091_gives_to_the_same_user() -> Result<()> {
    let front = front()?;
    let (server, _assets) = before(front).await?;
    let now = now()?.to_string();
    for path in DATA.iter().chain(&["rules?", "alerts?"]) {
        for user in User::ALL {
            let path = path.replace("NOW", &now);
            let answer = ask(front, &server, user, &format!("/api/v1/{path}")).await?;
            let direct = format!("{}/api/v1/{path}", front.cluster_url);
            let direct = front.https.get(&direct, front.kube.token(user)).await?;
            assert_eq!(answer.status, direct.status, "{user:?} {path}: {}", answer.text());
            // What a server has of itself differs from one second to the next.
            if answer.status.is_success() && !path.contains("__name__") {
                assert_eq!(data(&answer)?, data(&direct)?, "{user:?} {path}");
            }
            // Both give a viewer something, and a developer nothing.
            let whole = matches!(user, User::Admin | User::Viewer);
            assert_eq!(direct.status.is_success(), whole, "{user:?} {path}: {}", direct.text());
            assert!(
                !whole || !cell(&answer).ends_with(":0"),
                "{user:?} {path}: {}",
                answer.text()
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn rules_and_alerts_of_a_namespace_are_what_port_9093_gives_to_the_same_user() -> Result<()> {
    let front = front()?;
    let (server, _assets) = before(front).await?;
    for path in ["rules", "alerts"] {
        for namespace in ["team-a", "team-b", "openshift-monitoring"] {
            let mut given = Vec::new();
            for user in User::ALL {
                let direct = format!("{}/api/v1/{path}?namespace={namespace}", front.rules_url);
                let direct = front.https.get(&direct, front.kube.token(user)).await?;
                for ours in [
                    format!("/ns/{namespace}/api/v1/{path}"),
                    format!("/api/v1/{path}?namespace={namespace}"),
                ] {
                    let answer = ask(front, &server, user, &ours).await?;
                    assert_eq!(answer.status, direct.status, "{user:?} {ours}: {}", answer.text());
                    if answer.status.is_success() {
                        assert_eq!(data(&answer)?, data(&direct)?, "{user:?} {ours}");
                    }
                }
                given.extend(direct.status.is_success().then_some(user));
            }
            let expect = match namespace {
                "team-a" => &[User::Admin, User::Two][..],
                _ => &[User::Admin],
            };
            assert_eq!(given, expect, "{path} {namespace}");
        }
    }
    Ok(())
}
