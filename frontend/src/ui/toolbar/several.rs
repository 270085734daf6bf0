//! Any number of names out of a list, none of which means all: the look and the handling that models and workloads share.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::{
    route::Location,
    state::App,
    ui::{part, popover::Popover, press},
    words::{Forms, counted, t},
};

/// What tells one such list from another, in English.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// Above the button.
    pub field: &'static str,
    /// On the button where nothing is chosen.
    pub all: &'static str,
    /// On the button where several are chosen: the forms for one and for many.
    pub many: Forms,
    /// In the list where it is empty.
    pub none: &'static str,
}

/// Each name with a word on its state, in English.
pub type Choices = BTreeMap<String, &'static str>;

fn label(words: Words, chosen: &[String]) -> String {
    match chosen {
        [] => t(words.all),
        [one] => one.clone(),
        many => counted(words.many, many.len(), &[]),
    }
}

/// `names` is the part of the address that this list writes.
pub fn several(words: Words, choices: Memo<Choices>, names: fn(&mut Location) -> &mut Vec<String>) -> AnyView {
    let app = App::here();
    let open = RwSignal::new(false);
    let chosen = Memo::new(move |_| std::mem::take(names(&mut app.at())));
    let toggle = move |name: &str, on: bool| {
        app.change(|location| {
            let names = names(location);
            names.retain(|chosen| chosen != name);
            if on {
                names.push(name.to_owned());
            }
        });
    };
    let option = move |(name, word): (String, &'static str)| {
        let checked = {
            let name = name.clone();
            Signal::derive(move || chosen.with(|chosen| chosen.contains(&name)))
        };
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
                <span class="sl-option-name" translate="no">{name}</span>
                <span class="sl-muted">{t(word)}</span>
            </label>
        }
        .into_any()
    };
    view! {
        <div class="sl-field">
            <span class="sl-field-name">{t(words.field)}</span>
            <Popover
                name=words.field
                label=Signal::derive(move || chosen.with(|chosen| label(words, chosen)))
                named=Signal::derive(move || chosen.with(|chosen| chosen.len() == 1))
                open=open
            >
                <div class="sl-options">
                    {part(move || {
                        let choices = choices.get();
                        if choices.is_empty() {
                            return view! { <p class="sl-muted">{t(words.none)}</p> }.into_any();
                        }
                        choices.into_iter().map(option).collect::<Vec<_>>().into_any()
                    })}
                </div>
                <button
                    type="button"
                    class="sl-button"
                    prop:disabled=Signal::derive(move || chosen.with(Vec::is_empty))
                    on:click=press(move || app.change(|location| names(location).clear()))
                >
                    {t(words.all)}
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
        let words = Words {
            field: "Models",
            all: "All models",
            many: crate::words::forms("{{count}} model", "{{count}} models"),
            none: "",
        };
        let chosen = |names: &[&str]| label(words, &names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(chosen(&[]), "All models");
        assert_eq!(chosen(&["granite"]), "granite");
        assert_eq!(chosen(&["granite", "mistral"]), "2 models");
    }
}
