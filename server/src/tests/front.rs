//! OpenShift's front by script: which of its doors is asked for whom, and what is asked of the API server.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::http::Method;
use serde_json::{Value, json};

use super::{
    harness::{Answer, Server, TOKEN, good, server_with},
    said::MARK,
    script::{Asked, Deed},
};
use crate::config::{FrontConfig, ManifestShape, ServeConfig, UpstreamKind};

/// Everything behind one socket; the first part of a path tells the doors apart.
pub fn front(config: &mut ServeConfig) {
    let base = config.upstream.cluster_url.to_string();
    let door = |name: &str| format!("{base}{name}").parse().unwrap();
    config.upstream.kind = UpstreamKind::Thanos;
    config.upstream.cluster_url = door("9091");
    config.upstream.front = Some(FrontConfig {
        tenancy_url: door("9092"),
        rules_url: door("9093"),
        kube_url: door("kube"),
        kube_ca_file: None,
    });
}

/// A user who may `get` what `may` says (resource and namespace) and has a part in `projects`.
fn world(
    may: &'static [(&'static str, &'static str)],
    projects: Option<&'static [&'static str]>,
) -> impl Fn(&Asked) -> Deed {
    move |asked| {
        let Some(path) = asked.path.strip_prefix("/kube/apis/") else {
            let path = asked.path.get(5..).unwrap_or_default().to_owned();
            return good(&Asked { path, ..asked.clone() });
        };
        let body = |value: Value| Deed::Json(value.to_string());
        match path {
            "authorization.k8s.io/v1/selfsubjectaccessreviews" => {
                // The script reads every body as a form: JSON without `=` and `&` is one name.
                let review: Value = serde_json::from_str(&asked.params[0].0).unwrap();
                let attributes = &review["spec"]["resourceAttributes"];
                let text = |name: &str| attributes[name].as_str().unwrap_or_default().to_owned();
                let asked = (text("resource"), text("namespace"));
                let allowed = may
                    .iter()
                    .any(|(resource, namespace)| asked == ((*resource).to_owned(), (*namespace).to_owned()));
                body(json!({"status": {"allowed": allowed}}))
            }
            "authentication.k8s.io/v1/selfsubjectreviews" => {
                body(json!({"status": {"userInfo": {"username": "alice"}}}))
            }
            "user.openshift.io/v1/users/~" => body(json!({"metadata": {"name": "old-alice"}})),
            "project.openshift.io/v1/projects" => match projects {
                Some(names) => {
                    let items: Vec<_> = names.iter().map(|name| json!({"metadata": {"name": name}})).collect();
                    body(json!({"items": items}))
                }
                None => Deed::answer("404 Not Found", "text/plain", "404 page not found"),
            },
            other => panic!("{other}"),
        }
    }
}

const VIEWER: &[(&str, &str)] = &[("prometheuses", "openshift-monitoring")];
const DEVELOPER: &[(&str, &str)] = &[("pods", "a"), ("pods", "b"), ("prometheusrules", "a")];

/// What was asked, a line for each question; of the API server the path alone.
fn heard(server: &Server) -> String {
    let line = |asked: &Asked| match asked.path.strip_prefix("/kube") {
        Some(path) => format!("kube {path}"),
        None => {
            let params = asked
                .params
                .iter()
                .filter(|(name, _)| name != "dedup" && name != "partial_response");
            let params = params.map(|(name, value)| format!(" {name}={value}"));
            format!("{} {}{}", asked.method, asked.path, params.collect::<String>())
        }
    };
    server.upstream.asked().iter().map(line).collect::<Vec<_>>().join("\n")
}

async fn post(server: &Server, path: &str, form: &str) -> Answer {
    let bearer = format!("Bearer {TOKEN}");
    let kind = ("content-type", "application/x-www-form-urlencoded");
    server
        .send(Method::POST, path, &[("authorization", bearer.as_str()), kind], form)
        .await
}

