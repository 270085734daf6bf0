//! A plain Prometheus knows no namespaces: there a claim of the issuer says what a user sees, and the guard holds to it.

use axum::http::Method;
use catalog::{Catalog, resolve::candidates};
use serde_json::{Value, json};

use super::{
    harness::{catalog, good},
    script::{Asked, Deed},
    sign_in::{ACCESS, OWN, Rig, rig_with},
};
use crate::config::SessionToken;

const CLAIM: &str = "servelens_namespaces";

async fn signed_in(says: Value) -> (Rig, String) {
    let rig = rig_with(true, SessionToken::Access, Some((CLAIM, says)), catalog(), good).await;
    let session = rig.sign_in().await;
    (rig, session)
}

/// What the store heard, a line for each question: its door, and its PromQL.
fn heard(asked: &[Asked]) -> String {
    let promql = |asked: &Asked| {
        let texts = asked
            .params
            .iter()
            .filter(|(name, _)| ["query", "match[]"].contains(&name.as_str()));
        texts.map(|(_, text)| format!(" {text}")).collect::<String>()
    };
    let lines = asked.iter().map(|asked| format!("{}{}", asked.path, promql(asked)));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_user_sees_the_namespaces_that_the_claim_lists_and_no_others() {
    let (rig, session) = signed_in(json!(["team-b", "team-a"])).await;
    for (path, status) in [
        ("/api/v1/query?query=up", 200),
        ("/api/v1/query_range?query=sum(rate(up[5m]))&start=1&end=2&step=1", 200),
        ("/api/v1/series?match[]=up&match[]={job=\"j\"}", 200),
        ("/api/v1/labels", 200),
        ("/api/v1/label/namespace/values", 200),
        ("/ns/team-a/api/v1/query?query=up", 200),
        ("/ns/team-c/api/v1/query?query=up", 403),
        ("/api/v1/query?query=up{namespace=\"team-c\"}", 400),
        ("/api/models", 200),
        ("/api/models?namespace=team-c", 403),
    ] {
        let path = path.replace('{', "%7B").replace('}', "%7D").replace('"', "%22");
        let answer = rig.get(&path, &session).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
    }
    insta::assert_snapshot!(heard(&rig.server.upstream.asked()), @r#"
    /api/v1/query up{namespace=~"team\\-a|team\\-b"}
    /api/v1/query_range sum(rate(up{namespace=~"team\\-a|team\\-b"}[5m]))
    /api/v1/series up{namespace=~"team\\-a|team\\-b"} {job="j",namespace=~"team\\-a|team\\-b"}
    /api/v1/labels {namespace=~"team\\-a|team\\-b"}
    /api/v1/label/namespace/values {namespace=~"team\\-a|team\\-b"}
    /api/v1/query up{namespace="team-a"}
    /api/v1/series {__name__=~"t_new|t_old|t_total",namespace=~"team\\-a|team\\-b"}
    /api/v1/query sum by (namespace, pod, model_name) (t_total{namespace=~"team\\-a|team\\-b"})
    /api/v1/query sum by (namespace, pod, model_name) (increase(t_total{namespace=~"team\\-a|team\\-b"}[5m]))
    "#);
}

#[tokio::test]
async fn promise_10_rules_and_alerts_are_those_of_the_claims_namespaces() {
    let of = |namespace: &str| json!({"labels": {"namespace": namespace}});
    let store = |asked: &Asked| {
        let of = |namespace: &str| json!({"labels": {"namespace": namespace}});
        let data = match asked.path.as_str() {
            "/api/v1/alerts" => json!({"alerts": [of("team-a"), of("team-c"), of("team-b")]}),
            _ => json!({"groups": [{"name": "g", "rules": [of("team-c"), of("team-b"), {"labels": {}}]}]}),
        };
        Deed::Json(json!({"status": "success", "data": data}).to_string())
    };
    let claim = Some((CLAIM, json!(["team-b", "team-a"])));
    let rig = rig_with(true, SessionToken::Access, claim, catalog(), store).await;
    let session = rig.sign_in().await;
    let told = async |path: &str| {
        let answer = rig.get(path, &session).await;
        let told: Value = serde_json::from_str(&answer.text()).unwrap();
        (answer.status.as_u16(), told["data"].clone())
    };
    let alerts = |all: &[Value]| (200, json!({"alerts": all}));
    assert_eq!(told("/api/v1/alerts").await, alerts(&[of("team-a"), of("team-b")]));
    assert_eq!(told("/ns/team-a/api/v1/alerts").await, alerts(&[of("team-a")]));
    let rules = json!({"groups": [{"name": "g", "rules": [of("team-b")]}]});
    assert_eq!(told("/api/v1/rules").await, (200, rules));
    assert_eq!(told("/ns/team-a/api/v1/rules").await, (200, json!({"groups": []})));
    assert_eq!(told("/ns/team-c/api/v1/rules").await.0, 403);
}

#[tokio::test]
async fn whoever_is_told_nothing_sees_nothing_and_everything_has_to_be_said() {
    let (rig, session) = signed_in(json!([])).await;
    let answer = rig.get("/api/v1/query?query=up", &session).await;
    insta::assert_snapshot!(format!("{} {}", answer.status.as_u16(), answer.text()), @r#"403 {"status":"error","errorType":"nothing_claimed","error":"You may not read the metrics of any namespace: the issuer that signed you in lists none. Ask whoever runs the issuer to add your namespaces to the claim that `namespaces-claim` names, and sign in again."}"#);
    insta::assert_snapshot!(rig.get("/api/me", &session).await.text(), @r#"{"user":"ann","scope":"none","namespaces":[],"rights":[{"name":"Read the metrics of a namespace","allowed":false,"role":"the claim that `namespaces-claim` names","grant":"Let the issuer list the namespace in that claim, and sign in again."}],"sign_out":"/auth/logout"}"#);
    assert_eq!(rig.server.upstream.asked().len(), 0);

    let (rig, session) = signed_in(json!("*")).await;
    assert_eq!(rig.get("/api/v1/query?query=up", &session).await.status, 200);
    assert_eq!(heard(&rig.server.upstream.asked()), "/api/v1/query up");
}

#[tokio::test]
async fn a_bearer_token_is_refused_where_a_claim_decides_because_nobody_has_checked_it() {
    let (rig, _) = signed_in(json!(["team-a"])).await;
    let bearer = format!("Bearer {ACCESS}");
    let headers = [("authorization", bearer.as_str())];
    let answer = rig
        .server
        .send(Method::GET, "/api/v1/query?query=up", &headers, "")
        .await;
    assert_eq!(answer.status, 401);
    insta::assert_snapshot!(answer.text(), @r#"{"status":"error","errorType":"bearer_unclaimed","error":"Servelens cannot tell from this token which namespaces its owner may see. Sign in at Servelens instead: the issuer tells it then."}"#);
    assert_eq!(rig.server.upstream.asked().len(), 0);
}

/// Every name of the catalogue is there, so that every panel asks all that it can.
fn rich(asked: &Asked) -> Deed {
    if asked.path != "/api/v1/series" {
        return good(asked);
    }
    let catalog = Catalog::embedded().unwrap();
    let names = candidates(&catalog, catalog.panels())
        .into_iter()
        .map(|candidate| candidate.series);
    let series: Vec<Value> = names
        .map(|name| json!({"__name__": name, "namespace": "team-a", "pod": "p", "instance": "i", "job": "j", "model_name": "m"}))
        .collect();
    Deed::Json(json!({"status": "success", "data": series}).to_string())
}

#[tokio::test]
async fn every_panel_of_the_catalogue_can_be_confined_and_every_question_of_it_is() {
    let catalog = Catalog::embedded().unwrap();
    let ids: Vec<String> = catalog.panels().map(|panel| panel.id.to_string()).collect();
    let says = json!(["a", "b"]);
    let rig = rig_with(true, SessionToken::Access, Some((CLAIM, says)), catalog, rich).await;
    let session = rig.sign_in().await;
    for ids in ids.chunks(40) {
        let request =
            json!({"panels": ids, "vars": {"model": ["m"]}, "from": 1_763_796_000, "to": 1_763_796_600, "width": 600});
        let headers = [("cookie", session.as_str()), OWN];
        let answer = rig
            .server
            .send(Method::POST, "/api/panels", &headers, &request.to_string())
            .await;
        for line in answer.lines().iter().filter(|line| line["panel"].is_string()) {
            assert_ne!(line["error"]["code"], "query_refused", "{line}");
        }
    }
    let mut queries = 0;
    for asked in rig.server.upstream.asked() {
        for (_, text) in asked
            .params
            .iter()
            .filter(|(name, _)| ["query", "match[]"].contains(&name.as_str()))
        {
            // The word for word of the guard's own tests is not repeated here: each selector's braces hold the matcher.
            let open = text.matches('{').count();
            let confined = text.matches("namespace=~\"a|b\"").count();
            assert!(open > 0 && confined >= open, "{text}");
            queries += 1;
        }
    }
    assert!(queries > ids.len(), "{queries} questions of {} panels", ids.len());
}
