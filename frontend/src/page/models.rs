//! Models: which are served, and how one of them does.

use leptos::prelude::*;

use crate::{
    route::Page,
    ui::{grid::Grid, models::ModelTable},
};

pub fn page() -> AnyView {
    view! {
        <ModelTable />
        <Grid page=Page::Models by_family=true />
    }
    .into_any()
}
