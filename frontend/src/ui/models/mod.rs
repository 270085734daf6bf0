//! The models that are served: a table to choose one from.

use std::sync::Arc;

use chart::sorted;
use leptos::{ev::MouseEvent, prelude::*};
use server_api::{ModelEntry, ModelState};

use crate::{
    route::Scope,
    state::{App, Load},
    ui::{part, press},
    words::{key, t, told},
};

/// For a reader, in English.
pub fn state_word(state: ModelState) -> &'static str {
    match state {
        ModelState::Serving => key("Serving"),
        ModelState::Idle => key("Idle"),
        ModelState::NoRequestYet => key("No request yet"),
        ModelState::Degraded => key("Degraded"),
        ModelState::NoMetrics => key("No metrics"),
        ModelState::NotReady => key("Not ready"),
        ModelState::Unknown => key("Unknown"),
    }
}

fn state_class(state: ModelState) -> &'static str {
    match state {
        ModelState::Serving => "sl-state sl-state-good",
        ModelState::Idle => "sl-state sl-state-idle",
        ModelState::NoRequestYet => "sl-state sl-state-new",
        ModelState::Degraded | ModelState::NotReady => "sl-state sl-state-bad",
        ModelState::NoMetrics | ModelState::Unknown => "sl-state sl-state-unknown",
    }
}

/// Those of the chosen namespace, in the order of namespace and name.
pub fn in_scope(models: &[ModelEntry], scope: &Scope) -> Vec<ModelEntry> {
    let inside = |model: &&ModelEntry| scope.namespace().is_none_or(|name| name == model.namespace);
    let models: Vec<&ModelEntry> = models.iter().filter(inside).collect();
    let models = sorted(&models, Ord::cmp);
    models.into_iter().cloned().collect()
}

/// Chooses this name alone; once more takes the choice back.
fn only(chosen: &mut Vec<String>, name: &str) {
    if *chosen == [name] {
        chosen.clear();
    } else {
        *chosen = vec![name.to_owned()];
    }
}

