//! Setting up from the page, before a real API server with the platform's own definitions.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::rig::demo::demo;
use tests::rig::front_door::User;
use tests::rig::paths;
use tests::rig::plane::{Plane, plane};
use tests::rig::session::{Session, browse};
use tests::rig::webdriver::LogLine;

use super::axe::{clean, in_theme};
use super::screens::fits;
use crate::browser::heading;
use crate::provision::dump::{dump, settled};
use crate::provision::states::model;

/// What the card of that name shows; nothing where there is none.
pub async fn card(session: &Session, name: &str) -> Result<String> {
    session
        .eval(&format!(
            "return document.querySelector('[data-part={name}]')?.innerText ?? ''"
        ))
        .await
}

/// The browser's console is clean, but for the metrics that nobody has here.
async fn quiet(session: &Session) -> Result<()> {
    let mut logged = session.logged_errors().await?;
    let of_metrics = |line: &LogLine| {
        ["/api/me", "/api/models ", "/api/setup/verify?"]
            .iter()
            .any(|door| line.message.contains(door))
    };
    logged.retain(|line| !of_metrics(line));
    assert_eq!(logged, Vec::<LogLine>::new());
    Ok(())
}

pub async fn wait_for(session: &Session, name: &str, text: &str) -> Result<()> {
    session
        .wait_true(
            &format!("{name} says {text:?}"),
            &format!(
                "return (document.querySelector('[data-part={name}]')?.innerText ?? '').includes({})",
                json!(text)
            ),
        )
        .await
}

/// No rule broken and nothing too wide, in both themes and widths; the whole page as a picture.
pub async fn looked_at(session: &Session, name: &str) -> Result<()> {
    for width in [1440, 400] {
        for dark in [false, true] {
            session.viewport(width, 900).await?;
            in_theme(session, dark).await?;
            clean(session, &format!("{name} at {width} px, dark: {dark}")).await?;
            fits(session).await?;
            let all: u32 = session.eval("return document.scrollingElement.scrollHeight").await?;
            session.viewport(width, all.min(4000)).await?;
            let theme = if dark { "dark" } else { "light" };
            session.screenshot(&format!("setup-{name}-{width}-{theme}")).await?;
        }
    }
    in_theme(session, false).await?;
    session.viewport(1440, 900).await
}

#[tokio::test]
async fn an_administrator_checks_applies_repairs_and_removes() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    model(plane, "page").await?;
    let before = dump(plane).await?;
    let server = plane.serve(&paths::dist()?, &plane.kube.url).await?;
    browse("setup", async |session| {
        session.viewport(1440, 900).await?;
        session.with_token(plane.kube.token(User::Admin)).await?;
        session.open(&format!("{}/servelens/ns/page/setup", server.url)).await?;
        wait_for(session, "plan", "steps to do").await?;
        wait_for(session, "checks", "warning").await?;
        assert_eq!(heading(session).await?, "Setup");
        assert_eq!(card(session, "request").await?, "", "an administrator asks nobody");
        let levels: Vec<String> = session
            .eval("return [...new Set([...document.querySelectorAll('[data-part=checks] .sl-sign')].map(sign => sign.textContent))].sort()")
            .await?;
        assert!(levels.contains(&"√".to_owned()) && levels.len() > 1, "{levels:?}");
        session.by_css("[data-part=plan] li details summary").await?.click().await?;
        let diff: String = session
            .eval("return document.querySelector('[data-part=plan] li details pre').textContent")
            .await?;
        assert!(diff.starts_with(['+', '-']), "{diff}");
        looked_at(session, "plan").await?;

        session.click("button", "Apply").await?;
        wait_for(session, "run", "steps done.").await?;
        wait_for(session, "plan", "Nothing to change").await?;
        let spoken: String = session
            .eval("return document.querySelector('.servelens [role=status].sl-aside').textContent")
            .await?;
        assert!(spoken.ends_with("steps done."), "{spoken}");
        looked_at(session, "applied").await?;

        // No metrics can be asked here, which is told as such.
        session.click("button", "Verify").await?;
        session
            .by_css("[data-part=findings] .sl-notice-error[data-code=upstream_unreachable]")
            .await?;
        let led: bool = session
            .eval("return document.activeElement.matches('.sl-setup-news')")
            .await?;
        assert!(led, "the focus is led to what the button has done");

        // Somebody takes a rule away.
        let rules = "apis/monitoring.coreos.com/v1/namespaces/page/prometheusrules";
        let list = plane.get(rules).await?.context("rules")?;
        let name = list["items"][0]["metadata"]["name"].as_str().context("a rule")?.to_owned();
        plane.delete(&format!("{rules}/{name}")).await?;
        session.click("button", "Look again").await?;
        wait_for(session, "plan", "1 step to do").await?;
        session.click("button", "Repair").await?;
        wait_for(session, "run", "1 step done.").await?;
        wait_for(session, "plan", "Nothing to change").await?;
        assert!(plane.get(&format!("{rules}/{name}")).await?.is_some());

        // First not, then yes.
        session.click("button", "Remove").await?;
        wait_for(session, "removal", &format!("PrometheusRule page/{name}")).await?;
        looked_at(session, "removal").await?;
        session.click("button", "Keep it").await?;
        assert_eq!(card(session, "removal").await?, "");
        session.click("button", "Remove").await?;
        session.click("button", "Remove all of this").await?;
        wait_for(session, "run", "Removing").await?;
        wait_for(session, "run", "steps done.").await?;
        wait_for(session, "plan", "steps to do").await?;
        quiet(session).await
    })
    .await?;
    settled(plane, &before).await
}

