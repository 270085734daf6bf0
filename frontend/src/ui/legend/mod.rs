//! Names, colours and numbers of a chart's series, in HTML so that they can be read, selected and spoken.
//!
//! The number is the newest sample; while the pointer is on any chart of the page, the one at that instant.

use std::sync::Arc;

use chart::{DASHES, Kind};
use leptos::prelude::*;

use crate::{
    paint::SERIES,
    state::{App, Line, Shown},
    ui::{part, press},
    words::{counted, forms, t},
};

/// The CSS colour of a series.
pub fn color(line: usize) -> String {
    format!("var(--sl-series-{})", line % SERIES + 1)
}

/// What stands for a series beside its name: a piece of its line, or of its band.
pub fn swatch(kind: Kind, line: usize) -> AnyView {
    if kind == Kind::Line {
        let dash = DASHES
            .get(chart::dash(line))
            .map(|lengths| lengths.iter().map(u32::to_string).collect::<Vec<_>>());
        let dash = dash.unwrap_or_default().join(" ");
        return view! {
            <svg class="sl-swatch-line" viewBox="0 0 18 4" aria-hidden="true" style:stroke=color(line)>
                <path d="M0 2h18" stroke-dasharray=dash></path>
            </svg>
        }
        .into_any();
    }
    view! { <span class="sl-swatch" style:background=color(line)></span> }.into_any()
}

#[component]
pub fn Legend(
    #[prop(into)] shown: Signal<Option<Arc<Shown>>>,
    /// The one series to show, if only one.
    only: RwSignal<Option<usize>>,
) -> impl IntoView {
    let names = Memo::new(move |_| {
        let lines = shown.with(|shown| shown.as_ref().map_or(Vec::new(), |shown| names(&shown.plot.lines)));
        // A series chosen before may be gone.
        if only.get_untracked().is_some_and(|only| only >= lines.len()) {
            only.set(None);
        }
        lines
    });
    let whole = RwSignal::new(false);
    view! {
        <ul class="sl-legend" class:sl-legend-wide=Signal::derive(move || names.with(|names| names.iter().any(|name| name.chars().count() > WIDE)))>
            {part(move || {
                let names = names.get();
                let all = names.len();
                let listed = if whole.get() { all } else { few(all) };
                let kind = shown.with_untracked(|shown| shown.as_ref().map_or(Kind::Line, |shown| shown.plot.kind));
                let rows = names.into_iter().take(listed).enumerate().map(|(at, name)| row(shown, only, kind, at, name));
                rows.chain((all > FEW).then(|| more(whole, all))).collect::<Vec<_>>().into_any()
            })}
        </ul>
    }
    .into_any()
}

/// So many series are named at once, with the button that tells of the others: three rows in a card of usual width.
const FEW: usize = 9;

/// How many of `all` series are named at first. The button takes one place.
fn few(all: usize) -> usize {
    if all > FEW { FEW - 1 } else { all }
}

/// The button that names the other series, or puts them away again.
fn more(whole: RwSignal<bool>, all: usize) -> AnyView {
    let text = move || match whole.get() {
        true => t("Show fewer"),
        false => counted(forms("{{count}} more", "{{count}} more"), all - few(all), &[]),
    };
    view! {
        <li>
            <button
                type="button"
                class="sl-legend-row sl-legend-more"
                aria-expanded=Signal::derive(move || whole.get().to_string())
                on:click=press(move || whole.update(|whole| *whole = !*whole))
            >
                {text}
            </button>
        </li>
    }
    .into_any()
}

/// Longer names than this, in characters, get wider columns.
const WIDE: usize = 16;
/// Characters at a name's end that are never cut off: pods and quantiles differ there.
const TAIL: usize = 9;

/// A name in two parts: what may be cut where room is short, and what stays.
pub fn split(name: &str) -> (&str, &str) {
    let at = name.char_indices().rev().nth(TAIL - 1).map_or(0, |(at, _)| at);
    name.split_at(at)
}

fn names(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| line.name.clone()).collect()
}

fn row(
    shown: Signal<Option<Arc<Shown>>>,
    only: RwSignal<Option<usize>>,
    kind: Kind,
    at: usize,
    name: String,
) -> AnyView {
    let app = App::here();
    let number = move || {
        let hover = app.hover.get();
        shown.with(|shown| {
            let plot = &shown.as_ref()?.plot;
            let line = plot.lines.get(at)?;
            let value = match hover {
                Some(unix) => line.at(unix),
                None => line.last().map(|(_, value)| value),
            };
            let value = value?;
            Some((value, line.say(plot.unit, value)))
        })
    };
    let few = move || {
        let hover = app.hover.get();
        shown.with(|shown| {
            let line = shown.as_ref().and_then(|shown| shown.plot.lines.get(at));
            line.is_some_and(|line| line.is_few(hover))
        })
    };
    let text = move || number().map_or("–".to_owned(), |(_, text)| text);
    let raw = move || number().map(|(value, _)| value.to_string());
    let pressed = move || only.get() == Some(at);
    let faded = move || only.get().is_some_and(|only| only != at);
    let (head, tail) = split(&name);
    let (head, tail) = (head.to_owned(), tail.to_owned());
    view! {
        <li>
            <button
                type="button"
                class="sl-legend-row"
                class:sl-legend-faded=Signal::derive(faded)
                aria-pressed=Signal::derive(move || pressed().to_string())
                on:click=press(move || only.update(|only| *only = if *only == Some(at) { None } else { Some(at) }))
            >
                {swatch(kind, at)}
                <span class="sl-legend-name" translate="no" title=name>
                    <span class="sl-legend-start">{head}</span>
                    <span class="sl-legend-end">{tail}</span>
                </span>
                <span class="sl-legend-value" translate="no" class:sl-faint=Signal::derive(few) data-value=Signal::derive(raw)>
                    {text}
                </span>
            </button>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{few, split};

    #[test]
    fn a_button_never_stands_for_one_series_that_had_its_place() {
        assert_eq!([1, 8, 9, 10, 40].map(few), [1, 8, 9, 8, 8]);
    }

    #[test]
    fn a_name_s_end_is_kept_whole() {
        assert_eq!(
            split("granite-33-8b-kserve-6d8f7c9b5-x2k4q"),
            ("granite-33-8b-kserve-6d8f7c", "9b5-x2k4q")
        );
        assert_eq!(split("short"), ("", "short"));
        assert_eq!(split("ünïcödé näme"), ("ünï", "cödé näme"));
        assert_eq!(split(""), ("", ""));
    }
}
