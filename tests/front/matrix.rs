//! User × path × namespace: Servelens answers what the front answers to that user, and nothing of any other namespace.

use std::collections::BTreeSet;

use anyhow::Result;
use axum::http::Method;
use tempfile::TempDir;
use tests::rig::front_door::{Front, User, front};
use tests::rig::http::{self, Answer};
use tests::rig::serve::Serve;

use super::{cell, data, namespaces};

pub async fn before(front: &Front) -> Result<(Serve, TempDir)> {
    front.serve(&[]).await
}

pub async fn ask(front: &Front, server: &Serve, user: User, target: &str) -> Result<Answer> {
    let bearer = format!("Bearer {}", front.kube.token(user));
    let url = format!("{}{target}", server.url);
    http::send(Method::GET, &url, &[("authorization", &bearer)], bytes::Bytes::new()).await
}

/// What the platform's roles let this user see; `None`: everything.
fn allowed(user: User) -> Option<BTreeSet<String>> {
    let names: &[&str] = match user {
        User::Admin | User::Viewer => return None,
        User::One => &["team-a"],
        User::Two => &["team-a", "team-b"],
        User::Nobody => &[],
    };
    Some(names.iter().map(|name| (*name).to_owned()).collect())
}

pub const DATA: [&str; 7] = [
    "query?query=rig_load&time=NOW",
    "query?query=sum(rig_load)&time=NOW",
    "query?query={__name__=~%22.%2B%22}",
    "query_range?query=rig_load&start=NOW&end=NOW&step=30",
    "series?match[]=rig_load",
    "labels?",
    "label/namespace/values?",
];

#[tokio::test]
async fn a_developer_gets_what_port_9092_gives_and_a_viewer_the_namespace_of_9091() -> Result<()> {
    let front = front()?;
    let (server, _assets) = before(front).await?;
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)?
        .as_secs()
        .to_string();
    let mut rows = Vec::new();
    for path in DATA {
        for namespace in ["team-a", "team-b", "openshift-monitoring"] {
            let mut cells = Vec::new();
            for user in User::ALL {
                let path = path.replace("NOW", &now);
                let answer = ask(front, &server, user, &format!("/ns/{namespace}/api/v1/{path}")).await?;
                let token = front.kube.token(user);
                // 9092 refuses a cluster viewer; what an administrator gets there is what the viewer must get here.
                let token = if user == User::Viewer {
                    front.kube.token(User::Admin)
                } else {
                    token
                };
                let direct = format!("{}/api/v1/{path}&namespace={namespace}", front.tenancy_url).replace("?&", "?");
                let direct = front.https.get(&direct, token).await?;
                assert_eq!(
                    answer.status,
                    direct.status,
                    "{user:?} {path} {namespace}: {}",
                    answer.text()
                );
                if answer.status.is_success() && !path.contains("__name__") {
                    assert_eq!(data(&answer)?, data(&direct)?, "{user:?} {path} {namespace}");
                }
                let shown = namespaces(&answer.json()?);
                assert!(
                    shown.iter().all(|shown| shown == namespace),
                    "{user:?} {path}: {shown:?}"
                );
                cells.push(format!("{:<6}", cell(&answer)));
            }
            // How many series a server has of itself is nobody's promise.
            if !path.contains("__name__") && !path.contains("labels") {
                rows.push(format!("{} {namespace} {path}", cells.join(" ")));
            }
        }
    }
    insta::assert_snapshot!(rows.join("\n"), @"
    200:2  200:2  200:2  200:2  403    team-a query?query=rig_load&time=NOW
    200:1  200:1  403    200:1  403    team-b query?query=rig_load&time=NOW
    200:1  200:1  403    403    403    openshift-monitoring query?query=rig_load&time=NOW
    200:1  200:1  200:1  200:1  403    team-a query?query=sum(rig_load)&time=NOW
    200:1  200:1  403    200:1  403    team-b query?query=sum(rig_load)&time=NOW
    200:1  200:1  403    403    403    openshift-monitoring query?query=sum(rig_load)&time=NOW
    200:2  200:2  200:2  200:2  403    team-a query_range?query=rig_load&start=NOW&end=NOW&step=30
    200:1  200:1  403    200:1  403    team-b query_range?query=rig_load&start=NOW&end=NOW&step=30
    200:1  200:1  403    403    403    openshift-monitoring query_range?query=rig_load&start=NOW&end=NOW&step=30
    200:2  200:2  200:2  200:2  403    team-a series?match[]=rig_load
    200:1  200:1  403    200:1  403    team-b series?match[]=rig_load
    200:1  200:1  403    403    403    openshift-monitoring series?match[]=rig_load
    200:1  200:1  200:1  200:1  403    team-a label/namespace/values?
    200:1  200:1  403    200:1  403    team-b label/namespace/values?
    200:1  200:1  403    403    403    openshift-monitoring label/namespace/values?
    ");
    Ok(())
}

