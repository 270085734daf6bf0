//! Which models: none chosen means all.

use std::collections::BTreeMap;

use leptos::prelude::*;
use server_api::{ModelEntry, ModelState};

use crate::{
    route::Location,
    state::{App, Load},
    ui::{
        models::{in_scope, state_word},
        part,
        popover::Popover,
        press,
    },
};

/// Served names with the state of the first workload of that name; a name from the address that nothing serves has none.
fn choices(models: &[ModelEntry], at: &Location) -> BTreeMap<String, Option<ModelState>> {
    let mut choices: BTreeMap<String, Option<ModelState>> = BTreeMap::new();
    for model in in_scope(models, &at.scope) {
        choices.entry(model.model).or_insert(Some(model.state));
    }
    for name in &at.models {
        choices.entry(name.clone()).or_insert(None);
    }
    choices
}

fn label(chosen: &[String]) -> String {
    match chosen {
        [] => "All models".to_owned(),
        [one] => one.clone(),
        many => format!("{} models", many.len()),
    }
}

#[component]
pub fn ModelSelect() -> impl IntoView {
    let app = App::here();
    let open = RwSignal::new(false);
    let chosen = Memo::new(move |_| app.at().models);
    let choices = Memo::new(move |_| {
        let at = app.at();
        app.models.with(|models| match models {
            Load::Here(models) => choices(models, &at),
            _ => choices(&[], &at),
        })
    });
    let toggle = move |name: &str, on: bool| {
        app.change(|location| {
            location.models.retain(|model| model != name);
            if on {
                location.models.push(name.to_owned());
            }
        });
    };
    let option = move |(name, state): (String, Option<ModelState>)| {
        let checked = {
            let name = name.clone();
            Signal::derive(move || chosen.with(|chosen| chosen.contains(&name)))
        };
        let word = state.map_or("not served now", state_word);
        view! {
            <label class="sl-option">
                <input
                    type="checkbox"
                    prop:checked=checked
                    on:change:target={
                        let name = name.clone();
                        move |event| toggle(&name, event.target().checked())
                    }
                />
                <span class="sl-option-name">{name}</span>
                <span class="sl-muted">{word}</span>
            </label>
        }
        .into_any()
    };
    view! {
        <div class="sl-field">
            <span class="sl-field-name">"Models"</span>
            <Popover name="Models" label=Signal::derive(move || chosen.with(|chosen| label(chosen))) open=open>
                <div class="sl-options">
                    {part(move || {
                        let choices = choices.get();
                        if choices.is_empty() {
                            return view! { <p class="sl-muted">"No model is served here."</p> }.into_any();
                        }
                        choices.into_iter().map(option).collect::<Vec<_>>().into_any()
                    })}
                </div>
                <button
                    type="button"
                    class="sl-button"
                    prop:disabled=Signal::derive(move || chosen.with(Vec::is_empty))
                    on:click=press(move || app.change(|location| location.models.clear()))
                >
                    "All models"
                </button>
            </Popover>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_button_says_what_is_chosen() {
        let chosen = |names: &[&str]| label(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(chosen(&[]), "All models");
        assert_eq!(chosen(&["granite"]), "granite");
        assert_eq!(chosen(&["granite", "mistral"]), "2 models");
    }

    #[test]
    fn a_model_from_the_address_stays_in_the_list_when_nothing_serves_it() {
        let served = ModelEntry {
            namespace: "a".into(),
            workload: "w".into(),
            kind: "Pod".into(),
            model: "here".into(),
            runtime: "vLLM".into(),
            state: ModelState::Idle,
        };
        let at = Location {
            models: vec!["gone".into(), "here".into()],
            ..Location::default()
        };
        let expect = [("gone".to_owned(), None), ("here".to_owned(), Some(ModelState::Idle))];
        assert_eq!(choices(&[served], &at), expect.into());
    }
}
