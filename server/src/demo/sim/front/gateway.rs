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

/// What a client got; `subscription` is the caller's, if it was looked at.
#[derive(Debug, Clone, Copy)]
struct Response {
    outcome: Outcome,
    seconds: f64,
    subscription: Option<usize>,
}

#[derive(Debug, Default)]
pub struct Gateway {
    /// Milliseconds.
    pub durations: BTreeMap<Outcome, Histogram>,
    /// In the order of [`SUBSCRIPTIONS`].
    pub accounts: [Account; SUBSCRIPTIONS.len()],
    pub allowed: u64,
    pub denied: u64,
    log: Log<Response>,
    tokens: Log<(usize, u64)>,
}

impl Gateway {
    pub fn ended(&mut self, subscription: usize, ended: &Ended) {
        self.allowed += 1;
        self.observe(
            ended.at,
            Response {
                outcome: ended.outcome,
                seconds: ended.seconds + HOP_S,
                subscription: Some(subscription),
            },
        );
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
        let response = Response {
            outcome,
            seconds,
            subscription: (outcome == Outcome::Limited).then_some(LIMITED),
        };
        self.observe(at, response);
    }

    fn observe(&mut self, at: f64, response: Response) {
        self.durations
            .entry(response.outcome)
            .or_insert_with(|| Histogram::new(buckets::istio::MILLISECONDS))
            .observe(response.seconds * 1000.0);
        self.log.push(at, response);
    }

    pub fn truth(&self, from: f64, to: f64) -> GatewayTruth {
        let mut truth = GatewayTruth::default();
        let add = |counts: &mut BTreeMap<String, u64>, name: &str, count: u64| {
            *counts.entry(name.to_owned()).or_default() += count;
        };
        let subscription = |number: usize| SUBSCRIPTIONS.get(number).map(|(_, name)| *name);
        for (_, response) in self.log.within(from, to) {
            add(&mut truth.responses, response.outcome.code(), 1);
            add(&mut truth.flags, response.outcome.flags(), 1);
            truth.duration_s.push(response.seconds);
            if response.outcome == Outcome::Answered {
                truth.answered_s.push(response.seconds);
            }
            let turned_away = matches!(response.outcome, Outcome::Unauthorised | Outcome::Limited);
            let (all, each) = if turned_away {
                (&mut truth.denied, &mut truth.limited)
            } else {
                (&mut truth.allowed, &mut truth.calls)
            };
            *all += 1;
            if let Some(name) = response.subscription.and_then(subscription) {
                add(each, name, 1);
            }
        }
        for (_, (number, tokens)) in self.tokens.within(from, to) {
            if let Some(name) = subscription(*number) {
                add(&mut truth.tokens, name, *tokens);
            }
        }
        truth
    }

    pub fn forget_before(&mut self, at: f64) {
        self.log.forget_before(at);
        self.tokens.forget_before(at);
    }
}
