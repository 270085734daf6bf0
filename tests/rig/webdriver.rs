//! ChromeDriver, once for a whole run, and what WebDriver itself cannot do: Chromium's own commands and its log.

use std::path::Path;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::child::{self, Tied};
use super::http;

/// Browsers at the same time: more than two on two cores only wait for each other.
pub static PLACES: Semaphore = Semaphore::const_new(2);

/// Chromium without windows, where it is installed: the same engine for two thirds of the work.
/// Debian's own way in is a script, which keeps the pipe of ChromeDriver open.
const SHELL: &str = "/usr/lib/chromium/chromium-headless-shell";

/// Base address of the running ChromeDriver.
pub fn address() -> Result<&'static str> {
    static DRIVER: OnceLock<Result<(String, Mutex<Tied>), String>> = OnceLock::new();
    DRIVER
        .get_or_init(|| {
            start()
                .map(|(address, child)| (address, Mutex::new(child)))
                .map_err(|fault| format!("{fault:#}"))
        })
        .as_ref()
        .map(|(address, _)| address.as_str())
        .map_err(|fault| anyhow!("ChromeDriver did not start: {fault}"))
}

/// ChromeDriver takes a free port for IPv4 first and may then find it taken for IPv6: it gives up, and we start anew.
fn start() -> Result<(String, Tied)> {
    const ATTEMPTS: usize = 5;
    let mut last = start_once();
    for _ in 1..ATTEMPTS {
        if last.is_ok() {
            break;
        }
        last = start_once();
    }
    last
}

fn start_once() -> Result<(String, Tied)> {
    let mut child = child::start_kept(Path::new("chromedriver"), &["--port=0"], &[])
        .context("`cargo xtask setup` installs Chromium and ChromeDriver")?;
    let port: u16 = child.wait_line(Duration::from_secs(60), |line| {
        let (_, rest) = line.split_once("successfully on port ")?;
        rest.trim_end_matches('.').parse().ok()
    })?;
    Ok((format!("http://127.0.0.1:{port}"), child))
}

/// What a session is started with. `profile` is a fresh folder of its own.
#[must_use]
pub fn capabilities(profile: &Path) -> serde_json::Map<String, Value> {
    let args = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-extensions",
        // ChromeDriver's end closes this pipe, and a Chromium without its pipe ends too.
        "--remote-debugging-pipe",
        "--js-flags=--expose-gc",
        "--window-size=1440,1000",
        "--lang=en-GB",
    ];
    let mut args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let options = if Path::new(SHELL).is_file() {
        // It opens no page over a profile that is given; ChromeDriver makes one for each session and takes it away.
        json!({"args": args, "binary": SHELL})
    } else {
        args.push(format!("--user-data-dir={}", profile.display()));
        json!({"args": args})
    };
    let mut all = serde_json::Map::new();
    all.insert("browserName".to_owned(), json!("chrome"));
    all.insert("goog:chromeOptions".to_owned(), options);
    all.insert("goog:loggingPrefs".to_owned(), json!({"browser": "ALL"}));
    all
}

/// Runs a command of Chromium's DevTools protocol in a session.
pub async fn devtools(session: &str, command: &str, params: Value) -> Result<Value> {
    let body = json!({"cmd": command, "params": params});
    post(session, "goog/cdp/execute", &body).await
}

/// One line of the browser's log.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct LogLine {
    pub level: String,
    pub message: String,
}

/// The browser's log since the last time it was asked for.
pub async fn log(session: &str) -> Result<Vec<LogLine>> {
    let lines = post(session, "se/log", &json!({"type": "browser"})).await?;
    serde_json::from_value(lines).context("reading the browser's log")
}

async fn post(session: &str, path: &str, body: &Value) -> Result<Value> {
    let url = format!("{}/session/{session}/{path}", address()?);
    let answer = http::post_json(&url, &[], body).await?;
    ensure!(answer.status.is_success(), "{path}: {}", answer.text());
    Ok(answer.json()?.get_mut("value").map(Value::take).unwrap_or_default())
}
