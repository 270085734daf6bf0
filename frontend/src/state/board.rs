//! Every panel's view, and the one request that fills them.

use std::{collections::BTreeMap, sync::Arc};

use leptos::prelude::*;
use server_api::{ApiError, PanelAnswer, PanelEntry, PanelsRequest};

use super::{Look, PanelView, Shown, app::Selection};
use crate::{
    api::{Abort, Client, cut_short},
    host,
};

/// Performance marks, read by `xtask bench`.
const ASKED: &str = "servelens:asked";
const FIRST: &str = "servelens:first-panel";
const ANSWERED: &str = "servelens:answered";

#[derive(Clone, Copy)]
pub struct Board {
    views: StoredValue<BTreeMap<String, ArcRwSignal<PanelView>>>,
    /// An answer is coming.
    pub busy: RwSignal<bool>,
    /// The whole request failed, or its answer was cut short.
    pub failure: RwSignal<Option<ApiError>>,
    /// When the last question went out (milliseconds) and when its answer was whole (Unix seconds).
    pub asked_ms: RwSignal<Option<f64>>,
    pub updated: RwSignal<Option<i64>>,
    /// Where the data of this range begin, Unix seconds, if the store holds less than was asked for.
    pub begins: RwSignal<Option<i64>>,
    selection: StoredValue<Option<Selection>>,
    /// Counts questions, so that a late answer to an earlier one is not taken for this one's.
    turn: StoredValue<u32>,
    running: StoredValue<Option<Abort>, LocalStorage>,
}

impl Board {
    pub fn new() -> Self {
        Self {
            views: StoredValue::new(BTreeMap::new()),
            busy: RwSignal::new(false),
            failure: RwSignal::new(None),
            asked_ms: RwSignal::new(None),
            updated: RwSignal::new(None),
            begins: RwSignal::new(None),
            selection: StoredValue::new(None),
            turn: StoredValue::new(0),
            running: StoredValue::new_local(None),
        }
    }

    /// The panel's view; an empty one if nothing was asked yet.
    pub fn view(self, panel: &str) -> ArcRwSignal<PanelView> {
        let known = self.views.with_value(|views| views.get(panel).cloned());
        known.unwrap_or_else(|| {
            let view = ArcRwSignal::new(PanelView::default());
            self.views.update_value(|views| {
                views.insert(panel.to_owned(), view.clone());
            });
            view
        })
    }

    /// Ends the request that runs, and asks this one.
    pub fn ask(self, client: Client, question: PanelsRequest, selection: Selection, entries: Vec<Arc<PanelEntry>>) {
        let abort = Abort::new();
        let signal = abort.signal();
        self.running.set_value(Some(abort));
        let turn = self.turn.with_value(|turn| turn.wrapping_add(1));
        self.turn.set_value(turn);
        // Each panel remembers its own staleness, so a page not asked about this time is judged when it is.
        let same = self.selection.with_value(|before| before.as_ref() == Some(&selection));
        if !same {
            self.views
                .with_value(|views| views.values().for_each(|view| view.update(PanelView::outdated)));
            self.begins.set(None);
        }
        self.selection.set_value(Some(selection));
        for panel in &question.panels {
            self.view(panel).update(PanelView::asked);
        }
        self.asked_ms.set(Some(host::now_ms()));
        self.busy.set(true);
        host::mark(ASKED);

        leptos::task::spawn_local(async move {
            let mut first = true;
            let mut on_panel = |answer: PanelAnswer| {
                if !self.is(turn) {
                    return;
                }
                if std::mem::take(&mut first) {
                    host::mark(FIRST);
                    // The same for the whole answer.
                    self.begins.set(answer.begins);
                }
                let entry = entries.iter().find(|entry| entry.id == answer.panel);
                if let Some(entry) = entry {
                    let shown = Shown::new(entry, answer, question.from, question.to);
                    self.view(&entry.id).update(|view| view.answered(shown));
                }
            };
            let ended = client.panels(&question, signal.as_ref(), &mut on_panel).await;
            self.ended(turn, &question, ended);
        });
    }

    /// Whether `turn` is the current question. Not after the tree was unmounted either.
    fn is(self, turn: u32) -> bool {
        self.turn.try_get_value() == Some(turn)
    }

    fn ended(self, turn: u32, question: &PanelsRequest, ended: Result<(), ApiError>) {
        if !self.is(turn) {
            return;
        }
        let failure = ended.err();
        let look = if failure.is_some() {
            Look::NotLoaded
        } else {
            Look::Error
        };
        let missing = failure.clone().unwrap_or_else(cut_short);
        for panel in &question.panels {
            let view = self.view(panel);
            if view.with_untracked(|view| view.waiting) {
                view.update(|view| view.left_out(look, &missing));
            }
        }
        if failure.is_none() {
            self.updated.set(Some(host::now()));
        }
        self.failure.set(failure);
        self.busy.set(false);
        host::mark(ANSWERED);
    }
}
