//! The time range: dragged across a chart, wider again, moved along, and one that an address has the wrong way round.

use anyhow::{Context as _, Result};
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use serde_json::json;
use tests::rig::session::{Session, browse};

use super::{asked_again, last_asked, open, times_asked};
use crate::browser::{no_errors, settled};

/// From and to of the question that the page asked last.
async fn asked(session: &Session) -> Result<(i64, i64)> {
    let asked = last_asked(session).await?;
    asked["from"]
        .as_i64()
        .zip(asked["to"].as_i64())
        .context("a question without a range")
}

async fn chart(session: &Session) -> Result<Element> {
    let chart = session.by_css("[data-panel='gpu.power'] .sl-chart").await?;
    session
        .eval::<()>(
            "document.querySelector(\"[data-panel='gpu.power'] .sl-chart\").scrollIntoView({ block: 'center' })",
        )
        .await?;
    Ok(chart)
}

/// With the left button held, from `from` to `to` pixels beside the chart's middle; what is marked meanwhile.
async fn drag(session: &Session, from: f64, to: f64) -> Result<Vec<String>> {
    let to_place = |element: Element, x: f64| PointerAction::MoveToElement {
        element,
        duration: None,
        x,
        y: 0.0,
    };
    let button = MOUSE_BUTTON_LEFT;
    let pressed = MouseActions::new("mouse".to_owned())
        .then(to_place(chart(session).await?, from))
        .then(PointerAction::Down { button })
        .then(to_place(chart(session).await?, to));
    session.client.perform_actions(pressed).await?;
    let marked = session
        .eval("return [...document.querySelectorAll('.sl-zoom')].map(mark => mark.textContent)")
        .await?;
    let released = MouseActions::new("mouse".to_owned()).then(PointerAction::Up { button });
    session.client.perform_actions(released).await?;
    Ok(marked)
}

#[tokio::test]
async fn a_range_dragged_across_a_chart_is_looked_at_closely_and_back_leads_out_again() -> Result<()> {
    browse("drag-a-range", async |session| {
        open(session, "gpus?refresh=off").await?;
        let before = times_asked(session).await?;
        let (from, to) = asked(session).await?;

        let marked = drag(session, -60.0, 60.0).await?;
        assert_eq!(
            marked.len(),
            1,
            "the range is marked while the button is down: {marked:?}"
        );
        assert!(marked[0].contains(" – "), "{marked:?}");
        asked_again(session, before).await?;
        let (start, end) = asked(session).await?;
        assert!(from < start && end < to, "{start} to {end} lies within {from} to {to}");
        let width: f64 = session
            .eval("return document.querySelector(\"[data-panel='gpu.power'] .sl-chart\").clientWidth")
            .await?;
        let share = (end - start) as f64 / (to - from) as f64;
        // The plot is a little narrower than the chart: the axis has its labels there.
        assert!(
            share > 120.0 / width && share < 150.0 / width,
            "{share} of the range for 120 of {width} px"
        );
        assert_eq!(
            session.location().await?,
            format!("/servelens/gpus?from={start}&to={end}&refresh=off")
        );
        session.screenshot("range-dragged").await?;

        session.client.back().await?;
        asked_again(session, before + 1).await?;
        assert_eq!(session.location().await?, "/servelens/gpus?refresh=off");

        // A click is no range.
        assert_eq!(drag(session, 10.0, 12.0).await?, Vec::<String>::new());
        assert_eq!(session.location().await?, "/servelens/gpus?refresh=off");
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn a_range_that_stands_still_can_be_moved_and_widened() -> Result<()> {
    browse("move-a-range", async |session| {
        let now: i64 = session.eval("return Math.floor(Date.now() / 1000)").await?;
        let (from, to) = (now - 7200, now - 3600);
        open(session, &format!("gpus?from={from}&to={to}")).await?;
        for (button, start, end) in [
            ("Earlier", from - 1800, to - 1800),
            ("Later", from, to),
            ("Zoom out", from - 1800, to + 1800),
        ] {
            let before = times_asked(session).await?;
            session
                .by_css(&format!("button[aria-label='{button}']"))
                .await?
                .click()
                .await?;
            asked_again(session, before).await?;
            assert_eq!(asked(session).await?, (start, end), "{button}");
        }
        session
            .by_css("button[aria-label^='Custom time range']")
            .await?
            .click()
            .await?;
        session.screenshot("range-dialog").await?;
        let before = times_asked(session).await?;
        session
            .by_css("button[aria-label$='last 6 hours']")
            .await?
            .click()
            .await?;
        asked_again(session, before).await?;
        assert_eq!(session.location().await?, "/servelens/gpus?range=6h");
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn an_address_whose_range_runs_backwards_says_so() -> Result<()> {
    browse("range-backwards", async |session| {
        open(session, "gpus?from=1763882400&to=1763796000").await?;
        let states = settled(session).await?;
        assert!(states.values().all(|state| state == "error"), "{states:?}");
        session
            .wait_eq(
                "one message says what is wrong and what to do",
                "return [...document.querySelectorAll('.servelens [role=alert]')].map(alert =>
                    [alert.dataset.code, alert.querySelector('.sl-notice-text').textContent.split(' Request ')[0]])",
                json!([[
                    "range_reversed",
                    "The time range does not end after it starts. Choose an end that lies after the start."
                ]]),
            )
            .await?;
        session.screenshot("range-backwards").await
    })
    .await
}
