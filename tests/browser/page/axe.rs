//! axe-core on every page, in both themes and widths, with none of its rules for WCAG 2.2 AA disabled; and what it cannot see: motion and
//! a page enlarged four times.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::rig::demo::demo;
use tests::rig::host_build;
use tests::rig::session::{Session, browse};

use super::open;
use super::screens::fits;
use crate::browser::{drawn, no_errors};

/// Brings axe-core into the document, where it keeps a listener and an observer of its own.
pub async fn bring(session: &Session) -> Result<()> {
    if session.eval::<Value>("return typeof window.axe").await? != "object" {
        session
            .client
            .execute(&host_build::axe()?, Vec::new())
            .await
            .context("loading axe-core")?;
    }
    Ok(())
}

/// Each rule that is broken, with the elements that break it. `root` is a selector: the whole document, or our part.
pub async fn violations(session: &Session, root: &str) -> Result<Vec<Value>> {
    bring(session).await?;
    session
        .eval_async(&format!(
            // Off by itself, as the youngest: the size of what one presses, WCAG 2.2 AA's 2.5.8.
            "axe.run({root}, {{ resultTypes: ['violations'], rules: {{ 'target-size': {{ enabled: true }} }} }}).then(({{ violations }}) =>
                done(violations.map(({{ id, help, nodes }}) => ({{ id, help,
                    nodes: nodes.slice(0, 5).map(node => node.html.slice(0, 300) + ' ' + node.failureSummary) }}))),
                fault => done([{{ fault: String(fault) }}]));"
        ))
        .await
}

pub async fn clean(session: &Session, what: &str) -> Result<()> {
    let found = violations(session, "document").await?;
    assert!(found.is_empty(), "{what}: {}", serde_json::to_string_pretty(&found)?);
    Ok(())
}

/// The page in the light or the dark theme, as the system asks for it.
pub async fn in_theme(session: &Session, dark: bool) -> Result<()> {
    session.prefer_dark(dark).await?;
    session
        .wait_eq(
            "the theme is there",
            "return document.querySelector('.servelens').classList.contains('servelens-dark')",
            json!(dark),
        )
        .await
}

async fn check(path: &str) -> Result<()> {
    let name = path.split('?').next().unwrap_or(path);
    browse(&format!("axe-{name}"), async |session| {
        session.viewport(1440, 1000).await?;
        session.open(&format!("{}/servelens/{path}", demo()?.servelens)).await?;
        session.by_css(".servelens h1").await?;
        session
            .wait_true(
                "nothing waits",
                "return [...document.querySelectorAll('.servelens [aria-busy=true], .servelens .sl-ghost')].length === 0
                    && document.querySelector('.servelens h1').textContent !== ''",
            )
            .await?;
        for width in [1440, 400] {
            session.viewport(width, 1000).await?;
            for dark in [false, true] {
                in_theme(session, dark).await?;
                clean(session, &format!("{path} at {width} px, dark: {dark}")).await?;
            }
        }
        // Enlarged four times, a window of 1280 by 1024 has room for 320 by 256.
        session.viewport(320, 256).await?;
        fits(session).await?;
        assert_eq!(
            session
                .eval::<Value>("return document.querySelectorAll('h1').length")
                .await?,
            json!(1),
            "one heading of the first level"
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_overview_breaks_no_rule() -> Result<()> {
    check("overview?refresh=off").await
}

#[tokio::test]
async fn the_page_of_models_breaks_no_rule() -> Result<()> {
    check("models?refresh=off").await
}

#[tokio::test]
async fn the_page_of_routing_breaks_no_rule() -> Result<()> {
    check("routing?refresh=off").await
}

#[tokio::test]
async fn the_page_of_gpus_breaks_no_rule() -> Result<()> {
    check("gpus?refresh=off").await
}

#[tokio::test]
async fn the_page_of_objectives_breaks_no_rule() -> Result<()> {
    check("slos?refresh=off").await
}

#[tokio::test]
async fn a_board_breaks_no_rule() -> Result<()> {
    check("vllm?refresh=off").await
}

#[tokio::test]
async fn the_page_of_rights_breaks_no_rule() -> Result<()> {
    check("access").await
}

#[tokio::test]
async fn setting_up_where_there_is_no_cluster_breaks_no_rule() -> Result<()> {
    check("setup").await
}

#[tokio::test]
async fn a_page_that_is_not_there_breaks_no_rule() -> Result<()> {
    check("no-such-page").await
}

#[tokio::test]
async fn what_opens_on_a_page_breaks_no_rule() -> Result<()> {
    browse("axe-open", async |session| {
        open(session, "ns/llm-prod/models?refresh=off").await?;
        drawn(session).await?;
        for (what, selector) in [
            ("a table", "[data-panel='vllm.kv_cache'] .sl-table-switch"),
            (
                "what a panel is about",
                "[data-panel='vllm.ttft'] button[aria-expanded]",
            ),
            ("the menu of dashboards", ".sl-menu .sl-popover-button"),
            ("a choice of models", "button[aria-label^='Models:']"),
            ("a time range", "button[aria-label^='Custom time range:']"),
        ] {
            session.by_css(selector).await?.click().await?;
            clean(session, what).await?;
            session.screenshot(&format!("open-{}", what.replace(' ', "-"))).await?;
            // Away with it: it lies over the next button.
            session.press(&['\u{e00c}']).await?;
        }
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn who_asks_for_less_motion_gets_none() -> Result<()> {
    browse("less-motion", async |session| {
        session.media("prefers-reduced-motion", "reduce").await?;
        open(session, "overview?refresh=off").await?;
        let moving: Value = session
            .eval(
                "const moves = style => style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0;
                 return [...document.querySelectorAll('.servelens *')]
                    .filter(element => ['', '::before', '::after'].some(part => moves(getComputedStyle(element, part || null))))
                    .map(element => element.className)",
            )
            .await?;
        assert_eq!(moving, json!([]));
        Ok(())
    })
    .await
}
