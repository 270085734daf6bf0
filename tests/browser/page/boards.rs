//! Every board of the menu, and the page of rights, in both themes: no rule broken, nothing too wide, and a picture of the
//! whole page, wide and as on a phone.

use anyhow::{Context as _, Result};
use serde_json::Value;
use tests::rig::demo::demo;
use tests::rig::http;
use tests::rig::session::browse;

use super::axe::{clean, in_theme};
use super::screens::{SCREENS, fits};
use crate::browser::no_errors;

/// Those that have no test of their own for their look.
async fn boards() -> Result<Vec<String>> {
    let catalog = http::get_json(&format!("{}/api/catalog", demo()?.servelens)).await?;
    let all = catalog["dashboards"].as_array().context("dashboards")?;
    let ids = all.iter().filter_map(|board| board["id"].as_str());
    let others = ids.filter(|id| !SCREENS.iter().any(|(page, ..)| page == id));
    Ok(others.map(str::to_owned).collect())
}

#[tokio::test]
async fn every_board_and_the_page_of_rights_look_right_in_both_themes() -> Result<()> {
    let mut pages = boards().await?;
    assert!(pages.len() > 10, "{pages:?}");
    pages.push("access".to_owned());
    browse("boards", async |session| {
        for page in &pages {
            session.viewport(1440, 1000).await?;
            session
                .open(&format!("{}/servelens/{page}?refresh=off", demo()?.servelens))
                .await?;
            session
                .wait_true(
                    "nothing waits",
                    "const title = document.querySelector('.servelens .sl-title');
                     return title && title.textContent !== ''
                        && !document.querySelector('.servelens [aria-busy=true], .servelens .sl-ghost, .servelens .sl-stale')",
                )
                .await?;
            for width in [1440, 400] {
                session.viewport(width, 1000).await?;
                fits(session).await?;
                let all: u32 = session.eval("return document.scrollingElement.scrollHeight").await?;
                session.viewport(width, all.min(6000)).await?;
                for dark in [false, true] {
                    in_theme(session, dark).await?;
                    crate::browser::drawn(session).await?;
                    // The same elements in the same colours: the rules are asked once.
                    if width == 1440 {
                        clean(session, &format!("{page}, dark: {dark}")).await?;
                    }
                    let theme = if dark { "dark" } else { "light" };
                    session.screenshot(&format!("{page}-{width}-{theme}")).await?;
                }
            }
            let headings: Value = session.eval("return document.querySelectorAll('h1').length").await?;
            assert_eq!(headings, 1, "{page}");
        }
        no_errors(session).await
    })
    .await
}
