//! Requests that try to be read in two ways, for every user: none shows what its sender may not see.

use std::collections::BTreeSet;

use anyhow::Result;
use axum::http::Method;
use tests::rig::front_door::{User, front};
use tests::rig::http;

use super::{allowed, seen};
use crate::front::matrix::before;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Everything there is, and what hides it.
fn queries() -> Vec<String> {
    let mut all: Vec<String> = [
        r#"{__name__=~".+"}"#,
        r#"rig_load{namespace!="team-a"}"#,
        r#"rig_load{namespace=~"team-a|team-b"}"#,
        r#"rig_load{namespace=~".*"}"#,
        r#"rig_load{namespace!~"team-a"}"#,
        r#"rig_load{namespace=""}"#,
        r#"rig_load{namespace="team-a",namespace=~"team-b|team-a"}"#,
        r#"rig_load or rig_load{namespace=~".+"}"#,
        r#"rig_load unless rig_load{namespace="team-a"}"#,
        r#"rig_load unless on () rig_load{namespace="nowhere"}"#,
        r#"rig_load{namespace="team-b"} or on () vector(1)"#,
        r#"label_replace(rig_load, "namespace", "team-a", "", "")"#,
        r#"label_replace(rig_load{namespace=~".+"}, "namespace", "$1", "pod", "(.*)")"#,
        r#"label_join(rig_load, "namespace", "", "pod", "instance")"#,
        r#"max_over_time(rig_load{namespace=~".+"}[1m:5s])"#,
        r#"max_over_time((rig_load or rig_load{namespace="team-b"})[1m:])"#,
        r#"sum by (namespace, pod, instance) (rig_load)"#,
        r#"topk(5, rig_load) without (namespace)"#,
        r#"topk(scalar(count(rig_load)), rig_load)"#,
        r#"count_values("namespace", rig_load)"#,
        r#"rig_load * on () group_left (pod, instance) rig_load{namespace="team-b"}"#,
        r#"group by (pod, instance, namespace) ({__name__=~"rig_.+|up"})"#,
        r#"rig_load # {namespace="team-a"}"#,
        "rig_load # \n or rig_load",
        "rig_load # \r or rig_load",
        "rig_load{pod=~\"\u{fc}|.*\"}",
        "rig_load{namespace=~\"team\\u002d.*\"}",
        "rig_load{namespace=~`team-.*`}",
        r#"{"rig_load", namespace=~".+"}"#,
        r#"rig_load{"namespace"=~".+"}"#,
        r#"rig_load{namespace="team-a" or namespace="team-b"}"#,
        r#"rig_load{exported_namespace="team-a"}"#,
        r#"ALERTS{namespace=~".*"}"#,
        r#"info(rig_load)"#,
        r#"rig_load @ end() offset -1s"#,
    ]
    .map(str::to_owned)
    .into();
    all.push(format!("rig_load{{pod=~\"{}\"}}", "x".repeat(7_000)));
    all.push(vec!["rig_load"; 900].join(" or "));
    all.push(format!("{}rig_load{}", "(".repeat(3_000), ")".repeat(3_000)));
    all
}

