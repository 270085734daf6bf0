//! The frame around every page: tabs, and where the page stands alone also the product's name and the theme switch.

use leptos::{ev::MouseEvent, prelude::*};
use wasm_bindgen::JsCast as _;

use super::{
    boards::Boards,
    icon::{Icon, icon},
    part, press,
};
use crate::{
    host::{self, Kind, Theme},
    route::{Location, Page},
    state::{App, Load},
    words::{Language, t},
};

#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let app = App::here();
    let alone = app.kind == Kind::Standalone;
    let main = app.id("main");
    let target = format!("#{main}");
    view! {
        // The console has one of its own.
        {alone.then(|| view! { <a class="sl-skip" href=target on:click=move |event| skip(app, &event)>{t("Skip to the content")}</a> })}
        <header class="sl-bar">
            {alone
                .then(|| {
                    view! {
                        <a class="sl-brand" href=move || href(app, &Page::Overview) on:click=move |event| follow(app, &Page::Overview, &event)>
                            {icon(Icon::Logo)}
                            <span translate="no">"Servelens"</span>
                        </a>
                    }
                })}
            <nav class="sl-tabs" aria-label=t("Servelens pages")>
                {Page::TABS.map(|page| tab(app, page, "sl-tab")).into_iter().collect::<Vec<_>>()}
                <Boards />
                // In a narrow window the menu of dashboards alone leads there.
                {tab(app, Page::Setup, "sl-tab sl-wide")}
            </nav>
            {alone.then(|| side(app))}
        </header>
        {if alone {
            view! { <main class="sl-main" id=main tabindex="-1">{children()}</main> }.into_any()
        } else {
            // The console's own is around it.
            view! { <div class="sl-main">{children()}</div> }.into_any()
        }}
    }
    .into_any()
}

/// Focus alone: the address is the page's, and no fragment may be taken for one.
fn skip(app: App, event: &MouseEvent) {
    event.prevent_default();
    let main = app.host().root().query_selector("main").ok().flatten();
    if let Some(main) = main.and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Focus that cannot be moved stays where it was.
        let _ = main.focus();
    }
}

fn tab(app: App, page: Page, class: &'static str) -> AnyView {
    let title = t(page.title());
    let page = StoredValue::new(page);
    let current = move || (app.lost().is_none() && page.with_value(|page| app.page() == *page)).then_some("page");
    view! {
        <a
            class=class
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
    href_to(app, &app.at().on(page.clone()))
}

pub fn href_to(app: App, to: &Location) -> String {
    app.host().href(to)
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
    // Who is signed in, and the way to what that allows.
    let user = move || match app.me.get() {
        Load::Here(me) if !me.user.is_empty() => me.user.clone(),
        _ => t("Your access"),
    };
    let switch = move || {
        let dark = !app.dark.get_untracked();
        Theme::choose(dark);
        app.retheme();
    };
    view! {
        <div class="sl-side">
            <a
                class="sl-user"
                translate="no"
                title=t("What you can see and why")
                href=Signal::derive(move || href(app, &Page::Access))
                on:click=move |event| follow(app, &Page::Access, &event)
            >
                {Signal::derive(user)}
            </a>
            {part(move || sign_out(app))}
            {languages(app)}
            <button
                type="button"
                class="sl-icon-button"
                aria-label=Signal::derive(move || if app.dark.get() { t("Light theme") } else { t("Dark theme") })
                on:click=press(switch)
            >
                {part(move || icon(if app.dark.get() { Icon::Sun } else { Icon::Moon }))}
            </button>
        </div>
    }
    .into_any()
}

/// Each in its own words: who cannot read the page finds theirs.
fn languages(app: App) -> AnyView {
    let option = |language: Language| {
        let chosen = move || app.language.get() == Some(language);
        view! {
            <option value=language.tag() lang=language.tag() prop:selected=Signal::derive(chosen)>
                {language.name()}
            </option>
        }
        .into_any()
    };
    let choose = move |tag: String| {
        if let Some(language) = Language::of(&tag) {
            host::choose_language(language);
            app.fetch_words(language);
        }
    };
    view! {
        <span class="sl-select" translate="no">
            <select
                class="sl-control sl-language"
                aria-label=t("Language")
                on:change:target=move |event| choose(event.target().value())
            >
                {Language::ALL.map(option).into_iter().collect::<Vec<_>>()}
            </select>
        </span>
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
                {t("Sign out")}
            </button>
        }
    });
    button.into_any()
}
