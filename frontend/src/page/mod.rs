//! What stands at an address, and nothing else: which components, in which order.

mod access;
mod board;
mod lost;
mod setup;

use leptos::prelude::*;

use crate::{
    route::Page,
    state::App,
    ui::{grid, part, shell::Shell},
};

/// The whole page.
pub fn whole(app: App) -> AnyView {
    provide_context(app);
    let which = Memo::new(move |_| app.lost().is_none().then(|| app.page()));
    let content = move || match which.get() {
        None => lost::page(app),
        Some(Page::Access) => access::page(app),
        Some(Page::Setup) => setup::page(app),
        Some(page) => board::page(app, page),
    };
    let spoken = move || match app.language.get() {
        // Not English for a moment: a flash of words that the reader does not know.
        None => grid::ghosts(),
        Some(_) => view! { <Shell>{part(content)}</Shell> }.into_any(),
    };
    part(spoken)
}
