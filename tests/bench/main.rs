//! `browser-times <address> <loads>`: opens a page of Servelens in headless Chromium that often and prints, as JSON, when
//! in milliseconds since the navigation it asked, had its first panel, had all of them, and had drawn the last chart.
//!
//! For `cargo xtask bench`. Only measures: it starts no server and judges nothing.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use tests::rig::session::{Session, browse};

/// One load of the page.
#[derive(Serialize, Deserialize)]
struct Times {
    panels: usize,
    asked: f64,
    first_panel: f64,
    answered: f64,
    drawn: f64,
}

/// The page's own marks of its last question.
const MARKS: &str = "const all = name => performance.getEntriesByName('servelens:' + name).map(mark => mark.startTime);
    const asked = all('asked').at(-1);
    const since = name => all(name).filter(at => at >= asked);
    const panels = [...document.querySelectorAll('.servelens [data-panel]')];
    const charts = document.querySelectorAll('.servelens [data-state=ok] canvas').length;";

/// Every chart has been drawn since the answer came, and two frames later none was drawn again.
async fn done(session: &Session) -> Result<()> {
    session
        .wait_true(
            "the page has drawn its last chart",
            &format!(
                "{MARKS} if (!since('answered').length || !charts || since('drawn').length < charts) return false;
                 const before = since('drawn').length;
                 return new Promise(then => requestAnimationFrame(() => requestAnimationFrame(
                    () => then(since('drawn').length === before))));"
            ),
        )
        .await
}

async fn load(session: &Session, address: &str) -> Result<Times> {
    session.open("about:blank").await?;
    session.open(address).await?;
    done(session).await?;
    session
        .eval(&format!(
            "{MARKS} return {{ panels: panels.length, asked, first_panel: since('first-panel')[0],
                answered: since('answered').at(-1), drawn: since('drawn').at(-1) }};"
        ))
        .await
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let address = args.next().context("give the page's address")?;
    let loads: usize = args.next().context("give the number of loads")?.parse()?;
    let mut all = Vec::new();
    browse("browser-times", async |session| {
        // Tall enough that no chart waits to be scrolled to.
        session.viewport(1440, 4000).await?;
        // The first load fills the caches of browser and store, and does not count.
        load(session, &address).await?;
        for _ in 0..loads {
            all.push(load(session, &address).await?);
        }
        Ok(())
    })
    .await?;
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&all)?)?;
    Ok(())
}