#[tokio::test]
async fn without_a_namespace_a_viewer_sees_the_cluster_and_a_developer_is_told_to_choose() -> Result<()> {
    let front = front()?;
    let (server, _assets) = before(front).await?;
    let mut rows = Vec::new();
    for user in User::ALL {
        let open = ask(front, &server, user, "/api/v1/query?query=rig_load").await?;
        let named = ask(front, &server, user, "/api/v1/query?query=rig_load&namespace=team-a").await?;
        let rules = ask(front, &server, user, "/ns/team-a/api/v1/alerts").await?;
        let me = ask(front, &server, user, "/api/me").await?.json()?;
        for answer in [&open, &named] {
            let shown = namespaces(&answer.json()?);
            assert!(
                allowed(user).is_none_or(|may| shown.is_subset(&may)),
                "{user:?}: {shown:?}"
            );
        }
        let error = |answer: &Answer| {
            answer
                .json()
                .map(|body| body["errorType"].as_str().unwrap_or("-").to_owned())
        };
        rows.push(format!(
            "{} {} | open {} {} | named {} {} | alerts {} {}",
            me["user"],
            me["scope"],
            cell(&open),
            error(&open)?,
            cell(&named),
            error(&named)?,
            cell(&rules),
            error(&rules)?,
        ));
    }
    insta::assert_snapshot!(rows.join("\n"), @r#"
    "system:serviceaccount:rig:admin" "cluster" | open 200:6 - | named 200:2 - | alerts 200:1 -
    "system:serviceaccount:rig:viewer" "cluster" | open 200:6 - | named 200:2 - | alerts 403 rules_denied
    "system:serviceaccount:rig:one" "namespaces" | open 403 namespace_needed | named 200:2 - | alerts 403 rules_denied
    "system:serviceaccount:rig:two" "namespaces" | open 403 namespace_needed | named 200:2 - | alerts 200:1 -
    "system:serviceaccount:rig:nobody" "namespaces" | open 403 namespace_needed | named 403 namespace_denied | alerts 403 rules_denied
    "#);
    Ok(())
}

#[tokio::test]
async fn a_namespace_given_twice_or_in_a_form_is_refused() -> Result<()> {
    let front = front()?;
    let (server, _assets) = before(front).await?;
    for target in [
        "/api/v1/query?query=rig_load&namespace=team-a&namespace=team-b",
        "/api/v1/query?query=rig_load&namespace=team-a&%6eamespace=team-b",
        "/ns/team-a/api/v1/query?query=rig_load&namespace=team-b",
    ] {
        for user in User::ALL {
            let answer = ask(front, &server, user, target).await?;
            assert_eq!(cell(&answer), "400", "{user:?} {target}: {}", answer.text());
        }
    }
    let bearer = format!("Bearer {}", front.kube.token(User::One));
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    for path in ["/api/v1/query?namespace=team-a", "/ns/team-a/api/v1/query"] {
        let url = format!("{}{path}", server.url);
        let hole = bytes::Bytes::from_static(b"query=rig_load&namespace=team-b");
        let answer = http::send(Method::POST, &url, &headers, hole).await?;
        assert_eq!(cell(&answer), "400", "{}", answer.text());
        let form = bytes::Bytes::from_static(b"query=rig_load");
        let answer = http::send(Method::POST, &url, &headers, form).await?;
        assert_eq!(cell(&answer), "200:2", "a form becomes an address: {}", answer.text());
    }
    Ok(())
}

#[tokio::test]
async fn a_bad_token_is_401_at_every_door() -> Result<()> {
    let front = front()?;
    let (server, _assets) = before(front).await?;
    for path in [
        "/api/me",
        "/api/models",
        "/api/v1/query?query=up",
        "/ns/team-a/api/v1/query?query=up",
    ] {
        let url = format!("{}{path}", server.url);
        let answer = http::send(
            Method::GET,
            &url,
            &[("authorization", "Bearer made-up")],
            bytes::Bytes::new(),
        )
        .await?;
        assert_eq!(answer.status.as_u16(), 401, "{path}: {}", answer.text());
    }
    Ok(())
}
