//! An address that leads nowhere: says so, and offers the pages there are.

use leptos::prelude::*;

use crate::state::App;

pub fn page(app: App) -> AnyView {
    let wanted = move || app.lost().map(|lost| lost.wanted).unwrap_or_default();
    view! {
        <div class="sl-lost">
            <h1>"Page not found"</h1>
            <p>"There is no page " <code>{wanted}</code> ". Choose one of the pages above."</p>
        </div>
    }
    .into_any()
}
