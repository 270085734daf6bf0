//! The page at its own address, on the demo.

mod access;
mod address;
pub mod axe;
mod bad_input;
mod boards;
mod keyboard;
mod languages;
mod looks;
mod numbers;
mod range;
mod screens;
pub mod setup;
mod setup_words;
mod sign_in;
mod weight;
mod workloads;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use tests::rig::demo::demo;
use tests::rig::http;
use tests::rig::session::Session;

use super::settled;

const PAGES: [&str; 4] = ["overview", "models", "routing", "gpus"];

/// Opens `/servelens/<path>` and waits until every panel has its answer; their states by panel id.
async fn open(session: &Session, path: &str) -> Result<BTreeMap<String, String>> {
    open_at(session, &format!("/servelens/{path}")).await
}

async fn open_at(session: &Session, path: &str) -> Result<BTreeMap<String, String>> {
    keep_requests(session).await?;
    session.open(&format!("{}{path}", demo()?.servelens)).await?;
    settled(session).await
}

/// Keeps the body of every request for panels in `window.asked`.
async fn keep_requests(session: &Session) -> Result<()> {
    session
        .before_every_page(
            "if (!window.asked) {
                window.asked = [];
                const ask = window.fetch;
                window.fetch = (input, init) => {
                    const request = new Request(input, init);
                    if (request.method === 'POST') request.clone().text().then(body => window.asked.push(JSON.parse(body)));
                    return ask.call(window, request);
                };
             }",
        )
        .await
}

/// What the page last asked the server for.
async fn last_asked(session: &Session) -> Result<Value> {
    session.eval("return window.asked.at(-1) ?? null").await
}

/// Waits until the page asks anew after `before` requests, then until the answer is there.
async fn asked_again(session: &Session, before: usize) -> Result<Value> {
    session
        .wait_true("the page asks anew", &format!("return window.asked.length > {before}"))
        .await?;
    settled(session).await?;
    last_asked(session).await
}

async fn times_asked(session: &Session) -> Result<usize> {
    session.eval("return window.asked.length").await
}

/// One series of an answer.
#[derive(Debug, Clone, Deserialize)]
struct Series {
    query: usize,
    labels: BTreeMap<String, String>,
    start: i64,
    step: u32,
    values: Vec<Value>,
    /// The last finite bounds of a quantile's histogram: a value equal to one means "more than that".
    #[serde(default)]
    above: Vec<f64>,
    /// The first bound: a value under it means "less than that".
    below: Option<f64>,
}

impl Series {
    /// The instants that have a number.
    fn samples(&self) -> impl DoubleEndedIterator<Item = (i64, f64)> + '_ {
        let at = |index: usize| self.start + i64::try_from(index).unwrap_or(0) * i64::from(self.step);
        self.values
            .iter()
            .enumerate()
            .filter_map(move |(index, value)| Some((at(index), value.as_f64()?)))
    }
}

/// One panel of an answer.
#[derive(Debug, Clone, Deserialize)]
struct Panel {
    panel: String,
    state: String,
    window_s: Option<u32>,
    frames: Vec<Series>,
}

/// Asks the server for panels, as a tool would.
async fn panels(request: &Value) -> Result<BTreeMap<String, Panel>> {
    let answer = http::post_json(&format!("{}/api/panels", demo()?.servelens), &[], request).await?;
    let mut lines = answer.ndjson().with_context(|| answer.text())?;
    assert_eq!(lines.pop(), Some(json!({"done": true})), "the answer is whole");
    lines
        .into_iter()
        .map(|line| {
            let panel: Panel = serde_json::from_value(line)?;
            Ok((panel.panel.clone(), panel))
        })
        .collect()
}
