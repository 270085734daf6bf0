//! A LiteLLM proxy: which team's key asked for which model, and what that cost. Budgets begin anew at midnight UTC.

use super::Ended;
use super::gateway::Outcome;
use crate::demo::exporters::buckets;
use crate::demo::sim::cast::{GRANITE, MISTRAL};
use crate::demo::sim::histogram::Histogram;
use crate::demo::sim::incident::DAY;
use crate::demo::sim::load::Source;
use crate::demo::sim::rng::Rng;
use crate::demo::sim::timeline::Log;
use crate::demo::sim::truth::KeyTruth;

/// A team's key, for one model.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub alias: &'static str,
    pub hash: &'static str,
    pub team: &'static str,
    pub team_alias: &'static str,
    pub user: &'static str,
    pub source: Source,
    /// Of the model's requests.
    share: f64,
    /// US dollars for a million tokens: in, out.
    price: (f64, f64),
    /// US dollars a day.
    pub budget: f64,
}

pub const KEYS: [Key; 3] = [
    Key {
        alias: "assistants-prod",
        hash: "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b",
        team: "5f1c1b36-8c34-4a0e-9d6e-2b7a64d0f1aa",
        team_alias: "assistants",
        user: "assistants-bot",
        source: Source::Granite,
        share: 0.65,
        price: (0.2, 0.8),
        budget: 120.0,
    },
    Key {
        alias: "search-prod",
        hash: "3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea",
        team: "c9b0f2d7-52a1-4f63-8f0e-70b6f6f6d3bb",
        team_alias: "search",
        user: "search-bot",
        source: Source::Granite,
        share: 0.35,
        price: (0.2, 0.8),
        budget: 60.0,
    },
    Key {
        alias: "research-notebooks",
        hash: "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5",
        team: "e1a5a8c4-9a53-4b90-a7b5-14f1b4a7c2cc",
        team_alias: "research",
        user: "research-lab",
        source: Source::Mistral,
        share: 1.0,
        price: (0.25, 0.25),
        budget: 25.0,
    },
];

/// What the proxy has counted for a key.
#[derive(Debug)]
pub struct Account {
    pub requests: u64,
    pub refused: u64,
    pub failed: u64,
    pub lost: u64,
    pub prompt_tokens: u64,
    pub generation_tokens: u64,
    pub spend: f64,
    /// US dollars since midnight.
    pub spent_today: f64,
    pub latency: Histogram,
    log: Log<(Outcome, f64)>,
    /// Tokens in, tokens out, US dollars.
    used: Log<(u32, u32, f64)>,
}

#[derive(Debug)]
pub struct Proxy {
    /// In the order of [`KEYS`].
    pub accounts: Vec<Account>,
    /// Whether the last request to the source's deployment failed: granite, mistral.
    pub troubled: [bool; 2],
    day: f64,
}

impl Proxy {
    pub fn new(origin: f64) -> Self {
        let account = || Account {
            requests: 0,
            refused: 0,
            failed: 0,
            lost: 0,
            prompt_tokens: 0,
            generation_tokens: 0,
            spend: 0.0,
            spent_today: 0.0,
            latency: Histogram::new(buckets::litellm::LATENCY),
            log: Log::default(),
            used: Log::default(),
        };
        Self {
            accounts: KEYS.iter().map(|_| account()).collect(),
            troubled: [false; 2],
            day: (origin / DAY).floor(),
        }
    }

    /// Whose request it is; None for clients that do not use the proxy. Draws once in any case.
    pub fn key(&self, source: Source, rng: &mut Rng) -> Option<usize> {
        let mut left = rng.unit();
        let theirs = KEYS.iter().enumerate().filter(|(_, key)| key.source == source);
        for (number, key) in theirs {
            left -= key.share;
            if left < 0.0 {
                return Some(number);
            }
        }
        None
    }

    pub fn ended(&mut self, key: usize, ended: &Ended) {
        let day = (ended.at / DAY).floor();
        if day > self.day {
            self.day = day;
            for account in &mut self.accounts {
                account.spent_today = 0.0;
            }
        }
        let (Some(spec), Some(account)) = (KEYS.get(key), self.accounts.get_mut(key)) else {
            return;
        };
        if let Some(troubled) = self.troubled.get_mut(usize::from(spec.source == Source::Mistral)) {
            *troubled = matches!(ended.outcome, Outcome::Failed | Outcome::Lost);
        }
        account.log.push(ended.at, (ended.outcome, ended.seconds));
        match ended.outcome {
            Outcome::Answered => {
                account.requests += 1;
                account.latency.observe(ended.seconds);
                account.prompt_tokens += u64::from(ended.prompt);
                account.generation_tokens += u64::from(ended.generated);
                let (dear_in, dear_out) = spec.price;
                let dollars = (f64::from(ended.prompt) * dear_in + f64::from(ended.generated) * dear_out) / 1e6;
                account.spend += dollars;
                account.spent_today += dollars;
                account.used.push(ended.at, (ended.prompt, ended.generated, dollars));
            }
            Outcome::Refused => account.refused += 1,
            Outcome::Failed => account.failed += 1,
            Outcome::Lost => account.lost += 1,
            // The gateway lets the proxy's own subscription through.
            Outcome::Unauthorised | Outcome::Limited => {}
        }
    }

    /// By the key's alias.
    pub fn truth(&self, from: f64, to: f64) -> impl Iterator<Item = (String, KeyTruth)> + '_ {
        KEYS.iter().zip(&self.accounts).map(move |(key, account)| {
            let workload = if key.source == Source::Mistral {
                MISTRAL
            } else {
                GRANITE
            };
            let mut truth = KeyTruth {
                team: key.team_alias.to_owned(),
                model: workload.model.to_owned(),
                ..KeyTruth::default()
            };
            for (at, (outcome, seconds)) in account.log.within(from, to) {
                let troubled = matches!(outcome, Outcome::Failed | Outcome::Lost);
                truth.latest = Some((at, troubled));
                *truth.statuses.entry(outcome.code().to_owned()).or_default() += 1;
                if *outcome == Outcome::Answered {
                    truth.answered += 1;
                    truth.latency_s.push(*seconds);
                } else {
                    truth.failed += 1;
                }
            }
            for (_, (prompt, generated, dollars)) in account.used.within(from, to) {
                truth.prompt_tokens += u64::from(*prompt);
                truth.generation_tokens += u64::from(*generated);
                truth.spend_usd += dollars;
            }
            (key.alias.to_owned(), truth)
        })
    }

    pub fn forget_before(&mut self, at: f64) {
        for account in &mut self.accounts {
            account.log.forget_before(at);
            account.used.forget_before(at);
        }
    }
}
