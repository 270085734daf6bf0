//! Words that not every page says: a file for each use, fetched by whoever says them.

use leptos::prelude::*;

use super::App;
use crate::words::{self, Language};

/// A file of a language beside its first.
#[derive(Clone, Copy)]
pub struct More {
    /// What stands at the end of its name.
    file: &'static str,
    /// Whether its words are there, in the reader's language. English ones always are.
    pub there: RwSignal<bool>,
}

/// All of them.
#[derive(Clone, Copy)]
pub struct Vocabulary {
    /// What panels tell.
    pub explained: More,
    /// What the server tells of panels and faults.
    pub told: More,
    /// What to do when they look bad.
    pub advice: More,
    /// What the page that sets up says.
    pub setup: More,
    /// What the engine of setting up says of a cluster.
    pub engine: More,
    /// What the page of objectives says.
    pub slos: More,
}

impl Vocabulary {
    pub fn new() -> Self {
        let more = |file| More {
            file,
            there: RwSignal::new(false),
        };
        Self {
            explained: more("-explained"),
            told: more("-told"),
            advice: more("-advice"),
            setup: more("-setup"),
            engine: more("-engine"),
            slos: more("-slos"),
        }
    }

    /// Another language is spoken from now on.
    pub fn begin(self, language: Language) {
        let all = [
            self.explained,
            self.told,
            self.advice,
            self.setup,
            self.engine,
            self.slos,
        ];
        for more in all {
            more.there.set(language == Language::English);
        }
    }
}

impl App {
    /// Fetches these words unless they are there; English where they cannot be had.
    pub fn learn(self, more: More) {
        let spoken = self.language.get_untracked();
        let Some(language) = spoken.filter(|_| !more.there.get_untracked()) else {
            return;
        };
        let client = self.client();
        leptos::task::spawn_local(async move {
            let words = client.words(language.tag(), more.file).await;
            // Another language may have been chosen meanwhile, or the tree unmounted.
            if self.language.try_get_untracked() == Some(Some(language)) {
                words::learn(&words.unwrap_or_default());
                more.there.set(true);
            }
        });
    }
}
