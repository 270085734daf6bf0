//! What the plugin adds to the console's own pages, beside its own: tabs, live numbers, cards, alerts.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::rig::demo::demo;
use tests::rig::host::Console;
use tests::rig::http;
use tests::rig::session::{Session, browse};

use super::console::{C4_14, C4_23};
use super::{gone, live, mounted, no_faults, open, start};
use crate::browser::{heading, settled};

async fn check(console: Console) -> Result<()> {
    let (host, _servelens) = start(console).await?;
    let name = format!("extras-{}", console.release);
    browse(&name, async |session| {
        open(session, &host, "/").await?;
        let before = live(session).await?;
        parts_hang_on_flags(session).await?;
        tab_and_numbers_of_an_object(session, &console, &name).await?;
        session.click("a", "Host home").await?;
        gone(session, &before).await?;

        session.click("a", "Host observe").await?;
        mounted(session, 1).await?;
        part_of_the_consoles_page(session, &console).await?;
        assert_eq!(namespace_asked(session).await?, json!(["llm-prod"]));
        session.click("a", "Host home").await?;
        gone(session, &before).await?;

        every_export_is_there(session).await?;
        charts_ask_what_prometheus_knows(session).await?;
        alerts_lead_to_their_page(session).await?;
        no_faults(session).await
    })
    .await
}

#[tokio::test]
async fn the_oldest_console_gets_tabs_numbers_cards_and_alerts() -> Result<()> {
    check(C4_14).await
}

#[tokio::test]
async fn the_newest_console_gets_tabs_numbers_cards_and_alerts() -> Result<()> {
    check(C4_23).await
}

/// This server asks a plain Prometheus, which is not the console's: its cards stay away until somebody says otherwise.
async fn parts_hang_on_flags(session: &Session) -> Result<()> {
    let count = "return window.plugin.inUse().filter(({ type }) => type.includes('utilization-item')).length";
    assert_eq!(session.eval::<Value>(count).await?, json!(0));
    session
        .eval::<Value>(
            "window.plugin.set('SERVELENS_OVERVIEW', true); window.plugin.set('SERVELENS_ALERTS', true); return null",
        )
        .await?;
    assert_eq!(session.eval::<Value>(count).await?, json!(4));
    Ok(())
}

/// A tab: heading, title and project are the console's.
async fn part_of_the_consoles_page(session: &Session, console: &Console) -> Result<()> {
    let seen: Value = session
        .eval(
            "return [document.title, document.querySelectorAll('h1').length,
                document.querySelectorAll('.servelens h2.sl-title').length,
                [...document.querySelectorAll('.servelens .sl-field-name')].map(name => name.textContent).includes('Namespace')]",
        )
        .await?;
    assert_eq!(seen, json!([format!("A console {}", console.release), 1, 1, false]));
    Ok(())
}

/// What the page's last request was about; the page leaves it in the address of its links.
async fn namespace_asked(session: &Session) -> Result<Value> {
    let links = "return [...new Set([...document.querySelectorAll('.servelens a[href*=\"/servelens/\"]')]
        .map(link => /\\/ns\\/([^/]+)/.exec(link.href)?.[1] ?? null))]";
    session.eval(links).await
}

async fn tab_and_numbers_of_an_object(session: &Session, console: &Console, name: &str) -> Result<()> {
    session.click("a", "Host object").await?;
    mounted(session, 1).await?;
    let at = session.location().await?;
    assert!(at.ends_with("~InferenceService/granite-33-8b"), "{at}");
    assert_eq!(namespace_asked(session).await?, json!(["llm-prod"]));
    let links = "return [...document.querySelectorAll('.servelens a[href*=\"/servelens/\"]')]
        .every(link => link.href.includes('workload=granite-33-8b'))";
    assert_eq!(session.eval::<Value>(links).await?, json!(true));

    // The page moves inside its tab: the address is the object's.
    session.click("a[starts-with(@class,'sl-tab')]", "GPUs").await?;
    session
        .wait_eq(
            "the tab shows another page",
            "return document.querySelector('.servelens .sl-title').textContent",
            json!("GPUs"),
        )
        .await?;
    settled(session).await?;
    assert_eq!(session.location().await?, at);
    part_of_the_consoles_page(session, console).await?;

    session
        .wait_eq(
            "the live numbers are numbers",
            "return [...document.querySelectorAll('[data-number] strong')].map(one => /\\d/.test(one.textContent))",
            json!([true, true, true, true]),
        )
        .await?;
    session.screenshot(&format!("{name}-object")).await
}

