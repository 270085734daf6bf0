//! The frame around every page: tabs, and where the page stands alone also the product's name and the theme switch.

use leptos::{ev::MouseEvent, prelude::*};

use super::{
    boards::Boards,
    icon::{Icon, icon},
    part, press,
};
use crate::{
    host::{Kind, Theme},
    route::{Location, Page},
    state::{App, Load},
};

#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let app = App::here();
    let alone = app.kind == Kind::Standalone;
    view! {
        <header class="sl-bar">
            {alone
                .then(|| {
                    view! {
                        <a class="sl-brand" href=move || href(app, &Page::Overview) on:click=move |event| follow(app, &Page::Overview, &event)>
                            {icon(Icon::Logo)}
                            "Servelens"
                        </a>
                    }
                })}
            <nav class="sl-tabs" aria-label="Servelens pages">
                {Page::TABS.map(|page| tab(app, page)).into_iter().collect::<Vec<_>>()}
                <Boards />
            </nav>
            {alone.then(|| side(app))}
        </header>
        <main class="sl-main">{children()}</main>
    }
    .into_any()
}

fn tab(app: App, page: Page) -> AnyView {
    let title = page.title().to_owned();
    let page = StoredValue::new(page);
    let current = move || (app.lost().is_none() && page.with_value(|page| app.page() == *page)).then_some("page");
    view! {
        <a
            class="sl-tab"
            href=Signal::derive(move || href(app, &page.get_value()))
            aria-current=Signal::derive(current)
            on:click=move |event| follow(app, &page.get_value(), &event)
        >
            {title}
        </a>
    }
    .into_any()
}

pub fn href(app: App, page: &Page) -> String {
    app.host().href(&app.at().on(page.clone()))
}

/// A plain click stays on the page; with a key or another button the browser does what it does with links.
pub fn follow(app: App, page: &Page, event: &MouseEvent) {
    follow_to(app, || app.at().on(page.clone()), event);
}

/// To any place; `to` is asked when it is time to go there.
pub fn follow_to(app: App, to: impl FnOnce() -> Location, event: &MouseEvent) {
    if event.button() != 0 || event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
        return;
    }
    event.prevent_default();
    app.go(untrack(to));
}

fn side(app: App) -> AnyView {
    let user = move || match app.me.get() {
        Load::Here(me) => me.user.clone(),
        _ => String::new(),
    };
    let switch = move || {
        let dark = !app.dark.get_untracked();
        Theme::choose(dark);
        app.retheme();
    };
    view! {
        <div class="sl-side">
            <span class="sl-user">{Signal::derive(user)}</span>
            {part(move || sign_out(app))}
            <button
                type="button"
                class="sl-icon-button"
                aria-label=Signal::derive(move || if app.dark.get() { "Light theme" } else { "Dark theme" })
                on:click=press(switch)
            >
                {part(move || icon(if app.dark.get() { Icon::Sun } else { Icon::Moon }))}
            </button>
        </div>
    }
    .into_any()
}

/// Where the caller has a session that can be ended.
fn sign_out(app: App) -> AnyView {
    let door = match app.me.get() {
        Load::Here(me) => me.sign_out.clone(),
        _ => None,
    };
    let button = door.map(|door| {
        let leave = move || {
            let (client, door) = (app.client(), door.clone());
            leptos::task::spawn_local(async move {
                match client.sign_out(&door).await {
                    Ok(()) => app.host().reload(),
                    Err(error) => app.board.failure.set(Some(error)),
                }
            });
        };
        view! {
            <button type="button" class="sl-button" on:click=press(leave)>
                "Sign out"
            </button>
        }
    });
    button.into_any()
}
