//! An address that leads nowhere: says so, and offers the pages there are.

use leptos::prelude::*;

use crate::{state::App, ui::heading, words::t};

pub fn page(app: App) -> AnyView {
    let wanted = move || app.lost().map(|lost| lost.wanted).unwrap_or_default();
    view! {
        <div class="sl-lost">
            {heading(app, || t("Page not found"))}
            <p>{t("There is no such page. Choose one of the pages above.")} " " <code translate="no">{wanted}</code></p>
        </div>
    }
    .into_any()
}
