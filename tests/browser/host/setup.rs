//! Setting up from inside a console: the bridge puts the administrator's token on every request, wants its own mark on
//! each that changes something, and streams a run as it goes.

use anyhow::Result;
use serde_json::Value;
use tests::rig::front_door::User;
use tests::rig::host::Host;
use tests::rig::paths;
use tests::rig::plane::plane;
use tests::rig::session::browse;

use super::console::C4_23;
use super::{gone, in_theme, live, open};
use crate::browser::page::axe::{bring, clean};
use crate::browser::page::setup::wait_for;
use crate::provision::dump::{dump, settled};
use crate::provision::states::model;

#[tokio::test]
async fn an_administrator_sets_up_and_removes_from_the_console() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    model(plane, "bridge").await?;
    let before = dump(plane).await?;
    let server = plane.serve(&paths::dist()?, &plane.kube.url).await?;
    let host = Host::start_for(C4_23, &server.url, plane.kube.token(User::Admin)).await?;
    browse("host-setup", async |session| {
        open(session, &host, "/").await?;
        session
            .eval::<Value>("sessionStorage.setItem('bridge/last-namespace-name', 'bridge'); return null")
            .await?;
        open(session, &host, "/").await?;
        // Not of the page, and there to stay.
        bring(session).await?;
        let alive = live(session).await?;
        session.click("a", "Plugin: Model serving setup").await?;
        wait_for(session, "plan", "steps to do").await?;
        let about: String = session
            .eval("return document.querySelector('.sl-setup-place input').value")
            .await?;
        assert_eq!(about, "bridge", "the console's project, and no other");
        for theme in ["", C4_23.dark] {
            in_theme(session, theme).await?;
            clean(session, &format!("the plan, {theme:?}")).await?;
            session
                .screenshot(&format!(
                    "host-setup-{}",
                    if theme.is_empty() { "light" } else { "dark" }
                ))
                .await?;
        }
        session.click("button", "Apply").await?;
        wait_for(session, "run", "steps done.").await?;
        wait_for(session, "plan", "Nothing to change").await?;
        session.click("button", "Remove").await?;
        session.click("button", "Remove all of this").await?;
        wait_for(session, "run", "Removing").await?;
        wait_for(session, "run", "steps done.").await?;
        wait_for(session, "plan", "steps to do").await?;
        session.click("a", "Host home").await?;
        gone(session, &alive).await
    })
    .await?;
    let changes = host
        .passed()
        .into_iter()
        .filter(|passed| passed.path.contains("/api/setup/") && passed.method == "POST");
    let statuses: Vec<u16> = changes.map(|passed| passed.status).collect();
    assert!(
        statuses.len() >= 2 && statuses.iter().all(|status| *status == 200),
        "{statuses:?}"
    );
    settled(plane, &before).await
}
