//! `/ns/<namespace>/api/v1`: what the upstream is asked is confined, or it is asked nothing.

use axum::http::Method;

use super::harness::{Answer, Server, TOKEN, good, server, server_with};
use crate::config::UpstreamKind;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn post(server: &Server, path: &str, form: &str) -> Answer {
    let bearer = format!("Bearer {TOKEN}");
    let headers = [("authorization", bearer.as_str()), FORM];
    server.send(Method::POST, path, &headers, form).await
}

/// Everything the upstream has heard, a line for each question.
fn heard(server: &Server) -> String {
    let line = |asked: &super::script::Asked| {
        let params = asked.params.iter().map(|(name, value)| format!(" {name}={value}"));
        format!("{} {}{}", asked.method, asked.path, params.collect::<String>())
    };
    server.upstream.asked().iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The same question by address and by form; both must be heard alike.
async fn ask(server: &Server, door: &str, params: &str) {
    let get = server.get(&format!("/ns/team-a/api/v1/{door}?{params}")).await;
    assert_eq!(get.status, 200, "{}", get.show());
    let post = post(server, &format!("/ns/team-a/api/v1/{door}"), params).await;
    assert_eq!(post.status, 200, "{}", post.show());
    let asked = server.upstream.asked();
    let [.., by_get, by_post] = asked.as_slice() else {
        panic!()
    };
    assert_eq!((&by_get.path, &by_get.params), (&by_post.path, &by_post.params));
}

#[tokio::test]
async fn every_question_is_confined_before_the_upstream_hears_it() {
    for kind in [UpstreamKind::Prometheus, UpstreamKind::Thanos] {
        let server = server_with(good, |config| config.upstream.kind = kind).await;
        ask(&server, "query", "query=up&time=1").await;
        ask(&server, "query", "query=topk(scalar(secret),+up)+or+down").await;
        ask(&server, "query_range", "query=rate(x%5B5m%5D)&start=1&end=2&step=1").await;
        ask(&server, "query", "query=up%7Bnamespace%3D~%22team-.*%22%7D").await;
        ask(&server, "series", "match[]=up&match%5B%5D=%7Ba%3D%22b%22%7D&start=1").await;
        ask(&server, "series", "start=1").await;
        ask(&server, "labels", "").await;
        ask(&server, "labels", "match[]=up").await;
        ask(&server, "label/pod/values", "end=2").await;
        ask(&server, "label/namespace/values", "match[]=up").await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(heard(&server), @r#"
            GET /api/v1/query query=up{namespace="team-a"} time=1
            GET /api/v1/query query=up{namespace="team-a"} time=1
            GET /api/v1/query query=topk(scalar(secret{namespace="team-a"}), up{namespace="team-a"}) or down{namespace="team-a"}
            GET /api/v1/query query=topk(scalar(secret{namespace="team-a"}), up{namespace="team-a"}) or down{namespace="team-a"}
            GET /api/v1/query_range query=rate(x{namespace="team-a"}[5m]) start=1 end=2 step=1
            GET /api/v1/query_range query=rate(x{namespace="team-a"}[5m]) start=1 end=2 step=1
            GET /api/v1/query query=up{namespace="team-a",namespace=~"team-.*"}
            GET /api/v1/query query=up{namespace="team-a",namespace=~"team-.*"}
            GET /api/v1/series match[]=up{namespace="team-a"} match[]={a="b",namespace="team-a"} start=1
            GET /api/v1/series match[]=up{namespace="team-a"} match[]={a="b",namespace="team-a"} start=1
            GET /api/v1/series start=1 match[]={namespace="team-a"}
            GET /api/v1/series start=1 match[]={namespace="team-a"}
            GET /api/v1/labels match[]={namespace="team-a"}
            GET /api/v1/labels match[]={namespace="team-a"}
            GET /api/v1/labels match[]=up{namespace="team-a"}
            GET /api/v1/labels match[]=up{namespace="team-a"}
            GET /api/v1/label/pod/values end=2 match[]={namespace="team-a"}
            GET /api/v1/label/pod/values end=2 match[]={namespace="team-a"}
            GET /api/v1/label/namespace/values match[]=up{namespace="team-a"}
            GET /api/v1/label/namespace/values match[]=up{namespace="team-a"}
            "#);
        }
    }
}

#[tokio::test]
async fn a_question_outside_of_the_namespace_is_bad_data_in_the_guard_s_words() {
    let server = server(good).await;
    let path = "/ns/team-a/api/v1/query?query=up%7Bnamespace%3D%22team-b%22%7D";
    insta::assert_snapshot!(server.get(path).await.show(), @r#"
    400
    cache-control: no-store
    content-length: 155
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"bad_data","error":"The query asks for namespace=\"team-b\", which is outside of what may be asked here; drop that matcher."}
    "#);
    let mut refusals = Vec::new();
    for (door, params) in [
        ("query", "query=topk(scalar(x%7Bnamespace%3D%22b%22%7D),up)"),
        ("query", "query=up%7Ba%3D%221%22+or+b%3D%222%22%7D"),
        ("query", "query=info(up)"),
        ("query", "query=up%7B"),
        ("query", "query="),
        ("query", "time=1"),
        ("query_range", "start=1&end=2&step=1"),
        ("series", "match[]=up&match[]=up%7Bnamespace%3D%22b%22%7D"),
        ("series", "match[]=rate(up%5B5m%5D)"),
        ("labels", "match[]="),
        ("label/pod/values", "match[]=up+or+down"),
    ] {
        let path = format!("/ns/team-a/api/v1/{door}");
        let by_get = server.get(&format!("{path}?{params}")).await;
        let by_post = post(&server, &path, params).await;
        assert_eq!((by_get.status.as_u16(), by_get.text()), (400, by_post.text()));
        refusals.push(by_get.text());
    }
    insta::assert_snapshot!(refusals.join("\n"), @r#"
    {"status":"error","errorType":"bad_data","error":"The query asks for namespace=\"b\", which is outside of what may be asked here; drop that matcher."}
    {"status":"error","errorType":"bad_data","error":"The word `or` inside of a selector cannot be confined to a namespace; rewrite the query without it."}
    {"status":"error","errorType":"bad_data","error":"The function info() is not known to read nothing but its arguments; rewrite the query without it."}
    {"status":"error","errorType":"bad_data","error":"The query is not PromQL that Servelens can check: unexpected end of input inside braces."}
    {"status":"error","errorType":"bad_data","error":"The query is not PromQL that Servelens can check: no expression found in input."}
    {"status":"error","errorType":"bad_data","error":"The request cannot be read: it has no query. Correct what the message names, and send it again."}
    {"status":"error","errorType":"bad_data","error":"The request cannot be read: it has no query. Correct what the message names, and send it again."}
    {"status":"error","errorType":"bad_data","error":"The query asks for namespace=\"b\", which is outside of what may be asked here; drop that matcher."}
    {"status":"error","errorType":"bad_data","error":"A `match[]` takes a plain series selector, without functions, ranges, offsets or @."}
    {"status":"error","errorType":"bad_data","error":"The query is not PromQL that Servelens can check: no expression found in input."}
    {"status":"error","errorType":"bad_data","error":"A `match[]` takes a plain series selector, without functions, ranges, offsets or @."}
    "#);
    assert_eq!(heard(&server), "");
}

#[tokio::test]
async fn a_namespace_as_a_parameter_and_a_doubled_parameter_are_refused() {
    let server = server(good).await;
    let path = "/ns/team-a/api/v1/query";
    let mut refusals = Vec::new();
    for (address, form) in [
        ("query=up&namespace=team-b", None),
        ("query=up&namespace=team-a&namespace=team-b", None),
        ("query=up&%6eamespace=team-b", None),
        ("query=up&%6Eamespac%65", None),
        ("", Some("query=up&namespace=team-b")),
        ("namespace=team-b", Some("query=up")),
        ("query=up&query=down", None),
        ("query=up&%71uery=down", None),
        ("query=up", Some("query=up")),
    ] {
        let answer = match form {
            None => server.get(&format!("{path}?{address}")).await,
            Some(form) => post(&server, &format!("{path}?{address}"), form).await,
        };
        assert_eq!(answer.status, 400, "{address} {form:?}");
        refusals.push(answer.text());
    }
    refusals.dedup();
    insta::assert_snapshot!(refusals.join("\n"), @r#"
    {"status":"error","errorType":"bad_data","error":"The request cannot be read: the namespace stands in the address, and `namespace` is no parameter here. Correct what the message names, and send it again."}
    {"status":"error","errorType":"bad_data","error":"The request cannot be read: the parameter \"query\" is given twice. Correct what the message names, and send it again."}
    "#);
    // A selector list has one source, too.
    let split = post(&server, "/ns/team-a/api/v1/series?match[]=up", "match[]=down").await;
    assert_eq!(split.status, 400);
    assert_eq!(heard(&server), "");
}

#[tokio::test]
async fn a_long_question_goes_on_as_a_form_and_is_confined_there_too() {
    let server = server(good).await;
    let names: Vec<String> = (0..60).map(|n| format!("{}{n}", "m".repeat(100))).collect();
    let lists: Vec<String> = names.iter().map(|name| format!("match[]={name}")).collect();
    let series = post(&server, "/ns/team-a/api/v1/series", &lists.join("&")).await;
    let query = post(
        &server,
        "/ns/team-a/api/v1/query",
        &format!("query={}", names.join("%2B")),
    )
    .await;
    assert_eq!((series.status.as_u16(), query.status.as_u16()), (200, 200));
    let confined: Vec<String> = names
        .iter()
        .map(|name| format!("{name}{{namespace=\"team-a\"}}"))
        .collect();
    let [series, query] = server.upstream.asked().try_into().unwrap();
    assert_eq!((series.method.as_str(), query.method.as_str()), ("POST", "POST"));
    let selectors = confined.iter().map(|one| ("match[]".to_owned(), one.clone()));
    assert_eq!(series.params, selectors.collect::<Vec<_>>());
    assert_eq!(query.params, [("query".to_owned(), confined.join(" + "))]);
}

#[tokio::test]
async fn parameters_that_the_door_does_not_know_never_reach_the_upstream() {
    let server = server(good).await;
    let unknown = "Namespace=b&match=up&QUERY=up&engine=thanos&storeMatch[]=up&replicaLabels[]=namespace&dedup=false";
    server.get(&format!("/ns/team-a/api/v1/labels?{unknown}")).await;
    server
        .get(&format!("/ns/team-a/api/v1/query?query=up&match[]=up&{unknown}"))
        .await;
    insta::assert_snapshot!(heard(&server), @r#"
    GET /api/v1/labels match[]={namespace="team-a"}
    GET /api/v1/query query=up{namespace="team-a"}
    "#);
}

#[tokio::test]
async fn promise_08_no_trick_in_the_path_leaves_the_namespace() {
    let server = server(good).await;
    for (path, status) in [
        ("/ns/%74eam-a/api/v1/labels", 400),
        ("/ns/team-a%2f..%2fteam-b/api/v1/labels", 400),
        ("/ns/team-a%22%7D/api/v1/labels", 400),
        ("/ns/team-a%00/api/v1/labels", 400),
        ("/ns/team-a;team-b/api/v1/labels", 400),
        ("/ns/team-a%7Cteam-b/api/v1/labels", 400),
        ("/ns/.*/api/v1/labels", 400),
        ("/ns/../api/v1/labels", 400),
        ("/ns/./api/v1/labels", 400),
        ("/ns/Team-A/api/v1/labels", 400),
        ("/ns/-/api/v1/labels", 400),
        ("/ns/%ff/api/v1/labels", 404),
        ("/ns//api/v1/labels", 400),
        ("/ns/api/v1/labels", 404),
        ("//ns/team-a/api/v1/labels", 404),
        ("/ns/team-a//api/v1/labels", 404),
        ("/ns/team-a/../../api/v1/labels", 404),
        ("/ns/team-a/api/v1/../v1/labels", 404),
        ("/ns/team-a/api/v1/labels/", 404),
        ("/ns/team-a/api/v1/%6cabels", 404),
        ("/ns/team-a/api/v1/label/a%2fb/values", 404),
        ("/ns/team-a/api/v1/label/%ff/values", 404),
        ("/ns/team-a/api/v1/label/../values", 404),
        ("/ns/team-a/api/v1/label/bad-name/values", 400),
        ("/ns/team-a/api/v1/targets", 404),
        ("/ns/team-a/api/v1/admin/tsdb/delete_series", 404),
        ("/ns/team-a/federate", 404),
        ("/NS/team-a/api/v1/labels", 404),
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.show());
    }
    assert_eq!(heard(&server), "");
    insta::assert_snapshot!(server.get("/ns/Team-A/api/v1/labels").await.show(), @r#"
    400
    cache-control: no-store
    content-length: 278
    content-security-policy: sandbox
    content-type: application/json
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    {"status":"error","errorType":"bad_data","error":"The request cannot be read: the namespace in its address is no name that a namespace can have (at most 63 of a-z, 0-9 and -, unencoded, with a letter or a digit at both ends). Correct what the message names, and send it again."}
    "#);
    insta::assert_snapshot!(server.get("/ns/team-a/api/v1/targets").await.text(), @r#"{"status":"error","errorType":"not_found","error":"There is nothing at this address. Check the address for a slip."}"#);
    let method = server.send(Method::DELETE, "/ns/team-a/api/v1/series", &[], "").await;
    insta::assert_snapshot!(method.text(), @r#"{"status":"error","errorType":"method_not_allowed","error":"This address does not take this method. Use the method named in the `Allow` header."}"#);
}
