//! The console's project and the page's namespace are one: whichever of the two is changed, the other follows.

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::host::Console;
use tests::rig::session::{Session, browse};

use super::console::{C4_14, C4_21_REACT_18, C4_23};
use super::{gone, live, mounted, no_faults, open, start};

const CHOSEN: &str = "return document.querySelector('.co-namespace-bar select').value";
const OWN: &str = "return [...document.querySelectorAll('.servelens .sl-field-name')]
    .filter(name => name.textContent === 'Namespace').length";

/// What the page that sets up has asked about since the last time.
async fn set_up(session: &Session, namespace: &str) -> Result<()> {
    session
        .wait_eq(
            &format!("setting up is about {namespace}"),
            "return [...new Set(performance.getEntriesByType('resource').map(({ name }) => new URL(name))
                .filter(({ pathname }) => pathname.includes('/api/setup/'))
                .map(({ pathname, searchParams }) => pathname.split('/').pop() + ' ' + searchParams.get('namespace')))].sort()",
            json!([format!("checks {namespace}"), format!("plan {namespace}")]),
        )
        .await?;
    session
        .eval::<Value>("performance.clearResourceTimings(); return null")
        .await?;
    Ok(())
}

async fn choose(session: &Session, project: &str) -> Result<()> {
    session.click("div[@class='co-namespace-bar']//option", project).await
}

async fn check(console: Console) -> Result<()> {
    let (host, _servelens) = start(console).await?;
    browse(&format!("projects-{}", console.release), async |session| {
        open(session, &host, "/").await?;
        let before = live(session).await?;
        session.click("a", "Plugin: Model serving").await?;
        mounted(session, 1).await?;
        assert_eq!(session.eval::<Value>(CHOSEN).await?, json!("#ALL_NS#"));
        assert_eq!(session.eval::<Value>(OWN).await?, json!(0), "one selector is enough");

        // From the console to the page, which keeps what it showed.
        session.click("a[starts-with(@class,'sl-tab')]", "Models").await?;
        choose(session, "llm-lab").await?;
        session
            .wait_true(
                "the address is the project's",
                "return location.pathname.endsWith('/servelens/ns/llm-lab/models')",
            )
            .await?;
        session
            .wait_eq(
                "the page's links are the project's",
                "return [...new Set([...document.querySelectorAll('.servelens .sl-tab')].map(link => /\\/ns\\/([^/]+)/.exec(link.href)?.[1]))]",
                json!(["llm-lab"]),
            )
            .await?;
        mounted(session, 1).await?;

        // From the page to the console.
        session.by_css(".servelens .sl-menu .sl-popover-button").await?.click().await?;
        session.click("a[@class='sl-board-link']", "What you can see and why").await?;
        session.click("a[@class='sl-board-link']", "llm-legacy").await?;
        session
            .wait_eq("the console follows", CHOSEN, json!("llm-legacy"))
            .await?;

        // An address without a project is about the console's, and stays so.
        session
            .eval::<Value>("performance.clearResourceTimings(); return null")
            .await?;
        session.click("a", "Plugin: Model serving setup").await?;
        set_up(session, "llm-legacy").await?;
        choose(session, "llm-prod").await?;
        set_up(session, "llm-prod").await?;
        session.screenshot(&format!("projects-{}", console.release)).await?;

        session.click("a", "Host home").await?;
        gone(session, &before).await?;
        no_faults(session).await
    })
    .await
}

#[tokio::test]
async fn in_the_oldest_console_project_and_page_follow_each_other() -> Result<()> {
    check(C4_14).await
}

#[tokio::test]
async fn in_the_newest_console_project_and_page_follow_each_other() -> Result<()> {
    check(C4_23).await
}

/// The page has a selector of its own where the console gives it none, and still takes the project that it remembers.
#[tokio::test]
async fn a_console_that_shares_no_selector_gets_the_pages_own() -> Result<()> {
    let (host, _servelens) = start(C4_21_REACT_18).await?;
    browse("projects-none", async |session| {
        open(session, &host, "/").await?;
        session
            .eval::<Value>("sessionStorage.setItem('bridge/last-namespace-name', 'llm-prod'); return null")
            .await?;
        session.click("a", "Plugin: Model serving setup").await?;
        set_up(session, "llm-prod").await?;
        session.click("a", "Plugin: Model serving").await?;
        mounted(session, 1).await?;
        assert_eq!(session.eval::<Value>(OWN).await?, json!(1));
        no_faults(session).await
    })
    .await
}
