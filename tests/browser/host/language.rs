//! The console's language, which is not that of its document: in what the entry says itself, and on the console's own cards.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::rig::host::{Console, Host};
use tests::rig::session::{Session, browse};

use super::console::{C4_14, C4_23};
use super::{mounted, no_faults, open, start};

/// Opens the console's first page again, in that language.
async fn speak(session: &Session, host: &Host, tag: &str) -> Result<()> {
    open(session, host, "/").await?;
    session
        .eval::<Value>(&format!(
            "localStorage.setItem('bridge/last-language', '{tag}'); return null"
        ))
        .await?;
    open(session, host, "/").await
}

async fn entry(session: &Session) -> Result<()> {
    session.block(&["*.wasm"]).await?;
    session.click("a", "Plugin: Model serving").await?;
    let told = session.by_css("[role=alert][lang=ko]").await?.text().await?;
    assert!(told.contains("Servelens를 불러올 수 없습니다"), "{told}");
    session.block(&[]).await?;
    session.click("button", "다시 시도").await?;
    mounted(session, 1).await
}

async fn cards(session: &Session) -> Result<()> {
    let words: BTreeMap<String, String> =
        serde_json::from_str(include_str!("../../../assets/locales/ko/plugin__servelens-cards.json"))?;
    let ko = |english: &str| words.get(english).with_context(|| english.to_owned());
    session.click("a", "Host object").await?;
    let titles = [
        ko("Requests per second")?,
        ko("Time to first token, p95")?,
        ko("Fullest KV cache")?,
        ko("Waiting requests")?,
    ];
    session
        .wait_eq(
            "the live numbers have Korean names",
            "return [...document.querySelectorAll('[data-number]')].map(one => one.textContent.split(': ')[0])",
            json!(titles),
        )
        .await?;
    session.by_text("a", ko("All charts")?).await?;

    let health = "window.plugin.set('SERVELENS_ALERTS', true);
        window.responses = [{ response: { data: { result: [
            { metric: { alertname: 'SlowFirstToken', severity: 'warning' } },
            { metric: { alertname: 'ExtremelySlowFirstToken', severity: 'critical' } } ] } } }];
        const item = window.plugin.inUse().find(({ type }) => type.includes('health/prometheus'));
        item.properties.healthHandler().then(health => done(health(window.responses).message));";
    let message: String = session.eval_async(health).await?;
    assert_eq!(message, ko("{count} alerts_other")?.replace("{count}", "2"));
    session.click("a", "Host overview").await?;
    let list = session.by_css("ul[aria-label]").await?;
    assert_eq!(
        list.attr("aria-label").await?.as_ref(),
        Some(ko("Firing alerts of model serving")?)
    );
    let (critical, text) = (ko("critical")?, list.text().await?);
    assert!(text.contains(critical) && !text.contains("critical"), "{text}");
    Ok(())
}

async fn check(console: Console) -> Result<()> {
    let (host, _servelens) = start(console).await?;
    browse(&format!("host-language-{}", console.release), async |session| {
        speak(session, &host, "ko").await?;
        entry(session).await?;
        cards(session).await?;

        // Numbers, too: a comma stands before French decimals.
        speak(session, &host, "fr").await?;
        let chart = "window.plugin.set('SERVELENS_OVERVIEW', true);
            const item = window.plugin.inUse().find(({ type }) => type.includes('utilization-item'));
            item.properties.humanize().then(humanize => done(humanize('1234.5').string));";
        let shown: String = session.eval_async(chart).await?;
        assert!(shown.starts_with("1,23"), "{shown}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn in_the_oldest_console_entry_and_cards_speak_its_language() -> Result<()> {
    check(C4_14).await
}

#[tokio::test]
async fn in_the_newest_console_entry_and_cards_speak_its_language() -> Result<()> {
    check(C4_23).await
}

/// What is not spoken here, or must not be read, is English.
#[tokio::test]
async fn a_console_whose_storage_is_forbidden_gets_the_page_in_the_browsers_language() -> Result<()> {
    let (host, _servelens) = start(C4_23).await?;
    browse("host-no-storage", async |session| {
        session
            .before_every_page(
                "for (const name of ['localStorage', 'sessionStorage'])
                    Object.defineProperty(window, name, { get() { throw new DOMException('forbidden', 'SecurityError') } });",
            )
            .await?;
        open(session, &host, "/servelens/gpus").await?;
        mounted(session, 1).await?;
        session.by_text("h1", "GPUs").await?;
        no_faults(session).await
    })
    .await
}
