//! "Set up the monitoring": what is missing, what would change, and changing it with the caller's own rights.

use leptos::{ev::SubmitEvent, html, prelude::*};
use server_api::ApiError;

use crate::{
    route::{Page, Scope},
    state::{App, Load},
    ui::{
        heading,
        notice::fault,
        part,
        setup::{checks, findings, plan, progress, removal, request},
        tag, text,
        toolbar::namespaces,
    },
    words::t,
};

/// The server's code where it reads a metrics store alone.
const NO_CLUSTER: &str = "no_cluster";

pub fn page(app: App) -> AnyView {
    app.learn(app.vocabulary.setup);
    app.learn(app.vocabulary.engine);
    let spoken = move || {
        if app.vocabulary.setup.there.get() && app.vocabulary.engine.there.get() {
            told(app)
        } else {
            waiting()
        }
    };
    view! {
        <div class="sl-head">
            <div class="sl-head-text">
                {heading(app, || t(Page::Setup.title()))}
                {part(move || lead(app))}
            </div>
            {part(move || place(app))}
        </div>
        {part(spoken)}
    }
    .into_any()
}

fn waiting() -> AnyView {
    view! { <p class="sl-muted" aria-busy="true">{t("Loading")}</p> }.into_any()
}

fn lead(app: App) -> AnyView {
    app.vocabulary.setup.there.track();
    let said =
        t("What is missing, what would change, and changing it: with your own rights, and nothing before you say so.");
    tag("p", "sl-muted", vec![text(said)])
}

fn told(app: App) -> AnyView {
    let again = move || app.setup.look(app.client());
    let body = move || match (app.setup.checks.get(), app.setup.plan.get()) {
        (Load::Failed(error), _) if error.code == NO_CLUSTER => no_cluster(&error),
        // Both say the same where there is no session or no answer.
        (Load::Failed(error), Load::Failed(_)) => fault(&error, again),
        (found, planned) => {
            let found = match found {
                Load::Waiting => waiting(),
                Load::Failed(error) => fault(&error, again),
                Load::Here(answer) => checks::card(&answer, &user(app)),
            };
            let planned = match planned {
                Load::Waiting => waiting(),
                Load::Failed(error) => fault(&error, again),
                Load::Here(answer) => plan::card(app, &answer),
            };
            vec![found, planned].into_any()
        }
    };
    vec![news(app), part(move || request::card(app)), part(body)].into_any()
}

/// What happens because of a button below, which leads here.
fn news(app: App) -> AnyView {
    let said = Memo::new(move |_| progress::said(app));
    view! {
        <p class="sl-aside" role="status">{Signal::derive(move || said.get())}</p>
        <div class="sl-setup-news" tabindex="-1" node_ref=app.setup.news>
            {part(move || progress::card(app))}
            {part(move || removal::card(app))}
            {part(move || findings::card(app))}
        </div>
    }
    .into_any()
}

fn user(app: App) -> String {
    match app.me.get() {
        Load::Here(me) => me.user.clone(),
        _ => String::new(),
    }
}

/// Nothing has failed: there is nothing to set up.
fn no_cluster(error: &ApiError) -> AnyView {
    let said = format!("{} {}", t(&error.message), t(&error.next_step));
    view! { <p class="sl-card sl-access" role="status" data-code=NO_CLUSTER>{said}</p> }.into_any()
}

/// Which namespace is set up: any name, for one without metrics is in no list.
fn place(app: App) -> AnyView {
    app.vocabulary.setup.there.track();
    let nothing = Memo::new(move |_| matches!(app.setup.checks.get(), Load::Failed(error) if error.code == NO_CLUSTER));
    let form = move || if nothing.get() { ().into_any() } else { form(app) };
    part(form)
}

fn form(app: App) -> AnyView {
    let field = NodeRef::<html::Input>::new();
    let go = move |event: SubmitEvent| {
        event.prevent_default();
        let name = field.get_untracked().map(|field| field.value().trim().to_owned());
        match name.filter(|name| !name.is_empty() && untrack(|| app.setup_place()).as_ref() != Some(name)) {
            Some(name) => app.change(|location| location.scope = Scope::Namespace(name)),
            None => app.setup.look(app.client()),
        }
    };
    let list = app.id("namespaces");
    let known = move || {
        let option = |name: String| view! { <option value=name></option> }.into_any();
        namespaces(app).into_iter().map(option).collect::<Vec<_>>().into_any()
    };
    let now = move || app.setup_place().unwrap_or_default();
    view! {
        <form class="sl-toolbar sl-setup-place" on:submit=go>
            <label class="sl-field">
                <span class="sl-field-name">{t("Namespace of the models")}</span>
                <input
                    class="sl-control"
                    node_ref=field
                    list=list.clone()
                    autocomplete="off"
                    spellcheck="false"
                    translate="no"
                    prop:value=Signal::derive(now)
                />
            </label>
            <datalist id=list>{part(known)}</datalist>
            <button type="submit" class="sl-button">
                {t("Look again")}
            </button>
        </form>
    }
    .into_any()
}
