//! One browser, with a profile of its own, for one test.

use std::panic::AssertUnwindSafe;

use anyhow::{Context as _, Result};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use futures_util::FutureExt as _;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::webdriver::{self, LogLine};
use super::{paths, wait};

/// A browser that shows one page.
#[derive(Debug)]
pub struct Session {
    pub client: Client,
    id: String,
}

/// Opens a browser, runs `test` in it, and closes it however the test ended. A failing test leaves a screenshot
/// `failed-<name>.png` behind, and what the browser logged is added to its error.
pub async fn browse(name: &str, test: impl AsyncFnOnce(&Session) -> Result<()>) -> Result<()> {
    let _place = webdriver::PLACES.acquire().await?;
    let profile = tempfile::tempdir()?;
    let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
        .capabilities(webdriver::capabilities(profile.path()))
        .connect(webdriver::address()?)
        .await
        .context("starting Chromium")?;
    let id = client.session_id().await?.context("the browser has no session")?;
    let session = Session { client, id };

    let outcome = AssertUnwindSafe(test(&session)).catch_unwind().await;
    let failed = !matches!(outcome, Ok(Ok(())));
    let mut seen = String::new();
    if failed {
        drop(session.screenshot(&format!("failed-{name}")).await);
        seen = session.describe().await;
    }
    session.client.close().await.context("closing Chromium")?;
    match outcome {
        Ok(result) => result.with_context(|| format!("the browser saw:\n{seen}")),
        Err(panic) => {
            eprintln!("the browser saw:\n{seen}");
            std::panic::resume_unwind(panic)
        }
    }
}

impl Session {
    pub async fn open(&self, url: &str) -> Result<()> {
        self.client.goto(url).await.with_context(|| format!("opening {url}"))
    }

    /// What `script` returns.
    pub async fn eval<T: DeserializeOwned>(&self, script: &str) -> Result<T> {
        let value = self.client.execute(script, Vec::new()).await?;
        serde_json::from_value(value.clone()).with_context(|| format!("{script} returned {value}"))
    }

    /// Waits until `script` returns true.
    pub async fn wait_true(&self, what: &str, script: &str) -> Result<()> {
        wait::until(
            what,
            async || self.eval::<Value>(script).await,
            |value| *value == json!(true),
        )
        .await?;
        Ok(())
    }

    /// Waits until `script` returns `expected`.
    pub async fn wait_eq(&self, what: &str, script: &str, expected: Value) -> Result<()> {
        wait::until(
            what,
            async || self.eval::<Value>(script).await,
            |value| *value == expected,
        )
        .await
        .with_context(|| format!("expected {expected}"))?;
        Ok(())
    }

    /// The element a user would name by its role's tag and its text, as soon as it is there.
    pub async fn by_text(&self, tag: &str, text: &str) -> Result<Element> {
        let path = format!("//{tag}[normalize-space(.)='{text}']");
        self.wait_for(Locator::XPath(&path)).await
    }

    pub async fn by_css(&self, selector: &str) -> Result<Element> {
        self.wait_for(Locator::Css(selector)).await
    }

    async fn wait_for(&self, locator: Locator<'_>) -> Result<Element> {
        self.client
            .wait()
            .at_most(wait::PATIENCE)
            .for_element(locator)
            .await
            .with_context(|| format!("waiting for {locator:?}"))
    }

    pub async fn click(&self, tag: &str, text: &str) -> Result<()> {
        let element = self.by_text(tag, text).await?;
        element
            .click()
            .await
            .with_context(|| format!("clicking the {tag} {text:?}"))
    }

    /// The location without its origin.
    pub async fn location(&self) -> Result<String> {
        self.eval("return location.pathname + location.search").await
    }

    /// A viewport of this many CSS pixels; Chromium's windows cannot be made narrow enough.
    pub async fn viewport(&self, width: u32, height: u32) -> Result<()> {
        self.metrics(width, height, 1.0).await
    }

    /// A screen of this many pixels for each CSS pixel.
    pub async fn pixel_ratio(&self, ratio: f64) -> Result<()> {
        self.metrics(1440, 1000, ratio).await
    }

