//! `servelens check`: what is missing for model monitoring on this cluster, and who can mend it.
//!
//! Reads only, each kind once. What the caller may not see is told as such and is never taken for an error of the cluster.

mod cluster;
mod console;
mod gpu;
mod grafana;
mod llm;
mod monitoring;
mod network;
mod report;
mod rights;
mod seen;
mod serving;
mod targets;
#[cfg(test)]
mod tests;

use futures_util::future::{try_join, try_join3};

pub use report::{json, text};
use seen::Seen;

use super::SetupError;
use super::facts::{self, Facts};
use super::inventory::Stored;
use super::plan::SERVING;
use super::settings::Settings;
use super::verify::Asking;
use crate::cluster::{Cause, Hands, INFERENCE_SERVICE, LLM_INFERENCE_SERVICE, Refusal};

/// Where each hint is explained; one heading for each anchor.
pub const DOCS: &str = "https://github.com/servelens/servelens/blob/main/docs/setup.md";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Good,
    /// Worth knowing; it does not change the exit code.
    Warning,
    Error,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub category: &'static str,
    pub level: Level,
    pub what: String,
    /// What to do; empty where it is good.
    pub hint: String,
    /// The heading in [`DOCS`].
    pub anchor: &'static str,
}

/// Collects the checks of one category.
pub struct Checks {
    category: &'static str,
    list: Vec<Check>,
}

impl Checks {
    fn new(category: &'static str) -> Checks {
        Checks {
            category,
            list: Vec::new(),
        }
    }

    fn good(&mut self, what: impl Into<String>) {
        self.add(Level::Good, "", what, "");
    }

    fn warning(&mut self, anchor: &'static str, what: impl Into<String>, hint: impl Into<String>) {
        self.add(Level::Warning, anchor, what, hint);
    }

    fn error(&mut self, anchor: &'static str, what: impl Into<String>, hint: impl Into<String>) {
        self.add(Level::Error, anchor, what, hint);
    }

    fn add(&mut self, level: Level, anchor: &'static str, what: impl Into<String>, hint: impl Into<String>) {
        self.list.push(Check {
            category: self.category,
            level,
            what: what.into(),
            hint: hint.into(),
            anchor,
        });
    }
}

/// All checks, in the order they are told.
pub async fn run(hands: &Hands, settings: &Settings, asking: Option<&Asking<'_>>) -> Result<Vec<Check>, SetupError> {
    // The first answer tells whether anybody is there and who is asking.
    let (version, user) = try_join(hands.version(), hands.who()).await?;
    let kinds: Vec<_> = SERVING.into_iter().chain(network::KINDS).collect();
    let wide = [&INFERENCE_SERVICE];
    let reads = try_join(
        Facts::read_widely(hands, &kinds, &settings.namespaces, &wide),
        Seen::read(hands, settings),
    );
    let ((facts, seen), (rights, stored), stack) = try_join3(
        reads,
        try_join(rights::ask(hands, settings), record(hands, settings)),
        grafana::Stack::read(hands, settings),
    )
    .await?;
    let workloads = facts::workloads(&facts, settings);
    let targets = targets::checks(asking, settings, &workloads).await;
    let gpu = gpu::Exporter::read(hands, settings, &seen).await?;
    let distributed = match facts.of(&LLM_INFERENCE_SERVICE) {
        [] => None,
        _ => Some(Seen::of_llm(hands, settings).await?),
    };
    let categories = [
        cluster::checks(&version, user.as_deref(), &seen),
        monitoring::checks(settings, &seen),
        serving::checks(settings, &facts, &workloads, &seen, distributed.as_ref()),
        targets,
        network::checks(settings, &facts, &workloads),
        gpu::checks(settings, &seen, &gpu),
        grafana::checks(settings, &seen, stack.as_ref()),
        console::checks(settings, &seen, stored.as_ref()),
        rights::checks(&rights),
    ];
    Ok(categories.into_iter().flat_map(|checks| checks.list).collect())
}

/// The record of what was set up; the inner error is one that is told beside the other checks.
async fn record(hands: &Hands, settings: &Settings) -> Result<Result<Stored, Refusal>, Refusal> {
    match Stored::load(hands, settings).await {
        Err(refusal) if matches!(refusal.cause, Cause::Forbidden | Cause::Invalid) => Ok(Err(refusal)),
        stored => stored.map(Ok),
    }
}

#[must_use]
pub fn is_good(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.level != Level::Error)
}
