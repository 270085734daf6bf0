//! Which workloads, as the cluster names them: an InferenceService need not have the name of its model.

use leptos::prelude::*;
use server_api::ModelEntry;

use super::several::{Choices, Words, several};
use crate::{
    route::Location,
    state::{App, Load},
    ui::models::in_scope,
    words::{forms, key},
};

const WORDS: Words = Words {
    field: key("Workloads"),
    all: key("All workloads"),
    many: forms("{{count}} workload", "{{count}} workloads"),
    none: key("No model is served here."),
};

fn kind_word(kind: &str) -> &'static str {
    match kind {
        "LLMInferenceService" => "LLMInferenceService",
        "InferenceService" => "InferenceService",
        _ => "Pod",
    }
}

fn choices(models: &[ModelEntry], at: &Location) -> Choices {
    let mut choices = Choices::new();
    for model in in_scope(models, &at.scope) {
        choices.entry(model.workload).or_insert(kind_word(&model.kind));
    }
    for name in &at.workloads {
        choices.entry(name.clone()).or_insert(key("not here now"));
    }
    choices
}

#[component]
pub fn WorkloadSelect() -> impl IntoView {
    let app = App::here();
    let choices = Memo::new(move |_| {
        let at = app.at();
        app.models.with(|models| match models {
            Load::Here(models) => choices(models, &at),
            _ => choices(&[], &at),
        })
    });
    several(WORDS, choices, |location| &mut location.workloads)
}

#[cfg(test)]
mod tests {
    use server_api::ModelState;

    use super::*;

    #[test]
    fn a_workload_that_serves_two_models_is_in_the_list_once() {
        let served = |workload: &str, model: &str| ModelEntry {
            namespace: "a".into(),
            workload: workload.into(),
            kind: "InferenceService".into(),
            model: model.into(),
            runtime: "vLLM".into(),
            state: ModelState::Idle,
            adapters: Vec::new(),
            also: Vec::new(),
        };
        let at = Location {
            workloads: vec!["gone".into()],
            ..Location::default()
        };
        let got = choices(&[served("w", "x"), served("w", "y")], &at);
        assert_eq!(
            got.into_iter().collect::<Vec<_>>(),
            [
                ("gone".to_owned(), "not here now"),
                ("w".to_owned(), "InferenceService")
            ]
        );
    }
}
