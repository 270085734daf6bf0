//! One plugin's life in each console.

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::host::{Console, Host};
use tests::rig::session::{Session, browse};

use super::console::{C4_14, C4_18, C4_20, C4_21, C4_21_REACT_18, C4_22, C4_23};
use super::{gone, live, mounted, no_faults, open, start};
use crate::browser::{drawn, heading, settled};

async fn check(console: Console) -> Result<()> {
    let (host, _servelens) = start(console).await?;
    let name = format!("console-{}-{}", console.release, console.bundle);
    browse(&name, async |session| {
        mount_unmount_and_mount_again(session, &host).await?;
        two_at_once(session).await?;
        strict_mode(session).await?;
        nothing_grows(session).await?;
        addresses(session).await?;
        the_consoles_own_links(session).await?;
        dark(session, &console, &name).await?;
        no_faults(session).await?;
        the_module_is_fetched_once(session, &host).await
    })
    .await?;
    for passed in host.passed() {
        assert!(passed.status < 400, "{passed:?}");
        assert!(!passed.path.contains("/extensions."), "no card is there: {passed:?}");
    }
    let posts = host
        .passed()
        .iter()
        .filter(|passed| passed.path.ends_with("/api/panels"))
        .count();
    assert!(posts > 0, "the page's requests go through the console's bridge");
    Ok(())
}

async fn mount_unmount_and_mount_again(session: &Session, host: &Host) -> Result<()> {
    open(session, host, "/").await?;
    let before = live(session).await?;

    // Away again before the module can have arrived.
    session.click("a", "Plugin: Model serving").await?;
    session.click("a", "Host home").await?;
    gone(session, &before).await?;

    session.click("a", "Plugin: Model serving").await?;
    mounted(session, 1).await?;
    assert_eq!(heading(session).await?, "Overview");
    drawn(session).await?;
    session.click("button", "Unmount").await?;
    gone(session, &before).await?;

    session.click("button", "Mount").await?;
    mounted(session, 1).await?;
    drawn(session).await?;
    session.click("a", "Host home").await?;
    gone(session, &before).await?;
    assert_eq!(session.eval::<Value>("return watch.instances()").await?, json!(1));
    Ok(())
}

async fn two_at_once(session: &Session) -> Result<()> {
    let before = live(session).await?;
    session.click("a", "Plugin: Model serving").await?;
    session.click("button", "Two at once").await?;
    mounted(session, 2).await?;
    // The first of them moves, and the second follows the address.
    session.click("a[@class='sl-tab']", "GPUs").await?;
    let both = "return [...document.querySelectorAll('.servelens h1')].map(heading => heading.textContent)";
    session
        .wait_eq("both show the address", both, json!(["GPUs", "GPUs"]))
        .await?;
    mounted(session, 2).await?;
    session.click("button", "Mount").await?;
    mounted(session, 1).await?;
    drawn(session).await?;
    session.click("a", "Host home").await?;
    gone(session, &before).await
}

/// With React 18 every effect runs twice.
async fn strict_mode(session: &Session) -> Result<()> {
    let before = live(session).await?;
    session.click("a", "Plugin: Model serving").await?;
    session.click("button", "StrictMode").await?;
    mounted(session, 1).await?;
    drawn(session).await?;
    session.click("button", "Two at once").await?;
    mounted(session, 2).await?;
    session.click("a", "Host home").await?;
    gone(session, &before).await
}

/// Cycles of mounting and unmounting, waiting for the page or not, keep neither elements nor memory.
async fn nothing_grows(session: &Session) -> Result<()> {
    let before = live(session).await?;
    session.click("a", "Plugin: Model serving").await?;
    mounted(session, 1).await?;
    let mut memory = Vec::new();
    for cycle in 0..12 {
        session.click("button", "Unmount").await?;
        session.click("button", "Mount").await?;
        if cycle % 2 == 0 {
            mounted(session, 1).await?;
        }
        memory.push(session.eval::<u64>("return watch.memory()").await?);
    }
    mounted(session, 1).await?;
    session.click("a", "Host home").await?;
    gone(session, &before).await?;
    // React keeps the last element of each place until it next renders there; a leak would keep all of them.
    let held: usize = session.eval("return watch.heldRoots()").await?;
    assert!(held <= 4, "{held} unmounted pages are still held");
    let (first, second) = memory.split_at(6);
    assert!(
        first.last() == second.last(),
        "the module's memory still grows after six mounts: {memory:?} bytes"
    );
    Ok(())
}