#[tokio::test]
async fn a_cluster_viewer_asks_port_9091_and_is_confined_where_a_namespace_is_named() {
    let server = server_with(world(VIEWER, None), front).await;
    for path in [
        "/api/v1/query?query=up",
        "/api/v1/query?query=up&namespace=a",
        "/ns/a/api/v1/query?query=up",
        "/api/v1/rules",
    ] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    insta::assert_snapshot!(heard(&server), @r#"
    kube /apis/authentication.k8s.io/v1/selfsubjectreviews
    kube /apis/authorization.k8s.io/v1/selfsubjectaccessreviews
    GET /9091/api/v1/query query=up
    GET /9091/api/v1/query query=up{namespace="a"}
    GET /9091/api/v1/query query=up{namespace="a"}
    GET /9091/api/v1/rules
    "#);
}

#[tokio::test]
async fn a_developer_asks_port_9092_for_all_own_namespaces_in_one_question_and_never_by_post() {
    let server = server_with(world(DEVELOPER, Some(&["b", "c", "a"])), front).await;
    assert_eq!(post(&server, "/api/v1/query", "query=up").await.status, 200);
    assert_eq!(server.get("/ns/a/api/v1/series?match[]=up").await.status, 200);
    assert_eq!(server.get("/ns/a/api/v1/alerts").await.status, 200);
    let asked = heard(&server);
    let asked: Vec<_> = asked.lines().filter(|line| !line.starts_with("kube")).collect();
    insta::assert_snapshot!(asked.join("\n"), @r"
    GET /9092/api/v1/query query=up namespace=a namespace=b
    GET /9092/api/v1/series match[]=up namespace=a
    GET /9093/api/v1/alerts namespace=a
    ");
    insta::assert_snapshot!(server.get("/api/me").await.text(), @r#"{"user":"alice","scope":"namespaces","namespaces":["a","b"],"rights":[{"name":"Read the metrics of every namespace","allowed":false,"role":"cluster-monitoring-view","grant":"oc adm policy add-cluster-role-to-user cluster-monitoring-view alice","port":9091},{"name":"Read the metrics of a namespace","allowed":true,"role":"view","grant":"oc adm policy add-role-to-user view alice -n <namespace>","port":9092},{"name":"Read the rules and alerts of a namespace","allowed":true,"role":"monitoring-rules-view","grant":"oc adm policy add-role-to-user monitoring-rules-view alice -n <namespace>","port":9093}]}"#);
}

#[tokio::test]
async fn promise_04_the_list_of_namespaces_is_made_of_reviews_of_its_own_age() {
    let withdrawn = Arc::<AtomicBool>::default();
    let (before, after) = (
        world(DEVELOPER, Some(&["a", "b"])),
        world(&[("pods", "b")], Some(&["a", "b"])),
    );
    let now = Arc::clone(&withdrawn);
    let world = move |asked: &Asked| match now.load(Ordering::SeqCst) {
        // Then the list is asked for anew, while the review about `a` is still kept.
        true if asked.path.ends_with("labels") => Deed::answer("403 Forbidden", "text/plain", "no"),
        true => after(asked),
        false => before(asked),
    };
    let server = server_with(world, front).await;
    assert_eq!(server.get("/ns/a/api/v1/query?query=up").await.status, 200);
    withdrawn.store(true, Ordering::SeqCst);
    assert_eq!(server.get("/ns/b/api/v1/labels").await.status, 403);
    assert_eq!(server.get("/api/v1/query?query=up").await.status, 200);
    let asked = heard(&server);
    assert_eq!(
        asked.lines().last(),
        Some("GET /9092/api/v1/query query=up namespace=b")
    );
}

#[tokio::test]
async fn whoever_may_not_is_told_the_role_and_who_grants_it_and_the_store_hears_nothing() {
    let server = server_with(world(DEVELOPER, Some(&["a"])), front).await;
    let nobody = server_with(world(&[], Some(&[])), front).await;
    let elsewhere = server_with(world(&[], None), front).await;
    let mut told = Vec::new();
    for (server, path) in [
        (&server, "/ns/c/api/v1/query?query=up"),
        (&server, "/api/v1/rules?namespace=b"),
        (&nobody, "/api/v1/query?query=up"),
        (&elsewhere, "/api/v1/query?query=up"),
        (&elsewhere, "/api/models"),
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 403, "{path}");
        told.push(answer.text());
    }
    told.pop();
    insta::assert_snapshot!(told.join("\n"), @r#"
    {"status":"error","errorType":"namespace_denied","error":"You may not read the metrics of c: the role view is missing there. Ask an administrator of c to grant it: oc adm policy add-role-to-user view <user> -n c"}
    {"status":"error","errorType":"rules_denied","error":"You may not read the rules of b: the role monitoring-rules-view is missing there. Ask an administrator of b to grant it: oc adm policy add-role-to-user monitoring-rules-view <user> -n b"}
    {"status":"error","errorType":"nothing_allowed","error":"You may not read the metrics of any namespace: the role view is missing in all of them. Ask an administrator of your namespace to grant it: oc adm policy add-role-to-user view <user> -n <namespace>"}
    {"status":"error","errorType":"namespace_needed","error":"You may not read the metrics of all namespaces: the cluster role cluster-monitoring-view is missing. Choose a namespace in which you have the role view, or ask a cluster administrator: oc adm policy add-cluster-role-to-user cluster-monitoring-view <user>"}
    "#);
    for server in [&server, &nobody, &elsewhere] {
        assert!(heard(server).lines().all(|line| line.starts_with("kube")));
    }
    let lines = elsewhere.panels(&["t.gauge"]).await;
    assert_eq!(
        (&lines[0]["state"], &lines[0]["error"]["code"]),
        (&json!("denied"), &json!("namespace_needed"))
    );
}

#[tokio::test]
async fn on_openshift_4_14_another_right_and_another_name_are_asked_for() {
    const OLD: &[(&str, &str)] = &[("namespaces", "")];
    let server = server_with(world(OLD, None), |config| {
        front(config);
        config.manifest_shape = ManifestShape::Legacy;
    })
    .await;
    let me: Value = serde_json::from_str(&server.get("/api/me").await.text()).unwrap();
    assert_eq!((&me["user"], &me["scope"]), (&json!("old-alice"), &json!("cluster")));
}

#[tokio::test]
async fn a_name_that_is_not_told_one_way_is_asked_for_the_other_way() {
    for (missing, legacy, answer, name) in [
        ("users/~", true, "404 Not Found", "alice"),
        ("users/~", true, "403 Forbidden", "alice"),
        ("selfsubjectreviews", false, "404 Not Found", "old-alice"),
    ] {
        let told = world(&[("namespaces", ""), ("prometheuses/api", "")], None);
        let world = move |asked: &Asked| match asked.path.ends_with(missing) {
            true => Deed::answer(answer, "text/plain", "no such path, or not for you"),
            false => told(asked),
        };
        let server = server_with(world, |config| {
            front(config);
            if legacy {
                config.manifest_shape = ManifestShape::Legacy;
            }
        })
        .await;
        let me: Value = serde_json::from_str(&server.get("/api/me").await.text()).unwrap();
        assert_eq!(me["user"], name, "without {missing}");
    }
}

#[tokio::test]
async fn promise_09_a_namespace_has_one_source() {
    let server = server_with(world(DEVELOPER, None), front).await;
    for path in [
        "/api/v1/query?query=up&namespace=a&namespace=b",
        "/api/v1/query?query=up&namespace=a&%6eamespace=a",
        "/ns/a/api/v1/query?query=up&namespace=a",
    ] {
        assert_eq!(server.get(path).await.status, 400, "{path}");
    }
    for path in ["/api/v1/query?namespace=a", "/api/v1/query", "/ns/a/api/v1/query"] {
        assert_eq!(post(&server, path, "query=up&namespace=b").await.status, 400, "{path}");
    }
    assert_eq!(heard(&server), "");
}

#[tokio::test]
async fn promise_03_what_is_kept_of_one_caller_is_never_another_s() {
    let server = server_with(
        |asked| {
            let alice = asked
                .headers
                .contains(&("authorization".to_owned(), format!("Bearer {MARK}alice")));
            let play = if alice { VIEWER } else { &[] };
            world(play, Some(&[]))(asked)
        },
        front,
    )
    .await;
    for _ in 0..50 {
        for (token, status) in [("alice", 200), ("alicf", 403), ("alice2", 403)] {
            let bearer = format!("Bearer {MARK}{token}");
            let headers = [("authorization", bearer.as_str())];
            let answer = server.send(Method::GET, "/api/v1/query?query=up", &headers, "").await;
            assert_eq!(answer.status, status, "{token}");
        }
    }
    let reviews = heard(&server)
        .lines()
        .filter(|line| line.ends_with("selfsubjectreviews"))
        .count();
    assert_eq!(reviews, 3, "each caller is asked about once");
}

#[tokio::test]
async fn promise_04_a_refusal_of_the_store_ends_what_was_kept_of_the_caller() {
    let server = server_with(
        |asked| match asked.path.as_str() {
            "/9091/api/v1/labels" => Deed::answer("403 Forbidden", "text/plain", "Forbidden"),
            _ => world(VIEWER, None)(asked),
        },
        front,
    )
    .await;
    let reviews = || {
        heard(&server)
            .lines()
            .filter(|line| line.ends_with("selfsubjectreviews"))
            .count()
    };
    for (path, status, asked) in [
        ("/api/v1/series?match[]=up", 200, 1),
        ("/api/v1/labels", 403, 1),
        ("/api/v1/series?match[]=up", 200, 2),
    ] {
        assert_eq!(
            (server.get(path).await.status.as_u16(), reviews()),
            (status, asked),
            "{path}"
        );
    }
}

#[tokio::test]
async fn an_api_server_that_fails_is_no_denial() {
    let server = server_with(
        |_| Deed::answer("500 Internal Server Error", "text/plain", "secret"),
        front,
    )
    .await;
    let answer = server.get("/api/me").await;
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains("cluster_failed") && !answer.text().contains("secret"));
}

#[tokio::test]
async fn promise_18_silence_of_a_store_that_shows_not_even_a_scrape_is_not_called_no_data() {
    for (jobs, state) in [(json!([]), "unknown"), (json!(["j"]), "no_samples")] {
        let server = server_with(
            move |asked| match asked.path.as_str() {
                "/9091/api/v1/label/job/values" => Deed::Json(json!({"status": "success", "data": jobs}).to_string()),
                "/9091/api/v1/series" => Deed::Json(json!({"status": "success", "data": []}).to_string()),
                _ => world(VIEWER, None)(asked),
            },
            front,
        )
        .await;
        let lines = server.panels(&["t.gauge"]).await;
        assert_eq!(lines[0]["state"], state, "{}", lines[0]);
    }
}
