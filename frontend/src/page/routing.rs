//! Routing: what the endpoint picker decides, how fast, and on which grounds.

use leptos::prelude::*;

use crate::{route::Page, ui::grid::Grid};

pub fn page() -> AnyView {
    view! { <Grid page=Page::Routing /> }.into_any()
}
