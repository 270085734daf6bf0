//! GPUs: how busy, how full, how warm, and what moves between them.

use leptos::prelude::*;

use crate::{route::Page, ui::grid::Grid};

pub fn page() -> AnyView {
    view! { <Grid page=Page::Gpus /> }.into_any()
}
