//! A panel's card: title, what it means on demand, and the picture, or one of six other looks in its place.

mod data;
mod info;
mod look;

use std::sync::Arc;

use leptos::prelude::*;
use server_api::PanelEntry;

use super::{
    chart::Chart,
    icon::{Icon, icon},
    legend::Legend,
    part, press, when,
};
use crate::{
    state::{App, Look, PanelView, Shown},
    words::{t, t_with, told},
};
use data::Data;
use info::Info;
pub use look::{Empty, not_yet, sentence, style};

#[component]
pub fn Panel(entry: Arc<PanelEntry>) -> impl IntoView {
    let app = App::here();
    let view = app.board.view(&entry.id);
    let view = Signal::derive(move || view.get());
    let look = Memo::new(move |_| view.with(PanelView::look));
    let shown = Signal::derive(move || view.with(|view| view.shown.clone()));
    let only = RwSignal::new(None::<usize>);
    let info = RwSignal::new(false);
    let table = RwSignal::new(false);
    let id = entry.id.clone();
    let heading = app.id(&entry.id);
    let labelled = heading.clone();
    let lines =
        Memo::new(move |_| shown.with(|shown| shown.as_ref().is_some_and(|shown| !shown.plot.lines.is_empty())));

    let body = {
        let entry = Arc::clone(&entry);
        move || match look.get() {
            Look::Picture if table.get() => view! { <Data title=t(&entry.title) shown=shown /> }.into_any(),
            Look::Picture => view! {
                <Chart id=entry.id.clone() title=t(&entry.title) shown=shown only=only />
                {when(lines.into(), move || view! { <Legend shown=shown only=only /> }.into_any())}
                {part(move || notes(shown))}
            }
            .into_any(),
            _ => view! { <Empty look=look shown=shown /> }.into_any(),
        }
    };
    view! {
        <section
            class="sl-card sl-panel"
            class:sl-stale=Signal::derive(move || view.with(|view| view.stale))
            class:sl-waiting=Signal::derive(move || view.with(|view| view.waiting))
            aria-labelledby=labelled
            aria-busy=Signal::derive(move || view.with(|view| view.waiting).to_string())
            data-panel=id
            data-state=Signal::derive(move || look.get().name())
        >
            <header class="sl-card-head">
                <h2 id=heading>{t(&entry.title)}</h2>
                {warnings(view)}
                {when(Signal::derive(move || look.get() == Look::Picture), {
                    let what = t(&entry.title);
                    move || table_switch(table, &what)
                })}
                <button
                    type="button"
                    class="sl-icon-button"
                    aria-expanded=Signal::derive(move || info.get().to_string())
                    aria-label=t_with("About {{what}}", &[("what", &t(&entry.title))])
                    title=t("What this shows, and where it comes from")
                    on:click=press(move || info.update(|open| *open = !*open))
                >
                    {icon(Icon::Info)}
                </button>
            </header>
            <div class="sl-card-body">{part(body)}</div>
            {when(info.into(), move || view! { <Info entry=Arc::clone(&entry) shown=shown open=info /> }.into_any())}
        </section>
    }
    .into_any()
}

/// Numbers in the place of the picture, and back.
fn table_switch(table: RwSignal<bool>, what: &str) -> AnyView {
    view! {
        <button
            type="button"
            class="sl-icon-button sl-table-switch"
            aria-pressed=Signal::derive(move || table.get().to_string())
            aria-label=t_with("{{what}} as a table", &[("what", what)])
            title=t("Show as a table")
            on:click=press(move || table.update(|on| *on = !*on))
        >
            {icon(Icon::Table)}
        </button>
    }
    .into_any()
}

/// What must be known to read the picture right, below it.
fn notes(shown: Signal<Option<Arc<Shown>>>) -> AnyView {
    let notes = shown.with(|shown| shown.as_ref().map_or(Vec::new(), |shown| shown.notes()));
    let lines: Vec<AnyView> = notes
        .into_iter()
        .map(|note| view! { <p class="sl-note">{note}</p> }.into_any())
        .collect();
    lines.into_any()
}

/// The answer is there but not whole, or made with a compromise: a badge that says what.
pub fn warnings(view: Signal<PanelView>) -> AnyView {
    let app = App::here();
    let texts =
        Memo::new(move |_| view.with(|view| view.shown.as_ref().map_or(Vec::new(), |shown| shown.warnings.clone())));
    part(move || {
        let texts = texts.get();
        if texts.is_empty() {
            return ().into_any();
        }
        app.vocabulary.told.there.track();
        let all = texts.iter().map(|text| told(text)).collect::<Vec<_>>().join("\n");
        view! {
            <span class="sl-badge sl-badge-warning" role="img" aria-label=all.clone() title=all.clone()>
                {icon(Icon::Warning)}
                {(texts.len() > 1).then(|| texts.len().to_string())}
            </span>
        }
        .into_any()
    })
}
