//! Every page: filled, without an error, in both themes and both widths.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::rig::session::{Session, browse};

use super::open;
use crate::browser::{drawn, heading, no_errors};

/// Pages, and panels that may have nothing to show there, each with the reason.
pub const SCREENS: [(&str, &str, &[&str]); 5] = [
    ("overview", "Overview", &[]),
    ("models", "Models", &[]),
    ("routing", "Routing", &[]),
    ("gpus", "GPUs", &[]),
    ("slos", "Objectives", &[]),
];

async fn check(page: &str, title: &str, empty: &[&str]) -> Result<()> {
    browse(&format!("page-{page}"), async |session| {
        session.viewport(1440, 1000).await?;
        let states = open(session, page).await?;
        assert_eq!(heading(session).await?, title);
        let unfilled: Vec<_> = states
            .iter()
            .filter(|(id, state)| *state != "ok" && !empty.contains(&id.as_str()))
            .collect();
        assert!(unfilled.is_empty(), "{unfilled:?} of {states:?}");
        for (width, height) in [(1440, 1000), (400, 900)] {
            session.viewport(width, height).await?;
            for dark in [false, true] {
                session.prefer_dark(dark).await?;
                session
                    .wait_eq("the page follows the system's theme", DARKNESS, json!(dark))
                    .await?;
                drawn(session).await?;
                fits(session).await?;
                // The whole page, not only its first screen.
                let all: u32 = session.eval("return document.scrollingElement.scrollHeight").await?;
                session.viewport(width, all).await?;
                drawn(session).await?;
                let theme = if dark { "dark" } else { "light" };
                session.screenshot(&format!("{page}-{width}-{theme}")).await?;
                session.viewport(width, height).await?;
            }
        }
        no_errors(session).await
    })
    .await
}

const DARKNESS: &str =
    "const [r, g, b] = getComputedStyle(document.querySelector('.servelens [data-panel]')).backgroundColor
    .match(/[\\d.]+/g).map(Number); return r + g + b < 3 * 128";

/// Nothing sticks out to the right.
pub async fn fits(session: &Session) -> Result<()> {
    session
        .wait_eq(
            "nothing is wider than the window",
            "const page = document.scrollingElement;
             if (page.scrollWidth <= page.clientWidth) return [];
             return [...document.querySelectorAll('body *')]
                .filter(element => element.getBoundingClientRect().right > page.clientWidth + 1)
                .map(element => element.tagName + '.' + element.className);",
            json!([]),
        )
        .await
}

#[tokio::test]
async fn the_overview_is_filled_in_both_themes_and_widths() -> Result<()> {
    let (page, title, empty) = SCREENS[0];
    check(page, title, empty).await
}

#[tokio::test]
async fn the_page_of_models_is_filled_in_both_themes_and_widths() -> Result<()> {
    let (page, title, empty) = SCREENS[1];
    check(page, title, empty).await
}

#[tokio::test]
async fn the_page_of_routing_is_filled_in_both_themes_and_widths() -> Result<()> {
    let (page, title, empty) = SCREENS[2];
    check(page, title, empty).await
}

#[tokio::test]
async fn the_page_of_gpus_is_filled_in_both_themes_and_widths() -> Result<()> {
    let (page, title, empty) = SCREENS[3];
    check(page, title, empty).await
}

#[tokio::test]
async fn the_page_of_objectives_is_filled_in_both_themes_and_widths() -> Result<()> {
    let (page, title, empty) = SCREENS[4];
    check(page, title, empty).await
}