/// Inside one route of the console: the page's own links, the browser's buttons, and the console's links into it.
async fn addresses(session: &Session) -> Result<()> {
    session.click("a", "Host link into the plugin").await?;
    mounted(session, 1).await?;
    session
        .wait_eq(
            "the page follows",
            "return document.querySelector('.servelens h1').textContent",
            json!("GPUs"),
        )
        .await?;
    session
        .eval::<Value>("window.mark = document.querySelector('.servelens'); return null")
        .await?;
    for (action, page) in [
        ("click", "Models"),
        ("click", "Routing"),
        ("back", "Models"),
        ("back", "GPUs"),
        ("forward", "Models"),
    ] {
        match action {
            "back" => session.client.back().await?,
            "forward" => session.client.forward().await?,
            _ => session.click("a[starts-with(@class,'sl-tab')]", page).await?,
        }
        session
            .wait_eq(
                action,
                "return document.querySelector('.servelens h1').textContent",
                json!(page),
            )
            .await?;
        let location = session.location().await?;
        assert!(
            location.ends_with(&format!("/servelens/ns/llm-prod/{}", page.to_lowercase())),
            "{action} {page}: {location}"
        );
        settled(session).await?;
    }
    // The console's navigation leads to the same route: the page stays mounted and follows.
    session.click("a", "Plugin: Model serving").await?;
    session
        .wait_eq(
            "the page follows the console",
            "return document.querySelector('.servelens h1').textContent",
            json!("Overview"),
        )
        .await?;
    session
        .wait_true(
            "it was never mounted anew",
            "return window.mark === document.querySelector('.servelens')",
        )
        .await
}

async fn the_consoles_own_links(session: &Session) -> Result<()> {
    session
        .eval::<Value>("window.mark = 'the same document'; return null")
        .await?;
    for (link, path) in [
        ("Host nodes", "k8s/cluster/nodes"),
        ("Host neighbour", "servelensology"),
        ("Host home", ""),
    ] {
        session.click("a", "Plugin: Model serving").await?;
        mounted(session, 1).await?;
        session.click("a", link).await?;
        // Below a path, some routers leave out the last slash of the console's own root.
        let ends = format!(
            "const bare = text => text.replace(/\\/$/, '');
            return bare(document.querySelector('h1').textContent) === bare('Host page ' + SERVER_FLAGS.basePath + '{path}')
                && document.querySelectorAll('.servelens').length === 0 && window.mark === 'the same document'"
        );
        session.wait_true(link, &ends).await?;
    }
    Ok(())
}

async fn dark(session: &Session, console: &Console, name: &str) -> Result<()> {
    session.click("a", "Host link into the plugin").await?;
    mounted(session, 1).await?;
    let darkness =
        "const [r, g, b] = getComputedStyle(document.querySelector('.servelens [data-panel]')).backgroundColor
        .match(/[\\d.]+/g).map(Number); return r + g + b < 3 * 128";
    session.wait_eq("the page is light", darkness, json!(false)).await?;
    drawn(session).await?;
    session.screenshot(&format!("{name}-light")).await?;
    session
        .eval::<Value>(&format!(
            "document.documentElement.className = '{}'; return null",
            console.dark
        ))
        .await?;
    session
        .wait_eq("the page follows the console's theme", darkness, json!(true))
        .await?;
    drawn(session).await?;
    session.screenshot(&format!("{name}-dark")).await
}

/// However the console forbids caching: a second document takes the module from the browser's own store.
async fn the_module_is_fetched_once(session: &Session, host: &Host) -> Result<()> {
    open(session, host, "/servelens/all-namespaces/routing").await?;
    mounted(session, 1).await?;
    drawn(session).await?;
    no_faults(session).await?;
    let fetched = host
        .passed()
        .iter()
        .filter(|passed| passed.path.ends_with(".wasm"))
        .count();
    assert_eq!(fetched, 1);
    // A link without the console's router loads a new document, as it would without the plugin.
    session
        .eval::<Value>("window.mark = 'the old document'; return null")
        .await?;
    session.click("a", "Host help").await?;
    session
        .wait_true(
            "a plain link loads its page",
            "return window.mark === undefined && location.pathname === '/help'",
        )
        .await
}

#[tokio::test]
async fn a_console_4_14_mounts_and_unmounts_the_plugin_without_a_trace() -> Result<()> {
    check(C4_14).await
}

#[tokio::test]
async fn a_console_4_18_mounts_and_unmounts_the_plugin_without_a_trace() -> Result<()> {
    check(C4_18).await
}

#[tokio::test]
async fn a_console_4_20_with_the_legacy_manifest_mounts_and_unmounts_the_plugin_without_a_trace() -> Result<()> {
    check(C4_20).await
}

#[tokio::test]
async fn a_console_4_21_mounts_and_unmounts_the_plugin_without_a_trace() -> Result<()> {
    check(C4_21).await
}

#[tokio::test]
async fn the_loader_of_4_21_with_react_18_mounts_and_unmounts_the_plugin_without_a_trace() -> Result<()> {
    check(C4_21_REACT_18).await
}

#[tokio::test]
async fn a_console_4_22_with_the_sdk_8_mounts_and_unmounts_the_plugin_without_a_trace() -> Result<()> {
    check(C4_22).await
}

#[tokio::test]
async fn a_console_4_23_with_the_sdk_9_mounts_and_unmounts_the_plugin_without_a_trace() -> Result<()> {
    check(C4_23).await
}
