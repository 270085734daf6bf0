//! The looks of a panel without a picture. Each is one sentence and a next step; none looks like another, because
//! zero, nothing measured, not allowed and not known are four different things.

use std::sync::Arc;

use leptos::prelude::*;
use server_api::{ModelEntry, ModelState, WaitsFor};

use crate::{
    route::Location,
    state::{App, Load, Look, Shown},
    ui::{
        icon::{Icon, icon},
        part, press,
    },
    words::{t, t_with, told},
};

/// What the panel says instead of a picture, and what to do about it.
pub fn sentence(look: Look, silent_model: Option<&str>, at: &Location) -> (String, String) {
    let narrowed = !at.models.is_empty() || at.scope.namespace().is_some();
    match look {
        Look::Loading | Look::Picture => (String::new(), String::new()),
        Look::NoSamples => match silent_model {
            Some(model) => (
                t_with("{{model}} has had no request yet.", &[("model", model)]),
                t("This metric appears with the first one: send a request, then look again."),
            ),
            None => (
                t("No samples in this time range."),
                if narrowed {
                    t("Choose a longer range, or all namespaces and models.")
                } else {
                    t("Choose a longer range, or check that something here exports this metric.")
                },
            ),
        },
        Look::NoTraffic => (
            t("No requests in this time range."),
            t("The metric is there, but nothing was measured: choose a longer range."),
        ),
        Look::Denied => (
            t("You may not see these metrics."),
            t("Choose a namespace of yours, or ask its administrator for the view role."),
        ),
        Look::Unknown => (
            t("Not known right now."),
            t("A metrics store did not answer: try again in a moment."),
        ),
        Look::NotLoaded => (t("Not loaded."), t("The message above says why.")),
        Look::Error => (
            t("This panel could not be loaded."),
            t("Try again; if it stays, choose a shorter range."),
        ),
    }
}

/// The exporter is there; its metric appears with the first event.
pub fn not_yet(event: WaitsFor) -> (String, String) {
    match event {
        WaitsFor::FirstRequest => (
            t("No request yet."),
            t("This metric appears with the first one: send a request, then look again."),
        ),
        WaitsFor::FirstError => (
            t("No error yet."),
            t("This metric appears with the first one: there is nothing to do."),
        ),
    }
}

/// The one chosen model that is up and has never finished a request.
pub fn silent<'a>(models: &'a [ModelEntry], at: &Location) -> Option<&'a str> {
    let [chosen] = at.models.as_slice() else { return None };
    let mut same = models.iter().filter(|model| model.model == *chosen).peekable();
    let first = same.peek().map(|model| model.model.as_str());
    first.filter(|_| same.all(|model| model.state == ModelState::NoRequestYet))
}

#[component]
pub fn Empty(#[prop(into)] look: Signal<Look>, #[prop(into)] shown: Signal<Option<Arc<Shown>>>) -> impl IntoView {
    let app = App::here();
    part(move || {
        let which = look.get();
        if which == Look::Loading {
            return skeleton();
        }
        let at = app.at();
        let (mut said, mut next) = app.models.with(|models| {
            let models = match models {
                Load::Here(models) => models.as_slice(),
                _ => &[],
            };
            sentence(which, silent(models, &at), &at)
        });
        let waits_for = shown.with(|shown| shown.as_ref().and_then(|shown| shown.waits_for));
        if let Some(event) = waits_for.filter(|_| which == Look::NoSamples) {
            (said, next) = not_yet(event);
        }
        // The server knows better than a general sentence.
        app.vocabulary.told.there.track();
        let error = shown.with(|shown| shown.as_ref().and_then(|shown| shown.error.clone()));
        let code = error.as_ref().map(|error| error.code.clone());
        if let Some(error) = error.filter(|_| which != Look::NotLoaded) {
            said = told(&error.message);
            next = told(&error.next_step);
        }
        let notes = shown.with(|shown| shown.as_ref().map_or(Vec::new(), |shown| shown.notes.clone()));
        let mut notes = notes.into_iter().filter(|_| which == Look::NoSamples);
        if let Some(first) = notes.next() {
            next = told(&first);
        }
        // To be copied as they are.
        let lines: Vec<String> = notes.collect();
        let marked = code.clone();
        let retry = matches!(which, Look::Error | Look::Unknown);
        view! {
            <div class=format!("sl-empty sl-empty-{}", style(which)) role="status" data-code=marked>
                <span class="sl-empty-icon">{icon(picture(which))}</span>
                <p class="sl-empty-said">{said}</p>
                <p class="sl-empty-next">{next}</p>
                {(!lines.is_empty()).then(|| view! { <pre class="sl-empty-lines" translate="no">{lines.join("\n")}</pre> })}
                {retry
                    .then(|| {
                        view! {
                            <button type="button" class="sl-button" on:click=press(move || app.refresh())>
                                {t("Try again")}
                            </button>
                        }
                    })}
                {code
                    .filter(|_| which == Look::Error)
                    .map(|code| view! { <code class="sl-empty-code" translate="no">{code}</code> })}
            </div>
        }
        .into_any()
    })
}

/// The style sheet's word for a look.
pub fn style(look: Look) -> &'static str {
    match look {
        Look::NotLoaded => "not_loaded",
        other => other.name(),
    }
}

fn picture(look: Look) -> Icon {
    match look {
        Look::Loading | Look::Picture | Look::NoSamples | Look::NotLoaded => Icon::NoSamples,
        Look::NoTraffic => Icon::NoTraffic,
        Look::Denied => Icon::Lock,
        Look::Unknown => Icon::Question,
        Look::Error => Icon::Error,
    }
}

fn skeleton() -> AnyView {
    view! {
        <div class="sl-skeleton" role="status" aria-label=t("Loading")>
            <span></span>
            <span></span>
            <span></span>
            <span></span>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(name: &str, state: ModelState) -> ModelEntry {
        ModelEntry {
            namespace: "a".into(),
            workload: name.into(),
            kind: "Pod".into(),
            model: name.into(),
            runtime: "vLLM".into(),
            state,
            adapters: Vec::new(),
            also: Vec::new(),
        }
    }

    #[test]
    fn every_look_without_a_picture_says_something_of_its_own_and_a_next_step() {
        let looks = [
            Look::NoSamples,
            Look::NoTraffic,
            Look::Denied,
            Look::Unknown,
            Look::Error,
            Look::NotLoaded,
        ];
        let said: Vec<_> = looks.map(|look| sentence(look, None, &Location::default())).into();
        for (at, (one, next)) in said.iter().enumerate() {
            assert!(one.ends_with('.') && next.ends_with('.'), "{one} {next}");
            assert!(
                said.iter()
                    .skip(at + 1)
                    .all(|(other, step)| other != one && step != next),
                "{one}"
            );
        }
    }

    #[test]
    fn a_model_without_a_first_request_is_named() {
        let models = [
            model("quiet", ModelState::NoRequestYet),
            model("busy", ModelState::Serving),
        ];
        let at = |names: &[&str]| Location {
            models: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Location::default()
        };
        assert_eq!(silent(&models, &at(&["quiet"])), Some("quiet"));
        assert_eq!(silent(&models, &at(&["busy"])), None);
        assert_eq!(silent(&models, &at(&["quiet", "busy"])), None);
        assert_eq!(silent(&models, &at(&["gone"])), None);
        assert_eq!(
            sentence(Look::NoSamples, Some("quiet"), &at(&["quiet"])).0,
            "quiet has had no request yet."
        );
    }
}
