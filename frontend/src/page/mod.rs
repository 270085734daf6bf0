//! The pages: one file each. A page says which components stand on it, in which order, and nothing else.

mod gpus;
mod lost;
mod models;
mod overview;
mod routing;

use leptos::prelude::*;

use crate::{
    route::Page,
    state::{App, Load},
    ui::{notice::Notices, part, shell::Shell, toolbar::Toolbar},
};

/// The whole page.
pub fn whole(app: App) -> AnyView {
    provide_context(app);
    let which = Memo::new(move |_| app.lost().is_none().then(|| app.page()));
    let content = move || match which.get() {
        None => lost::page(app),
        Some(page) => view! {
            <div class="sl-head">
                <div class="sl-head-text">
                    <h1>{page.title()}</h1>
                    <p class="sl-muted">{Signal::derive(move || tells(app, page))}</p>
                </div>
                <Toolbar />
            </div>
            <Notices />
            {match page {
                Page::Overview => overview::page(),
                Page::Models => models::page(),
                Page::Routing => routing::page(),
                Page::Gpus => gpus::page(),
            }}
        }
        .into_any(),
    };
    view! { <Shell>{part(content)}</Shell> }.into_any()
}

/// The question that the page's dashboard answers, in the catalogue's words.
fn tells(app: App, page: Page) -> String {
    app.catalog
        .with(|catalog| match catalog {
            Load::Here(catalog) => {
                let mut dashboards = catalog.dashboards.iter();
                dashboards
                    .find(|dashboard| dashboard.id == page.segment())
                    .map(|found| found.tells.clone())
            }
            _ => None,
        })
        .unwrap_or_default()
}