#[tokio::test]
async fn every_objective_shows_for_whom_it_is_kept_and_what_is_left_of_its_budget() -> Result<()> {
    browse("objectives", async |session| {
        open(session, "slos").await?;
        session
            .wait_eq(
                "each objective has rows with a state and a live value, and a bar as long as what is left",
                "const cards = [...document.querySelectorAll('.servelens [data-slo]')];
                 const wrong = cards.filter(card => {
                    const rows = [...card.querySelectorAll('tbody tr')];
                    return rows.length === 0 || rows.some(row => !row.dataset.state || !row.querySelector('.sl-slo-state').textContent);
                 }).map(card => card.dataset.slo);
                 const bars = [...document.querySelectorAll('.servelens td.sl-slo-budget')].filter(left => {
                    const bar = left.querySelector('.sl-slo-bar'), said = left.lastElementChild.textContent;
                    if (!bar) return said !== '–';
                    const share = bar.firstElementChild.getBoundingClientRect().width / bar.getBoundingClientRect().width;
                    return Math.abs(share - (said.endsWith('%') ? parseFloat(said) / 100 : 0)) > 0.02;
                 }).map(left => left.textContent);
                 return cards.length < 7 ? ['not there yet'] : [...wrong, ...bars];",
                json!([]),
            )
            .await?;
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn the_theme_switch_outlives_a_reload() -> Result<()> {
    browse("theme-switch", async |session| {
        session.prefer_dark(false).await?;
        open(session, "overview").await?;
        session.by_css("button[aria-label='Dark theme']").await?.click().await?;
        session.wait_eq("the page is dark", DARKNESS, json!(true)).await?;
        session.client.refresh().await?;
        crate::browser::settled(session).await?;
        session.wait_eq("the page is still dark", DARKNESS, json!(true)).await?;
        session
            .by_css("button[aria-label='Light theme']")
            .await?
            .click()
            .await?;
        session.wait_eq("the page is light", DARKNESS, json!(false)).await?;
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn charts_stay_sharp_on_a_screen_of_twice_the_pixels() -> Result<()> {
    browse("twice-the-pixels", async |session| {
        open(session, "gpus").await?;
        session.pixel_ratio(2.0).await?;
        session
            .wait_eq(
                "every canvas has two pixels for each one of the page",
                "return [...document.querySelectorAll('.servelens [data-state=ok] canvas')]
                    .filter(canvas => Math.abs(canvas.width - 2 * canvas.clientWidth) > 2 || Math.abs(canvas.height - 2 * canvas.clientHeight) > 2)
                    .map(canvas => [canvas.width, canvas.clientWidth, canvas.height, canvas.clientHeight]);",
                json!([]),
            )
            .await?;
        drawn(session).await?;
        no_errors(session).await
    })
    .await
}

/// Moves the pointer to this part of a chart's width, and waits for the tooltip with a number in each row.
pub async fn point_at(session: &Session, panel: &str, part: f64) -> Result<()> {
    let chart = format!("document.querySelector('[data-panel=\"{panel}\"] .sl-chart')");
    session
        .eval::<Value>(&format!(
            "const chart = {chart}; chart.scrollIntoView({{ block: 'center' }}); const box = chart.getBoundingClientRect();
             for (const type of ['pointerenter', 'pointermove']) chart.dispatchEvent(new PointerEvent(type,
                {{ bubbles: true, clientX: box.left + box.width * {part}, clientY: box.top + box.height / 2 }}));
             return null"
        ))
        .await?;
    session
        .wait_true(
            "the tooltip names every series with a number",
            &format!(
                "const rows = [...({chart}).querySelectorAll('.sl-tooltip-row')];
                 return rows.length > 0 && rows.every(row => /\\d/.test(row.querySelector('.sl-tooltip-value').textContent))"
            ),
        )
        .await
}

#[tokio::test]
async fn the_pointer_on_a_chart_shows_the_numbers_at_that_instant_inside_the_window() -> Result<()> {
    browse("tooltip", async |session| {
        open(session, "models?refresh=off").await?;
        for width in [1440, 400] {
            session.viewport(width, 1000).await?;
            drawn(session).await?;
            // The last card of a row, where there is the least room to the right.
            for part in [0.3, 0.48, 0.52, 0.9] {
                point_at(session, "vllm.generation_tokens", part).await?;
                session.screenshot(&format!("tooltip-{width}")).await?;
                fits(session)
                    .await
                    .with_context(|| format!("at {part} of the chart, {width} px"))?;
            }
        }
        no_errors(session).await
    })
    .await
}
