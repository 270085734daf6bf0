//! Everything by keyboard alone: a walk through a whole page, and through a chart.

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::session::{Session, browse};

use super::open;
use crate::browser::{drawn, no_errors};

const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';
const ESCAPE: char = '\u{e00c}';
const END: char = '\u{e010}';
const HOME: char = '\u{e011}';
const LEFT: char = '\u{e012}';
const UP: char = '\u{e013}';
const RIGHT: char = '\u{e014}';
const DOWN: char = '\u{e015}';

/// Everything that can be used, in reading order; a number on each so that it can be found again.
const CAN_BE_USED: &str =
    "const usable = [...document.querySelectorAll('a[href], button, select, input, summary, [tabindex=\"0\"]')]
        .filter(element => !element.disabled && element.checkVisibility());
     usable.forEach((element, at) => element.dataset.walk = at); return usable.length";

/// Where the focus is, and whether one can see that.
const FOCUS: &str = "const focused = document.activeElement, style = getComputedStyle(focused);
     return [focused.dataset.walk === undefined ? -1 : Number(focused.dataset.walk),
        style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1.5]";

#[tokio::test]
async fn the_tab_key_reaches_everything_in_reading_order_and_the_focus_is_seen() -> Result<()> {
    browse("keyboard-walk", async |session| {
        open(session, "models?refresh=off").await?;
        let all: i64 = session.eval(CAN_BE_USED).await?;
        assert!(all > 40, "only {all} things can be used: the search is broken");
        let mut reached = Vec::new();
        for _ in 0..all {
            session.press(&[TAB]).await?;
            let (at, seen): (i64, bool) = session.eval(FOCUS).await?;
            assert!(seen, "the focus on element {at} cannot be seen");
            reached.push(at);
        }
        assert_eq!(reached, (0..all).collect::<Vec<_>>());
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn the_first_thing_leads_past_the_navigation() -> Result<()> {
    browse("skip-link", async |session| {
        open(session, "overview?refresh=off").await?;
        session.press(&[TAB, ENTER]).await?;
        let focused: Value = session.eval("return document.activeElement.tagName").await?;
        assert_eq!(focused, json!("MAIN"));
        assert_eq!(session.location().await?, "/servelens/overview?refresh=off");
        session.press(&[TAB]).await?;
        let inside: Value = session
            .eval("return document.querySelector('main').contains(document.activeElement)")
            .await?;
        assert_eq!(inside, json!(true));
        no_errors(session).await
    })
    .await
}

const CHART: &str = "[data-panel='vllm.kv_cache'] .sl-chart";

async fn said(session: &Session) -> Result<String> {
    session
        .eval(&format!(
            "return document.querySelector(\"{CHART} .sl-said\").textContent"
        ))
        .await
}

/// The number at the end of the cursor's row in the tooltip.
async fn on(session: &Session) -> Result<[String; 2]> {
    session
        .eval(&format!(
            "const row = document.querySelector(\"{CHART} .sl-tooltip-row.sl-on\");
             return ['name', 'value'].map(part => row.querySelector('.sl-tooltip-' + part).textContent)"
        ))
        .await
}

#[tokio::test]
async fn arrow_keys_go_from_sample_to_sample_and_from_line_to_line() -> Result<()> {
    browse("keyboard-chart", async |session| {
        open(session, "models?refresh=off&range=1h").await?;
        drawn(session).await?;
        let summary: String = session
            .eval(&format!(
                "const chart = document.querySelector(\"{CHART}\"); chart.focus();
                 return chart.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).textContent).join(' ')"
            ))
            .await?;
        assert!(summary.starts_with("KV cache in use") && summary.contains("Left and right go"), "{summary}");

        session.press(&[END]).await?;
        let newest = said(session).await?;
        session.press(&[LEFT]).await?;
        let before = said(session).await?;
        assert_ne!(newest, before);
        session.press(&[RIGHT]).await?;
        assert_eq!(said(session).await?, newest, "there and back");
        session.press(&[HOME, RIGHT, LEFT, LEFT]).await?;
        let first = said(session).await?;
        session.press(&[DOWN]).await?;
        let second = said(session).await?;
        assert!(first.contains("line 1 of") && second.contains("line 2 of"), "{first} / {second}");
        let [name, value] = on(session).await?;
        assert!(second.starts_with(&format!("{name}: {value} at ")), "{second} is not {name} {value}");
        session.screenshot("keyboard-chart").await?;

        let lines = "return document.querySelectorAll(\"[data-panel='vllm.kv_cache'] .sl-legend-faded\").length";
        session.press(&[ENTER]).await?;
        assert!(session.eval::<u32>(lines).await? > 0, "the others fade");
        session.press(&[ENTER]).await?;
        assert_eq!(session.eval::<u32>(lines).await?, 0);
        session.press(&[UP]).await?;
        assert_eq!(said(session).await?, first);
        session.press(&[ESCAPE]).await?;
        assert_eq!(said(session).await?, "");
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn a_chart_can_be_read_as_a_table_with_the_numbers_of_its_legend() -> Result<()> {
    browse("table-view", async |session| {
        open(session, "models?refresh=off").await?;
        drawn(session).await?;
        session
            .by_css("[data-panel='vllm.kv_cache'] .sl-table-switch")
            .await?
            .click()
            .await?;
        session.by_css("[data-panel='vllm.kv_cache'] table").await?;
        session.screenshot("table-view").await?;
        // Both are read in one go: between two commands of the test the page may have asked again for its new width.
        let (table, legend): (Value, Value) = session
            .eval_async(
                "(async () => {
                 const panel = document.querySelector(\"[data-panel='vllm.kv_cache']\");
                 const names = [...panel.querySelectorAll('thead th')].slice(1).map(cell => cell.textContent);
                 const rows = [...panel.querySelectorAll('tbody tr')];
                 const table = names.map((name, at) => {
                    const cells = rows.map(row => row.querySelectorAll('td')[at].textContent);
                    return [name, cells.find(text => text !== '–')];
                 });
                 const frame = () => new Promise(requestAnimationFrame);
                 panel.querySelector(\".sl-table-switch[aria-pressed='true']\").click();
                 while (!panel.querySelector('.sl-legend')) await frame();
                 panel.querySelector('.sl-legend-more')?.click();
                 while (panel.querySelectorAll('.sl-legend-name').length < names.length) await frame();
                 const legend = [...panel.querySelectorAll('.sl-legend-row:has(.sl-legend-name)')].map(row =>
                    [row.querySelector('.sl-legend-name').textContent, row.querySelector('.sl-legend-value').textContent]);
                 done([table, legend]);
                 })();",
            )
            .await?;
        assert_eq!(table, legend, "the newest number of each line");
        drawn(session).await?;
        no_errors(session).await
    })
    .await
}