/// All of them, in whatever a flag has left in use.
async fn every_export_is_there(session: &Session) -> Result<()> {
    let script = "const done = arguments[0];
        const found = new Map();
        const walk = (value) => {
            if (typeof value === 'function') found.set(value, null);
            else if (value && typeof value === 'object') Object.values(value).forEach(walk);
        };
        window.plugin.inUse().forEach(({ properties }) => walk(properties));
        Promise.all([...found.keys()].map(get => get().then(value => typeof value, fault => String(fault))))
            .then(types => done(types.reduce((count, type) => ({ ...count, [type]: (count[type] ?? 0) + 1 }), {})));";
    let types: BTreeMap<String, usize> =
        serde_json::from_value(session.client.execute_async(script, Vec::new()).await?)?;
    let kinds: Vec<&str> = types.keys().map(String::as_str).collect();
    assert_eq!(kinds, ["function", "object"], "{types:?}");
    assert!(types["function"] > 50, "{types:?}");
    Ok(())
}

/// The console's own questions, asked as they stand.
async fn charts_ask_what_prometheus_knows(session: &Session) -> Result<()> {
    let script = "const done = arguments[0];
        const items = window.plugin.inUse().filter(({ type }) => type.includes('utilization-item'));
        Promise.all(items.map(async ({ type, properties }) => {
            const query = (await properties.getUtilizationQuery())(type.includes('project') ? 'llm-prod' : ['worker']);
            const { string } = (await properties.humanize())('1234.5');
            return [type, query, string];
        })).then(done);";
    let items: Vec<[String; 3]> = serde_json::from_value(session.client.execute_async(script, Vec::new()).await?)?;
    assert_eq!(items.len(), 4);
    for [kind, query, shown] in items {
        assert!(shown.starts_with("1.23K"), "{shown}");
        assert!(!query.contains("$namespace"), "{query}");
        assert_eq!(
            query.contains(r#"namespace="llm-prod""#),
            kind.contains("project"),
            "{query}"
        );
        let asked = http::query(&BTreeMap::from([("query", query.clone())]));
        let answer = http::get_json(&format!("{}/api/v1/query?{asked}", demo()?.prometheus)).await?;
        let value = answer.pointer("/data/result/0/value/1").and_then(Value::as_str);
        let value: f64 = value.with_context(|| format!("{query}: {answer}"))?.parse()?;
        assert!(value > 0.0, "{query}: {value}");
    }
    Ok(())
}

async fn alerts_lead_to_their_page(session: &Session) -> Result<()> {
    let health = "const done = arguments[0];
        window.responses = [{ response: { data: { result: [
            { metric: { alertname: 'SlowFirstToken', severity: 'warning', namespace: 'llm-prod', model_name: 'm' } },
            { metric: { alertname: 'ExtremelySlowFirstToken', severity: 'critical', namespace: 'llm-prod' } } ] } } }];
        const item = window.plugin.inUse().find(({ type }) => type.includes('health/prometheus'));
        item.properties.healthHandler().then(health => done([
            health([{ response: null }]), health([{ error: {} }]), health([{ response: { data: { result: [] } } }]),
            health(window.responses)]));";
    assert_eq!(
        session.client.execute_async(health, Vec::new()).await?,
        json!([
            {"state": "LOADING"}, {"state": "UNKNOWN"}, {"state": "OK"},
            {"state": "ERROR", "message": "2 alerts"},
        ])
    );
    session.click("a", "Host overview").await?;
    session.click("a", "SlowFirstToken").await?;
    mounted(session, 1).await?;
    let at = session.location().await?;
    assert!(at.contains("/servelens/ns/llm-prod/") && at.contains("model=m"), "{at}");
    assert!(heading(session).await?.is_string());
    Ok(())
}
