//! A dashboard's panels, section by section: tiles in a row, then charts in columns.

use std::sync::Arc;

use leptos::prelude::*;
use server_api::PanelEntry;

use super::{panel::Panel, part, press, stat::Stat, when};
use crate::{
    route::Page,
    state::{App, Load, PanelView},
    words::{counted, forms, t},
};

const TILE: &str = "stat";

#[component]
pub fn Grid(page: Page) -> impl IntoView {
    let app = App::here();
    // Only the catalogue decides which cards there are; answers change what is in them.
    let sections = Memo::new(move |_| sections(app, &page));
    let waiting = move || app.catalog.with(|catalog| *catalog == Load::Waiting);
    let all = move || {
        let sections = sections.get().into_iter().map(|section| section_of(app, section));
        sections.collect::<Vec<_>>().into_any()
    };
    view! {
        {part(all)}
        {when(Signal::derive(waiting), ghosts)}
    }
    .into_any()
}

/// A heading, which may be empty, and the panels under it.
#[derive(Clone)]
struct Section {
    title: String,
    entries: Vec<Arc<PanelEntry>>,
}

impl PartialEq for Section {
    /// Entries of one catalogue differ by their ids.
    fn eq(&self, other: &Self) -> bool {
        self.title == other.title
            && self
                .entries
                .iter()
                .map(|entry| &entry.id)
                .eq(other.entries.iter().map(|entry| &entry.id))
    }
}

fn sections(app: App, page: &Page) -> Vec<Section> {
    let entries = app.panels(page);
    let named = app.dashboard(page).map(|board| board.sections).unwrap_or_default();
    if named.is_empty() {
        let title = String::new();
        return if entries.is_empty() {
            Vec::new()
        } else {
            vec![Section { title, entries }]
        };
    }
    let of = |panels: Vec<String>| {
        entries
            .iter()
            .filter(|entry| panels.contains(&entry.id))
            .cloned()
            .collect()
    };
    named
        .into_iter()
        .map(|section| Section {
            title: section.title,
            entries: of(section.panels),
        })
        .collect()
}

/// In the place of the cards while nobody knows yet which there are.
pub fn ghosts() -> AnyView {
    let ghost = || view! { <div class="sl-card sl-panel sl-ghost"></div> }.into_any();
    let ghosts: Vec<AnyView> = (0..6).map(|_| ghost()).collect();
    view! {
        <div class="sl-grid" role="status" aria-label=t("Loading")>
            {ghosts}
        </div>
    }
    .into_any()
}

fn section_of(app: App, section: Section) -> AnyView {
    let views: Vec<ArcRwSignal<PanelView>> = section.entries.iter().map(|entry| app.board.view(&entry.id)).collect();
    let foldable = !section.title.is_empty();
    // One for each panel: nothing here has ever told its metrics. A model that waits for its first request is no such case:
    // its panels say so themselves.
    let absent = Memo::new(move |_| {
        let whole = foldable && app.at().models.is_empty();
        views
            .iter()
            .map(|view| whole && view.with(PanelView::has_no_source))
            .collect::<Vec<bool>>()
    });
    let revealed = RwSignal::new(false);
    let folded = Memo::new(move |_| if revealed.get() { Vec::new() } else { absent.get() });
    let is_folded = move |at: usize| folded.with(|folded| folded.get(at).copied().unwrap_or_default());

    let (tiles, charts): (Vec<_>, Vec<_>) = section
        .entries
        .iter()
        .cloned()
        .enumerate()
        .partition(|(_, entry)| entry.kind == TILE);
    let tiles: Vec<AnyView> = tiles
        .into_iter()
        .map(|(at, entry)| {
            let folded = Signal::derive(move || is_folded(at));
            view! { <div class="sl-tile" hidden=folded><Stat entry=entry /></div> }.into_any()
        })
        .collect();
    let places: Arc<[usize]> = charts.iter().map(|(at, _)| *at).collect();
    let classes = Memo::new(move |_| {
        let shown: Vec<bool> = places.iter().map(|at| !is_folded(*at)).collect();
        let mut spans = spans(shown.iter().filter(|shown| **shown).count()).into_iter();
        shown
            .into_iter()
            .map(|shown| if shown { spans.next().unwrap_or_default() } else { "" })
            .collect::<Vec<_>>()
    });
    let charts: Vec<AnyView> = charts
        .into_iter()
        .enumerate()
        .map(|(rank, (at, entry))| {
            let class = Signal::derive(move || classes.with(|classes| classes.get(rank).copied().unwrap_or_default()));
            let folded = Signal::derive(move || is_folded(at));
            view! { <div class=class hidden=folded><Panel entry=entry /></div> }.into_any()
        })
        .collect();
    let titles: Vec<String> = section.entries.iter().map(|entry| t(&entry.title)).collect();
    let heading = (!section.title.is_empty()).then(|| view! { <h2 class="sl-group-title">{t(&section.title)}</h2> });
    view! {
        {heading}
        {(!tiles.is_empty()).then(|| view! { <div class="sl-tiles">{tiles}</div> })}
        {(!charts.is_empty()).then(|| view! { <div class="sl-grid">{charts}</div> })}
        {part(move || fold(absent.get(), &titles, revealed))}
    }
    .into_any()
}

