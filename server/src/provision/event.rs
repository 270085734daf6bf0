//! What happens while it happens: the same events for the command line, for `--output json` and for the page.

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::object::Reference;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// One of `of` steps has begun.
    Begun {
        step: usize,
        of: usize,
        action: &'static str,
        object: Reference,
    },
    /// It waits for the cluster to do its part.
    Waiting { step: usize, what: String },
    Ended {
        step: usize,
        object: Reference,
        outcome: Outcome,
    },
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done(&'static str),
    /// It stays undone; the text says why and what to do.
    Left(String),
    /// Nothing after it was tried.
    Stopped(String),
}

impl Event {
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Event::Begun {
                step,
                of,
                action,
                object,
            } => {
                json!({"event": "begun", "step": step, "of": of, "action": action, "object": object.to_string()})
            }
            Event::Waiting { step, what } => json!({"event": "waiting", "step": step, "for": what}),
            Event::Ended { step, object, outcome } => {
                let (outcome, text) = match outcome {
                    Outcome::Done(what) => ("done", (*what).to_owned()),
                    Outcome::Left(why) => ("left", why.clone()),
                    Outcome::Stopped(why) => ("stopped", why.clone()),
                };
                json!({"event": "ended", "step": step, "object": object.to_string(), "outcome": outcome, "text": text})
            }
        }
    }
}

/// Where events go; a listener that has gone is no reason to stop in the middle.
#[derive(Debug, Clone)]
pub struct Events(pub UnboundedSender<Event>);

impl Events {
    pub fn tell(&self, event: Event) {
        drop(self.0.send(event));
    }
}
