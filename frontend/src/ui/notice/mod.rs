//! A message across the page: something failed for all panels at once, or the caller may see nothing.

mod own;

use leptos::prelude::*;
use server_api::{ApiError, Scope};

use super::{
    icon::{Icon, icon},
    part, press,
};
use crate::{
    host::BrowserClock,
    state::{App, Load},
};

/// One fault with its next step and a way to try again.
pub fn fault(error: &ApiError, retry: impl Fn() + 'static) -> AnyView {
    if let Some(door) = &error.sign_in {
        return sign_in(error, door);
    }
    let request = Some(error.request_id.clone()).filter(|id| !id.is_empty());
    view! {
        <div class="sl-notice sl-notice-error" role="alert" data-code=error.code.clone()>
            {icon(Icon::Error)}
            <div class="sl-notice-text">
                <strong>{error.message.clone()}</strong>
                " "
                {error.next_step.clone()}
                {request.map(|id| view! { <span class="sl-muted">" Request " <code>{id}</code></span> })}
            </div>
            <button type="button" class="sl-button" on:click=press(retry)>
                "Try again"
            </button>
        </div>
    }
    .into_any()
}

/// Nobody is signed in, which is no fault. The way there leads back to this very address, so nothing chosen is lost.
fn sign_in(error: &ApiError, door: &str) -> AnyView {
    let app = App::here();
    let door = door.to_owned();
    let href = move || app.host().sign_in(&door, &app.at());
    view! {
        <div class="sl-notice sl-notice-denied" role="alert" data-code=error.code.clone()>
            {icon(Icon::Lock)}
            <div class="sl-notice-text">
                <strong>{error.message.clone()}</strong>
                " Sign in to see your models; you come back to this page as it is."
            </div>
            <a class="sl-button sl-button-main" href=Signal::derive(href)>
                "Sign in"
            </a>
        </div>
    }
    .into_any()
}

/// Everything that concerns the whole page.
#[component]
pub fn Notices() -> impl IntoView {
    let app = App::here();
    let catalog = move || match app.catalog.get() {
        Load::Failed(error) => fault(&error, move || app.fetch_basics()),
        Load::Here(catalog) => own::own_faults(&catalog.faults),
        Load::Waiting => ().into_any(),
    };
    let board = move || {
        let error = app.board.failure.get();
        error.map(|error| fault(&error, move || app.refresh())).into_any()
    };
    let begins = move || app.board.begins.get().map(begins).into_any();
    let rights = move || match app.me.get() {
        Load::Here(me) if me.scope == Scope::None => no_rights(&me.rights),
        _ => ().into_any(),
    };
    view! { {part(catalog)} {part(board)} {part(begins)} {part(rights)} }.into_any()
}

/// The store holds less than the range that was chosen.
fn begins(unix: i64) -> AnyView {
    let at = BrowserClock.instant(unix);
    view! {
        <p class="sl-notice-quiet" role="status" data-begins=unix.to_string()>
            {format!("The store holds nothing of this page before {at}: the charts begin there.")}
        </p>
    }
    .into_any()
}

fn no_rights(rights: &[server_api::Right]) -> AnyView {
    let missing = rights.iter().find(|right| !right.allowed);
    let grant = missing.map(|right| {
        view! {
            "Ask for the role " <code>{right.role.clone()}</code> "; this command grants it: "
            <code>{right.grant.clone()}</code>
        }
    });
    view! {
        <div class="sl-notice sl-notice-denied" role="alert">
            {icon(Icon::Lock)}
            <div class="sl-notice-text">
                <strong>"You may not view metrics in any namespace."</strong>
                " "
                {grant}
            </div>
        </div>
    }
    .into_any()
}