fn escape(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// Addresses that name two namespaces, hide one, or leave the path.
fn targets() -> Vec<String> {
    let load = "query=rig_load";
    let mut all: Vec<String> = [
        "/api/v1/query?query=rig_load&namespace=team-a&namespace=team-b",
        "/api/v1/query?query=rig_load&namespace=team-a&%6eamespace=team-b",
        "/api/v1/query?query=rig_load&%6e%61mespace=team-b",
        "/api/v1/query?query=rig_load&namespace=team-a%26namespace%3dteam-b",
        "/api/v1/query?query=rig_load&namespace=team-a;namespace=team-b",
        "/api/v1/query?query=rig_load&namespace[]=team-b",
        "/api/v1/query?query=rig_load&NAMESPACE=team-b&namespace=team-a",
        "/api/v1/query?query=rig_load&namespace=team-a%00team-b",
        "/api/v1/query?query=rig_load&namespace=team-a|team-b",
        "/api/v1/query?query=rig_load&namespace=.*",
        "/api/v1/query?query=rig_load&namespace=",
        "/api/v1/query?query=rig_load&namespace=%20team-b",
        "/api/v1/query?query=rig_load&query=rig_load&namespace=team-a",
        "/api/v1/series?match[]=rig_load&match[]=up&namespace=team-a",
        "/api/v1/series?namespace=team-a",
        "/api/v1/series?match[]=rig_load{namespace=%22team-b%22}&namespace=team-a",
        "/api/v1/series?match%5b%5d=rig_load&match[]={__name__=~%22.%2b%22}",
        "/api/v1/label/pod/values?namespace=team-a",
        "/api/v1/label/pod/values?match[]=rig_load",
        "/api/v1/label/pod%2f..%2finstance/values?namespace=team-a",
        "/api/v1/labels?namespace=team-a",
        "/ns/team-a/api/v1/series",
        "/ns/team-a/api/v1/series?match[]=rig_load{namespace=~%22.%2b%22}&match[]=up",
        "/ns/team-a/api/v1/label/pod/values",
        "/ns/team-a/api/v1/label/instance/values?match[]=rig_load",
        "/ns/team-a/../team-b/api/v1/query?query=rig_load",
        "/ns/team-a/..%2fteam-b/api/v1/query?query=rig_load",
        "/ns/team-a%2f..%2fteam-b/api/v1/query?query=rig_load",
        "/ns/%74eam-b/api/v1/query?query=rig_load",
        "/ns//api/v1/query?query=rig_load",
        "/ns/team-a//api/v1/query?query=rig_load",
        "//ns/team-b/api/v1/query?query=rig_load",
        "/ns/./api/v1/query?query=rig_load",
        "/ns/team-a/api/v1/query?query=rig_load&namespace=team-b",
        "/ns/team-a/api/v1/query?query=rig_load&dedup=false&partial_response=true&replicaLabels[]=namespace",
        "/ns/team-a/api/v1/query?query=rig_load&storeMatch[]={namespace=%22team-b%22}",
        "/ns/team-a/api/v1/query?query=rig_load&engine=thanos&analyze=true&explain=true",
        "/ns/team-a/api/v1/federate?match[]=rig_load",
        "/federate?match[]=rig_load",
        "/api/v1/targets",
        "/api/v1/metadata",
        "/api/v1/query_exemplars?query=rig_load",
        "/api/v1/status/config",
        "/api/v1/%71uery?query=rig_load",
        "/api/v1/query/?query=rig_load",
        "/api/v1//query?query=rig_load",
        "/api/v1/./query?query=rig_load",
        "/api/v1/x/../query?query=rig_load",
        "/api/v1/query;namespace=team-b?query=rig_load",
        "/api/models",
        "/api/models?namespace=team-b",
        "/api/models?namespace=team-a&namespace=team-b",
    ]
    .map(str::to_owned)
    .into();
    for query in queries() {
        let query = escape(&query);
        // Every letter is written as three: what does not fit into a head goes as a form, below.
        if query.len() < 6_000 {
            all.push(format!("/ns/team-a/api/v1/query?query={query}"));
            all.push(format!("/api/v1/query?query={query}&namespace=team-a"));
            all.push(format!("/ns/team-a/api/v1/series?match[]={query}"));
            all.push(format!("/ns/team-a/api/v1/label/pod/values?match[]={query}"));
        }
        all.push(format!(
            "/api/v1/query?{load}&query={}",
            query.get(..30).unwrap_or_default()
        ));
    }
    all
}

/// Headers that a front might believe.
const HEADERS: [(&str, &str); 12] = [
    ("x-forwarded-user", "system:serviceaccount:rig:admin"),
    ("x-remote-user", "system:serviceaccount:rig:admin"),
    ("x-remote-group", "system:masters"),
    ("x-forwarded-uri", "/api/v1/query?query=rig_load&namespace=team-b"),
    ("x-original-url", "/ns/team-b/api/v1/query?query=rig_load"),
    ("x-forwarded-host", "127.0.0.1"),
    ("x-http-method-override", "POST"),
    ("x-prom-label-proxy-namespace", "team-b"),
    ("thanos-tenant", "team-b"),
    ("connection", "authorization"),
    ("cookie", "namespace=team-b"),
    ("forwarded", "for=127.0.0.1;by=127.0.0.1"),
];

#[tokio::test]
async fn promise_08_no_address_parameter_or_header_shows_a_namespace_that_its_sender_may_not_see() -> Result<()> {
    let front = front()?;
    let (server, _assets) = before(front).await?;
    let (mut asked, mut good) = (0, 0);
    for user in User::ALL {
        let bearer = format!("Bearer {}", front.kube.token(user));
        let auth = ("authorization", bearer.as_str());
        let confined = BTreeSet::from(["team-a"]);
        for target in targets() {
            for headers in [&[auth][..], &[&[auth][..], &HEADERS[..]].concat()] {
                let answer = http::send(
                    Method::GET,
                    &format!("{}{target}", server.url),
                    headers,
                    bytes::Bytes::new(),
                )
                .await?;
                asked += 1;
                let status = answer.status.as_u16();
                assert!(
                    answer.status.as_u16() != 500,
                    "{user:?} {target}: {status} {}",
                    answer.text()
                );
                let Ok(body) = answer.json() else { continue };
                let shown = seen(&body);
                good += usize::from(!shown.is_empty());
                let may = allowed(user).is_none_or(|all| shown.iter().all(|namespace| all.contains(namespace)));
                assert!(may, "{user:?} {target} shows {shown:?}: {body}");
                // Whoever names team-a sees team-a, however much more it may see elsewhere.
                let names = target.starts_with("/ns/team-a/api") || target.ends_with("namespace=team-a");
                assert!(
                    !names || shown.is_subset(&confined),
                    "{user:?} {target} shows {shown:?}: {body}"
                );
            }
        }
    }
    println!("{asked} requests, {good} with series");
    assert!(good > 100, "{good} of {asked} answers hold series");
    Ok(())
}

/// The hole of the front itself: one of its proxies reads the address, the other the form.
#[tokio::test]
async fn promise_09_no_form_widens_what_the_address_says() -> Result<()> {
    let front = front()?;
    let (server, _assets) = before(front).await?;
    let mut forms: Vec<(String, String)> = [
        ("/api/v1/query?namespace=team-a", "query=rig_load&namespace=team-b"),
        ("/api/v1/query?namespace=team-a&query=rig_load", "query=rig_load"),
        ("/api/v1/query", "query=rig_load&namespace=team-b"),
        ("/ns/team-a/api/v1/query", "query=rig_load&namespace=team-b"),
        ("/ns/team-a/api/v1/query", "query=rig_load&%6eamespace=team-b"),
        ("/ns/team-a/api/v1/series", "match[]=rig_load&match[]=up"),
        ("/ns/team-a/api/v1/series", ""),
        ("/ns/team-a/api/v1/labels", "match[]=rig_load"),
        ("/api/v1/series?namespace=team-a", "match[]={__name__=~\".%2b\"}"),
    ]
    .map(|(target, form)| (target.to_owned(), form.to_owned()))
    .into();
    for query in queries() {
        forms.push((
            "/ns/team-a/api/v1/query".to_owned(),
            format!("query={}", escape(&query)),
        ));
        forms.push((
            "/api/v1/query?namespace=team-a".to_owned(),
            format!("query={}", escape(&query)),
        ));
    }
    for user in User::ALL {
        let bearer = format!("Bearer {}", front.kube.token(user));
        for (target, form) in &forms {
            let url = format!("{}{target}", server.url);
            let headers = [("authorization", bearer.as_str()), FORM];
            let answer = http::send(Method::POST, &url, &headers, form.clone().into()).await?;
            assert!(
                answer.status.as_u16() != 500,
                "{user:?} {target} {form}: {}",
                answer.text()
            );
            let shown = seen(&answer.json()?);
            let may = allowed(user).is_none_or(|all| all.contains(&"team-a"));
            let most = if may {
                BTreeSet::from(["team-a"])
            } else {
                BTreeSet::new()
            };
            assert!(
                shown.is_subset(&most),
                "{user:?} {target} {form} shows {shown:?}: {}",
                answer.text()
            );
        }
    }
    Ok(())
}
