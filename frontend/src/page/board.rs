//! Every page with charts: a heading, the boards that go deeper, and the dashboard's panels. The page of models has the
//! table of models above them, that of objectives the board of how they stand.

use leptos::prelude::*;

use crate::{
    route::{Page, SLOS},
    state::App,
    ui::{
        boards::{Crumbs, Deeper},
        grid::Grid,
        heading,
        models::ModelTable,
        notice::Notices,
        slos::SloBoard,
        toolbar::Toolbar,
    },
    words::t,
};

pub fn page(app: App, page: Page) -> AnyView {
    let at = StoredValue::new(page);
    let title = move || at.with_value(|page| app.title(page));
    let tells = move || {
        let board = at.with_value(|page| app.dashboard(page));
        board.map(|board| t(&board.tells)).unwrap_or_default()
    };
    view! {
        <div class="sl-head">
            <div class="sl-head-text">
                <Crumbs page=at.get_value() />
                {heading(app, title)}
                <p class="sl-muted">{Signal::derive(tells)}</p>
            </div>
            <Toolbar />
        </div>
        <Notices />
        <Deeper page=at.get_value() />
        {(at.get_value() == Page::Models).then(|| view! { <ModelTable /> })}
        {(at.get_value().segment() == SLOS).then(|| view! { <SloBoard /> })}
        <Grid page=at.get_value() />
    }
    .into_any()
}
