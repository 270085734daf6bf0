//! What the page shows: namespace, workloads, models, time range, refresh. Every choice goes into the address.

mod models;
mod namespace;
mod range;
mod refresh;
mod several;
mod workloads;

use leptos::prelude::*;

pub use namespace::known as namespaces;

#[component]
pub fn Toolbar() -> impl IntoView {
    view! {
        <div class="sl-toolbar" role="group" aria-label=crate::words::t("What to show")>
            {(!crate::state::App::here().host().chooser).then(|| view! { <namespace::NamespaceSelect /> })}
            <workloads::WorkloadSelect />
            <models::ModelSelect />
            <range::RangePicker />
            <refresh::RefreshControl />
        </div>
    }
    .into_any()
}
