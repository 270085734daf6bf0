//! The page in a real browser, on the demo's real Prometheus, and inside consoles.

mod host;
mod page;

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::session::Session;
use tests::rig::webdriver::LogLine;

/// Every panel there is, with its state, as soon as none of them waits any more.
async fn settled(session: &Session) -> Result<BTreeMap<String, String>> {
    session
        .wait_true(
            "every panel has its answer",
            "const panels = [...document.querySelectorAll('.servelens [data-panel]')];
             return panels.length > 0 && panels.every(panel => panel.dataset.state !== 'loading'
                && panel.getAttribute('aria-busy') === 'false' && !panel.classList.contains('sl-stale'));",
        )
        .await?;
    session
        .eval(
            "return Object.fromEntries([...document.querySelectorAll('.servelens [data-panel]')]
                .map(panel => [panel.dataset.panel, panel.dataset.state]));",
        )
        .await
}

/// Waits until every chart in view that has something to show has been drawn: its canvas holds more than one colour.
async fn drawn(session: &Session) -> Result<()> {
    session
        .wait_eq(
            "every chart is drawn",
            "return [...document.querySelectorAll('.servelens [data-panel][data-state=ok]')].filter(panel => {
                const canvas = panel.querySelector('canvas');
                if (!canvas || !canvas.width || !canvas.height) return false;
                const box = canvas.getBoundingClientRect();
                if (box.bottom < 0 || box.top > innerHeight) return false;
                const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                const colours = new Set();
                return !new Uint32Array(data.buffer).some(pixel => colours.add(pixel).size > 2);
             }).map(panel => panel.dataset.panel);",
            json!([]),
        )
        .await
}

/// The browser's console is clean.
async fn no_errors(session: &Session) -> Result<()> {
    no_errors_but(session, |_| false).await
}

/// A page that sets up where there is no cluster is told so with 404, of which the browser writes a line.
async fn no_errors_but_no_cluster(session: &Session) -> Result<()> {
    no_errors_but(session, |line| line.contains("/api/setup/") && line.contains("404")).await
}

async fn no_errors_but(session: &Session, expected: fn(&str) -> bool) -> Result<()> {
    let mut logged = session.logged_errors().await?;
    logged.retain(|line| !expected(&line.message));
    assert_eq!(logged, Vec::<LogLine>::new());
    Ok(())
}

async fn heading(session: &Session) -> Result<Value> {
    session
        .eval("return document.querySelector('h1')?.textContent ?? null")
        .await
}
