//! What stands at an address, and nothing else: which components, in which order.

mod board;
mod lost;

use leptos::prelude::*;

use crate::{
    state::App,
    ui::{part, shell::Shell},
};

/// The whole page.
pub fn whole(app: App) -> AnyView {
    provide_context(app);
    let which = Memo::new(move |_| app.lost().is_none().then(|| app.page()));
    let content = move || match which.get() {
        None => lost::page(app),
        Some(page) => board::page(app, page),
    };
    view! { <Shell>{part(content)}</Shell> }.into_any()
}
