//! Which models: none chosen means all.

use leptos::prelude::*;
use server_api::ModelEntry;

use super::several::{Choices, Words, several};
use crate::{
    route::Location,
    state::{App, Load},
    ui::models::{in_scope, state_word},
    words::{forms, key},
};

const WORDS: Words = Words {
    field: key("Models"),
    all: key("All models"),
    many: forms("{{count}} model", "{{count}} models"),
    none: key("No model is served here."),
};

/// Served names and their adapters, with the state of the first workload of that name; a name from the address that nothing serves says so.
fn choices(models: &[ModelEntry], at: &Location) -> Choices {
    let mut choices = Choices::new();
    let meant = |model: &ModelEntry| {
        !model.model.is_empty() && (at.workloads.is_empty() || at.workloads.contains(&model.workload))
    };
    for model in in_scope(models, &at.scope).into_iter().filter(meant) {
        for adapter in model.adapters {
            choices.entry(adapter).or_insert("LoRA adapter");
        }
        choices.entry(model.model).or_insert(state_word(model.state));
    }
    for name in &at.models {
        choices.entry(name.clone()).or_insert(key("not served now"));
    }
    choices
}

#[component]
pub fn ModelSelect() -> impl IntoView {
    let app = App::here();
    let choices = Memo::new(move |_| {
        let at = app.at();
        app.models.with(|models| match models {
            Load::Here(models) => choices(models, &at),
            _ => choices(&[], &at),
        })
    });
    several(WORDS, choices, |location| &mut location.models)
}

#[cfg(test)]
mod tests {
    use server_api::ModelState;

    use super::*;

    #[test]
    fn a_model_from_the_address_stays_in_the_list_when_nothing_serves_it() {
        let served = |workload: &str, model: &str| ModelEntry {
            namespace: "a".into(),
            workload: workload.into(),
            kind: "Pod".into(),
            model: model.into(),
            runtime: "vLLM".into(),
            state: ModelState::Idle,
            adapters: Vec::new(),
            also: Vec::new(),
        };
        let models = [served("w", "here"), served("other", "there")];
        let mut at = Location {
            models: vec!["gone".into(), "here".into()],
            ..Location::default()
        };
        let names = |at: &Location| choices(&models, at).into_iter().collect::<Vec<_>>();
        let (gone, here) = (("gone".to_owned(), "not served now"), ("here".to_owned(), "Idle"));
        assert_eq!(names(&at), [gone.clone(), here.clone(), ("there".to_owned(), "Idle")]);
        at.workloads = vec!["w".into()];
        assert_eq!(names(&at), [gone, here], "of the chosen workload only");
    }
}
