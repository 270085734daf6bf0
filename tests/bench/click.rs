//! `console-click <Prometheus> <clicks>`: the plugin inside a console, its files warm and the network answered from memory;
//! prints, as JSON, the milliseconds from a click on its link to the first chart drawn.
//!
//! For `cargo xtask bench`. Only measures, and judges nothing.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use tests::rig::host::{Console, Host};
use tests::rig::serve::serve;
use tests::rig::session::{Session, browse};

/// The newest one that the tests know.
const CONSOLE: Console = Console {
    name: "4.23 with the SDK 9 and React 18",
    release: "4.23",
    bundle: "sdk9-react18",
    manifest_shape: "standard",
    base_path: "/",
    shares_sdk: true,
    no_store: true,
    dark: "pf-v6-theme-dark",
};

/// Keeps every answer, and gives it again from memory once `window.stubbed` is set: what is left is our own time.
const MEMORY: &str = "if (!window.answers) {
    window.answers = new Map();
    const ask = window.fetch;
    window.fetch = async (input, init) => {
        const request = new Request(input, init);
        const key = request.method + ' ' + new URL(request.url).pathname;
        const kept = window.answers.get(key);
        if (window.stubbed && kept) return new Response(kept.body, kept);
        const answer = await ask.call(window, request);
        const { status, headers } = answer;
        if (answer.ok) answer.clone().arrayBuffer().then(body => window.answers.set(key, { body, status, headers }));
        return answer;
    };
}";

/// The link's click and the first chart after it, on the page's own clock.
const CLICK: &str = "performance.clearMarks('servelens:drawn');
    const link = [...document.querySelectorAll('a')].find(link => link.textContent.trim() === 'Plugin: Model serving');
    const clicked = performance.now();
    link.click();
    const look = () => {
        const [first] = performance.getEntriesByName('servelens:drawn');
        if (first) done(first.startTime - clicked); else requestAnimationFrame(look);
    };
    look();";

async fn shown(session: &Session) -> Result<()> {
    session
        .wait_true(
            "the page is shown and no panel waits",
            "const panels = [...document.querySelectorAll('.servelens [data-panel]')];
             return panels.length > 0 && panels.every(panel => panel.getAttribute('aria-busy') === 'false')
                && performance.getEntriesByName('servelens:drawn').length > 0;",
        )
        .await
}

async fn leave(session: &Session) -> Result<()> {
    session.click("a", "Host home").await?;
    session
        .wait_true("the page is gone", "return !document.querySelector('.servelens')")
        .await
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let prometheus = args.next().context("give the address of a Prometheus")?;
    let clicks: usize = args.next().context("give the number of clicks")?.parse()?;
    let servelens = serve(&prometheus, &["--manifest-shape", CONSOLE.manifest_shape]).await?;
    let host = Host::start(CONSOLE, &servelens.url).await?;
    let mut all: Vec<f64> = Vec::new();
    browse("console-click", async |session| {
        session.viewport(1440, 1000).await?;
        session.before_every_page(MEMORY).await?;
        session.open(&host.url).await?;
        session
            .wait_true("the plugin is there", "return window.plugin?.ready === true")
            .await?;
        // The first visit fetches and keeps everything, and does not count.
        session.click("a", "Plugin: Model serving").await?;
        shown(session).await?;
        session.eval::<()>("window.stubbed = true").await?;
        for _ in 0..clicks {
            leave(session).await?;
            all.push(session.eval_async(CLICK).await?);
            shown(session).await?;
        }
        Ok(())
    })
    .await?;
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&all)?)?;
    Ok(())
}
