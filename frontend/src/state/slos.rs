//! The board of objectives: its one answer, and how that changes while answers come and go.

use std::sync::Arc;

use leptos::prelude::*;
use server_api::{ApiError, SlosAnswer, SlosRequest};

use super::app::Selection;
use crate::api::{Abort, Client};

#[derive(Clone, Copy)]
pub struct Slos {
    /// An earlier answer stays until the new one is there.
    pub answer: RwSignal<Option<Arc<SlosAnswer>>>,
    pub failure: RwSignal<Option<ApiError>>,
    pub busy: RwSignal<bool>,
    /// What is shown belongs to another choice of namespace, model or range.
    pub stale: RwSignal<bool>,
    selection: StoredValue<Option<Selection>>,
    /// Counts questions, so that a late answer to an earlier one is not taken for this one's.
    turn: StoredValue<u32>,
    running: StoredValue<Option<Abort>, LocalStorage>,
}

impl Slos {
    pub fn new() -> Self {
        Self {
            answer: RwSignal::new(None),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            stale: RwSignal::new(false),
            selection: StoredValue::new(None),
            turn: StoredValue::new(0),
            running: StoredValue::new_local(None),
        }
    }

    /// Ends the request that runs, and asks this one.
    pub fn ask(self, client: Client, question: SlosRequest, selection: Selection) {
        let abort = Abort::new();
        let signal = abort.signal();
        self.running.set_value(Some(abort));
        let turn = self.turn.with_value(|turn| turn.wrapping_add(1));
        self.turn.set_value(turn);
        let same = self.selection.with_value(|before| before.as_ref() == Some(&selection));
        if !same {
            self.stale.set(true);
        }
        self.selection.set_value(Some(selection));
        self.busy.set(true);
        leptos::task::spawn_local(async move {
            let ended = client.slos(&question, signal.as_ref()).await;
            // Not after the tree was unmounted either.
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            match ended {
                Ok(answer) => {
                    self.answer.set(Some(Arc::new(answer)));
                    self.failure.set(None);
                    self.stale.set(false);
                }
                Err(error) => {
                    // Of another choice it would be a lie.
                    if self.stale.get_untracked() {
                        self.answer.set(None);
                    }
                    self.failure.set(Some(error));
                }
            }
            self.busy.set(false);
        });
    }
}
