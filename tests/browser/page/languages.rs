//! The page in other languages: which one it takes, that nothing stays English, and what happens when words are missing.

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::demo::demo;
use tests::rig::serve::serve;
use tests::rig::session::{Session, browse};
use tests::rig::upstream::Upstream;

use super::screens::{fits, point_at};
use crate::browser::{drawn, heading, no_errors, settled};
use crate::tidy::locales::LANGUAGES;

/// The browser asks every site for these languages.
pub async fn prefer(session: &Session, languages: &[&str]) -> Result<()> {
    session
        .before_every_page(&format!(
            "Object.defineProperty(navigator, 'languages', {{ get: () => {} }});",
            json!(languages)
        ))
        .await
}

async fn open(session: &Session, path: &str) -> Result<()> {
    session.open(&format!("{}/servelens/{path}", demo()?.servelens)).await?;
    session.by_css(".servelens h1").await?;
    Ok(())
}

/// Every French word with marks around it that no English one has.
pub const PSEUDO: &str = "const ask = window.fetch;
    window.fetch = async (input, init) => {
        const answer = await ask.call(window, input, init);
        if (!String(input.url ?? input).includes('/locales/')) return answer;
        const words = Object.entries(await answer.json()).map(([key, text]) => [key, '⟦' + text + '⟧']);
        return new Response(JSON.stringify(Object.fromEntries(words)), { headers: answer.headers });
    };";

/// Texts and spoken names that no word was looked up for. What is marked `translate=\"no\"` is a name, a number or code.
pub const ENGLISH: &str = "const root = document.querySelector('.servelens'), found = [];
    const kept = node => node.closest('[translate=no], code, pre, canvas, script');
    const say = (text, node) => { if (/\\p{L}{2}/u.test(text) && !text.includes('⟦') && !text.includes('⟧')) found.push(text.trim() + ' in ' + node.className) };
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) if (!kept(walk.currentNode.parentElement)) say(walk.currentNode.data, walk.currentNode.parentElement);
    for (const element of root.querySelectorAll('[aria-label], [title], [placeholder], [aria-roledescription]'))
        for (const name of ['aria-label', 'title', 'placeholder', 'aria-roledescription'])
            if (element.hasAttribute(name) && !(name === 'title' && kept(element))) say(element.getAttribute(name), element);
    return [...new Set(found)]";

#[tokio::test]
async fn no_text_of_any_page_stays_untranslated() -> Result<()> {
    browse("pseudo-locale", async |session| {
        prefer(session, &["fr"]).await?;
        session.before_every_page(PSEUDO).await?;
        for path in [
            "overview",
            "models",
            "routing",
            "gpus",
            "vllm",
            "slos",
            "access",
            "setup",
            "no-such-page",
            // Nothing of a host tells its models apart, which its panels say.
            "host?model=mistral-7b",
        ] {
            let mark = if path.contains('?') { '&' } else { '?' };
            open(session, &format!("{path}{mark}refresh=off")).await?;
            session
                .wait_true(
                    "nothing waits",
                    "return document.querySelectorAll('.servelens [aria-busy=true], .servelens .sl-ghost').length === 0
                        && document.querySelector('.servelens h1').textContent !== ''",
                )
                .await?;
            if path == "models" {
                for selector in [
                    "[data-panel='vllm.kv_cache'] .sl-table-switch",
                    "[data-panel='vllm.ttft'] button[aria-expanded]",
                    ".sl-menu .sl-popover-button",
                ] {
                    session.by_css(selector).await?.click().await?;
                }
                session
                    .wait_true(
                        "the advice is there",
                        "return document.querySelector('.servelens .sl-info [aria-busy=false]') !== null",
                    )
                    .await?;
            }
            if path.starts_with("host") {
                session
                    .wait_true(
                        "the warning is looked up",
                        "return document.querySelector('.servelens .sl-badge-warning')?.title.includes('⟦') === true",
                    )
                    .await?;
            }
            translated(session, path).await?;
        }
        session.screenshot("pseudo-locale").await
    })
    .await
}

async fn translated(session: &Session, what: &str) -> Result<()> {
    let english: Vec<String> = session.eval(ENGLISH).await?;
    assert!(english.is_empty(), "{what}: {english:#?}");
    Ok(())
}

/// What a page shows on occasion only: notices, the looks of panels without a picture, a tooltip, a popover with a fault.
#[tokio::test]
async fn no_notice_look_or_tooltip_stays_untranslated() -> Result<()> {
    let broken = Upstream::always(500, "text/plain", "no").await?;
    let denying = Upstream::always(403, "text/plain", "Forbidden").await?;
    let broken = serve(&broken.url, &["--identity", "demo"]).await?;
    let denying = serve(&denying.url, &["--identity", "demo"]).await?;
    browse("pseudo-occasions", async |session| {
        prefer(session, &["fr"]).await?;
        session.before_every_page(PSEUDO).await?;
        for (what, server) in [("a store that fails", &broken), ("a store that denies", &denying)] {
            session
                .open(&format!("{}/servelens/gpus?refresh=off", server.url))
                .await?;
            let states = settled(session).await?;
            assert!(states.values().all(|state| state != "ok"), "{states:?}");
            translated(session, what).await?;
        }
        open(session, "ns/no-such-namespace/overview?refresh=off").await?;
        session.by_css("[data-code=namespace_unknown]").await?;
        settled(session).await?;
        translated(session, "a namespace that is not there").await?;

        open(session, "models?refresh=off").await?;
        settled(session).await?;
        session
            .by_css(".sl-segments-custom .sl-popover-button, .sl-segments .sl-popover-button")
            .await?
            .click()
            .await?;
        session.by_css(".sl-form").await?;
        translated(session, "a time range").await?;
        session.press(&['\u{e00c}']).await?;
        drawn(session).await?;
        point_at(session, "vllm.generation_tokens", 0.5).await?;
        translated(session, "a tooltip").await?;
        session.screenshot("pseudo-occasions").await
    })
    .await
}

