//! The namespace, as the console's own project selector knows it: by the address.

use std::collections::BTreeSet;

use leptos::prelude::*;
use server_api::{Me, ModelEntry};

use crate::{
    route::Scope,
    state::{App, Load},
    ui::part,
    words::t,
};

/// No namespace has this name: it holds a character that Kubernetes forbids.
const ALL: &str = "*";

/// Every namespace that can be chosen: those the caller may see, those with a model, and the current one.
fn choices(me: &[String], models: &[ModelEntry], scope: &Scope) -> BTreeSet<String> {
    let own = me.iter().cloned();
    let served = models
        .iter()
        .map(|model| model.namespace.clone())
        .filter(|name| !name.is_empty());
    let mut all = BTreeSet::new();
    // One by one: collecting would sort them first.
    all.extend(own.chain(served).chain(scope.namespace().map(str::to_owned)));
    all
}

pub fn known(app: App) -> BTreeSet<String> {
    let scope = app.at().scope;
    let me = app.me.with(|me| match me {
        Load::Here(me) => Me::clone(me).namespaces,
        _ => Vec::new(),
    });
    app.models.with(|models| match models {
        Load::Here(models) => choices(&me, models, &scope),
        _ => choices(&me, &[], &scope),
    })
}

#[component]
pub fn NamespaceSelect() -> impl IntoView {
    let app = App::here();
    let names = Memo::new(move |_| known(app));
    let current = Memo::new(move |_| app.at().scope.namespace().unwrap_or(ALL).to_owned());
    let choose = move |name: String| {
        app.change(|location| {
            location.scope = if name == ALL {
                Scope::All
            } else {
                Scope::Namespace(name)
            };
            // Models and workloads of another namespace would leave every chart empty.
            location.models.clear();
            location.workloads.clear();
            location.rest.retain(|(key, _)| key != "pod");
        });
    };
    let option = move |name: String| {
        let chosen = {
            let name = name.clone();
            Signal::derive(move || current.get() == name)
        };
        let value = name.clone();
        view! {
            <option value=value prop:selected=chosen translate="no">
                {name}
            </option>
        }
        .into_any()
    };
    view! {
        <label class="sl-field">
            <span class="sl-field-name">{t("Namespace")}</span>
            <span class="sl-select">
                <select class="sl-control" on:change:target=move |event| choose(event.target().value())>
                    <option value=ALL prop:selected=Signal::derive(move || current.get() == ALL)>
                        {t("All namespaces")}
                    </option>
                    {part(move || names.get().into_iter().map(option).collect::<Vec<_>>().into_any())}
                </select>
            </span>
        </label>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_can_be_chosen_once_however_many_know_of_it() {
        let me = ["b".to_owned(), "a".to_owned()];
        let got = choices(&me, &[], &Scope::Namespace("gone".into()));
        assert_eq!(got.into_iter().collect::<Vec<_>>(), ["a", "b", "gone"]);
    }
}
