//! Overview: is everything well? Tiles for the numbers that matter most, then the charts behind them.

use leptos::prelude::*;

use crate::{route::Page, ui::grid::Grid};

pub fn page() -> AnyView {
    view! { <Grid page=Page::Overview /> }.into_any()
}
