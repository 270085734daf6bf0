//! When the plugin cannot be loaded: a readable reason and a way to try again.

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::host::Console;
use tests::rig::session::browse;

use super::console::{C4_20, C4_23};
use super::{gone, live, mounted, open, start};

/// While files that match `pattern` do not arrive, the page says `reason` and offers another attempt.
async fn check(console: Console, pattern: &str, reason: &str) -> Result<()> {
    let (host, _servelens) = start(console).await?;
    browse("plugin-cannot-load", async |session| {
        open(session, &host, "/").await?;
        let before = live(session).await?;
        session.block(&[pattern]).await?;
        session.click("a", "Plugin: Model serving").await?;
        let alert = session.by_css("[role=alert]").await?;
        let text = alert.text().await?;
        assert!(
            text.contains("Servelens could not be loaded") && text.contains(reason),
            "{text}"
        );
        session.screenshot("plugin-cannot-load").await?;
        // Once more in vain, then with success.
        session.click("button", "Try again").await?;
        session.by_css("[role=alert]").await?;
        session.block(&[]).await?;
        session.click("button", "Try again").await?;
        mounted(session, 1).await?;
        assert_eq!(session.eval::<Value>("return watch.instances()").await?, json!(1));
        session.click("a", "Host home").await?;
        gone(session, &before).await
    })
    .await
}

#[tokio::test]
async fn a_module_that_does_not_arrive_is_explained_and_can_be_tried_again() -> Result<()> {
    check(C4_23, "*.wasm", "Failed to fetch").await
}

#[tokio::test]
async fn a_script_that_does_not_arrive_is_explained_and_can_be_tried_again() -> Result<()> {
    check(C4_20, "*/assets/servelens.*.js", "dynamically imported module").await
}

#[tokio::test]
async fn a_style_sheet_that_does_not_arrive_is_explained_and_can_be_tried_again() -> Result<()> {
    check(C4_23, "*/assets/servelens.*.css", "the style sheet did not arrive").await
}

#[tokio::test]
async fn a_damaged_copy_of_the_module_is_replaced_without_a_word() -> Result<()> {
    let (host, _servelens) = start(C4_23).await?;
    browse("plugin-damaged-copy", async |session| {
        open(session, &host, "/").await?;
        session
            .client
            .execute_async(
                "const done = arguments[0];
                 fetch(SERVER_FLAGS.basePath + 'api/plugins/servelens/asset-manifest.json').then(r => r.json()).then(async manifest => {
                    const url = new URL(SERVER_FLAGS.basePath + 'api/plugins/servelens/' + manifest.files['servelens_bg.wasm'], location.origin);
                    const store = await caches.open('servelens');
                    await store.put(url.href, new Response(new Uint8Array([0, 97, 115, 109, 1]), { headers: { 'Content-Type': 'application/wasm' } }));
                    await store.put('/older', new Response('an older version'));
                    done(url.href);
                 });",
                Vec::new(),
            )
            .await?;
        session.click("a", "Plugin: Model serving").await?;
        mounted(session, 1).await?;
        super::no_faults(session).await?;

        // The next document keeps a good copy, and drops what an older version left.
        open(session, &host, "/servelens/all-namespaces/gpus").await?;
        mounted(session, 1).await?;
        let kept = "return caches.open('servelens').then(store => store.keys()).then(keys => keys.map(key => key.url.split('.').pop()))";
        session.wait_eq("one module is kept", kept, json!(["wasm"])).await
    })
    .await
}

#[tokio::test]
async fn a_browser_without_cache_storage_shows_the_page_all_the_same() -> Result<()> {
    let (host, _servelens) = start(C4_23).await?;
    browse("plugin-without-store", async |session| {
        session
            .before_every_page("delete window.CacheStorage; delete Window.prototype.caches; delete window.caches;")
            .await?;
        open(session, &host, "/servelens/all-namespaces/gpus").await?;
        assert_eq!(
            session.eval::<Value>("return typeof window.caches").await?,
            json!("undefined")
        );
        mounted(session, 1).await?;
        super::no_faults(session).await
    })
    .await
}
