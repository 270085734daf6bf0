//! The one value that every component can reach: signals, and the few things that can be done to them.

mod ask;

use std::{
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use leptos::prelude::*;
use server_api::{ApiError, CatalogAnswer, Me, ModelEntry};

use super::Board;
use crate::{
    host::{self, Host, Kind, Theme, Timeout},
    paint,
    route::{Location, NoSuchPage, Page, Scope, TimeRange},
};

static MOUNTS: AtomicU32 = AtomicU32::new(0);

/// Something asked of the server once.
#[derive(Debug, Clone, PartialEq)]
pub enum Load<T> {
    Waiting,
    Here(T),
    Failed(ApiError),
}

/// Copied freely: every field is a handle into the mounted tree's own arena and dies with it.
#[derive(Clone, Copy)]
pub struct App {
    host: StoredValue<Rc<Host>, LocalStorage>,
    pub kind: Kind,
    /// Tells this mount from others on the same document.
    mount: u32,
    location: RwSignal<Result<Location, NoSuchPage>>,
    pub catalog: RwSignal<Load<Arc<CatalogAnswer>>>,
    pub models: RwSignal<Load<Arc<Vec<ModelEntry>>>>,
    pub me: RwSignal<Load<Arc<Me>>>,
    pub board: Board,
    /// Width of the page in CSS pixels; 0 until it has been laid out.
    pub width: RwSignal<f64>,
    pub pixel_ratio: RwSignal<f64>,
    pub dark: RwSignal<bool>,
    /// `None` until the style sheet is there.
    pub theme: RwSignal<Option<Arc<chart::Theme>>>,
    /// The instant under the pointer, Unix seconds: all charts of the page mark it.
    pub hover: RwSignal<Option<i64>>,
    pub hidden: RwSignal<bool>,
    timer: StoredValue<Option<Timeout>, LocalStorage>,
}

impl App {
    pub fn new(host: Rc<Host>, path: &str) -> Self {
        Self {
            kind: host.kind,
            mount: MOUNTS.fetch_add(1, Ordering::Relaxed),
            location: RwSignal::new(host.read(path)),
            host: StoredValue::new_local(host),
            catalog: RwSignal::new(Load::Waiting),
            models: RwSignal::new(Load::Waiting),
            me: RwSignal::new(Load::Waiting),
            board: Board::new(),
            width: RwSignal::new(0.0),
            pixel_ratio: RwSignal::new(host::pixel_ratio()),
            dark: RwSignal::new(false),
            theme: RwSignal::new(None),
            hover: RwSignal::new(None),
            hidden: RwSignal::new(host::hidden()),
            timer: StoredValue::new_local(None),
        }
    }

    /// An element's id that no other mount uses.
    pub fn id(self, name: &str) -> String {
        format!("sl-{}-{}", self.mount, name.replace('.', "-"))
    }

    /// From any component of the mounted tree.
    pub fn here() -> Self {
        expect_context()
    }

    pub fn host(self) -> Rc<Host> {
        self.host.get_value()
    }

    /// Light or dark may have changed, or the style sheet come: looks again.
    pub fn retheme(self) {
        let host = self.host();
        self.dark.set(Theme::apply(&host));
        self.theme.set(paint::resolve_theme(&host).map(Arc::new));
    }

    // Where the page is.

    /// The current place; the overview where the address leads nowhere.
    pub fn at(self) -> Location {
        self.location.with(|location| location.clone().unwrap_or_default())
    }

    pub fn lost(self) -> Option<NoSuchPage> {
        self.location.with(|location| location.clone().err())
    }

    pub fn page(self) -> Page {
        self.location
            .with(|location| location.as_ref().map_or(Page::Overview, |at| at.page))
    }

    /// Goes there, and tells the host.
    pub fn go(self, to: Location) {
        if self.location.with_untracked(|now| now.as_ref() == Ok(&to)) {
            return;
        }
        self.host().went(&to, false);
        self.location.set(Ok(to));
    }

    /// Changes one thing about the current place.
    pub fn change(self, change: impl FnOnce(&mut Location)) {
        let mut to = untrack(|| self.at());
        change(&mut to);
        self.go(to);
    }

    /// The host went somewhere.
    pub fn went(self, path: &str) {
        let to = self.host().read(path);
        if self.location.with_untracked(|now| *now != to) {
            self.location.set(to);
        }
    }
}

/// What the pictures belong to: another one makes them stale.
pub type Selection = (Scope, Vec<String>, TimeRange);
