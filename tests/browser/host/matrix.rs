//! Every page in the oldest and the newest console, as an administrator and as a developer, light and dark: no
//! accessibility rule is broken in the whole document, nobody complains, and nothing stays behind.

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::host::Console;
use tests::rig::session::{Session, browse};

use super::console::{C4_14, C4_23};
use super::{gone, in_theme, live, mounted, no_faults, open, start};
use crate::browser::page::axe::{bring, clean};

const PAGES: [&str; 10] = [
    "overview",
    "models",
    "routing",
    "gpus",
    "slos",
    "access",
    "setup",
    "vllm",
    "nvidia",
    "no-such-page",
];

/// Where the console's router goes, as by one of its links.
async fn go(session: &Session, page: &str) -> Result<()> {
    session
        .eval::<Value>(&format!(
            "document.title = '';
             history.pushState(null, '', SERVER_FLAGS.basePath + 'servelens/ns/llm-prod/{page}?refresh=off');
             dispatchEvent(new PopStateEvent('popstate', {{ state: null }}));
             return null"
        ))
        .await?;
    session
        .wait_true(
            &format!("{page} is there"),
            "return document.title !== '' && document.querySelector('.servelens .sl-title')?.textContent !== ''
                && !document.querySelector('.servelens [aria-busy=true], .servelens .sl-ghost, .servelens .sl-stale')",
        )
        .await
}

async fn check(console: Console) -> Result<()> {
    let (host, _servelens) = start(console).await?;
    browse(&format!("matrix-{}", console.release), async |session| {
        // Nothing fades while its colours are measured.
        session.media("prefers-reduced-motion", "reduce").await?;
        for perspective in ["admin", "dev"] {
            open(session, &host, "/").await?;
            if perspective == "dev" {
                session.click("button", "Switch perspective").await?;
            }
            // Not of the page, and there to stay.
            bring(session).await?;
            let before = live(session).await?;
            session.click("a", "Plugin: Model serving").await?;
            mounted(session, 1).await?;
            for page in PAGES {
                go(session, page).await?;
                for theme in ["", console.dark] {
                    in_theme(session, theme).await?;
                    clean(
                        session,
                        &format!("{page} as {perspective} in {}: {theme:?}", console.name),
                    )
                    .await?;
                }
                assert_eq!(
                    session
                        .eval::<Value>("return document.querySelectorAll('h1').length")
                        .await?,
                    json!(1),
                    "{page}"
                );
            }
            session.click("a", "Host home").await?;
            gone(session, &before).await?;
            no_faults(session).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn in_the_oldest_console_no_page_breaks_a_rule() -> Result<()> {
    check(C4_14).await
}

#[tokio::test]
async fn in_the_newest_console_no_page_breaks_a_rule() -> Result<()> {
    check(C4_23).await
}
