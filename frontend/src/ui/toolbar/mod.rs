//! What the page shows: namespace, workloads, models, time range, refresh. Every choice goes into the address.

mod models;
mod namespace;
mod range;
mod refresh;
mod several;
mod workloads;

use leptos::prelude::*;

use crate::{
    state::App,
    ui::{part, press},
};

pub use namespace::known as namespaces;

/// The pods that the address names, each to be taken out of it.
fn pods() -> AnyView {
    let app = App::here();
    let chip = move |pod: String| {
        let label = format!("Pod {pod} ✕");
        let taken_out =
            move || app.change(|location| location.rest.retain(|(key, value)| key != "pod" || *value != pod));
        view! {
            <button type="button" class="sl-button" prop:disabled=Signal::derive(|| false) on:click=press(taken_out)>
                {label}
            </button>
        }
        .into_any()
    };
    app.at().pods().into_iter().map(chip).collect::<Vec<_>>().into_any()
}

#[component]
pub fn Toolbar() -> impl IntoView {
    view! {
        <div class="sl-toolbar" role="group" aria-label=crate::words::t("What to show")>
            {(!App::here().host().chooser).then(|| view! { <namespace::NamespaceSelect /> })}
            <workloads::WorkloadSelect />
            <models::ModelSelect />
            {part(pods)}
            <range::RangePicker />
            <refresh::RefreshControl />
        </div>
    }
    .into_any()
}