#[component]
pub fn ModelTable() -> impl IntoView {
    let app = App::here();
    let body = move || match app.models.get() {
        Load::Waiting => said(&t("Looking for models…")),
        Load::Failed(error) => {
            app.vocabulary.told.there.track();
            said(&format!("{} {}", told(&error.message), told(&error.next_step)))
        }
        Load::Here(models) => rows(app, &models),
    };
    view! {
        <section class="sl-card sl-models" aria-label=t("Models")>
            <table class="sl-table">
                <thead>
                    <tr>
                        <th scope="col">{t("Model")}</th>
                        <th scope="col" class="sl-wide">{t("Namespace")}</th>
                        <th scope="col" class="sl-wide">{t("Workload")}</th>
                        <th scope="col" class="sl-wide">{t("Runtime")}</th>
                        <th scope="col">{t("State")}</th>
                    </tr>
                </thead>
                <tbody>{part(body)}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn said(text: &str) -> AnyView {
    view! {
        <tr>
            <td colspan="5" class="sl-muted">
                {text.to_owned()}
            </td>
        </tr>
    }
    .into_any()
}

fn rows(app: App, models: &Arc<Vec<ModelEntry>>) -> AnyView {
    let models = in_scope(models, &app.at().scope);
    if models.is_empty() {
        return said(&t(
            "No model is served here. Choose another namespace, or deploy one with KServe or llm-d.",
        ));
    }
    models
        .into_iter()
        .map(|model| row(app, model))
        .collect::<Vec<_>>()
        .into_any()
}

/// Under what further names the model may be asked.
fn further(model: &ModelEntry) -> Option<String> {
    let list = |words: &str, names: &[String]| (!names.is_empty()).then(|| format!("{words} {}", names.join(", ")));
    let said: Vec<String> = [list("also", &model.also), list("adapters", &model.adapters)]
        .into_iter()
        .flatten()
        .collect();
    (!said.is_empty()).then(|| said.join("; "))
}

fn row(app: App, model: ModelEntry) -> AnyView {
    let name = model.model.clone();
    // A model server that tells nothing has no name to choose by; its workload has.
    let unnamed = name.is_empty();
    let chosen = {
        let name = name.clone();
        Memo::new(move |_| app.at().models.contains(&name))
    };
    let marked = name.clone();
    let place = format!("{} · {}", model.namespace, model.runtime);
    let names = further(&model);
    let on_click = {
        let name = name.clone();
        press(move || {
            if !unnamed {
                app.change(|location| only(&mut location.models, &name));
            }
        })
    };
    let workload = model.workload.clone();
    let of_workload = {
        let workload = workload.clone();
        move || app.at().workloads.contains(&workload).to_string()
    };
    let choose_workload = {
        let workload = workload.clone();
        move |event: MouseEvent| {
            // The row's own click would choose the model as well.
            event.stop_propagation();
            app.change(|location| only(&mut location.workloads, &workload));
        }
    };
    view! {
        <tr
            class:sl-chosen=Signal::derive(move || chosen.get())
            data-model=marked
            on:click=on_click
        >
            <td>
                {if unnamed {
                    view! { <span class="sl-muted">{t("not told")}</span> }.into_any()
                } else {
                    view! {
                        <button type="button" class="sl-link" translate="no" aria-pressed=Signal::derive(move || chosen.get().to_string())>
                            {name}
                        </button>
                    }
                        .into_any()
                }}
                {names.map(|names| view! { <span class="sl-also sl-muted" translate="no">{names}</span> })}
                <span class="sl-narrow sl-muted" translate="no">{place}</span>
            </td>
            <td class="sl-wide" translate="no">{model.namespace}</td>
            <td class="sl-wide">
                <button type="button" class="sl-link" translate="no" aria-pressed=Signal::derive(of_workload) on:click=choose_workload>
                    {workload}
                </button>
                <span class="sl-muted" translate="no">" " {model.kind}</span>
            </td>
            <td class="sl-wide" translate="no">{model.runtime}</td>
            <td>
                <span class=state_class(model.state)>{t(state_word(model.state))}</span>
            </td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(namespace: &str, name: &str) -> ModelEntry {
        ModelEntry {
            namespace: namespace.into(),
            workload: name.into(),
            kind: "Pod".into(),
            model: name.into(),
            runtime: "vLLM".into(),
            state: ModelState::Serving,
            adapters: Vec::new(),
            also: Vec::new(),
        }
    }

    #[test]
    fn the_namespace_narrows_the_list_and_the_list_is_in_order() {
        let models = [model("b", "x"), model("a", "y"), model("a", "x")];
        let names = |scope| {
            let found = in_scope(&models, &scope);
            found
                .into_iter()
                .map(|model| format!("{}/{}", model.namespace, model.model))
                .collect::<Vec<_>>()
        };
        assert_eq!(names(Scope::All), ["a/x", "a/y", "b/x"]);
        assert_eq!(names(Scope::Unsaid), ["a/x", "a/y", "b/x"]);
        assert_eq!(names(Scope::Namespace("b".into())), ["b/x"]);
    }

    #[test]
    fn further_names_stand_under_the_model() {
        let named = |also: &[&str], adapters: &[&str]| {
            let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
            further(&ModelEntry {
                also: own(also),
                adapters: own(adapters),
                ..model("a", "granite")
            })
        };
        assert_eq!(named(&[], &[]), None);
        assert_eq!(
            named(&["granite-3.3"], &["legal", "sql"]).as_deref(),
            Some("also granite-3.3; adapters legal, sql")
        );
    }

    #[test]
    fn a_row_chooses_its_model_alone_and_then_lets_it_go() {
        let mut chosen = vec!["x".to_owned(), "y".to_owned()];
        only(&mut chosen, "y");
        assert_eq!(chosen, ["y"]);
        only(&mut chosen, "y");
        assert!(chosen.is_empty());
    }
}
