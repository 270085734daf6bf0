//! A good guest: no style of ours reaches the console, nothing piles up, the program is loaded once, and an ended session
//! is told.

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::session::{Session, browse};

use super::console::{C4_14, C4_23};
use super::{gone, in_theme, live, mounted, open, start};
use crate::browser::drawn;
use crate::browser::page::axe::violations;

/// Computed styles of the navigation, which stays while pages come and go, and of bare elements beside it. Sizes are left out:
/// a longer page brings a scroll bar.
const STYLES: &str = "const sizes = /^(width|height|inline-size|block-size|perspective-origin|transform-origin)$/;
    const nav = document.querySelector('nav'), probe = document.createElement('div');
    probe.innerHTML = '<h1>a</h1><h2>b</h2><p>c</p><ul><li>d</li></ul><button>e</button><input>'
        + '<select><option>f</option></select><table><tr><td>g</td></tr></table><code>h</code>';
    nav.append(probe);
    const styles = [document.documentElement, document.body, nav, ...nav.querySelectorAll('*')].flatMap((element, at) => {
        const style = getComputedStyle(element);
        return [...style].filter(name => !sizes.test(name)).map(name => `${at} ${element.tagName} ${name}: ${style[name]}`);
    });
    probe.remove();
    return styles";

#[tokio::test]
async fn the_console_looks_the_same_before_during_and_after() -> Result<()> {
    let (host, _servelens) = start(C4_14).await?;
    browse("host-styles", async |session| {
        open(session, &host, "/").await?;
        let before: Vec<String> = session.eval(STYLES).await?;
        assert!(before.len() > 5000, "the host has elements: {}", before.len());
        let changed = async || -> Result<Vec<String>> {
            let now: Vec<String> = session.eval(STYLES).await?;
            assert_eq!(now.len(), before.len());
            Ok(now
                .into_iter()
                .zip(&before)
                .filter(|(now, before)| now != *before)
                .map(|(now, _)| now)
                .collect())
        };
        session.click("a", "Plugin: Model serving").await?;
        mounted(session, 1).await?;
        drawn(session).await?;
        assert_eq!(changed().await?, [""; 0], "while the page is there");
        session.click("a", "Host home").await?;
        assert_eq!(changed().await?, [""; 0], "after it has gone");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn twenty_mounts_leave_the_heap_within_two_mebibytes() -> Result<()> {
    let (host, _servelens) = start(C4_23).await?;
    browse("heap", async |session| {
        open(session, &host, "/servelens/all-namespaces/gpus").await?;
        let cycles = async |count: usize| -> Result<u64> {
            for _ in 0..count {
                session.click("button", "Unmount").await?;
                session.click("button", "Mount").await?;
                mounted(session, 1).await?;
            }
            session.click("button", "Unmount").await?;
            let used = session.heap().await?;
            session.click("button", "Mount").await?;
            mounted(session, 1).await?;
            Ok(used)
        };
        // What the browser and React keep for good they keep after the first few.
        let first = cycles(4).await?;
        let last = cycles(20).await?;
        let grown = last.saturating_sub(first);
        println!("heap after 20 more mounts: {grown} bytes more than {first}");
        assert!(grown <= 2 << 20, "the heap grew by {grown} bytes from {first}");
        Ok(())
    })
    .await
}

/// In a console that forbids HTTP caching, the second document asks the server for no byte of the program.
#[tokio::test]
async fn a_second_visit_takes_the_program_from_cache_storage() -> Result<()> {
    let (host, _servelens) = start(C4_23).await?;
    browse("second-visit", async |session| {
        let visit = async || -> Result<u64> {
            open(session, &host, "/servelens/all-namespaces/gpus").await?;
            mounted(session, 1).await?;
            session
                .eval(
                    "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('.wasm'))
                        .reduce((sum, { transferSize }) => sum + transferSize, 0)",
                )
                .await
        };
        let first = visit().await?;
        assert!(first > 100_000, "the first visit loads the program: {first} bytes");
        session
            .wait_eq(
                "the program is kept",
                "return caches.open('servelens').then(store => store.keys()).then(keys => keys.length)",
                json!(1),
            )
            .await?;
        assert_eq!(visit().await?, 0, "bytes of the program on the second visit");
        let asked = host
            .passed()
            .iter()
            .filter(|passed| passed.path.ends_with(".wasm"))
            .count();
        assert_eq!(asked, 1, "requests for the program");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_session_that_ends_in_the_middle_is_told_and_the_old_numbers_stay() -> Result<()> {
    let (host, _servelens) = start(C4_23).await?;
    browse("session-ends", async |session| {
        open(session, &host, "/").await?;
        let before = live(session).await?;
        session.click("a", "Plugin: Model serving").await?;
        mounted(session, 1).await?;
        session.client.delete_cookie("openshift-session-token").await?;
        session
            .by_css("button[aria-label='Refresh now']")
            .await?
            .click()
            .await?;
        let text = session.by_css(".servelens [role=alert]").await?.text().await?;
        assert!(
            text.contains("You are not signed in, or your session has ended. Sign in again"),
            "{text}"
        );
        let states = crate::browser::settled(session).await?;
        assert!(
            states.values().any(|state| state == "ok"),
            "the old numbers stay: {states:?}"
        );
        session.screenshot("session-ends").await?;
        session.click("a", "Host home").await?;
        gone(session, &before).await
    })
    .await
}

/// The page takes the console's language, and breaks no accessibility rule where it stands.
async fn inside(session: &Session, host: &tests::rig::host::Host) -> Result<()> {
    open(session, host, "/").await?;
    session
        .eval::<Value>("localStorage.setItem('bridge/last-language', 'ko'); return null")
        .await?;
    open(session, host, "/servelens/all-namespaces/models").await?;
    mounted(session, 1).await?;
    session.by_text("h1", "모델").await?;
    drawn(session).await?;
    for dark in ["", "pf-v6-theme-dark"] {
        in_theme(session, dark).await?;
        let found = violations(session, "'.servelens'").await?;
        assert!(found.is_empty(), "{dark}: {}", serde_json::to_string_pretty(&found)?);
    }
    Ok(())
}

/// The console's theme of high contrast, and what the system asks for: tokens, lines and the charts' own texts follow.
#[tokio::test]
async fn in_the_consoles_high_contrast_theme_lines_and_axes_stand_out() -> Result<()> {
    let (host, _servelens) = start(C4_23).await?;
    browse("host-contrast", async |session| {
        open(session, &host, "/servelens/all-namespaces/gpus?refresh=off").await?;
        mounted(session, 1).await?;
        let strong = "const root = document.querySelector('.servelens'), style = getComputedStyle(root);
            const text = style.getPropertyValue('--sl-text');
            return ['--sl-muted', '--sl-border', '--sl-hairline', '--sl-chart-text', '--sl-chart-axis']
                .every(token => style.getPropertyValue(token) === text)";
        let picture = "const canvas = document.querySelector('.servelens [data-panel][data-state=ok] canvas');
            return canvas.toDataURL().length + ' ' + canvas.toDataURL().slice(-4000)";
        for dark in ["", "pf-v6-theme-dark"] {
            for (theme, contrast) in [
                (dark.to_owned(), "more"),
                (format!("{dark} pf-v6-theme-high-contrast"), "no-preference"),
            ] {
                let usual = format!("document.documentElement.className = '{dark}'; return null");
                session.media("prefers-contrast", "no-preference").await?;
                session.eval::<Value>(&usual).await?;
                session.wait_eq("the usual theme", strong, json!(false)).await?;
                drawn(session).await?;
                let before: String = session.eval(picture).await?;
                session.media("prefers-contrast", contrast).await?;
                session
                    .eval::<Value>(&format!("document.documentElement.className = '{theme}'; return null"))
                    .await?;
                session.wait_eq("the strong theme", strong, json!(true)).await?;
                session
                    .wait_true(
                        "the charts are drawn anew",
                        &format!("return (() => {{ {picture} }})() !== {}", json!(before)),
                    )
                    .await?;
                let found = violations(session, "'.servelens'").await?;
                assert!(found.is_empty(), "{theme}: {}", serde_json::to_string_pretty(&found)?);
            }
            session
                .screenshot(&format!(
                    "host-contrast-{}",
                    if dark.is_empty() { "light" } else { "dark" }
                ))
                .await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn in_a_console_the_page_speaks_its_language_and_breaks_no_rule() -> Result<()> {
    let (host, _servelens) = start(C4_23).await?;
    browse("host-korean", async |session| inside(session, &host).await).await
}
