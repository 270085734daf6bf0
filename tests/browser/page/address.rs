//! Everything that can be chosen is in the address, and the address is everything that was chosen.

use anyhow::Result;
use fantoccini::Locator;
use serde_json::{Value, json};
use tests::rig::session::{Session, browse};

use super::{asked_again, last_asked, open, open_at, times_asked};
use crate::browser::{heading, no_errors, settled};

/// Opens `path` and compares what the page asks the server for.
async fn check(path: &str, title: &str, vars: Value, range: Option<i64>) -> Result<()> {
    browse("deep-link", async |session| {
        open(session, path).await?;
        assert_eq!(heading(session).await?, title);
        let asked = last_asked(session).await?;
        assert_eq!(asked["vars"], vars, "{path}");
        if let Some(range) = range {
            assert_eq!(span(&asked), range, "{path}");
        }
        no_errors(session).await
    })
    .await
}

fn span(asked: &Value) -> i64 {
    asked["to"].as_i64().unwrap() - asked["from"].as_i64().unwrap()
}

#[tokio::test]
async fn every_address_without_a_page_is_the_overview_of_the_last_day() -> Result<()> {
    browse("no-page", async |session| {
        for path in ["/", "/servelens", "/servelens/", "/servelens/all-namespaces"] {
            open_at(session, path).await?;
            assert_eq!(heading(session).await?, "Overview", "{path}");
            let asked = last_asked(session).await?;
            assert_eq!((&asked["vars"], span(&asked)), (&json!({}), 86_400), "{path}");
        }
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn an_address_of_all_namespaces_restricts_nothing() -> Result<()> {
    check("all-namespaces/gpus?range=1h", "GPUs", json!({}), Some(3600)).await
}

#[tokio::test]
async fn an_address_with_a_namespace_models_and_a_week_is_asked_for_as_it_stands() -> Result<()> {
    let vars = json!({"namespace": ["llm-legacy"], "model": ["mistral-7b", "a \"b\" & c"]});
    check(
        "ns/llm-legacy/models?model=mistral-7b&model=a%20%22b%22%20%26%20c&range=7d",
        "Models",
        vars,
        Some(604_800),
    )
    .await
}

#[tokio::test]
async fn an_address_with_two_instants_is_asked_for_to_the_second() -> Result<()> {
    browse("deep-link-instants", async |session| {
        let to = now(session).await? - 600;
        open(session, &format!("routing?from={}&to={to}", to - 5000)).await?;
        let asked = last_asked(session).await?;
        assert_eq!(
            (asked["from"].as_i64(), asked["to"].as_i64()),
            (Some(to - 5000), Some(to))
        );
        no_errors(session).await
    })
    .await
}

async fn now(session: &Session) -> Result<i64> {
    session.eval("return Math.floor(Date.now() / 1000)").await
}

#[tokio::test]
async fn an_address_that_leads_nowhere_says_so_and_offers_the_pages() -> Result<()> {
    browse("page-not-found", async |session| {
        session
            .open(&format!(
                "{}/servelens/no-such-page",
                tests::rig::demo::demo()?.servelens
            ))
            .await?;
        session.by_text("h1", "Page not found").await?;
        session.screenshot("page-not-found").await?;
        session.click("a[starts-with(@class,'sl-tab')]", "GPUs").await?;
        settled(session).await?;
        assert_eq!(session.location().await?, "/servelens/gpus");
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn a_chosen_namespace_goes_into_the_address_and_into_the_numbers() -> Result<()> {
    browse("choose-namespace", async |session| {
        open(session, "overview?refresh=off").await?;
        assert!(legend(session, "vllm.requests").await?.len() > 1);
        let before = times_asked(session).await?;
        session.by_css("select option[value='llm-prod']").await?.click().await?;
        let asked = asked_again(session, before).await?;
        assert_eq!(asked["vars"], json!({"namespace": ["llm-prod"]}));
        assert_eq!(session.location().await?, "/servelens/ns/llm-prod/overview?refresh=off");
        assert_eq!(legend(session, "vllm.requests").await?, ["granite-3.3-8b-instruct"]);

        session.client.back().await?;
        session
            .wait_eq(
                "back leads to all namespaces",
                "return location.pathname",
                json!("/servelens/overview"),
            )
            .await?;
        asked_again(session, before + 1).await?;
        assert!(legend(session, "vllm.requests").await?.len() > 1);
        no_errors(session).await
    })
    .await
}

/// The names in a panel's legend.
async fn legend(session: &Session, panel: &str) -> Result<Vec<String>> {
    session
        .eval(&format!(
            "return [...document.querySelectorAll('[data-panel=\"{panel}\"] .sl-legend-name')].map(name => name.textContent).sort()"
        ))
        .await
}

#[tokio::test]
async fn a_chosen_model_goes_into_the_address_and_into_the_numbers() -> Result<()> {
    browse("choose-model", async |session| {
        open(session, "models?refresh=off").await?;
        let before = times_asked(session).await?;
        session.by_css("button[aria-label^='Models:']").await?.click().await?;
        let option = session.by_text("span[@class='sl-option-name']", "mistral-7b").await?;
        option.click().await?;
        let asked = asked_again(session, before).await?;
        assert_eq!(asked["vars"], json!({"model": ["mistral-7b"]}));
        assert_eq!(
            session.location().await?,
            "/servelens/models?model=mistral-7b&refresh=off"
        );
        assert_eq!(legend(session, "vllm.requests").await?, ["mistral-7b"]);
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn another_range_goes_into_the_address_and_into_the_question() -> Result<()> {
    browse("choose-range", async |session| {
        open(session, "gpus?refresh=off").await?;
        for (button, range, seconds) in [
            ("last hour", "1h", 3600),
            ("last 7 days", "7d", 604_800),
            ("last 30 days", "30d", 2_592_000),
        ] {
            let before = times_asked(session).await?;
            session
                .by_css(&format!("button[aria-label$='{button}']"))
                .await?
                .click()
                .await?;
            let asked = asked_again(session, before).await?;
            assert_eq!(span(&asked), seconds, "{button}");
            assert_eq!(
                session.location().await?,
                format!("/servelens/gpus?range={range}&refresh=off")
            );
        }
        let before = times_asked(session).await?;
        session
            .by_css("button[aria-label$='last 24 hours']")
            .await?
            .click()
            .await?;
        asked_again(session, before).await?;
        assert_eq!(
            session.location().await?,
            "/servelens/gpus?refresh=off",
            "a default leaves the address plain"
        );
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn the_page_asks_again_on_request_and_by_itself() -> Result<()> {
    browse("refresh", async |session| {
        open(session, "routing?range=1h&refresh=off").await?;
        let before = times_asked(session).await?;
        session
            .by_css("button[aria-label='Refresh now']")
            .await?
            .click()
            .await?;
        asked_again(session, before).await?;

        let before = times_asked(session).await?;
        session
            .by_css("select[id$='-refresh'] option[value='15s']")
            .await?
            .click()
            .await?;
        session
            .wait_eq(
                "the interval is in the address",
                "return location.search",
                json!("?range=1h&refresh=15s"),
            )
            .await?;
        asked_again(session, before).await?;
        asked_again(session, before + 1).await?;
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn the_pages_are_links_that_keep_what_was_chosen() -> Result<()> {
    browse("tabs", async |session| {
        open(session, "ns/llm-prod/overview?range=1h").await?;
        for (title, page) in [
            ("Models", "models"),
            ("Routing", "routing"),
            ("GPUs", "gpus"),
            ("Overview", "overview"),
        ] {
            let link = session.client.find(Locator::LinkText(title)).await?;
            let href = link.attr("href").await?;
            assert_eq!(
                href.as_deref(),
                Some(format!("/servelens/ns/llm-prod/{page}?range=1h").as_str())
            );
            link.click().await?;
            session
                .wait_eq(title, "return document.querySelector('h1').textContent", json!(title))
                .await?;
            settled(session).await?;
            assert_eq!(
                session.location().await?,
                format!("/servelens/ns/llm-prod/{page}?range=1h")
            );
        }
        no_errors(session).await
    })
    .await
}
