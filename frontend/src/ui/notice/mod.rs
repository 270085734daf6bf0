//! A message across the page: something failed for all panels at once, or the caller may see nothing.

mod own;

use leptos::prelude::*;
use server_api::{ApiError, Scope};

use super::{
    icon::{Icon, icon},
    part, press,
    shell::{follow, href},
};
use crate::{
    host::BrowserClock,
    route::{Page, Scope as Place},
    state::{App, Load},
    words::{t, t_with, told},
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
                <strong>{told(&error.message)}</strong>
                " "
                {told(&error.next_step)}
                {request.map(|id| view! { <span class="sl-muted">" " {t("Request")} " " <code translate="no">{id}</code></span> })}
            </div>
            <button type="button" class="sl-button" on:click=press(retry)>
                {t("Try again")}
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
                <strong>{t(&error.message)}</strong>
                " "
                {t("Sign in to see your models; you come back to this page as it is.")}
            </div>
            <a class="sl-button sl-button-main" href=Signal::derive(href)>
                {t("Sign in")}
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
        app.vocabulary.told.there.track();
        let error = app.board.failure.get();
        error.map(|error| fault(&error, move || app.refresh())).into_any()
    };
    let begins = move || app.board.begins.get().map(begins).into_any();
    let rights = move || match app.me.get() {
        Load::Here(me) if me.scope == Scope::None => no_rights(&me.rights),
        _ => ().into_any(),
    };
    let place = Memo::new(move |_| {
        let chosen = app.at().scope.namespace()?.to_owned();
        let gone = app
            .me
            .with(|me| matches!(me, Load::Here(me) if is_gone(&me.namespaces, &chosen)));
        gone.then_some(chosen)
    });
    let namespace = move || place.get().map(|name| gone(app, &name)).into_any();
    view! { {part(catalog)} {part(board)} {part(begins)} {part(rights)} {part(namespace)} }.into_any()
}

/// The store holds less than the range that was chosen.
fn begins(unix: i64) -> AnyView {
    let at = BrowserClock.instant(unix);
    let said = t_with(
        "The store holds nothing of this page before {{at}}: the charts begin there.",
        &[("at", &at)],
    );
    view! {
        <p class="sl-notice-quiet" role="status" data-begins=unix.to_string()>
            {said}
        </p>
    }
    .into_any()
}

/// Where nothing is listed nothing is known: a cluster without a list for its users, or a caller without rights, who is told so.
fn is_gone(namespaces: &[String], chosen: &str) -> bool {
    !namespaces.is_empty() && !namespaces.iter().any(|name| name == chosen)
}

/// The chosen namespace is none of those that the caller sees: a slip in the address, or it was deleted meanwhile.
fn gone(app: App, name: &str) -> AnyView {
    let leave = move || app.change(|location| location.scope = Place::All);
    view! {
        <div class="sl-notice sl-notice-denied" role="alert" data-code="namespace_unknown">
            {icon(Icon::Question)}
            <div class="sl-notice-text">
                <strong>{t_with("There is no namespace {{name}} that you can see.", &[("name", name)])}</strong>
                " "
                {t("Its name may be wrong, it may have been deleted, or nothing in it has told a metric within the last hour.")}
            </div>
            <button type="button" class="sl-button" on:click=press(leave)>
                {t("All namespaces")}
            </button>
        </div>
    }
    .into_any()
}

fn no_rights(rights: &[server_api::Right]) -> AnyView {
    let missing = rights.iter().find(|right| !right.allowed);
    let grant = missing.map(|right| {
        view! {
            {t("This command grants the role that is missing:")}
            " "
            <code translate="no">{right.grant.clone()}</code>
        }
    });
    let app = App::here();
    view! {
        <div class="sl-notice sl-notice-denied" role="alert">
            {icon(Icon::Lock)}
            <div class="sl-notice-text">
                <strong>{t("You may not view metrics in any namespace.")}</strong>
                " "
                {grant}
                " "
                <a
                    class="sl-text-link"
                    href=Signal::derive(move || href(app, &Page::Access))
                    on:click=move |event| follow(app, &Page::Access, &event)
                >
                    {t("What you can see and why")}
                </a>
            </div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::is_gone;

    #[test]
    fn a_namespace_is_gone_only_where_the_others_are_known() {
        let names = ["a".to_owned(), "b".to_owned()];
        assert!(is_gone(&names, "c"));
        assert!(!is_gone(&names, "b"));
        assert!(!is_gone(&[], "c"));
    }
}
