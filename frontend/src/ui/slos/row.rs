//! One of those that an objective is promised for.

use leptos::prelude::*;
use server_api::{SloRow, SloState, catalog::SloEntry, slos::Burn};

use super::{
    parts::{cell, plain, said},
    words::{budget, rate, reading, span, style, word},
};
use crate::{
    route::{Location, Page, Scope},
    state::App,
    ui::shell::follow_to,
    words::{self, t, t_with},
};

pub fn row(app: App, entry: &SloEntry, row: &SloRow, page: Option<&Page>, over: &str) -> AnyView {
    let now = style(row.state());
    let number = |style: &str, says: &str, text: String| {
        let class = format!("sl-number sl-slo-{style}");
        cell(class, says, String::new(), vec![plain("", text)])
    };
    let state = said(&format!("sl-slo-state sl-slo-{now}"), word(row.state()));
    let mut cells = vec![
        cell(String::new(), "", String::new(), whom(app, entry, row, page)),
        cell(String::new(), "", String::new(), vec![state]),
        number(now, &t("Now"), reading(entry, row.now)),
        number(
            row.range.map_or("", |reading| style(reading.state)),
            over,
            reading(entry, row.range),
        ),
    ];
    if entry.budget.is_some() {
        let left = row.budget_left.map_or_else(|| vec![said("", "–".to_owned())], left);
        cells.push(cell("sl-slo-budget".to_owned(), &t("Budget left"), String::new(), left));
    }
    cells.extend(row.burns.iter().map(burn));
    view! { <tr data-state=now>{cells}</tr> }.into_any()
}

/// A name, and a way to the charts that show why.
fn whom(app: App, entry: &SloEntry, row: &SloRow, page: Option<&Page>) -> Vec<AnyView> {
    let value = |label: &String| row.labels.get(label).cloned().unwrap_or_default();
    let name = entry.by.last().map(value).unwrap_or_default();
    let place = entry
        .by
        .first()
        .filter(|_| entry.by.len() > 1)
        .map(value)
        .unwrap_or_default();
    let below = plain("sl-slo-place sl-muted", place.clone());
    let Some(page) = page.cloned() else {
        return vec![plain("", name), below];
    };
    let by_model = entry.by.last().is_some_and(|label| label == "model_name");
    let shown = name.clone();
    let to = move || {
        let mut there = app.at().on(page.clone());
        if !place.is_empty() {
            there.scope = Scope::Namespace(place.clone());
        }
        if by_model {
            there.models = vec![name.clone()];
        }
        there
    };
    vec![link(app, shown, to), below]
}

fn link(app: App, text: String, to: impl Fn() -> Location + Clone + Send + Sync + 'static) -> AnyView {
    let there = to.clone();
    view! {
        <a
            class="sl-link"
            translate="no"
            href=Signal::derive(move || app.host().href(&to()))
            on:click=move |event| follow_to(app, there.clone(), &event)
        >
            {text}
        </a>
    }
    .into_any()
}

fn left(left: f64) -> Vec<AnyView> {
    let style = style(match left {
        ..=0.0 => SloState::Critical,
        ..0.25 => SloState::Warning,
        _ => SloState::Ok,
    });
    let width = format!("{:.1}%", left.clamp(0.0, 1.0) * 100.0);
    let bar = view! {
        <span class=format!("sl-slo-bar sl-slo-{style}") aria-hidden="true">
            <span style:width=width></span>
        </span>
    };
    vec![bar.into_any(), said(&format!("sl-slo-{style}"), budget(left))]
}

fn burn(burn: &Burn) -> AnyView {
    let severity = match burn.severity.as_str() {
        "critical" => word(SloState::Critical),
        _ => word(SloState::Warning),
    };
    let about = t_with(
        "{{long}} over {{long_span}}, {{short}} over {{short_span}}; above {{limit}} in both somebody is called ({{severity}}).",
        &[
            ("long", &rate(burn.long)),
            ("long_span", &span(burn.long_s)),
            ("short", &rate(burn.short)),
            ("short_span", &span(burn.short_s)),
            ("limit", &words::number(burn.limit.to_string())),
            ("severity", &severity),
        ],
    );
    let style = if burn.burning { burn.severity.as_str() } else { "calm" };
    let class = format!("sl-wide sl-number sl-slo-{style}");
    cell(class, "", about, vec![said("", rate(burn.long))])
}