#[tokio::test]
async fn every_language_fills_a_page_that_fits() -> Result<()> {
    browse("languages", async |session| {
        prefer(session, &["en-GB"]).await?;
        open(session, "overview?refresh=off").await?;
        for (tag, title) in [
            ("es", "Resumen"),
            ("fr", "Vue d’ensemble"),
            ("ja", "概要"),
            ("ko", "개요"),
            ("zh", "概览"),
            ("en", "Overview"),
        ] {
            session.viewport(1440, 1000).await?;
            session
                .by_css(&format!(".sl-language option[value='{tag}']"))
                .await?
                .click()
                .await?;
            session
                .wait_eq(
                    "the heading is in the language",
                    "return document.querySelector('h1').textContent",
                    json!(title),
                )
                .await?;
            settled(session).await?;
            drawn(session).await?;
            let marked: Value = session
                .eval(
                    "return [document.documentElement.lang, document.querySelector('.servelens').lang, document.title]",
                )
                .await?;
            assert_eq!(marked, json!([tag, tag, format!("{title} · Servelens")]));
            session.screenshot(&format!("language-{tag}")).await?;
            session.viewport(400, 900).await?;
            fits(session).await?;
        }
        // Plural categories are those that the files were written for.
        for (tag, categories) in LANGUAGES {
            let known: Vec<String> = session
                .eval(&format!(
                    "return new Intl.PluralRules('{tag}').resolvedOptions().pluralCategories.sort()"
                ))
                .await?;
            assert_eq!(known, categories, "{tag}");
        }
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn a_choice_outlives_a_reload_and_numbers_are_written_as_there() -> Result<()> {
    browse("language-choice", async |session| {
        prefer(session, &["en"]).await?;
        open(session, "overview?refresh=off").await?;
        session.by_css(".sl-language option[value='fr']").await?.click().await?;
        session.by_text("h1", "Vue d’ensemble").await?;
        session.client.refresh().await?;
        session.by_text("h1", "Vue d’ensemble").await?;
        settled(session).await?;
        let numbers: Vec<String> = session
            .eval("return [...document.querySelectorAll('.sl-stat-value, .sl-legend-value')].map(value => value.textContent)")
            .await?;
        let between_digits = |text: &String, mark: char| {
            let chars: Vec<char> = text.chars().collect();
            chars
                .windows(3)
                .any(|three| three[0].is_ascii_digit() && three[1] == mark && three[2].is_ascii_digit())
        };
        assert!(numbers.iter().any(|text| between_digits(text, ',')), "{numbers:?}");
        assert!(!numbers.iter().any(|text| between_digits(text, '.')), "{numbers:?}");
        no_errors(session).await
    })
    .await
}

/// Before the program is there, its own script says why not: as the reader has chosen, not as the browser asks.
#[tokio::test]
async fn a_page_that_cannot_load_says_so_in_the_kept_language() -> Result<()> {
    browse("language-kept", async |session| {
        prefer(session, &["en-GB"]).await?;
        open(session, "gpus?refresh=off").await?;
        session
            .eval::<Value>("localStorage.setItem('servelens/language', 'ko'); return null")
            .await?;
        session.block(&["*.wasm"]).await?;
        session.client.refresh().await?;
        let told = session
            .by_css("#servelens-standalone > [role=alert]")
            .await?
            .text()
            .await?;
        assert!(told.contains("Servelens를 불러올 수 없습니다"), "{told}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_unknown_language_and_missing_words_are_english() -> Result<()> {
    browse("language-unknown", async |session| {
        prefer(session, &["tlh", "x-none"]).await?;
        open(session, "gpus?refresh=off").await?;
        assert_eq!(heading(session).await?, "GPUs");
        no_errors(session).await?;
        // A choice that a later version knew.
        session
            .eval::<Value>("localStorage.setItem('servelens/language', 'not a language'); return null")
            .await?;
        session.client.refresh().await?;
        session.by_text("h1", "GPUs").await?;
        no_errors(session).await
    })
    .await?;
    // The words do not arrive: the page is there, in English.
    let server = serve(&demo()?.prometheus, &["--identity", "demo"]).await?;
    browse("language-lost", async |session| {
        prefer(session, &["ja"]).await?;
        session.open("about:blank").await?;
        session.block(&["*/locales/*"]).await?;
        session
            .open(&format!("{}/servelens/overview?refresh=off", server.url))
            .await?;
        session.by_text("h1", "Overview").await?;
        settled(session).await?;
        let lang: Value = session.eval("return document.documentElement.lang").await?;
        assert_eq!(lang, json!("en"));
        Ok(())
    })
    .await
}
