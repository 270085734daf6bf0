//! The one value that every component can reach: signals, and the few things that can be done to them.

mod ask;

use std::{
    collections::BTreeMap,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use leptos::prelude::*;
use server_api::{ApiError, CatalogAnswer, DashboardEntry, Me, ModelEntry};

use super::{Board, Setup, Slos, Vocabulary};
use crate::{
    host::{self, Host, Kind, Theme, Timeout},
    paint,
    route::{Location, NoSuchPage, Page, TimeRange},
    words::{Language, t},
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
    pub slos: Slos,
    pub setup: Setup,
    /// Width of the page in CSS pixels; 0 until it has been laid out.
    pub width: RwSignal<f64>,
    pub pixel_ratio: RwSignal<f64>,
    pub dark: RwSignal<bool>,
    /// `None` until its words are there: then the page is drawn, and anew with each other one.
    pub language: RwSignal<Option<Language>>,
    pub vocabulary: Vocabulary,
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
            slos: Slos::new(),
            setup: Setup::new(),
            width: RwSignal::new(0.0),
            pixel_ratio: RwSignal::new(host::pixel_ratio()),
            dark: RwSignal::new(false),
            language: RwSignal::new(None),
            vocabulary: Vocabulary::new(),
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
        let location = self.location.get();
        let page = match location {
            Err(lost) => return Some(lost),
            Ok(location) => location.page,
        };
        let unknown = self.catalog.with(|catalog| match catalog {
            Load::Here(catalog) => !catalog.dashboards.iter().any(|board| board.id == page.segment()),
            _ => false,
        });
        (matches!(page, Page::Board(_)) && unknown).then(|| NoSuchPage {
            wanted: page.segment().to_owned(),
        })
    }

    /// The dashboard behind a page, as soon as the catalogue is there.
    pub fn dashboard(self, page: &Page) -> Option<DashboardEntry> {
        self.catalog.with(|catalog| match catalog {
            Load::Here(catalog) => catalog
                .dashboards
                .iter()
                .find(|board| board.id == page.segment())
                .cloned(),
            _ => None,
        })
    }

    /// A page's heading: a tab's own word, else the dashboard's; empty until that is known.
    pub fn title(self, page: &Page) -> String {
        match page {
            Page::Board(_) => self.dashboard(page).map(|board| t(&board.title)).unwrap_or_default(),
            tab => t(tab.title()),
        }
    }

    /// The boards of a group of the navigation, in the catalogue's order. `""`: those that stand in no group.
    pub fn boards(self, group: &str) -> Vec<DashboardEntry> {
        let own =
            |board: &&DashboardEntry| board.group == group && !Page::TABS.iter().any(|tab| tab.segment() == board.id);
        self.catalog.with(|catalog| match catalog {
            Load::Here(catalog) => catalog.dashboards.iter().filter(own).cloned().collect(),
            _ => Vec::new(),
        })
    }

    pub fn page(self) -> Page {
        self.location
            .with(|location| location.as_ref().map_or(Page::Overview, |at| at.page.clone()))
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
pub type Selection = (BTreeMap<String, Vec<String>>, TimeRange);