/// Of a new account that may look at a namespace.
pub async fn token_of_viewer(plane: &Plane, name: &str, namespace: &str) -> Result<String> {
    let kubeconfig = plane.account(name, &[("view", namespace)]).await?;
    let kubeconfig: Value = serde_json::from_str(&std::fs::read_to_string(kubeconfig)?)?;
    let token = kubeconfig["users"][0]["user"]["token"].as_str().context("a token")?;
    Ok(token.to_owned())
}

#[tokio::test]
async fn a_developer_sees_the_checks_and_what_to_ask_an_administrator_for() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    model(plane, "page-dev").await?;
    let token = token_of_viewer(plane, "page-developer", "page-dev").await?;
    let server = plane.serve(&paths::dist()?, &plane.kube.url).await?;
    browse("setup-developer", async |session| {
        session.with_token(&token).await?;
        session.open(&format!("{}/servelens/ns/page-dev/setup", server.url)).await?;
        wait_for(session, "checks", "granite").await?;
        wait_for(session, "request", "servelens apply --namespace page-dev").await?;
        let request = card(session, "request").await?;
        let grant = "oc adm policy add-role-to-user monitoring-edit system:serviceaccount:rig:page-developer -n page-dev";
        assert_eq!(request.matches(grant).count(), 1, "{request}");
        looked_at(session, "developer").await?;
        session.click("button", "Copy").await?;
        session
            .wait_true(
                "it says what became of it",
                "return /Copied|select the text/.test(document.querySelector('[data-part=request] [role=status]').textContent)",
            )
            .await?;
        let held: Value = session
            .eval("return [...document.querySelectorAll('button')].filter(button => button.textContent === 'Apply').map(button => button.disabled)")
            .await?;
        assert_eq!(held, json!([true]), "nothing can be done, so nothing can be begun");
        quiet(session).await
    })
    .await
}

/// Opens the page and gives the one fault that it tells.
async fn fault(session: &Session, url: &str) -> Result<(String, String)> {
    session.open(&format!("{url}/servelens/ns/page/setup")).await?;
    session.by_css(".sl-notice-error[data-code]").await?;
    let told: Vec<(String, String)> = session
        .eval("return [...document.querySelectorAll('.sl-notice-error')].map(fault => [fault.dataset.code, fault.innerText])")
        .await?;
    assert_eq!(told.len(), 1, "{told:?}");
    told.into_iter().next().context("a fault")
}

#[tokio::test]
async fn what_goes_wrong_is_one_sentence_with_a_next_step() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let server = plane.serve(&paths::dist()?, &plane.kube.url).await?;
    let lost = plane.serve(&paths::dist()?, "https://127.0.0.1:9").await?;
    browse("setup-faults", async |session| {
        session.with_token("no-token-of-this-cluster").await?;
        let (code, text) = fault(session, &server.url).await?;
        assert_eq!(code, "token_refused", "{text}");
        assert!(text.contains("Sign in again."), "{text}");

        session.with_token(plane.kube.token(User::Admin)).await?;
        let (code, text) = fault(session, &lost.url).await?;
        assert_eq!(code, "setup_failed", "{text}");
        assert!(text.contains("Try again in a minute"), "{text}");
        session.screenshot("setup-unreachable").await?;

        // One that is not there: the plan alone says so, the checks still tell of the cluster.
        session.open(&format!("{}/servelens/ns/page/setup", server.url)).await?;
        let field = session.by_css(".sl-setup-place input").await?;
        field.clear().await?;
        field.send_keys("no-such-place\u{e007}").await?;
        session.by_css(".sl-notice-error[data-code=setup_refused]").await?;
        assert_eq!(session.location().await?, "/servelens/ns/no-such-place/setup");
        wait_for(session, "checks", "no-such-place").await
    })
    .await
}

#[tokio::test]
async fn without_a_cluster_the_page_says_so() -> Result<()> {
    browse("setup-demo", async |session| {
        session.viewport(1440, 900).await?;
        session
            .open(&format!("{}/servelens/overview?refresh=off", demo()?.servelens))
            .await?;
        session.click("a[contains(@class, 'sl-tab')]", "Setup").await?;
        let notice = session.by_css("[data-code=no_cluster]").await?;
        assert!(notice.text().await?.starts_with("There is no cluster here to set up"));
        session.screenshot("setup-demo").await?;
        // In a narrow window the menu leads there.
        session.viewport(400, 900).await?;
        session.click("a[contains(@class, 'sl-tab')]", "Models").await?;
        session.by_css(".sl-menu .sl-popover-button").await?.click().await?;
        session.click("a[@class='sl-board-link']", "Setup").await?;
        session.by_css("[data-code=no_cluster]").await?;
        Ok(())
    })
    .await
}