/// One quiet line for the panels that nothing here feeds.
fn fold(absent: Vec<bool>, titles: &[String], revealed: RwSignal<bool>) -> AnyView {
    let names: Vec<&str> = absent
        .iter()
        .zip(titles)
        .filter(|(absent, _)| **absent)
        .map(|(_, title)| title.as_str())
        .collect();
    if names.is_empty() {
        return ().into_any();
    }
    let said = counted(
        forms(
            "1 chart has no source here: {{names}}.",
            "{{count}} charts have no source here: {{names}}.",
        ),
        names.len(),
        &[("names", &names.join(&t(", ")))],
    );
    view! {
        <p class="sl-fold">
            <span>{said}</span>
            " "
            <button
                type="button"
                class="sl-link"
                aria-expanded=Signal::derive(move || revealed.get().to_string())
                on:click=press(move || revealed.update(|shown| *shown = !*shown))
            >
                {Signal::derive(move || if revealed.get() { t("Hide") } else { t("Show") })}
            </button>
        </p>
    }
    .into_any()
}

/// Classes that say how many of the grid's twelve columns each card takes, in two widths of the page: three to a row
/// (or two), and never a row with a hole in it.
fn spans(count: usize) -> Vec<&'static str> {
    // Those at the end that stand two to a row, or alone, so that every row is full.
    let halves = match count % 3 {
        _ if count == 1 => 1,
        0 => 0,
        1 => 4,
        _ => 2,
    };
    let last_alone = count % 2 == 1;
    (1..=count)
        .map(
            |at| match (count == 1, at + halves > count, at == count && last_alone) {
                (true, ..) => "sl-wide-12",
                (_, true, true) => "sl-wide-6",
                (_, true, false) => "sl-wide-6 sl-mid-6",
                (_, false, true) => "sl-wide-4",
                (_, false, false) => "sl-wide-4 sl-mid-6",
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_full_at_every_width() {
        for count in 1..30 {
            let columns = |class: &str, wanted: &str, otherwise: usize| {
                let found = class.split(' ').find_map(|class| class.strip_prefix(wanted));
                found.map_or(otherwise, |columns| columns.parse().unwrap())
            };
            for width in ["sl-wide-", "sl-mid-"] {
                let mut filled = 0;
                for class in spans(count) {
                    filled += columns(class, width, 12);
                    assert!(filled <= 12, "{count} cards: a row runs over at {width}");
                    filled %= 12;
                }
                assert_eq!(filled, 0, "{count} cards: a hole in the last row at {width}");
            }
        }
    }
}
