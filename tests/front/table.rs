//! The rig is the real thing: what five users get from the front itself, without Servelens.

use anyhow::Result;
use axum::http::Method;
use tests::rig::front_door::{Front, User, front};

use super::cell;

const FORM: &str = "application/x-www-form-urlencoded";

async fn row(front: &Front, method: &Method, base: &str, target: &str, form: &str) -> Result<String> {
    let mut cells = Vec::new();
    for user in User::ALL {
        let kind = if *method == Method::POST { FORM } else { "" };
        let url = format!("{base}{target}");
        let token = front.kube.token(user);
        let answer = front
            .https
            .send(method.clone(), &url, token, kind, form.to_owned())
            .await?;
        cells.push(format!("{:<6}", cell(&answer)));
    }
    let door = match base {
        url if url == front.cluster_url => "9091",
        url if url == front.tenancy_url => "9092",
        _ => "9093",
    };
    let row = format!("{} {door} {method} {target} {form}", cells.join(" "));
    Ok(row.trim_end().to_owned())
}

#[tokio::test]
async fn the_rig_answers_as_openshift_s_front_does() -> Result<()> {
    let front = front()?;
    let (get, post) = (Method::GET, Method::POST);
    let load = "/api/v1/query?query=rig_load{pod=~%22[ab]-.%22}";
    let mut rows = vec!["admin  viewer one    two    nobody".to_owned()];
    let cases = [
        (&front.cluster_url, &get, load.to_owned(), ""),
        (
            &front.cluster_url,
            &post,
            "/api/v1/query".to_owned(),
            "query=rig_load{pod=~\"[ab]-.\"}",
        ),
        (&front.cluster_url, &get, format!("{load}&namespace=team-a"), ""),
        (&front.cluster_url, &get, "/api/v1/rules".to_owned(), ""),
        (&front.tenancy_url, &get, format!("{load}&namespace=team-a"), ""),
        (&front.tenancy_url, &get, format!("{load}&namespace=team-b"), ""),
        (
            &front.tenancy_url,
            &get,
            format!("{load}&namespace=team-a&namespace=team-b"),
            "",
        ),
        (
            &front.tenancy_url,
            &post,
            "/api/v1/query?namespace=team-a".to_owned(),
            "query=rig_load",
        ),
        (&front.tenancy_url, &get, load.to_owned(), ""),
        (&front.tenancy_url, &get, format!("{load}&namespace="), ""),
        (
            &front.tenancy_url,
            &get,
            "/api/v1/query/?query=rig_load&namespace=team-a".to_owned(),
            "",
        ),
        (
            &front.tenancy_url,
            &get,
            "/api/v1/query?query=rig_load{namespace=%22team-b%22}&namespace=team-a".to_owned(),
            "",
        ),
        (
            &front.tenancy_url,
            &get,
            "/api/v1/query?query=rig_load{namespace=~%22team-.*%22}&namespace=team-a".to_owned(),
            "",
        ),
        (
            &front.tenancy_url,
            &get,
            "/api/v1/query?query=rig_load{instance=%22node-0%22}&namespace=team-a".to_owned(),
            "",
        ),
        (
            &front.tenancy_url,
            &get,
            "/api/v1/query?query=rig_load{exported_namespace=%22team-a%22}&namespace=team-a".to_owned(),
            "",
        ),
        (&front.rules_url, &get, "/api/v1/rules?namespace=team-a".to_owned(), ""),
        (&front.rules_url, &get, "/api/v1/alerts?namespace=team-a".to_owned(), ""),
        (&front.rules_url, &get, "/api/v1/rules?namespace=team-b".to_owned(), ""),
    ];
    for (base, method, target, form) in cases {
        rows.push(row(front, method, base, &target, form).await?);
    }
    insta::assert_snapshot!(rows.join("\n"), @r#"
    admin  viewer one    two    nobody
    200:3  200:3  403    403    403    9091 GET /api/v1/query?query=rig_load{pod=~%22[ab]-.%22}
    200:3  200:3  403    403    403    9091 POST /api/v1/query query=rig_load{pod=~"[ab]-."}
    200:3  200:3  403    403    403    9091 GET /api/v1/query?query=rig_load{pod=~%22[ab]-.%22}&namespace=team-a
    200:1  200:1  403    403    403    9091 GET /api/v1/rules
    200:2  403    200:2  200:2  403    9092 GET /api/v1/query?query=rig_load{pod=~%22[ab]-.%22}&namespace=team-a
    200:1  403    403    200:1  403    9092 GET /api/v1/query?query=rig_load{pod=~%22[ab]-.%22}&namespace=team-b
    200:3  403    403    200:3  403    9092 GET /api/v1/query?query=rig_load{pod=~%22[ab]-.%22}&namespace=team-a&namespace=team-b
    200:2  403    403    403    403    9092 POST /api/v1/query?namespace=team-a query=rig_load
    400    400    400    400    400    9092 GET /api/v1/query?query=rig_load{pod=~%22[ab]-.%22}
    400    403    403    403    403    9092 GET /api/v1/query?query=rig_load{pod=~%22[ab]-.%22}&namespace=
    404    404    404    404    404    9092 GET /api/v1/query/?query=rig_load&namespace=team-a
    400    403    400    400    403    9092 GET /api/v1/query?query=rig_load{namespace=%22team-b%22}&namespace=team-a
    200:2  403    200:2  200:2  403    9092 GET /api/v1/query?query=rig_load{namespace=~%22team-.*%22}&namespace=team-a
    200:0  403    200:0  200:0  403    9092 GET /api/v1/query?query=rig_load{instance=%22node-0%22}&namespace=team-a
    200:0  403    200:0  200:0  403    9092 GET /api/v1/query?query=rig_load{exported_namespace=%22team-a%22}&namespace=team-a
    200:1  403    403    200:1  403    9093 GET /api/v1/rules?namespace=team-a
    200:1  403    403    200:1  403    9093 GET /api/v1/alerts?namespace=team-a
    200:1  403    403    403    403    9093 GET /api/v1/rules?namespace=team-b
    "#);
    Ok(())
}
