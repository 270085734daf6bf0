//! The board of objectives: what is promised, whether it is kept now and over the range, what is left of the error budget and
//! how fast it burns.

mod parts;
mod row;
mod words;

use leptos::prelude::*;
use server_api::{PanelState, SloAnswer, SloState, SlosAnswer, catalog::SloEntry};

use crate::{
    route::{Page, SLOS},
    state::{App, Load},
    ui::{notice::fault, part},
    words::{t, t_with, told},
};
use parts::{head, line, said};
use row::row;
use words::{limits, span, style, word};

#[component]
pub fn SloBoard() -> impl IntoView {
    let app = App::here();
    app.learn(app.vocabulary.slos);
    let whole = move || {
        app.vocabulary.told.there.track();
        let failure = app.slos.failure.get();
        let answer = app.slos.answer.get().filter(|_| app.vocabulary.slos.there.get());
        let board = match (answer, app.catalog.get()) {
            (Some(answer), Load::Here(catalog)) => board(app, &answer, &catalog.slos),
            _ if failure.is_some() => Vec::new(),
            _ => vec![line("sl-card sl-slo sl-ghost", String::new())],
        };
        let failure = failure.map(|error| fault(&error, move || app.refresh()));
        failure.into_iter().chain(board).collect::<Vec<AnyView>>().into_any()
    };
    view! {
        <div
            class="sl-slos"
            class:sl-stale=Signal::derive(move || app.slos.stale.get())
            aria-busy=Signal::derive(move || app.slos.busy.get().to_string())
        >
            {part(whole)}
        </div>
    }
    .into_any()
}

fn board(app: App, answer: &SlosAnswer, entries: &[SloEntry]) -> Vec<AnyView> {
    let over = t_with("Over {{span}}", &[("span", &span(answer.range_s))]);
    let about = t_with(
        "The state is that of the last {{now}}. An error budget is made for {{budget}}; where the data do not go back so far, it is that of the time they cover.",
        &[("now", &span(answer.now_s)), ("budget", &span(answer.budget_s))],
    );
    let mut all = vec![summary(answer)];
    for slo in &answer.slos {
        if let Some(entry) = entries.iter().find(|entry| entry.id == slo.slo) {
            all.push(card(app, entry, slo, &over));
        }
    }
    all.push(line("sl-muted sl-slo-about", about));
    all
}

/// How many stand how: the board from across the room.
fn summary(answer: &SlosAnswer) -> AnyView {
    let mut tiles: Vec<AnyView> = Vec::new();
    for state in [
        SloState::Critical,
        SloState::Warning,
        SloState::Missed,
        SloState::Ok,
        SloState::NoTraffic,
        SloState::NotMeasurable,
    ] {
        let rows = answer.slos.iter().flat_map(|slo| &slo.rows);
        let count = rows.filter(|row| row.state() == state).count();
        if count == 0 && matches!(state, SloState::NoTraffic | SloState::NotMeasurable) {
            continue;
        }
        let style = if count == 0 { "zero" } else { style(state) };
        tiles.push(said(&format!("sl-slo-number sl-slo-{style}"), count.to_string()));
        tiles.push(said(&format!("sl-slo-word sl-slo-{style}"), word(state)));
    }
    view! { <div class="sl-card sl-slo-summary">{tiles}</div> }.into_any()
}

fn card(app: App, entry: &SloEntry, slo: &SloAnswer, over: &str) -> AnyView {
    let limits = limits(entry).map(|limit| said("sl-slo-limit", limit));
    let mut body = Vec::new();
    if slo.rows.is_empty() {
        body.push(line("sl-slo-none", none(slo)));
    } else {
        body.push(table(app, entry, slo, over));
    }
    body.extend(slo.warnings.iter().map(|text| line("sl-note", told(text))));
    view! {
        <section class="sl-card sl-slo" data-slo=entry.id.clone()>
            <header class="sl-slo-head">
                <h2>{t(&entry.title)}</h2>
                <div class="sl-slo-limits" title=t(&entry.reason)>
                    {limits.into_iter().collect::<Vec<_>>()}
                </div>
                {line("sl-muted", t(&entry.tells))}
            </header>
            {body}
        </section>
    }
    .into_any()
}

fn table(app: App, entry: &SloEntry, slo: &SloAnswer, over: &str) -> AnyView {
    let page = page_of(app, entry);
    let rows: Vec<AnyView> = slo
        .rows
        .iter()
        .map(|one| row(app, entry, one, page.as_ref(), over))
        .collect();
    let mut heads = vec![
        head("", words::whom(entry)),
        head("", t("State")),
        head("sl-number", t("Now")),
        head("sl-number", over.to_owned()),
    ];
    if entry.budget.is_some() {
        heads.push(head("sl-slo-budget", t("Error budget left")));
    }
    for burn in slo.rows.first().map(|row| row.burns.as_slice()).unwrap_or_default() {
        let over = t_with("Burn, {{span}}", &[("span", &span(burn.long_s))]);
        heads.push(head("sl-wide sl-number", over));
    }
    view! {
        <table class="sl-table sl-slo-table">
            <thead>
                <tr>{heads}</tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn none(slo: &SloAnswer) -> String {
    match (&slo.error, slo.state) {
        (Some(error), _) => format!("{} {}", told(&error.message), told(&error.next_step)),
        (None, PanelState::Unknown) => t("Not known right now: a metrics store did not answer. Try again in a moment."),
        (None, _) => t("Nothing here tells it: its metrics are not in this scope."),
    }
}

/// The board that goes deepest into what the objective is about.
fn page_of(app: App, entry: &SloEntry) -> Option<Page> {
    let panel = entry.panel.as_ref()?;
    app.catalog.with(|catalog| match catalog {
        Load::Here(catalog) => catalog
            .dashboards
            .iter()
            .filter(|board| board.id != SLOS && board.panels.contains(panel))
            .max_by_key(|board| board.panels.len())
            .and_then(|board| Page::parse(&board.id)),
        _ => None,
    })
}
