//! A dashboard's panels: tiles in a row, then charts in columns.

use std::sync::Arc;

use leptos::prelude::*;
use server_api::PanelEntry;

use super::{panel::Panel, part, stat::Stat, when};
use crate::{
    route::Page,
    state::{App, Load},
};

const TILE: &str = "stat";

#[component]
pub fn Grid(
    page: Page,
    /// Whether each kind of exporter has its own heading.
    #[prop(optional)]
    by_family: bool,
) -> impl IntoView {
    let app = App::here();
    // Only the catalogue decides which cards there are; answers change what is in them.
    let entries = Memo::new(move |_| app.panels(page).into_iter().map(Same).collect::<Vec<_>>());
    let waiting = move || app.catalog.with(|catalog| *catalog == Load::Waiting);
    let cards = move || {
        let (tiles, charts): (Vec<_>, Vec<_>) = entries
            .get()
            .into_iter()
            .map(|Same(entry)| entry)
            .partition(|entry| entry.kind == TILE);
        let mut all = Vec::new();
        if !tiles.is_empty() {
            let tiles: Vec<AnyView> = tiles
                .into_iter()
                .map(|entry| view! { <Stat entry=entry /> }.into_any())
                .collect();
            all.push(view! { <div class="sl-tiles">{tiles}</div> }.into_any());
        }
        all.extend(
            groups(charts, by_family)
                .into_iter()
                .map(|group| charts_of(app, group, by_family)),
        );
        all.into_any()
    };
    view! {
        {part(cards)}
        {when(Signal::derive(waiting), ghosts)}
    }
    .into_any()
}

/// In the place of the cards while nobody knows yet which there are.
fn ghosts() -> AnyView {
    let ghost = || view! { <div class="sl-card sl-panel sl-ghost"></div> }.into_any();
    let ghosts: Vec<AnyView> = (0..6).map(|_| ghost()).collect();
    view! {
        <div class="sl-grid" role="status" aria-label="Loading">
            {ghosts}
        </div>
    }
    .into_any()
}

/// Neighbours of one family together, or all together.
fn groups(entries: Vec<Arc<PanelEntry>>, by_family: bool) -> Vec<Vec<Arc<PanelEntry>>> {
    let mut groups: Vec<Vec<Arc<PanelEntry>>> = Vec::new();
    for entry in entries {
        match groups.last_mut() {
            Some(group) if !by_family || group.last().is_some_and(|last| last.family == entry.family) => {
                group.push(entry);
            }
            _ => groups.push(vec![entry]),
        }
    }
    groups
}

fn charts_of(app: App, entries: Vec<Arc<PanelEntry>>, titled: bool) -> AnyView {
    let family = entries.first().map(|entry| entry.family.clone()).unwrap_or_default();
    let title = app.catalog.with_untracked(|catalog| match catalog {
        Load::Here(catalog) => catalog
            .families
            .iter()
            .find(|known| known.id == family)
            .map(|known| known.title.clone()),
        _ => None,
    });
    let title = title
        .filter(|_| titled)
        .map(|title| view! { <p class="sl-group-title">{title}</p> });
    let classes = spans(entries.len());
    let cards: Vec<AnyView> = entries
        .into_iter()
        .zip(classes)
        .map(|(entry, class)| view! { <div class=class><Panel entry=entry /></div> }.into_any())
        .collect();
    view! {
        {title}
        <div class="sl-grid">{cards}</div>
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

/// Entries of one catalogue differ by their ids.
#[derive(Clone)]
struct Same(Arc<PanelEntry>);

impl PartialEq for Same {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
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

    #[test]
    fn families_stand_together_where_asked() {
        let entry = |family: &str| {
            let text = format!(
                r#"{{"id":"{family}.x","family":"{family}","title":"","tells":"","when_bad":"","unit":"none","kind":"line","covers":[],"queries":[],"thresholds":[]}}"#
            );
            Arc::new(serde_json::from_str::<PanelEntry>(&text).unwrap())
        };
        let entries = ["vllm", "vllm", "ovms"].map(entry).to_vec();
        let sizes = |by_family| {
            groups(entries.clone(), by_family)
                .iter()
                .map(Vec::len)
                .collect::<Vec<_>>()
        };
        assert_eq!(sizes(true), [2, 1]);
        assert_eq!(sizes(false), [3]);
    }
}