    async fn metrics(&self, width: u32, height: u32, ratio: f64) -> Result<()> {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": ratio, "mobile": false});
        webdriver::devtools(&self.id, "Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// What the page's `prefers-color-scheme` finds.
    pub async fn prefer_dark(&self, dark: bool) -> Result<()> {
        let value = if dark { "dark" } else { "light" };
        self.media("prefers-color-scheme", value).await
    }

    /// Runs `script` before everything else in every document from now on.
    pub async fn before_every_page(&self, script: &str) -> Result<()> {
        let source = json!({"source": script});
        webdriver::devtools(&self.id, "Page.addScriptToEvaluateOnNewDocument", source).await?;
        Ok(())
    }

    /// Lets requests whose address matches a pattern with `*` fail; none: lets all pass.
    pub async fn block(&self, patterns: &[&str]) -> Result<()> {
        webdriver::devtools(&self.id, "Network.enable", json!({})).await?;
        webdriver::devtools(&self.id, "Network.setBlockedURLs", json!({"urls": patterns})).await?;
        Ok(())
    }

    /// Sends this token with every request, as a proxy before the server would.
    pub async fn with_token(&self, token: &str) -> Result<()> {
        webdriver::devtools(&self.id, "Network.enable", json!({})).await?;
        let headers = json!({"headers": {"authorization": format!("Bearer {token}")}});
        webdriver::devtools(&self.id, "Network.setExtraHTTPHeaders", headers).await?;
        Ok(())
    }

    /// Writes what the viewport shows to `<name>.png` in the folder of screenshots.
    pub async fn screenshot(&self, name: &str) -> Result<()> {
        let image = self.client.screenshot().await?;
        let path = paths::screenshots()?.join(format!("{name}.png"));
        std::fs::write(&path, image).with_context(|| format!("writing {}", path.display()))
    }

    /// Presses these keys, one after the other, wherever the focus is. Codes as WebDriver has them.
    pub async fn press(&self, keys: &[char]) -> Result<()> {
        for key in keys {
            let focused = self.client.active_element().await?;
            focused.send_keys(&key.to_string()).await?;
        }
        Ok(())
    }

    /// What `script`, which calls `done`, hands over.
    pub async fn eval_async<T: DeserializeOwned>(&self, script: &str) -> Result<T> {
        let script = format!("const done = arguments[arguments.length - 1]; {script}");
        let value = self.client.execute_async(&script, Vec::new()).await?;
        serde_json::from_value(value.clone()).with_context(|| format!("{script} gave {value}"))
    }

    /// Bytes of JavaScript's heap in use, after a collection.
    pub async fn heap(&self) -> Result<u64> {
        webdriver::devtools(&self.id, "HeapProfiler.collectGarbage", json!({})).await?;
        let usage = webdriver::devtools(&self.id, "Runtime.getHeapUsage", json!({})).await?;
        usage
            .get("usedSize")
            .and_then(Value::as_f64)
            .map(|size| size as u64)
            .context("no heap usage")
    }

    /// How a media feature is answered from now on, e.g. `prefers-reduced-motion`.
    pub async fn media(&self, name: &str, value: &str) -> Result<()> {
        let media = json!({"features": [{"name": name, "value": value}]});
        webdriver::devtools(&self.id, "Emulation.setEmulatedMedia", media).await?;
        Ok(())
    }

    /// What the browser logged as an error since the last time.
    pub async fn logged_errors(&self) -> Result<Vec<LogLine>> {
        let mut lines = webdriver::log(&self.id).await?;
        lines.retain(|line| line.level == "SEVERE");
        Ok(lines)
    }

    async fn describe(&self) -> String {
        let text: Result<String> = self.eval("return document.body.innerText.slice(0, 800)").await;
        let log = webdriver::log(&self.id).await.unwrap_or_default();
        let log: Vec<String> = log
            .into_iter()
            .map(|line| format!("{} {}", line.level, line.message))
            .collect();
        let location = self.location().await.unwrap_or_default();
        format!("{location}\n{}\n{}", text.unwrap_or_default(), log.join("\n"))
    }
}
