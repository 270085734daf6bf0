//! The engine's sentences on the page that sets up, in other languages than English: of a cluster, a plan, a run, a removal
//! and a refusal.

use anyhow::Result;
use serde_json::Value;
use tests::rig::front_door::User;
use tests::rig::paths;
use tests::rig::plane::plane;
use tests::rig::session::{Session, browse};

use super::languages::{ENGLISH, PSEUDO, prefer};
use super::setup::{card, looked_at, token_of_viewer};
use crate::provision::dump::{dump, settled};
use crate::provision::states::model;

/// Waits until both cards are there and nothing is under way.
async fn still(session: &Session) -> Result<()> {
    session
        .wait_true(
            "nothing waits",
            "const signs = [...document.querySelectorAll('[data-part=run] .sl-sign')].map(sign => sign.textContent);
             return document.querySelector('[data-part=checks]') && document.querySelector('[data-part=plan]')
                && !document.querySelector('.servelens [aria-busy=true]') && !signs.includes('…')
                && (signs.length === 0) === !document.querySelector('[data-part=run]')",
        )
        .await
}

/// What is marked as English, because the reader's language has no words for it.
async fn english(session: &Session) -> Result<Vec<String>> {
    session
        .eval("return [...document.querySelectorAll('.servelens [data-part] [lang=en]')].map(text => text.textContent)")
        .await
}

/// Whatever was looked up has marks: neither a word of the page nor a sentence of the engine is without.
async fn all_looked_up(session: &Session, what: &str) -> Result<()> {
    still(session).await?;
    session
        .eval::<Value>("document.querySelectorAll('.servelens details').forEach(more => more.open = true); return null")
        .await?;
    assert_eq!(english(session).await?, Vec::<String>::new(), "{what}");
    let found: Vec<String> = session.eval(ENGLISH).await?;
    assert!(found.is_empty(), "{what}: {found:#?}");
    Ok(())
}

#[tokio::test]
async fn no_sentence_of_the_engine_stays_english() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    model(plane, "page-words").await?;
    let before = dump(plane).await?;
    let server = plane.serve(&paths::dist()?, &plane.kube.url).await?;
    browse("setup-words", async |session| {
        prefer(session, &["fr"]).await?;
        session.before_every_page(PSEUDO).await?;
        session.with_token(plane.kube.token(User::Admin)).await?;
        session
            .open(&format!("{}/servelens/ns/page-words/setup", server.url))
            .await?;
        all_looked_up(session, "the checks and the plan").await?;
        let checks = card(session, "checks").await?;
        let sentences = checks.matches('⟦').count();
        assert!(sentences > 20, "{sentences} looked up: {checks}");

        session
            .by_css("[data-part=plan] .sl-button-main")
            .await?
            .click()
            .await?;
        session.by_css("[data-part=plan] .sl-button-danger").await?;
        all_looked_up(session, "a run that has ended").await?;
        session
            .by_css("[data-part=plan] .sl-button-danger")
            .await?
            .click()
            .await?;
        session.by_css("[data-part=removal] .sl-button-danger").await?;
        all_looked_up(session, "a removal").await?;
        session
            .by_css("[data-part=removal] .sl-button-danger")
            .await?
            .click()
            .await?;
        session
            .wait_true(
                "all is removed",
                "return document.querySelector('[data-part=plan]') && !document.querySelector('.sl-button-danger')",
            )
            .await?;
        all_looked_up(session, "a removal that has ended").await
    })
    .await?;
    settled(plane, &before).await
}

#[tokio::test]
async fn the_engine_is_read_in_french_and_japanese() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    model(plane, "page-read").await?;
    let reader = token_of_viewer(plane, "page-reader", "page-read").await?;
    let server = plane.serve(&paths::dist()?, &plane.kube.url).await?;
    for (language, token, says) in [
        (
            "fr",
            plane.kube.token(User::Admin),
            "page-read/granite n’est collecté par personne",
        ),
        (
            "ja",
            reader.as_str(),
            "page-read/granite をスクレイプするものがありません",
        ),
    ] {
        browse(&format!("setup-{language}"), async |session| {
            prefer(session, &[language]).await?;
            session.with_token(token).await?;
            session
                .open(&format!("{}/servelens/ns/page-read/setup", server.url))
                .await?;
            still(session).await?;
            let checks = card(session, "checks").await?;
            assert!(checks.contains(says), "{checks}");
            assert_eq!(english(session).await?, Vec::<String>::new());
            looked_at(session, language).await
        })
        .await?;
    }
    browse("setup-refused-fr", async |session| {
        prefer(session, &["fr"]).await?;
        session.with_token(plane.kube.token(User::Admin)).await?;
        session
            .open(&format!("{}/servelens/ns/no-such-words/setup", server.url))
            .await?;
        let fault = session.by_css(".sl-notice-error[data-code=setup_refused]").await?;
        let text = fault.text().await?;
        let says =
            "Mise en place impossible : Il n’y a pas d’espace de noms no-such-words : créez-le ou nommez-en un autre.";
        assert!(text.starts_with(says), "{text}");
        Ok(())
    })
    .await
}
