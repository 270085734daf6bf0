//! "What you can see and why", before the real front that OpenShift has; and the namespaces that one may choose.

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::demo::demo;
use tests::rig::session::browse;

use super::open;
use crate::browser::{heading, no_errors};

/// What a caller without any right is told, as the server words it.
const NOBODY: &str = r#"{"user":"eve","scope":"none","namespaces":[],"rights":[
    {"name":"Read the metrics of every namespace","allowed":false,"role":"cluster-monitoring-view","grant":"oc adm policy add-cluster-role-to-user cluster-monitoring-view <user>","port":9091},
    {"name":"Read the metrics of a namespace","allowed":false,"role":"view","grant":"oc adm policy add-role-to-user view <user> -n <namespace>","port":9092}]}"#;

#[tokio::test]
async fn the_page_of_rights_names_the_caller_its_rights_and_its_namespaces() -> Result<()> {
    browse("access", async |session| {
        session.open(&format!("{}/servelens/access", demo()?.servelens)).await?;
        session.by_css(".sl-right").await?;
        assert_eq!(heading(session).await?, "What you can see and why");
        let rights: Value = session
            .eval("return [...document.querySelectorAll('.sl-right')].map(right => right.dataset.allowed)")
            .await?;
        assert_eq!(rights, json!(["true"]));
        session.screenshot("access").await?;
        session.click("a", "llm-prod").await?;
        session.by_text("h1", "Overview").await?;
        assert_eq!(session.location().await?, "/servelens/ns/llm-prod/overview");
        no_errors(session).await
    })
    .await
}

/// The server's answer is put in the place of the demo's, which may see everything; `front` compares that answer with the
/// real access reviews.
#[tokio::test]
async fn a_missing_right_comes_with_the_command_that_grants_it_to_the_caller() -> Result<()> {
    browse("access-missing", async |session| {
        session
            .before_every_page(&format!(
                "const ask = window.fetch;
                 window.fetch = (input, init) => String(input.url ?? input).includes('/api/me')
                    ? Promise.resolve(new Response({})) : ask.call(window, input, init);",
                json!(NOBODY)
            ))
            .await?;
        open(session, "overview?refresh=off").await?;
        session.click("a[@class='sl-text-link']", "What you can see and why").await?;
        session.by_css(".sl-right").await?;
        let told: Value = session
            .eval(
                "return [...document.querySelectorAll('.sl-right')].map(right =>
                    [right.dataset.allowed, right.querySelector('pre').textContent, /9\\d+/.exec(right.textContent)[0]])",
            )
            .await?;
        assert_eq!(
            told,
            json!([
                ["false", "oc adm policy add-cluster-role-to-user cluster-monitoring-view eve", "9091"],
                ["false", "oc adm policy add-role-to-user view eve -n <namespace>", "9092"],
            ])
        );
        for width in [1440, 400] {
            session.viewport(width, 900).await?;
            super::screens::fits(session).await?;
            session.screenshot(&format!("access-missing-{width}")).await?;
        }
        no_errors(session).await
    })
    .await
}
