//! What is proven: the answers of `POST /api/panels` of the real server, started in this process so that it takes any
//! catalogue.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use catalog::Catalog;
use serde::Deserialize;
use serde_json::{Value, json};
use server::Running;
use server::config::{self, Layer};
use tempfile::TempDir;

use super::world::Labels;
use tests::rig::front_door::{Doors, Front};
use tests::rig::{http, small_dist};

/// The server refuses more panels in one request.
const AT_ONCE: usize = 90;

pub struct Server {
    url: String,
    /// What callers send to tell who they are; empty where nobody asks.
    authorization: String,
    running: Running,
    _assets: TempDir,
}

/// One panel's answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Answer {
    pub panel: String,
    pub state: String,
    pub window_s: Option<i64>,
    pub spacing_s: Option<i64>,
    #[serde(default)]
    pub widened: bool,
    pub begins: Option<i64>,
    pub waits_for: Option<String>,
    pub sources: Vec<Source>,
    pub warnings: Vec<String>,
    #[serde(default)]
    pub notes: Vec<String>,
    pub frames: Vec<Frame>,
    pub error: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Source {
    pub metric: String,
    pub workloads: usize,
    #[serde(default)]
    pub pods: Vec<Value>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Frame {
    pub query: usize,
    pub labels: Labels,
    pub start: i64,
    pub step: i64,
    pub few: Option<Value>,
    values: Vec<Value>,
}

impl Frame {
    /// `None` where there is no sample.
    pub fn values(&self) -> Vec<Option<f64>> {
        let value = |value: &Value| match value {
            Value::Null => None,
            Value::String(text) => Some(text.parse().unwrap_or_else(|_| panic!("{text} is no value"))),
            number => Some(number.as_f64().unwrap_or_else(|| panic!("{number} is no value"))),
        };
        self.values.iter().map(value).collect()
    }
}

/// What a page asks for.
#[derive(Debug, Clone)]
pub struct Range {
    pub from: i64,
    pub to: i64,
    pub width: u32,
    pub vars: Value,
}

impl Range {
    pub fn new((from, to): (i64, i64), width: u32) -> Self {
        Self {
            from,
            to,
            width,
            vars: json!({}),
        }
    }
}

fn set(value: &str) -> Option<String> {
    Some(value.to_owned())
}

impl Server {
    pub async fn start(store: &str, catalog: Catalog, scrape_interval: &str) -> Result<Self> {
        Self::keeping(store, catalog, scrape_interval, "128MiB").await
    }

    /// As [`Server::start`], with so much room for answers that are used again.
    pub async fn keeping(store: &str, catalog: Catalog, scrape_interval: &str, cache_size: &str) -> Result<Self> {
        let layer = Layer {
            identity: set("demo"),
            upstream: set("prometheus"),
            cluster_url: set(store),
            scrape_interval: set(scrape_interval),
            cache_size: set(cache_size),
            ..Layer::default()
        };
        Self::with(layer, catalog, "").await
    }

    /// Behind the doors of OpenShift's front, asked by whoever has this token.
    pub async fn behind(front: &Front, doors: &Doors, catalog: Catalog, token: &str) -> Result<Self> {
        let layer = Layer {
            identity: set("bearer"),
            upstream: set("thanos"),
            cluster_url: set(&doors.cluster_url),
            tenancy_url: set(&doors.tenancy_url),
            rules_url: set(&doors.rules_url),
            kube_url: set(&front.kube.url),
            ca_file: set(&front.ca_file.to_string_lossy()),
            scrape_interval: set("30s"),
            ..Layer::default()
        };
        Self::with(layer, catalog, &format!("Bearer {token}")).await
    }

    async fn with(layer: Layer, catalog: Catalog, authorization: &str) -> Result<Self> {
        let assets = small_dist::write()?;
        let layer = Layer {
            listen: set("127.0.0.1:0"),
            metrics_listen: set("127.0.0.1:0"),
            assets: set(&assets.path().to_string_lossy()),
            ..layer
        };
        let config = config::read(&layer, &|_| None, Ok(None))?;
        let running = server::start_with(config, catalog).await?;
        Ok(Self {
            url: format!("http://{}", running.addr),
            authorization: authorization.to_owned(),
            running,
            _assets: assets,
        })
    }

    pub async fn stop(self) {
        self.running.stop().await;
    }

    /// The answer of another door.
    pub async fn post(&self, door: &str, body: &Value) -> Result<Value> {
        let answer = http::post_json(&format!("{}{door}", self.url), &[], body).await?;
        ensure!(answer.status.is_success(), "{}: {}", answer.status, answer.text());
        answer.json()
    }

    /// Every panel's answer, by its id.
    pub async fn ask(&self, panels: &[&str], range: &Range) -> Result<BTreeMap<String, Answer>> {
        let mut answers = BTreeMap::new();
        for some in panels.chunks(AT_ONCE) {
            let body =
                json!({"panels": some, "vars": range.vars, "from": range.from, "to": range.to, "width": range.width});
            let who = [("authorization", self.authorization.as_str())];
            let who = if self.authorization.is_empty() { &[][..] } else { &who };
            let answer = http::post_json(&format!("{}/api/panels", self.url), who, &body).await?;
            ensure!(answer.status.is_success(), "{}: {}", answer.status, answer.text());
            for line in answer.ndjson()? {
                if line.get("panel").is_some() {
                    let answer: Answer =
                        serde_json::from_value(line.clone()).with_context(|| format!("reading {line}"))?;
                    answers.insert(answer.panel.clone(), answer);
                }
            }
        }
        ensure!(
            answers.len() == panels.len(),
            "{} of {} panels were answered",
            answers.len(),
            panels.len()
        );
        Ok(answers)
    }
}
