//! What a panel looks like when there is no picture: each reason has a look of its own.

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::demo::demo;
use tests::rig::serve::serve;
use tests::rig::session::{Session, browse};
use tests::rig::upstream::Upstream;

use super::open;
use crate::browser::{no_errors, settled};

/// What every panel with a card of its own says, without repeats.
async fn said(session: &Session) -> Result<Vec<[String; 2]>> {
    session
        .eval(
            "const said = [...document.querySelectorAll('[data-panel] .sl-empty')].map(empty =>
                ['.sl-empty-said', '.sl-empty-next'].map(part => empty.querySelector(part).textContent));
             return [...new Map(said.map(pair => [String(pair), pair])).values()]",
        )
        .await
}

#[tokio::test]
async fn an_unknown_namespace_has_no_samples_and_says_what_to_do() -> Result<()> {
    browse("unknown-namespace", async |session| {
        let states = open(session, "ns/no-such-namespace/overview").await?;
        for (panel, state) in &states {
            // GPUs are counted: none of them is busy there.
            let expected: &[&str] = if panel == "overview.gpus_busy" {
                &["no_samples", "ok"]
            } else {
                &["no_samples"]
            };
            assert!(expected.contains(&state.as_str()), "{panel}: {state}");
        }
        assert_eq!(
            said(session).await?,
            [[
                "No samples in this time range.",
                "Choose a longer range, or all namespaces and models."
            ]]
        );
        session.screenshot("no-samples").await?;
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn a_model_that_had_no_request_yet_says_so() -> Result<()> {
    browse("no-request-yet", async |session| {
        let states = open(session, "models?model=qwen-coder-7b").await?;
        assert_eq!(states["vllm.kv_cache"], "ok", "the engine is up: {states:?}");
        assert_ne!(states["vllm.ttft"], "ok", "there is no first token yet: {states:?}");
        let text = said(session).await?;
        assert!(text.iter().all(|[_, next]| next.ends_with('.')), "{text:?}");
        session.screenshot("no-request-yet").await?;
        no_errors(session).await
    })
    .await
}

/// With a store that answers like this, every panel has the error look with this code, and the page stays usable.
async fn check_error(upstream: &str, code: &str) -> Result<()> {
    let server = serve(upstream, &["--identity", "demo"]).await?;
    browse(&format!("error-{code}"), async |session| {
        session.open(&format!("{}/servelens/gpus?refresh=off", server.url)).await?;
        let states = settled(session).await?;
        assert!(states.values().all(|state| state == "error"), "{states:?}");
        let codes: Vec<Value> = session
            .eval("return [...new Set([...document.querySelectorAll('[data-panel] .sl-empty')].map(empty => empty.dataset.code))]")
            .await?;
        assert_eq!(codes, [json!(code)]);
        session.screenshot(&format!("error-{code}")).await?;
        session.click("a[starts-with(@class,'sl-tab')]", "Routing").await?;
        settled(session).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn while_the_store_thinks_every_panel_shows_that_it_is_loading_and_nothing_else() -> Result<()> {
    let upstream = Upstream::silent().await?;
    let server = serve(&upstream.url, &["--identity", "demo"]).await?;
    browse("loading", async |session| {
        session
            .open(&format!("{}/servelens/overview?refresh=off", server.url))
            .await?;
        // State, a placeholder that says so to a screen reader, and neither a sentence nor a number.
        let looks = "const panels = [...document.querySelectorAll('.servelens [data-panel]')];
             return [...new Set(panels.map(panel => [panel.dataset.state,
                panel.querySelectorAll('[role=status][aria-label=Loading]').length,
                panel.querySelectorAll('.sl-empty, canvas, [data-value]').length].join(' ')))]";
        session
            .wait_eq("every panel is loading", looks, json!(["loading 1 0"]))
            .await?;
        session.screenshot("loading").await?;
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn a_store_that_is_away_gives_every_panel_the_error_look() -> Result<()> {
    check_error("http://127.0.0.1:1", "upstream_unreachable").await
}

#[tokio::test]
async fn a_store_that_fails_gives_every_panel_the_error_look() -> Result<()> {
    let upstream = Upstream::always(500, "text/plain", "no").await?;
    check_error(&upstream.url, "upstream_error").await
}

#[tokio::test]
async fn a_store_that_says_no_gives_every_panel_the_denied_look() -> Result<()> {
    let upstream = Upstream::always(403, "text/plain", "Forbidden").await?;
    let server = serve(&upstream.url, &["--identity", "demo"]).await?;
    browse("denied", async |session| {
        session
            .open(&format!("{}/servelens/gpus?refresh=off", server.url))
            .await?;
        let states = settled(session).await?;
        assert!(states.values().all(|state| state == "denied"), "{states:?}");
        session.screenshot("denied").await
    })
    .await
}

#[tokio::test]
async fn while_the_server_is_away_the_old_picture_stays_and_the_page_recovers() -> Result<()> {
    let server = serve(&demo()?.prometheus, &["--identity", "demo"]).await?;
    browse("server-away", async |session| {
        session
            .open(&format!("{}/servelens/gpus?refresh=off", server.url))
            .await?;
        settled(session).await?;
        session.block(&["*/api/panels"]).await?;
        session
            .by_css("button[aria-label='Refresh now']")
            .await?
            .click()
            .await?;
        session.by_css(".servelens [role=alert]").await?;
        let states = settled(session).await?;
        assert!(
            states.values().all(|state| state == "ok"),
            "the old numbers stay: {states:?}"
        );
        session.screenshot("server-away").await?;
        session.block(&[]).await?;
        session.click("button", "Try again").await?;
        session
            .wait_eq(
                "the message goes",
                "return document.querySelectorAll('.servelens [role=alert]').length",
                json!(0),
            )
            .await
    })
    .await
}
