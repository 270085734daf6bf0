//! What goes wrong around the page: it says so in a sentence, offers the way on, and stays usable.

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::demo::demo;
use tests::rig::session::{Session, browse};

use super::{asked_again, last_asked, open, times_asked};
use crate::browser::{heading, no_errors, settled};

#[tokio::test]
async fn an_unknown_namespace_is_named_and_left_by_a_button() -> Result<()> {
    browse("namespace-unknown", async |session| {
        open(session, "ns/no-such-namespace/gpus?refresh=off").await?;
        let alert = session.by_css("[data-code=namespace_unknown]").await?.text().await?;
        assert!(
            alert.contains("There is no namespace no-such-namespace that you can see."),
            "{alert}"
        );
        session.screenshot("namespace-unknown").await?;
        session.click("button", "All namespaces").await?;
        settled(session).await?;
        assert_eq!(session.location().await?, "/servelens/all-namespaces/gpus?refresh=off");
        assert_eq!(alerts(session).await?, json!(0));
        no_errors(session).await
    })
    .await
}

async fn alerts(session: &Session) -> Result<Value> {
    session
        .eval("return document.querySelectorAll('.servelens [role=alert]').length")
        .await
}

/// The server's list of namespaces loses the one that is watched, as after `oc delete project`.
#[tokio::test]
async fn a_namespace_deleted_while_watched_is_told_at_the_next_refresh() -> Result<()> {
    browse("namespace-deleted", async |session| {
        session
            .before_every_page(
                "const see = window.fetch;
                 window.fetch = async (input, init) => {
                    const answer = await see.call(window, input, init);
                    if (!window.deleted || !String(input.url ?? input).includes('/api/me')) return answer;
                    const me = await answer.json();
                    me.namespaces = me.namespaces.filter(name => name !== window.deleted);
                    return new Response(JSON.stringify(me));
                 };",
            )
            .await?;
        open(session, "ns/llm-prod/overview?refresh=off").await?;
        assert_eq!(alerts(session).await?, json!(0));
        session
            .eval::<Value>("window.deleted = 'llm-prod'; return null")
            .await?;
        let before = times_asked(session).await?;
        session
            .by_css("button[aria-label='Refresh now']")
            .await?
            .click()
            .await?;
        asked_again(session, before).await?;
        session.by_css("[data-code=namespace_unknown]").await?;
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn a_browser_that_forbids_storage_shows_everything_and_remembers_nothing() -> Result<()> {
    browse("no-storage", async |session| {
        session
            .before_every_page(
                "for (const name of ['localStorage', 'sessionStorage'])
                    Object.defineProperty(window, name, { get: () => { throw new DOMException('denied', 'SecurityError'); } });",
            )
            .await?;
        session.prefer_dark(false).await?;
        open(session, "overview?refresh=off").await?;
        session.by_css("button[aria-label='Dark theme']").await?.click().await?;
        session.by_css(".servelens-dark button[aria-label='Light theme']").await?;
        session.by_css(".sl-language option[value='es']").await?.click().await?;
        session.by_text("h1", "Resumen").await?;
        settled(session).await?;
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn an_address_from_another_version_shows_its_page_with_what_it_understands() -> Result<()> {
    browse("older-link", async |session| {
        open(
            session,
            "ns/llm-prod/overview/details/7?range=6months&refresh=1s&from=yesterday&to=&view=classic&model=",
        )
        .await?;
        assert_eq!(heading(session).await?, "Overview");
        let asked = last_asked(session).await?;
        assert_eq!(asked["vars"], json!({"namespace": ["llm-prod"]}));
        assert_eq!(asked["to"].as_i64().unwrap() - asked["from"].as_i64().unwrap(), 86_400);
        // Going on keeps what the page did not understand.
        session.click("a[starts-with(@class,'sl-tab')]", "GPUs").await?;
        settled(session).await?;
        assert_eq!(session.location().await?, "/servelens/ns/llm-prod/gpus?view=classic");
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn a_program_that_does_not_arrive_is_explained_and_can_be_tried_again() -> Result<()> {
    browse("program-blocked", async |session| {
        session.open("about:blank").await?;
        session.block(&["*.wasm"]).await?;
        session.open(&format!("{}/servelens/gpus", demo()?.servelens)).await?;
        let alert = session.by_css("[role=alert]").await?.text().await?;
        assert!(
            alert.starts_with("Servelens could not be loaded: ") && alert.len() > 60,
            "{alert}"
        );
        session.screenshot("program-blocked").await?;
        session.block(&[]).await?;
        session.click("button", "Try again").await?;
        settled(session).await?;
        assert_eq!(heading(session).await?, "GPUs");
        Ok(())
    })
    .await
}
