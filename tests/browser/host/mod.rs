//! The plugin inside every console it must work in: mounted and unmounted again and again, without a leak, without a
//! word in the browser's console, and without touching the console's own links.

mod console;
mod extras;
mod faults;
mod guest;
mod language;
mod life;
mod matrix;
mod projects;
mod setup;

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::demo::demo;
use tests::rig::host::{Console, Host};
use tests::rig::serve::{Serve, serve};
use tests::rig::session::Session;

use super::settled;

/// A console in front of a Servelens of its own, which asks the demo's Prometheus with the bridge's token.
async fn start(console: Console) -> Result<(Host, Serve)> {
    let settings = [
        "--manifest-shape",
        console.manifest_shape,
        "--console-base-path",
        console.base_path,
    ];
    let servelens = serve(&demo()?.prometheus, &settings).await?;
    let host = Host::start(console, &servelens.url).await?;
    Ok((host, servelens))
}

/// Opens a page of the console and waits until it has loaded the plugin and knows its flags.
async fn open(session: &Session, host: &Host, path: &str) -> Result<()> {
    session.open(&format!("{}{path}", host.url)).await?;
    session
        .wait_eq(
            "the console has loaded the plugin",
            "return window.loaded ?? window.watch?.faults ?? null",
            json!([{"status": "loaded"}]),
        )
        .await?;
    // Asked for by the console, not by a page: what is counted from here on is the page's.
    session
        .wait_true("the flags are set", "return window.plugin?.ready === true")
        .await
}

/// `count` pages are mounted and none of their panels waits.
async fn mounted(session: &Session, count: usize) -> Result<()> {
    session
        .wait_eq(
            "the page is mounted",
            "return document.querySelectorAll('.servelens').length",
            json!(count),
        )
        .await?;
    settled(session).await?;
    Ok(())
}

/// What is alive in the document; [`gone`] waits until it is the same again.
async fn live(session: &Session) -> Result<Value> {
    session
        .eval("return { ...watch.live(), listeners: watch.listeners() }")
        .await
}

/// The page is gone and nothing that it started is left.
async fn gone(session: &Session, before: &Value) -> Result<()> {
    session
        .wait_eq(
            "nothing of the page is left",
            "return { ...watch.live(), listeners: watch.listeners() }",
            before.clone(),
        )
        .await
}

/// Gives the console the theme of this class of its root, empty for the light one, and waits for the page to follow.
async fn in_theme(session: &Session, class: &str) -> Result<()> {
    session
        .eval::<Value>(&format!("document.documentElement.className = '{class}'; return null"))
        .await?;
    session
        .wait_eq(
            "the theme is there",
            "return document.querySelector('.servelens').classList.contains('servelens-dark')",
            json!(!class.is_empty()),
        )
        .await
}

/// Nothing has been reported as a fault in this document, the policy's violations included.
async fn no_faults(session: &Session) -> Result<()> {
    assert_eq!(session.eval::<Value>("return watch.faults").await?, json!([]));
    super::no_errors_but_no_cluster(session).await
}
