//! The inference gateway: an Envoy that counts answers by code, Kuadrant's decisions in it, and Limitador's counters of
//! tokens and calls by subscription.

use std::collections::BTreeMap;

use super::Ended;
use crate::demo::exporters::buckets;
use crate::demo::sim::histogram::Histogram;
use crate::demo::sim::timeline::Log;
use crate::demo::sim::truth::GatewayTruth;

/// Seconds that the gateway and the network add to a request.
const HOP_S: f64 = 0.003;

/// Those who have a subscription: user and subscription.
pub const SUBSCRIPTIONS: [(&str, &str); 3] = [
    ("litellm-assistants", "premium"),
    ("litellm-search", "free"),
    ("load-test", "platform"),
];
/// The place of the platform's own subscription among them.
pub const PLATFORM: usize = 2;
/// The subscription whose limit is reached.
const LIMITED: usize = 1;

/// How a request ended for its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Answered,
    /// 400, before the engine.
    Refused,
    /// 401, no valid key.
    Unauthorised,
    /// 429, over the limit.
    Limited,
    /// 500, the engine's own error.
    Failed,
    /// 503, the engine's process died.
    Lost,
}

impl Outcome {
    pub fn code(self) -> &'static str {
        match self {
            Self::Answered => "200",
            Self::Refused => "400",
            Self::Unauthorised => "401",
            Self::Limited => "429",
            Self::Failed => "500",
            Self::Lost => "503",
        }
    }

    /// Envoy's response flags: `UC` is a connection that its upstream closed.
    pub fn flags(self) -> &'static str {
        if self == Self::Lost { "UC" } else { "-" }
    }
}

/// Limitador's counters of one subscription.
#[derive(Debug, Clone, Copy, Default)]
pub struct Account {
    pub tokens: u64,
    pub calls: u64,
    pub limited: u64,
}

#[derive(Debug, Default)]
pub struct Gateway {
    /// Milliseconds.
    pub durations: BTreeMap<Outcome, Histogram>,
    /// In the order of [`SUBSCRIPTIONS`].
    pub accounts: [Account; SUBSCRIPTIONS.len()],
    pub allowed: u64,
    pub denied: u64,
    /// Outcome and seconds.
    log: Log<(Outcome, f64)>,
    tokens: Log<(usize, u64)>,
}

impl Gateway {
    pub fn ended(&mut self, subscription: usize, ended: &Ended) {
        self.allowed += 1;
        self.observe(ended.at, ended.seconds + HOP_S, ended.outcome);
        if let Some(account) = self.accounts.get_mut(subscription) {
            account.calls += 1;
            if ended.outcome == Outcome::Answered {
                let tokens = u64::from(ended.prompt) + u64::from(ended.generated);
                account.tokens += tokens;
                self.tokens.push(ended.at, (subscription, tokens));
            }
        }
    }

    pub fn denied(&mut self, at: f64, seconds: f64, outcome: Outcome) {
        self.denied += 1;
        if outcome == Outcome::Limited
            && let Some(account) = self.accounts.get_mut(LIMITED)
        {
            account.limited += 1;
        }
        self.observe(at, seconds, outcome);
    }

    fn observe(&mut self, at: f64, seconds: f64, outcome: Outcome) {
        self.durations
            .entry(outcome)
            .or_insert_with(|| Histogram::new(buckets::istio::MILLISECONDS))
            .observe(seconds * 1000.0);
        self.log.push(at, (outcome, seconds));
    }

    pub fn truth(&self, from: f64, to: f64) -> GatewayTruth {
        let mut truth = GatewayTruth::default();
        for (_, (outcome, seconds)) in self.log.within(from, to) {
            *truth.responses.entry(outcome.code().to_owned()).or_default() += 1;
            truth.duration_s.push(*seconds);
        }
        for (_, (subscription, tokens)) in self.tokens.within(from, to) {
            if let Some((_, name)) = SUBSCRIPTIONS.get(*subscription) {
                *truth.tokens.entry((*name).to_owned()).or_default() += tokens;
            }
        }
        truth
    }

    pub fn forget_before(&mut self, at: f64) {
        self.log.forget_before(at);
        self.tokens.forget_before(at);
    }
}
