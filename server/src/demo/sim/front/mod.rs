//! The way in: what stands between clients and engines and counts on its own. A gateway, with its limits, in front of
//! the routed model; a LiteLLM proxy with teams and keys in front of both language models. They see a request's end,
//! never change its course, and draw from a stream of their own, so that the engines' day is the same without them.

pub mod gateway;
pub mod proxy;

use self::gateway::{Gateway, Outcome};
use self::proxy::Proxy;
use super::engine::seq::Finished;
use super::load::{Reason, Request, Source, daily_curve};
use super::rng::Rng;

/// Requests per second, over a day, of clients that the gateway turns away.
const STRANGERS: f64 = 0.03;

#[derive(Debug)]
pub struct Front {
    pub gateway: Gateway,
    pub proxy: Proxy,
    rng: Rng,
}

/// What the way in has to know of a request that ended.
#[derive(Debug, Clone, Copy)]
pub struct Ended {
    pub at: f64,
    /// Seconds since it came in.
    pub seconds: f64,
    pub prompt: u32,
    pub generated: u32,
    pub outcome: Outcome,
}

impl Front {
    pub fn new(origin: f64, rng: Rng) -> Self {
        Self {
            gateway: Gateway::default(),
            proxy: Proxy::new(origin),
            rng,
        }
    }

    /// A request left its engine; `alive` is false where its process died.
    pub fn ended(&mut self, finished: &Finished, alive: bool) {
        let request = &finished.request;
        let outcome = match request.reason {
            _ if !alive => Outcome::Lost,
            Reason::Error => Outcome::Failed,
            Reason::Stop | Reason::Length | Reason::Abort => Outcome::Answered,
        };
        let ended = Ended {
            at: finished.at,
            seconds: finished.at - request.arrived,
            prompt: request.prompt,
            generated: finished.generated,
            outcome,
        };
        self.note(request, ended);
    }

    /// The engine's server refused it with 400 at once.
    pub fn refused(&mut self, request: &Request) {
        let ended = Ended {
            at: request.arrived,
            seconds: 0.006,
            prompt: request.prompt,
            generated: 0,
            outcome: Outcome::Refused,
        };
        self.note(request, ended);
    }

    fn note(&mut self, request: &Request, ended: Ended) {
        let key = self.proxy.key(request.source, &mut self.rng);
        // What neither comes through the gateway nor belongs to mistral goes straight to a replica: nobody here sees it.
        let seen = request.routed || request.source == Source::Mistral;
        if let Some(key) = key.filter(|_| seen) {
            self.proxy.ended(key, &ended);
        }
        if request.routed {
            let subscription = key.map_or(gateway::PLATFORM, |key| key.min(gateway::PLATFORM - 1));
            self.gateway.ended(subscription, &ended);
        }
    }

    /// When the next client comes that is turned away.
    pub fn next_stranger(&mut self, after: f64) -> f64 {
        after + self.rng.exponential(1.0 / (STRANGERS * daily_curve(after)))
    }

    /// Without a key, or over the limit of its subscription.
    pub fn stranger(&mut self, at: f64) {
        let outcome = if self.rng.chance(0.4) {
            Outcome::Unauthorised
        } else {
            Outcome::Limited
        };
        let seconds = self.rng.log_normal(0.004, 0.4);
        self.gateway.denied(at, seconds, outcome);
    }

    pub fn forget_before(&mut self, at: f64) {
        self.gateway.forget_before(at);
        self.proxy.forget_before(at);
    }
}
