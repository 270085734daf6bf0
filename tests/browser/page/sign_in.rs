//! Signing in at a real OpenID provider, in a browser: there, back to the very page, and out.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::rig::child::{self, Tied};
use tests::rig::demo::demo;
use tests::rig::go_tool::OPENID_PROVIDER;
use tests::rig::http;
use tests::rig::paths;
use tests::rig::serve::{Serve, free_port, serve_at};
use tests::rig::session::{Session, browse};
use tests::rig::wait;

use super::super::settled;

/// The one person that the provider knows.
const USER: &str = "test-user@localhost";
const PASSWORD: &str = "verysecure";

struct Rig {
    servelens: Serve,
    _provider: Tied,
    _files: tempfile::TempDir,
}

/// A Servelens that signs people in at a provider of its own; both are reached as `localhost`, where browsers take cookies
/// that are meant for https.
async fn start() -> Result<Rig> {
    let (provider_port, port) = (free_port()?, free_port()?);
    let (issuer, own) = (
        format!("http://localhost:{provider_port}"),
        format!("http://localhost:{port}"),
    );
    let back = format!("{own}/auth/callback");
    let provider = child::start_kept(
        &OPENID_PROVIDER.path()?,
        &[],
        &[("PORT", &provider_port.to_string()), ("REDIRECT_URI", &back)],
    )?;
    let document = format!("{issuer}/.well-known/openid-configuration");
    wait::until(
        "the provider answers",
        async || http::get(&document).await,
        |answer| answer.status.is_success(),
    )
    .await
    .with_context(|| format!("its standard error:\n{}", provider.stderr()))?;

    let files = tempfile::tempdir()?;
    let file = |name: &str, text: &str| -> Result<String> {
        let path = files.path().join(name);
        std::fs::File::create(&path)?.write_all(text.as_bytes())?;
        Ok(path.to_string_lossy().into_owned())
    };
    let key = file("key", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=")?;
    let secret = file("secret", "secret")?;
    let servelens = serve_at(
        port,
        &paths::dist()?,
        &[
            "--upstream=prometheus",
            "--cluster-url",
            &demo()?.prometheus,
            "--identity=session",
            "--public-url",
            &own,
            "--issuer-url",
            &issuer,
            "--client-id=web",
            "--client-secret-file",
            &secret,
            "--session-key-file",
            &key,
        ],
    )
    .await?;
    Ok(Rig {
        servelens,
        _provider: provider,
        _files: files,
    })
}

async fn signed_out(session: &Session) -> Result<()> {
    session
        .wait_eq(
            "the page says that nobody is signed in",
            "return document.querySelector('.sl-notice')?.dataset.code ?? null",
            json!("not_signed_in"),
        )
        .await
}

async fn sign_in(session: &Session) -> Result<()> {
    session.click("a", "Sign in").await?;
    session.by_css("#username").await?.send_keys(USER).await?;
    session.by_css("#password").await?.send_keys(PASSWORD).await?;
    session.click("button", "Login").await
}

#[tokio::test]
async fn a_person_signs_in_comes_back_to_the_very_page_and_signs_out() -> Result<()> {
    let rig = start().await?;
    let own = rig.servelens.url.replace("127.0.0.1", "localhost");
    let place = "/servelens/ns/llm-prod/routing?range=7d&refresh=5m";
    browse("sign-in", async |session| {
        session.open(&format!("{own}{place}")).await?;
        signed_out(session).await?;
        session.screenshot("signed-out").await?;

        sign_in(session).await?;
        let panels = settled(session).await?;
        assert!(panels.values().any(|state| state == "ok"), "{panels:?}");
        assert_eq!(session.location().await?, place);
        assert_eq!(
            session
                .eval::<Value>("return document.querySelector('.sl-user').textContent")
                .await?,
            json!(USER)
        );
        assert_eq!(
            session.eval::<Value>("return document.cookie").await?,
            json!(""),
            "no script reads the session"
        );
        session.screenshot("signed-in").await?;

        session.click("button", "Sign out").await?;
        signed_out(session).await?;
        assert_eq!(session.location().await?, place);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_session_that_ends_elsewhere_leaves_the_page_where_it_was() -> Result<()> {
    let rig = start().await?;
    let own = rig.servelens.url.replace("127.0.0.1", "localhost");
    let place = "/servelens/overview?range=1h";
    browse("session-over", async |session| {
        session.open(&format!("{own}{place}")).await?;
        sign_in(session).await?;
        settled(session).await?;
        session
            .eval::<Value>("return fetch('/auth/logout', { method: 'POST' }).then(answer => answer.status)")
            .await?;
        session.click("a", "Models").await?;
        session
            .wait_eq(
                "the page says that the session is over",
                "return document.querySelector('.sl-notice')?.dataset.code ?? null",
                json!("not_signed_in"),
            )
            .await?;
        sign_in(session).await?;
        settled(session).await?;
        assert_eq!(session.location().await?, "/servelens/models?range=1h");
        Ok(())
    })
    .await
}
